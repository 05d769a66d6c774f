"""What a session knows: levers, scenarios, uploads, links."""
