"""Tests: one folder per layer, one file per file."""
