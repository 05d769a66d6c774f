"""How far a plan can be believed: its samples, its inputs, how sure each choice is, and what knowing more is worth."""
