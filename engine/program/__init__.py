"""The program as arrays: columns and rows numbered, coefficients placed, HiGHS."""
