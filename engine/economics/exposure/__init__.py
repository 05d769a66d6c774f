"""Windows of demand that stocks must cover, drawn and cut: of finished stock and of parts."""
