"""The two-stage stochastic program, stated once as blocks; FORMULATION.md beside it says every rule in words."""
