"""The app, served once, in a real browser that may talk to this machine only."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, Request, Route, WebSocket, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.ui.text import text
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
MOVES_AT_MOST = 10
PRESSES_AT_MOST = 50
# Beside two other suites of tests a proof of two seconds takes minutes.
STARTS_WITHIN_SECONDS = SETTLES_WITHIN_SECONDS = PATIENCE_SECONDS
PROVEN_WITHIN_MS = DRAWS_WITHIN_MS = 1000 * PATIENCE_SECONDS
CLICKS_AT_MOST = 4
LEADS_WITHIN_MS = 20_000
# Wherever no longer one is named.
expect.set_options(timeout=DRAWS_WITHIN_MS)
HERE = {"127.0.0.1", "localhost"}
OFF_HOST = re.compile(r"^(?:https?|wss?)://(?!(?:127\.0\.0\.1|localhost)[:/])")
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that ``-m "not browser"`` leaves them all out."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program; the test skips where there is none."""
    program = Path(os.environ.get("CODP_CHROMIUM") or "/usr/bin/chromium")
    if not os.access(program, os.X_OK):
        pytest.skip(f"no Chromium at {program}: install it, or name it in CODP_CHROMIUM")
    return program


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object], chromium: Path) -> dict[str, object]:
    """Start the installed Chromium, without the traffic that browsers make of their own accord."""
    return {**browser_type_launch_args, "executable_path": str(chromium), "args": QUIET_CHROMIUM}


@pytest.fixture(scope="session")
def app_url(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, served for the whole session."""
    with served(tmp_path_factory.mktemp("served")) as url:
        yield url


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the app on a free port, its log in `folder`; stop it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "HOME": str(folder),  # a developer's own Streamlit settings stay out
        "CODP_STORE": os.environ.get("CODP_STORE") or str(folder / "store"),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
    log = folder / "server.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "engine.ui.serve"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, server, log)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture(scope="session")
def base_url(app_url: str) -> str:
    """What ``page.goto("/")`` means. The plug-in's own fixture raises a deprecation warning of pytest's."""
    return app_url


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    # The body counts: an unknown address answers 200 as well, with the app's own page.
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    pytest.fail(f"the app did not start within {STARTS_WITHIN_SECONDS} s:\n{log.read_text(errors='replace')}")


class Conversation:
    """What a page has asked the server to run, and how far the server has come.

    The page says "running" only once the server has said so: until then it looks as if it had settled.
    """

    def __init__(self, page: Page) -> None:
        self.uploads = self.asked = self.under_way = False
        page.on("websocket", self._begin)

    @property
    def waits(self) -> bool:
        return self.uploads or self.asked or self.under_way

    def _begin(self, websocket: WebSocket) -> None:
        self.uploads = self.asked = self.under_way = False
        websocket.on("framesent", self._send)
        websocket.on("framereceived", self._receive)

    def _send(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            said = BackMsg.FromString(frame)
            # The page asks where files go, sends them there, and only then says that they are there.
            if said.WhichOneof("type") == "file_urls_request":
                self.uploads = True
            # What a timer of the page asks for is nothing to wait for: it asks again and again.
            elif said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun:
                self.uploads, self.asked = False, True

    def _receive(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            kind = ForwardMsg.FromString(frame).WhichOneof("type")
            if kind == "new_session":
                self.asked, self.under_way = False, True
            elif kind == "script_finished":
                self.under_way = False


_CONVERSATIONS: WeakKeyDictionary[Page, Conversation] = WeakKeyDictionary()


def listen(page: Page) -> None:
    """Follow what a page asks of the server, from before its first address."""
    _CONVERSATIONS[page] = Conversation(page)


@pytest.fixture(autouse=True)
def listening(context: BrowserContext) -> None:
    """Follow every page of the test."""
    context.on("page", listen)


@pytest.fixture
def app(page: Page) -> Iterator[Page]:
    """A page before its first address. A request to any other host is stopped, and fails the test."""
    strays: list[str] = []

    def stop(route: Route, request: Request) -> None:
        strays.append(request.url)
        route.abort()

    def watch(websocket: WebSocket) -> None:
        if urlsplit(websocket.url).hostname not in HERE:
            strays.append(websocket.url)

    page.context.route(OFF_HOST, stop)
    page.on("websocket", watch)
    yield page
    assert not strays, f"the app asked other hosts: {sorted(set(strays))}"


def settle(page: Page) -> None:
    """Wait until the server has run what was asked of it to its end, and nothing stale is left on the page."""
    patience = SETTLES_WITHIN_SECONDS * 1000
    conversation, until = _CONVERSATIONS.get(page), time.monotonic() + SETTLES_WITHIN_SECONDS
    # What was just done is on its way before the browser answers anything else.
    page.evaluate("() => new Promise(requestAnimationFrame)")
    while conversation is not None and conversation.waits:
        assert time.monotonic() < until, f"the page did not come to rest within {SETTLES_WITHIN_SECONDS} s"
        page.wait_for_timeout(50)
    idle = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    expect(idle).to_be_visible(timeout=patience)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=patience)
    # A part whose code the browser still fetches is lower until it is there, and moves what stands below it.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=patience)


def upload(page: Page, files: FilePayload | Path | Sequence[Path], nth: int = 0) -> None:
    """Hand files to one of the page's uploaders, and wait until the server has them and has run.

    A list shows a file before the server has it: what is pressed then does not know the file. Files are handed over
    again where none is sent, since the browser was just putting the uploader up anew.
    """
    uploader = page.locator("[data-testid=stFileUploader] input[type=file]").nth(nth)
    for _ in range(CLICKS_AT_MOST):
        with (
            suppress(PlaywrightTimeoutError),
            page.expect_request_finished(
                lambda sent: sent.method == "PUT" and "/upload_file/" in sent.url, timeout=LEADS_WITHIN_MS
            ),
        ):
            uploader.set_input_files(files)
            break
    else:
        raise AssertionError("the browser has sent no file")
    settle(page)


def headline(page: Page) -> Locator:
    """The first figure of the plan."""
    return page.get_by_test_id("stMetric").first


def open_first(page: Page) -> Page:
    """What the bare address shows, settled: the bicycles, whose plan takes seconds."""
    page.goto("/")
    settle(page)
    return page


def open_tiny(page: Page, language: str = "en") -> Page:
    """The small scenario on the first page, its figures drawn."""
    page.goto(f"/?scenario=tiny&lang={language}")
    expect(headline(page)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    return page


def click_mark(page: Page, name: str, leads_to: Locator) -> None:
    """Click a product's mark in a chart, again where the chart was just being put up anew: the browser does so by
    itself once its code has come, and what is clicked then is gone."""
    for _ in range(CLICKS_AT_MOST):
        # Each mark's neighbourhood lies over it, so that a click beside it counts too.
        page.get_by_test_id("stVegaLiteChart").locator(f"path[aria-label*='{name}']").first.click(force=True)
        with suppress(PlaywrightTimeoutError):
            leads_to.wait_for(timeout=LEADS_WITHIN_MS)
            return


def move(page: Page, lever: str, to: str, language: str = "en") -> None:
    """Move a slider to the right by the keyboard until it stands at `to`, and the address says so.

    Counted in values, not in key strokes: a key pressed while the page draws itself again may not count.
    """
    slider = page.get_by_role("slider", name=text(f"lever.{lever}", language))
    address = re.compile(rf"[?&]{lever}={re.escape(to)}(&|$)")
    for _ in range(MOVES_AT_MOST):
        slider.focus()
        for _ in range(PRESSES_AT_MOST):
            if slider.input_value() == to:
                break
            slider.press("ArrowRight")
        with suppress(AssertionError):
            expect(page).to_have_url(address, timeout=5_000)
            return
        settle(page)
    expect(page).to_have_url(address)


def wait_until_proven(page: Page, language: str = "en") -> None:
    """Until the figures say so."""
    expect(headline(page)).to_contain_text(text("status.proven", language), timeout=PROVEN_WITHIN_MS)


def go(page: Page, name: str, language: str = "en") -> None:
    """Open a page by the menu."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=text(f"page.{name}", language), exact=True).click()
    expect(page).to_have_url(re.compile(rf"/{name}\b" if name != "decide" else r"/(?:decide)?\?|/$"))
    settle(page)


def view(page: Page, name: str, language: str = "en") -> None:
    """Open a part of a page."""
    page.get_by_role("radio", name=text(f"view.{name}", language), exact=True).click(force=True)
    settle(page)
