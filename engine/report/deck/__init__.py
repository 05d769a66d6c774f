"""The report as a PowerPoint deck."""
