"""First come first served on the samples: what a plan costs and keeps by a rule that a plant can run."""
