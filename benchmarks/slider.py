"""A reader at the sliders, in Chromium: from the key press to the new number on the page.

One group of 100 products that share their parts, 200 samples; and from starting the server to the first page.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.instances import group
from engine.ui import store
from engine.ui.text import text
from tests.browser.conftest import QUIET_CHROMIUM, served

PRODUCTS, SAMPLES, MOVES = 100, 200, 100
LEVERS = ("holding_rate", "demand_cv", "late_cost", "lead_time_target")
# Between two moves; the proof of the state before is under way meanwhile, and stopped by the next move.
PAUSE_MS = 700
LONGEST_MS = 60_000

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
    program = os.environ.get("CODP_CHROMIUM") or "/usr/bin/chromium"
    if not os.access(program, os.X_OK):
        return [f"not available: no Chromium at {program}; name it in CODP_CHROMIUM"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET_CHROMIUM)
        os.environ["CODP_STORE"] = str(Path(folder) / "store")
        key = store.keep(group(PRODUCTS, samples=SAMPLES))
        began = time.perf_counter()
        with served(Path(folder)) as url:
            page = browser.new_page()
            page.goto(f"{url}/?lang=en")
            page.get_by_test_id("stMetricValue").first.wait_for(timeout=LONGEST_MS)
            usable = time.perf_counter() - began
            page.close()
            taken = _session(browser, f"{url}/?scenario={key}&lang=en", moves)
        browser.close()
    return [f"From starting the server to the first figures of the bicycles: {usable:.1f} s", "", *_table(taken)]


def _session(browser: Browser, url: str, moves: int) -> list[tuple[str, float, str]]:
    page = browser.new_page()
    page.goto(url)
    page.get_by_test_id("stMetricValue").first.wait_for(timeout=LONGEST_MS)
    page.wait_for_timeout(PAUSE_MS)
    return [_move(page, LEVERS[k % len(LEVERS)]) for k in range(moves)]


def _move(page: Page, lever: str) -> tuple[str, float, str]:
    """Lever, seconds, and the gap that the preview states."""
    slider = page.get_by_role("slider", name=text(f"lever.{lever}", "en"))
    slider.focus()
    page.evaluate(_WATCH, text("status.preview", "en"))
    # A slider at its end turns round.
    at, least, most = (float(slider.evaluate(f"each => each.{name}")) for name in ("value", "min", "max"))
    slider.press("ArrowLeft" if at >= most - 1e-9 or (at - least) / (most - least) > 0.9 else "ArrowRight")
    page.set_default_timeout(LONGEST_MS)
    seconds = float(page.evaluate("window.codpMoved")) / 1000.0
    said = page.get_by_test_id("stMetric").first.locator("xpath=ancestor::*[contains(., 'gap')][1]").inner_text()
    page.wait_for_timeout(PAUSE_MS)
    return lever, seconds, said.rsplit(" ", 1)[-1]


def _table(taken: list[tuple[str, float, str]]) -> list[str]:
    lines = ["| lever | moves | p50, s | p95, s | widest gap |", "|:--|--:|--:|--:|--:|"]
    for lever in (*LEVERS, "all"):
        own = [(seconds, float(gap.rstrip("%"))) for name, seconds, gap in taken if lever in (name, "all")]
        if own:
            times = [seconds for seconds, _ in own]
            p50, p95 = np.quantile(times, [0.5, 0.95])
            lines.append(f"| {lever} | {len(own)} | {p50:.2f} | {p95:.2f} | {max(gap for _, gap in own):.2f}% |")
    return lines
