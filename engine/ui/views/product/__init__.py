"""Parts of the product page."""
