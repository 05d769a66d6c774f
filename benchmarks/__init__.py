"""Measurements of speed: `make bench`. Compared in one run, as ratios, since machines are shared and noisy."""
