"""Whether plans and evidence on disk may be believed."""
