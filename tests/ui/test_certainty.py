"""No page calls certain what another calls contested: the badge is one, before and after a judgement."""

import io

import pandas as pd
import pytest

from engine.report.content import Evidence, make_report
from engine.report.write import write_report
from engine.ui.text import Language, text
from engine.ui.words import certainty_mark
from engine.ui.work.trust_study import Found
from tests.ui.pages import on_page, opened, seen, shown, until_proven

pytestmark = pytest.mark.usefixtures("shared_proofs")

LABELS = {"CHAIR": "contested", "SOFA": "no-regret", "STOOL": "conditional"}


def judged() -> Found:
    """As `codp confidence` would have it."""
    table = pd.DataFrame({
        "product": list(LABELS), "strategy": "MTS", "current_strategy": "MTS", "label": list(LABELS.values()),
        "confidence": [0.5, 0.99, 0.7], "rival": "MTO", "advantage_per_year": [1.0, 900.0, 400.0],
        "expected_regret_per_year": [50.0, 0.0, 30.0], "depends_on": ["", "", "products.unit_cost"],
    })  # fmt: skip
    counts = dict.fromkeys(LABELS.values(), 1)
    return Found(
        tables={"confidence": table}, summary={"currency": "EUR", "confidence": {"counts": counts, "draws": 60}}
    )


def badges(app) -> dict[str, str]:
    app.session_state["decisions_shown"] = "all"
    rows = app.run().dataframe[0].value
    return dict(zip(rows["product"], rows["certainty"], strict=True))


def test_decide_product_trust_and_report_tell_one_badge(tmp_path) -> None:
    language: Language = "zh"
    app = opened(language=language)
    assert not app.dataframe[0].value["certainty"].any(), "a preview compares nothing"
    app = until_proven(app, language)
    firm = certainty_mark("firm", language)
    assert not any(cell.startswith(firm) for cell in badges(app).values()), "nothing is judged yet"
    assert text("table.sure.not_judged", language) in shown(app)

    _, held = app.session_state["_last_answer"]
    key = (str(held.plan.summary["input_sha256"]), held.plan.objective_per_year)
    app.session_state["_studies"] = {("confidence", key): judged()}
    table = badges(app)
    assert table["CHAIR"].startswith(certainty_mark("open", language))
    assert not table["STOOL"].startswith(firm)
    assert text("table.sure.not_judged", language) not in shown(app)

    report = make_report(held.plan, held.scenario, evidence=Evidence(confidence=judged().tables["confidence"]))
    assert report.certainty["certainty"].tolist() == [
        next(code for code in ("firm", "likely", "open") if table[product].startswith(certainty_mark(code, language)))
        for product in report.certainty["product"]
    ]
    write_report(report, tmp_path / "report.html", language=language)
    rows = pd.read_html(io.StringIO((tmp_path / "report.html").read_text(encoding="utf-8")))
    assert any((rows_of == text("certainty.open", language)).to_numpy().any() for rows_of in rows)

    app = seen(on_page(app, "trust"), "trust_view", "contested")
    told = app.dataframe[0].value.set_index("product")["certainty"]
    assert all(table[product].startswith(told[product]) for product in table)
    app.session_state["product"] = "CHAIR"
    app = on_page(app, "product")
    assert f"**{certainty_mark('open', language)}**" in shown(app)
    assert not app.exception
