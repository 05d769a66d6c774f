"""The order book made sound, and its weeks: dates, units, doubles, cancellations, returns; each with what was done."""
