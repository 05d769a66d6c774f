"""Parts of the page Trust."""
