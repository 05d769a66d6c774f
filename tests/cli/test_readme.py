"""What the README says about the commands."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.conftest import ROOT

ROWS = re.findall(
    r"^\| `codp (\w+)` \|.*\| `codp (.+)` \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
)
# With what makes them quick.
QUICK = {
    "check": (), "solve": ("--samples", "20"), "explain": (), "example": (), "template": (),
}  # fmt: skip


def test_the_readme_has_an_example_of_each_command():
    commands = {info.name or info.callback.__name__ for info in app.registered_commands}
    assert {name for name, _ in ROWS} == commands
    assert all(example.split()[0] == name for name, example in ROWS)


@pytest.mark.parametrize("name", QUICK)
def test_an_example_runs_as_written(name, tmp_path, monkeypatch):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(app, [*shlex.split(dict(ROWS)[name]), *QUICK[name]])
    assert found.exit_code == 0, found.output
