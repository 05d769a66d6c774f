"""The pages of results that the full runs write: one section for each, found by its heading."""

import datetime as dt
import os
from pathlib import Path

EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence"
TITLES = {
    "promise.md": "# Is what a plan promises what happens?\n",
    "choices.md": "# Are the strategies chosen the best ones?\n",
}


def measured(command: str) -> str:
    """When, on what, and by which command."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    day = dt.datetime.now(dt.UTC)
    return f"Measured on {day:%Y-%m-%d} on {os.cpu_count()} cores and {memory:.0f} GiB with\n\n    {command}\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Rows under a head."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def write_section(page: str, heading: str, text: str) -> None:
    """Put a section of a page in place of the one with its heading, or at the end."""
    path = EVIDENCE / page
    parts = path.read_text(encoding="utf-8").split("\n## ") if path.exists() else [TITLES[page]]
    sections = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts[1:]}
    sections[heading] = text.strip()
    body = "".join(f"\n## {name}\n\n{section}\n" for name, section in sections.items())
    path.write_text(f"{parts[0].strip()}\n{body}", encoding="utf-8", newline="\n")
