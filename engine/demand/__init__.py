"""Random demand and lead times: distributions, keyed streams, sample paths, fitting."""
