"""Both languages: what app and exports call the same thing, and how a key becomes words."""
