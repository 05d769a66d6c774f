"""What is best product by product: stocks, cut-offs, what can be decided before any program."""
