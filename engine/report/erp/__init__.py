"""A plan as settings of a planning system: what changes, from what, to what, and why."""
