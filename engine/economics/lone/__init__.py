"""Products that share nothing: expected costs and best stocks from the distributions, on no sample."""
