"""The two-stage stochastic program in Pyomo; FORMULATION.md beside it states every rule."""
