"""Catalogues of any size: read, cut into partitions, decided by Dask, written and resumed."""
