"""`python -m benchmarks PART...`, of PARTS below; all by default. Tables in Markdown.

`paired=REVISION` compares with another version of the tree.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module

PARTS = {
    "catalogue": ("benchmarks.catalogue", "report"),
    "aw": ("benchmarks.decide", "adventureworks"),
    "simulate": ("benchmarks.simulate", "report"),
    "mpisppy": ("benchmarks.mpisppy_form", "report"),
    "sizes": ("benchmarks.decide", "sizes"),
    "lines": ("benchmarks.lines", "report"),
    "stages": ("benchmarks.stages", "report"),
    "alternatives": ("benchmarks.alternatives", "report"),
    "risk": ("benchmarks.risk", "report"),
    "sliders": ("benchmarks.sliders", "report"),
    "slider": ("benchmarks.slider", "report"),
    "levers": ("benchmarks.levers", "report"),
    "jump": ("benchmarks.jump", "report"),
    "waiting": ("benchmarks.waiting", "report"),
    "commands": ("benchmarks.commands", "report"),
}


def main() -> int:
    """Run the parts named on the command line."""
    asked = sys.argv[1:] or list(PARTS)
    unknown = [name for name in asked if name not in PARTS and not name.startswith("paired=")]
    if unknown:
        print(f"no benchmark '{unknown[0]}'; known are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}")
    for asked_for in asked:
        name, _, revision = asked_for.partition("=")
        module, function = PARTS.get(name, ("benchmarks.paired", "report"))
        try:
            rows = getattr(import_module(module), function)(*filter(None, [revision]))
        except ModuleNotFoundError as error:
            rows = [f"not available: {error}"]
        print(f"\n## {name}\n", *rows, sep="\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
