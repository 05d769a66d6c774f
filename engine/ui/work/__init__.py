"""Long work: proofs, previews, studies, runs."""
