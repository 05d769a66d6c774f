"""What a simulation found: statistics, ledger, deviations and their causes."""
