"""Other decisions beside the plan: cases, frontiers, goals, rules in use."""
