"""Work on several cores, and Ctrl-C in it."""
