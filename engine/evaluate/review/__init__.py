"""Whether a plan still holds: demand that has come since, tested week by week at a false-alarm rate that is set."""
