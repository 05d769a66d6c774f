"""Keys that follow what the page itself puts into a lever: none is lost, however soon it comes."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.ui.state.positions import lever_key
from engine.ui.text import text
from tests.browser.conftest import DRAWS_WITHIN_MS, PROVEN_WITHIN_MS, open_tiny, settle, view, wait_until_proven


def lever(page: Page) -> Locator:
    """The one that the keys move, by half a point each."""
    return page.get_by_role("slider", name=text("lever.holding_rate", "en"))


def typed(page: Page) -> Locator:
    """The field beside it."""
    return page.get_by_role("spinbutton", name=text("inputs.typed", "en", lever=text("lever.holding_rate", "en")))


def stands_at(page: Page, value: str) -> None:
    """The lever and the address say so, when all has come to rest."""
    expect(page).to_have_url(re.compile(rf"[?&]holding_rate={re.escape(value)}(&|$)"), timeout=PROVEN_WITHIN_MS)
    settle(page)
    expect(lever(page)).to_have_value(value)
    expect(page).to_have_url(re.compile(rf"[?&]holding_rate={re.escape(value)}(&|$)"))


def number_of(page: Page) -> Locator:
    """The number of the page's last writing of the lever: the browser may draw it some milliseconds after the value."""
    return page.locator(f".st-key-echo_{lever_key('holding_rate')}_field input")


def followed(page: Page, put: Callable[[], object], shown: str, key: str, to: str) -> None:
    """Have the page put a value into the lever, and press a key in the moment value and number are seen, once.

    The key leads back to what the lever held before: what the browser may also tell where it has got nothing yet.
    """
    both = [lever(page).element_handle(), typed(page).element_handle()]
    number = number_of(page).element_handle()
    before = number.input_value()
    put()
    page.wait_for_function(
        "([both, value, number, before]) => both.every(one => one.value === value) && number.value !== before",
        arg=[both, shown, number, before], polling="raf", timeout=DRAWS_WITHIN_MS,
    )  # fmt: skip
    lever(page).press(key)
    stands_at(page, to)


def test_a_lever_is_moved_and_undone_by_keys_while_the_page_looks_after_its_proof(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    back = app.get_by_role("button", name=text("inputs.undo", "en"), exact=True)
    # Each key comes at another moment of the page's own asking; none is pressed twice.
    for key in ("Enter", "Space", "Enter"):
        lever(app).focus()
        app.keyboard.press("ArrowRight")
        expect(app).to_have_url(re.compile("holding_rate=20.5&"))
        expect(back).to_be_enabled()
        before = number_of(app).input_value()
        back.focus()
        app.keyboard.press(key)
        expect(app).to_have_url(re.compile("holding_rate=20&"))
        expect(lever(app)).to_have_value("20")
        expect(number_of(app)).not_to_have_value(before)


def test_what_the_page_puts_into_a_lever_is_sent_once(app: Page) -> None:
    """A key is told a moment after it is pressed: a value that comes again in that moment would replace it."""
    sent: list[float] = []

    def listen(frame: str | bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(frame if isinstance(frame, bytes) else frame.encode())
        slider = message.delta.new_element.slider
        if slider.set_value and lever_key("holding_rate") in slider.id:
            sent.extend(slider.value)

    app.on("websocket", lambda websocket: websocket.on("framereceived", listen))
    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    lever(app).press("ArrowRight")
    stands_at(app, "20.5")
    sent.clear()
    app.get_by_role("button", name=text("inputs.undo", "en"), exact=True).click()
    stands_at(app, "20")
    assert sent == [20.0]


def test_a_key_right_after_the_page_has_moved_a_lever_counts(app: Page) -> None:
    def press(name: str) -> Callable[[], None]:
        return app.get_by_role("button", name=text(name, "en"), exact=True).click

    def type_in(value: str) -> None:
        typed(app).fill(value)
        typed(app).press("Enter")

    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    lever(app).press("ArrowRight")
    stands_at(app, "20.5")
    followed(app, press("inputs.undo"), "20", "ArrowRight", "20.5")
    press("inputs.undo")()
    stands_at(app, "20")
    followed(app, press("inputs.redo"), "20.5", "ArrowLeft", "20")
    followed(app, app.go_back, "20.5", "ArrowLeft", "20")
    app.go_back()
    stands_at(app, "20.5")
    followed(app, app.go_forward, "20", "ArrowRight", "20.5")
    followed(app, press("inputs.reset"), "20", "ArrowRight", "20.5")
    followed(app, lambda: type_in("21"), "21", "ArrowLeft", "20.5")
    view(app, "variants")
    app.get_by_role("textbox", name=text("pins.name", "en")).fill("dear")
    press("pins.keep")()
    settle(app)
    lever(app).press("ArrowRight")
    stands_at(app, "21")
    followed(app, press("pins.open"), "20.5", "ArrowRight", "21")
