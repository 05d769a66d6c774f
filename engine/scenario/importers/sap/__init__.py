"""A scenario from SAP's table exports (SE16N): found, read, put together, what is missing asked for."""
