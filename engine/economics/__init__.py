"""Windows, costs and stand-alone optima, in NumPy over all products at once."""
