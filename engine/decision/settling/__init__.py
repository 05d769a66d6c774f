"""From the program's best plan to the best one first come first served."""
