"""The search for the best strategies: relaxation, cuts, branching, groups, neighbours."""
