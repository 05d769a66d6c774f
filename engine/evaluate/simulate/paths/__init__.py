"""A run as whole paths: what came in by each instant against what was asked for by it, without an event loop."""
