"""The notebooks run as they stand, hold no results of an earlier run, and the reference has every public name."""

import json
import re

import pytest

import engine
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
API = ROOT / "docs" / "api.md"


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs(path, tmp_path, monkeypatch):
    alt = pytest.importorskip("altair")
    code = ["".join(cell["source"]) for cell in cells(path, "code")]
    if any("import duckdb" in text for text in code):
        pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, object] = {}
    before = alt.renderers.active
    try:
        for number, text in enumerate(code, start=1):
            exec(compile(text, f"{path.name}, cell {number}", "exec"), names)
    finally:
        alt.renderers.enable(before)
    assert len(code) >= 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_gives_is_made_when_the_site_is_built(path):
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells(path, "code"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_notebooks_lead_somewhere(path):
    text = "\n".join("".join(cell["source"]) for cell in cells(path, "markdown"))
    links = re.findall(r"\]\(([^)#]+)", text)
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_reference_has_every_public_name_once():
    listed = re.findall(r"^::: ([\w.]+)\.(\w+)$", API.read_text(encoding="utf-8"), re.MULTILINE)
    homes = engine._HOMES
    assert sorted(name for _, name in listed) == sorted(homes)
    assert {name: module for module, name in listed} == homes
