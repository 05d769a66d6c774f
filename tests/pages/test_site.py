"""The site is not built with a link that leads nowhere."""

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.pages.site import dead, relinked

PLACES = {"tables.md": "tables.html", "notebooks/other.ipynb": "notebooks/other.html"}


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ('<a href="../tables.md">T</a>', '<a href="../tables.html">T</a>'),
        ('<a class="x" href="other.ipynb#a">T</a>', '<a class="x" href="other.html#a">T</a>'),
        ('<a href="https://a.example/b.md">T</a>', '<a href="https://a.example/b.md">T</a>'),
        ('<a href="#here">T</a>', '<a href="#here">T</a>'),
        ('<a href="../../engine/model/FORMULATION.md">T</a>', '<span title="engine/model/FORMULATION.md">T</span>'),
        ('<a href="missing.md">T</a>', '<a href="missing.md">T</a>'),
    ],
)
def test_a_link_leads_to_the_page_made_of_its_source(link, there):
    assert relinked(link, "notebooks/one.ipynb", "notebooks/one.html", PLACES) == there


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("b.html#there", False), ("b.html#gone", True), ("gone.html", True), ("/b.html", False), ("b.md", True),
        ("below/", False), ("below", False), ("#here", False), ("#gone", True), ("https://a.example/gone", False),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere_are_told(tmp_path, link, wrong):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "index.html").write_text("")
    (tmp_path / "b.html").write_text('<h2 id="there">b</h2>', encoding="utf-8")
    (tmp_path / "a.html").write_text(f'<p id="here"><a href="{link}">b</a></p>', encoding="utf-8")
    assert dead(tmp_path) == ([f"a.html: {link}"] if wrong else [])


def test_pictures_and_scripts_are_links_too(tmp_path):
    (tmp_path / "a.html").write_text('<img src="gone.png">', encoding="utf-8")
    assert dead(tmp_path) == ["a.html: gone.png"]


def test_the_site_is_built_with_its_links_checked():
    settings = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert settings["hooks"] == ["tests/pages/site.py"]
