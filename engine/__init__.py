"""Where should each product wait for the customer: in stock, as components, or nowhere."""
