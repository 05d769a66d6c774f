"""Charts of a plan: one specification for the app, images, pages and notebooks."""
