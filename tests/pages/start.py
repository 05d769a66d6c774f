"""The commands of `docs/start.md` and what they print: `python -m tests.pages.start` writes it anew."""

import contextlib
import re
import shlex
import sys
import tempfile
from pathlib import Path

from typer.testing import CliRunner

from engine.cli import app
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "start.md"
# Commands, and after some of them what the last one prints.
BLOCK = re.compile(r"^```sh\n(?P<commands>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def run(line: str) -> str:
    """What a command of the page prints, in the folder of now."""
    words = shlex.split(line)
    if words[0] == "sed":
        old, new = re.fullmatch(r"s/(.*)/(.*)/", words[2]).groups()
        path = Path(words[3])
        text = path.read_text(encoding="utf-8")
        assert old in text, line
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return ""
    assert words[0] == "codp", line
    found = CliRunner().invoke(app, words[1:])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        return f"{found.exception}\n"
    return found.output


def printed(page: str) -> list[str]:
    """What the blocks of commands of a page print, the last command of each, one after the other in an empty folder."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return [[run(line) for line in block["commands"].splitlines()][-1] for block in BLOCK.finditer(page)]


def renewed(page: str) -> str:
    """The page with what its commands print now."""
    told = iter(printed(page))

    def block(found: re.Match[str]) -> str:
        said = next(told)
        commands = f"```sh\n{found['commands']}```\n"
        return commands if found["printed"] is None else f"{commands}\n```text\n{said}```\n"

    return BLOCK.sub(block, page)


def main() -> None:
    """Write the page of this checkout."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
