"""Writes the program of every rule by itself; ``python -m tests.model.golden_files`` rewrites them all."""

import sys
import tempfile
from pathlib import Path

import pyomo.environ  # noqa: F401 (without it Pyomo knows no writer)

from engine.model.build import build_model
from engine.model.rules import RULES
from tests.model.micro import micro_instance, risky_instance

GOLDEN = Path(__file__).parent / "golden"


def program_text(rule):
    """The micro instance with one rule, in LP format with the model's own names."""
    instance = risky_instance() if rule == "C9" else micro_instance()
    model = build_model(instance, rules=(rule,))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rule.lp"
        model.write(str(path), io_options={"symbolic_solver_labels": True})
        return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def main():
    """Rewrite the files that differ and say which; say in CHANGES.md why."""
    for rule in RULES:
        path = GOLDEN / f"{rule}.lp"
        text = program_text(rule)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.name} rewritten: add to CHANGES.md why\n")


if __name__ == "__main__":
    main()
