"""Cuts: inequalities that every plan keeps and the relaxation does not."""
