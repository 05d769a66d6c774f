"""Whether tests run in their long form, whose figures the documentation has: `make evidence`."""

import os

FULL = os.environ.get("CODP_EVIDENCE") == "full"
