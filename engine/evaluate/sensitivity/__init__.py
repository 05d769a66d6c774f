"""Where a product's strategy flips."""
