"""The hour of `docs/hour.md`: every command of the page works on exports as they come, one after the other."""

import contextlib
import re

import pandas as pd

from tests.evidence import FULL
from tests.pages.hour import taken


def test_from_exports_to_a_signed_report_in_both_languages(tmp_path):
    with contextlib.chdir(tmp_path):
        # Decks and a second workbook are what tests/report writes anyhow.
        steps = taken(6, but="" if FULL else ".pptx", samples=20)
    said = {line.split(" --")[0]: text for line, text, _ in steps}
    assert [text for _, text, _ in steps if "fault" in text and "no faults" not in text] == []
    # What nobody gave is asked for, told when it is checked, and stands in what is signed.
    assert "Asked for: products.csv: late_cost_per_unit_day" in said["codp import sap exports"]
    assert "Asked for: products.csv: unit_cost" not in said["codp import sap exports"]
    assert "0.3% of unit_cost is assumed" in said["codp check november"]
    assert "2204-05-03 lies" in said["codp check november"]
    pages = {name: (tmp_path / name).read_text(encoding="utf-8") for name in ("report.html", "report-zh.html")}
    assert "0.3% of unit_cost is assumed" in pages["report.html"]
    assert "假设为 unit_cost 的 0.3%" in pages["report-zh.html"]
    # One figure, wherever it is told.
    cost = round(pd.read_csv(tmp_path / "plan/decisions.csv")["expected_cost_per_year"].sum())
    assert all(f"{cost:,}" in text for text in (*pages.values(), said["codp solve november"]))
    assert {path.suffix for path in tmp_path.glob("report*")} >= {".html", ".xlsx"}
    assert {"old", "new", "reason"} <= set(pd.read_csv(tmp_path / "sap.csv").columns)
    # Who sells three times as much is told; a longer book alone moves nobody.
    found = said["codp review plan"]
    assert "100002@1000: d" in found
    assert "is another now" not in found
    assert "the plan knew order lines" not in found
    assert int(re.search(r"(\d+) of 7 products", found)[1]) <= 3
