"""Changes of the code that a test has to see: drawn, made one at a time, and told (`python -m tests.mutants`)."""
