"""What a plan means for customers, investors and regulators."""
