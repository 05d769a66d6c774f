"""What a run wrote, read again: tables, sums, search, report, review."""
