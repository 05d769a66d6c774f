"""From a model to a plan: the HiGHS bridge, outcomes, attribution, alternatives."""
