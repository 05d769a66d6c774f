"""The pictures of `docs/start.md`, taken anew: they show what the app shows now.

`CODP_PICTURES=write pytest tests/browser/test_pictures.py` takes them for the page. What is compared is text, headings
and figures above all, since pixels differ from one machine to the next; the text of a picture lies in the picture.
"""

import io
import json
import os
import re

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Page, expect

from engine.ui.text import text
from tests.browser.conftest import click_mark, open_tiny, settle, wait_until_proven
from tests.conftest import ROOT

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}
# One byte a pixel and few colours: a page is mostly white.
_COLOURS, _MOST_BYTES = 64, 120_000


def shown(page: Page) -> dict[str, list[str]]:
    """What stands on a page: its headings, whether it is proven, its figures with their names, heads of its tables."""
    main = page.get_by_test_id("stMain")

    def texts(found: str) -> list[str]:
        said = [re.sub(r"\s+", " ", one).strip() for one in main.locator(found).all_inner_texts()]
        return [one for one in said if one]

    places = {"headings": "h1, h2, h3", "state": "[data-testid=stAlert]", "columns": "table th",
              "figures": "[data-testid=stMetricLabel], [data-testid=stMetricValue]"}  # fmt: skip
    return {name: texts(place) for name, place in places.items()}


def picture(page: Page) -> bytes:
    """The window as a small PNG with its text in it."""
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    said, out = PngInfo(), io.BytesIO()
    said.add_itxt("shown", json.dumps(shown(page), ensure_ascii=False))
    taken.quantize(_COLOURS).save(out, "PNG", optimize=True, pnginfo=said)
    return out.getvalue()


def text_of(data: bytes) -> dict[str, list[str]]:
    """The text that lies in a picture."""
    found = Image.open(io.BytesIO(data))
    found.load()
    return json.loads(found.text["shown"])


def decide(page: Page) -> None:
    """The first page with the proven plan."""
    open_tiny(page)
    wait_until_proven(page)
    settle(page)


def product(page: Page) -> None:
    """The sofa, from the first page by a click on its mark in the map."""
    chooser = page.get_by_role("combobox", name=text("product.select", "en"), exact=True)
    click_mark(page, "SOFA", chooser)
    expect(chooser).to_have_value(re.compile("SOFA"))
    settle(page)
    page.evaluate("scrollTo(0, 0)")


def test_the_pictures_show_what_the_app_shows(app: Page) -> None:
    app.set_viewport_size(SIZE)
    taken = {}
    for name, lead in {"decide": decide, "product": product}.items():
        lead(app)
        taken[name] = picture(app)
    for name, now in taken.items():
        place = PICTURES / f"{name}.png"
        assert len(now) < _MOST_BYTES
        if os.environ.get("CODP_PICTURES") == "write":
            place.write_bytes(now)
        assert text_of(place.read_bytes()) == text_of(now), "CODP_PICTURES=write pytest tests/browser/test_pictures.py"
        assert f"pictures/{name}.png" in (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
