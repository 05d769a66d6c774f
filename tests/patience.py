"""How long a test waits for what has to come: only so that what hangs ends, since a busy machine takes its time."""

PATIENCE_SECONDS = 600
