"""Every page in both languages and themes: no grave accessibility fault, no word of the other language, a picture."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine.ui.navigation import PAGES
from tests.browser.conftest import OFF_HOST, go, open_tiny, settle, view, wait_until_proven
from tests.evidence import FULL

PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "pages"
# Each language and each theme, of the dark one the first part of each page; as evidence all of each with each.
# `go` takes the pages by their names in the language.
LOOKS = [("en", "dark"), ("zh", "light"), *([("en", "light"), ("zh", "dark")] if FULL else [])]
GRAVE = {"serious", "critical"}
PARTS = {
    "decide": ["decisions", "tradeoffs", "shared", "variants"],
    "product": ["why", "timeline", "thresholds", "alone"],
    "compare": ["sides", "readers"],
    "trust": ["simulated"],
    "data": ["upload", "exports", "edit", "download", "reports"],
    "batch": [],
}
# Names that stay as they are in every language, and what Streamlit's own uploader says.
OWN_NAMES = re.compile(
    r"English|EUR|SE16N|Odoo|P:D|CV|CO2e|Tiny|Excel|HTML|PowerPoint|ABC-XYZ|VSS|EVPI|CSV|Parquet|scenario\.yaml|\.xlsx|zip|MB|[A-Z]{3,}"
    r"|[a-z]+(?:[-_][a-z]+)+|[Uu]pload|per file|•|products|orders|components|bom|resources|routing|Office chair"
    r"|Kitchen stool|Designer sofa|components\.\w+|Oak|Steel|\w+_\w+"
)


def faults(page: Page) -> list[object]:
    # A run that began late shows Streamlit's own button to stop it, whose contrast is not ours.
    settle(page)
    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]]) for fault in found if fault["impact"] in GRAVE
    ]


@pytest.mark.evidence
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_every_page_can_be_read_by_everyone(browser: Browser, app_url: str, language: str, theme: str) -> None:
    context = browser.new_context(color_scheme=theme, viewport={"width": 1360, "height": 900}, base_url=app_url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    context.route(OFF_HOST, lambda route: route.abort())
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        open_tiny(page, language)
        wait_until_proven(page, language)
        grave: dict[str, object] = {}
        for one in PAGES:
            go(page, one.name, language)
            parts = PARTS[one.name] or [""]
            # Colours are those of the theme on every part.
            for part in parts if FULL or theme == "light" else parts[:1]:
                if part:
                    view(page, part, language)
                expect(page.get_by_test_id("stException")).to_have_count(0)
                name = f"{one.name}-{part or 'page'}-{language}-{theme}"
                # A picture of every part as evidence, else of every page: charts are drawn anew for each.
                if FULL or part == parts[0]:
                    height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
                    page.set_viewport_size({"width": 1360, "height": max(900, int(height))})
                    page.screenshot(path=PICTURES / f"{name}.png")
                    page.set_viewport_size({"width": 1360, "height": 900})
                found = faults(page)
                if found:
                    grave[name] = found
                if language == "zh":
                    assert not left_in_english(page), f"{name}: {left_in_english(page)}"
        assert not grave
    finally:
        context.close()


def left_in_english(page: Page) -> list[str]:
    return [
        line
        for part in ("stMain", "stSidebar")
        for line in page.get_by_test_id(part).inner_text().splitlines()
        if re.search(r"[a-z]{3}", OWN_NAMES.sub("", line)) and not re.search(r"[A-Z]{3,} · ", line)
    ]
