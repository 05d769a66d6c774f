"""The documentation: every link leads somewhere, commands write what is said to be theirs, all pages are listed."""

import re
import unicodedata
from functools import cache
from urllib.parse import unquote

import pytest
from ruamel.yaml import YAML

from engine.scenario.columns import COLUMNS
from tests.conftest import ROOT
from tests.evidence import FULL
from tests.pages import architecture, screening, start, tables
from tests.pages.examples import BLOCK, EXAMPLES, readme, renewed

IGNORED = {".venv", "out", "build", "dist", "node_modules", ".git", ".pytest_cache", ".hypothesis"}
PAGES = sorted(path for path in ROOT.rglob("*.md") if not IGNORED & set(path.relative_to(ROOT).parts))
LINK = re.compile(r"(?<!\\)\[(?:[^\]\[]|\[[^\]]*\])*\]\(<?([^()\s>]+(?:\([^()]*\))?)>?(?:\s+\"[^\"]*\")?\)")


def without_code(text):
    """Code is not read for links and headings."""
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "`code`", text)


@cache
def anchors(path):
    """Names of a page's headings as GitHub and MkDocs make them."""
    found = set()
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#{1,6} +(.+?)(?: +#+)?$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        kept = "".join(sign for sign in plain if sign in " -_" or unicodedata.category(sign)[0] in "LN")
        name, k = kept.replace(" ", "-"), 1
        while name in found:
            name, k = f"{kept.replace(' ', '-')}-{k}", k + 1
        found.add(name)
    return found


def links(path):
    return [unquote(link) for link in LINK.findall(without_code(path.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    broken = []
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        place = (path.parent / name).resolve() if name else path
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_no_page_holds_two_versions_of_itself(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE)


def test_links_are_found_and_headings_named():
    assert sum(len(links(path)) for path in PAGES) > 50
    assert "your-own-names" in anchors(ROOT / "docs" / "tables.md")
    assert LINK.findall("a [b](c.md#d) and [`e`](f.md), not \\[g](h)") == ["c.md#d", "f.md"]


def test_all_pages_are_in_the_list_of_pages_and_no_other():
    listed = []

    def collect(item):
        if isinstance(item, str):
            listed.append(item)
        else:
            for value in item.values() if isinstance(item, dict) else item:
                collect(value)

    collect(YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.ipynb")]
    there = {str(path.relative_to(ROOT / "docs")) for path in pages}
    assert sorted(listed) == sorted(there)


def test_the_site_fetches_nothing():
    settings = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert settings["theme"]["font"] is False
    plugins = [next(iter(one)) if isinstance(one, dict) else one for one in settings["plugins"]]
    assert plugins == ["search", "mkdocs-jupyter", "mkdocstrings"]
    assert settings["extra"] == {"generator": False}
    assert "http" not in str({key: value for key, value in settings.items() if key != "nav"})


def test_tables_and_units_are_those_of_the_code():
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert page == tables.tables_page(), "write it anew: python -m tests.pages.tables"
    for table, definitions in COLUMNS.items():
        section = page.split(f"\n## {table}.csv\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [one.name for one in definitions]


def test_rooms_and_their_picture_are_those_of_the_code():
    wrong = "write it anew: python -m tests.pages.architecture"
    assert architecture.PAGE.read_text(encoding="utf-8") == architecture.page(), wrong
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.picture(), wrong


def test_what_screening_decides_is_as_its_page_says():
    page = screening.PAGE.read_text(encoding="utf-8")
    found = screening.BLOCK.search(page)
    assert found
    wrong = "write it anew: python -m tests.pages.screening"
    if FULL:
        assert screening.renewed(page) == page, wrong
    # One with machines and a budget, one without what it has of them, and those that have none.
    few = [case for case in screening.CASES if case not in (("bicycles", ""), screening.CASES[-1])]
    assert {screening.row(*case) for case in few} <= set(found[0].splitlines()), wrong


def test_the_first_ten_minutes_print_what_the_page_says():
    page = start.PAGE.read_text(encoding="utf-8")
    assert start.renewed(page) == page, "write it anew: python -m tests.pages.start"
    assert len(start.BLOCK.findall(page)) >= 6


@pytest.mark.parametrize(
    "name", [*EXAMPLES[:1], *(pytest.param(name, marks=pytest.mark.evidence) for name in EXAMPLES[1:])]
)
def test_the_best_plan_of_an_example_is_as_its_page_says(name):
    if name != EXAMPLES[0] and not FULL:
        pytest.skip("takes half a minute: CODP_EVIDENCE=full")
    assert renewed(name) == readme(name).read_text(encoding="utf-8"), "write it: python -m tests.pages.examples"


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_tells_its_best_plan(name):
    block = BLOCK.search(readme(name).read_text(encoding="utf-8"))
    assert "| best plan |" in block[0]


@pytest.mark.parametrize("name", ["decision.md", "decision.zh.md"])
def test_the_example_of_the_plain_words_is_that_of_the_first_ten_minutes(name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    saving = re.search(r"CHAIR +MTS -> ATO +([\d,]+) EUR a year", start.PAGE.read_text(encoding="utf-8"))[1]
    assert f"{saving} EUR" in page


def test_both_languages_have_the_same_parts():
    names = ("decision.md", "decision.zh.md")
    english, chinese = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in names)
    for part in (r"^## ", r"^\|", r"^\d\. ", r"^- "):
        assert len(re.findall(part, english, re.MULTILINE)) == len(re.findall(part, chinese, re.MULTILINE)), part


def test_the_glossary_has_each_word_once_in_order():
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = [word.lower() for word in re.findall(r"^\| \*\*(.+?)\*\*", page, re.MULTILINE)]
    assert len(words) > 35
    assert len(set(words)) == len(words)
    first = [re.sub(r"[^a-z]", "", word) for word in words]
    assert first == sorted(first)
