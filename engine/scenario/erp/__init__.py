"""What the settings of planning systems mean in terms of strategies: one table for reading and for writing."""
