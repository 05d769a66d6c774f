"""The order book made sound: dates, units, doubles, cancellations and returns, each with what was done."""
