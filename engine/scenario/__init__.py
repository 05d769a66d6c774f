"""What the client gives: tables, units, defaults, reading, checking, writing."""
