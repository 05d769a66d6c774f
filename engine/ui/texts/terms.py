"""Terms of the ledger."""

# A sentence is a line, so that both languages stand below each other.
TEXTS: dict[str, tuple[str, str]] = {
}
