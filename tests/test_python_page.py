"""The page about Python runs as it stands, and prints what it says."""

import contextlib
import io
import re

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "python.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    """Code, what it should print, and where it stands."""
    text = PAGE.read_text(encoding="utf-8")
    found = [(m[1], m[2], f"{PAGE.name}:{text[: m.start()].count(chr(10)) + 1}") for m in BLOCK.finditer(text)]
    return [
        (code, found[k + 1][1] if k + 1 < len(found) and found[k + 1][0] == "text" else "", where)
        for k, (kind, code, where) in enumerate(found)
        if kind == "python"
    ]


def test_every_block_runs_and_prints_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {}
    assert len(blocks()) >= 8
    for code, wanted, where in blocks():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, where, "exec"), names)
        assert printed.getvalue() == wanted, where
