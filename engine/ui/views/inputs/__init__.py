"""The inputs in the sidebar."""
