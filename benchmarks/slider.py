"""A reader at the sliders, in Chromium: from the key press to the new number on the page.

One group of 100 products that share their parts, 200 samples; and from starting the server to the first page.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.instances import group
from engine.ui.state import store
from engine.ui.text import text
from tests.browser.conftest import QUIET_CHROMIUM, served

PRODUCTS, SAMPLES, MOVES = 100, 200, 100
LEVERS = ("holding_rate", "demand_cv", "late_cost", "lead_time_target")
# Between two moves; the proof of the state before is under way meanwhile, and stopped by the next move.
PAUSE_MS = 700
LONGEST_MS = 60_000
# One state in so many is left alone until its proof has replaced the preview.
PROVEN_EVERY = 10

# Milliseconds from the key to the first frame whose cost is another one and a preview.
_WATCH = """preview => {
    const first = id => document.querySelector(`[data-testid="${id}"]`)?.innerText ?? "";
    const before = first("stMetricValue");
    window.codpMoved = new Promise(done => {
        let pressed = 0;
        document.addEventListener("keydown", () => { pressed = performance.now(); }, {once: true, capture: true});
        const look = () => {
            const fresh = first("stMetricLabel").includes(preview) && first("stMetricValue") !== before;
            if (pressed && fresh) done(performance.now() - pressed); else requestAnimationFrame(look);
        };
        look();
    });
}"""


def report(moves: int = MOVES) -> list[str]:
    """Move one slider after the other by one step."""
    try:
        usable, taken, landed = reader(moves)
    except FileNotFoundError as error:
        return [f"not available: {error}"]
    return [
        f"From starting the server to the first figures of the bicycles: {usable:.1f} s",
        "",
        *_table(taken),
        *_jumps(landed),
    ]


def reader(
    moves: int, scenario: str | None = None, *, prove_every: int = PROVEN_EVERY
) -> tuple[float, list[tuple[str, float, str]], list[Landed]]:
    """A reader in Chromium: seconds from the server's start to first figures, moves of sliders, proofs waited for.

    Parameters
    ----------
    moves : int
    scenario : str, optional
        A bundled one; by default a group of `PRODUCTS` that share their parts.
    prove_every : int
        Of so many moves one is left alone until it is proven.

    Raises
    ------
    FileNotFoundError
        Where there is no browser.
    """
    program = os.environ.get("CODP_CHROMIUM") or "/usr/bin/chromium"
    if not os.access(program, os.X_OK):
        raise FileNotFoundError(f"no Chromium at {program}; name it in CODP_CHROMIUM")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET_CHROMIUM)
        os.environ["CODP_STORE"] = str(Path(folder) / "store")
        key = scenario or store.keep(group(PRODUCTS, samples=SAMPLES))
        began = time.perf_counter()
        with served(Path(folder)) as url:
            page = browser.new_page()
            page.goto(f"{url}/?lang=en")
            page.get_by_test_id("stMetricValue").first.wait_for(timeout=LONGEST_MS)
            usable = time.perf_counter() - began
            page.close()
            taken, landed = _session(browser, f"{url}/?scenario={key}&lang=en", moves, prove_every)
        browser.close()
    return usable, taken, landed


def _session(
    browser: Browser, url: str, moves: int, prove_every: int
) -> tuple[list[tuple[str, float, str]], list[Landed]]:
    page = browser.new_page()
    page.set_default_timeout(LONGEST_MS)
    page.goto(url)
    page.get_by_test_id("stMetricValue").first.wait_for()
    page.wait_for_timeout(PAUSE_MS)
    taken, landed = [], []
    for k in range(moves):
        taken.append(_move(page, LEVERS[k % len(LEVERS)]))
        if k % prove_every == prove_every - 1:
            landed.append(_proof(page, float(taken[-1][2])))
    return taken, landed


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A preview and the proof that replaced it: costs as shown, gap that the preview stated, seconds until then."""

    preview: float
    proven: float
    gap: float
    seconds: float


def _proof(page: Page, gap: float) -> Landed:
    value = page.get_by_test_id("stMetricValue").first
    preview, began = float(value.inner_text().replace(",", "")), time.perf_counter()
    label = page.get_by_test_id("stMetricLabel").first.filter(has_text=text("status.proven", "en"))
    label.wait_for()
    seconds = time.perf_counter() - began
    return Landed(preview=preview, proven=float(value.inner_text().replace(",", "")), gap=gap, seconds=seconds)


def _move(page: Page, lever: str) -> tuple[str, float, str]:
    """Lever, seconds, and the gap that the preview states."""
    slider = page.get_by_role("slider", name=text(f"lever.{lever}", "en"))
    slider.focus()
    page.evaluate(_WATCH, text("status.preview", "en"))
    # A slider at its end turns round.
    at, least, most = (float(slider.evaluate(f"each => each.{name}")) for name in ("value", "min", "max"))
    slider.press("ArrowLeft" if at >= most - 1e-9 or (at - least) / (most - least) > 0.9 else "ArrowRight")
    seconds = float(page.evaluate("window.codpMoved")) / 1000.0
    said = page.get_by_test_id("stMetric").first.locator("xpath=ancestor::*[contains(., 'best')][1]").inner_text()
    shown = re.search(r"([\d.]+)%", said)
    page.wait_for_timeout(PAUSE_MS)
    return lever, seconds, shown.group(1) if shown else "0"


def _jumps(landed: list[Landed]) -> list[str]:
    """How far the number moved when the proof replaced the preview."""
    if not landed:
        return []
    jumps = [(one.proven - one.preview) / one.preview * 100.0 for one in landed]
    within = sum(-one.gap - 0.005 <= jump <= 0.1 for one, jump in zip(landed, jumps, strict=True))
    waited = [one.seconds for one in landed]
    told = [
        f"{len(landed)} states left until proven: the cost moved by {min(jumps):+.2f}% to {max(jumps):+.2f}%",
        f"{within} of them down within the gap that the preview stated, or up by less than the proof's own 0.1%",
        f"the proof was there after {np.median(waited):.1f} s in the median, {max(waited):.1f} s at the longest",
    ]
    return ["", "; ".join(told)]


def _table(taken: list[tuple[str, float, str]]) -> list[str]:
    lines = ["| lever | moves | p50, s | p95, s | widest gap |", "|:--|--:|--:|--:|--:|"]
    for lever in (*LEVERS, "all"):
        own = [(seconds, float(gap)) for name, seconds, gap in taken if lever in (name, "all")]
        if own:
            times = [seconds for seconds, _ in own]
            p50, p95 = np.quantile(times, [0.5, 0.95])
            lines.append(f"| {lever} | {len(own)} | {p50:.2f} | {p95:.2f} | {max(gap for _, gap in own):.2f}% |")
    return lines
