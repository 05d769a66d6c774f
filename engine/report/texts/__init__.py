"""Every word of the exports, English and Simplified Chinese."""
