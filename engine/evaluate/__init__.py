"""How far a decision can be trusted, and what it depends on."""
