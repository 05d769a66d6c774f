"""What must hold in the tables of a scenario, and what is doubtful there."""
