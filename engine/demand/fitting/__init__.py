"""From weeks of sales to the demand columns of a product."""
