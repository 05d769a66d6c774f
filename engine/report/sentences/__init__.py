"""What a plan says in sentences, once for terminal, app and reports."""
