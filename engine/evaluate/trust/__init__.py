"""How far a plan can be believed: its samples, its inputs, and what knowing more would be worth."""
