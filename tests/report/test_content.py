"""A report is put together from what belongs together."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from engine.errors import EngineError
from engine.report import tables
from engine.report.content import NoCurrentCost, Report, make_report, read_evidence
from engine.report.files import write_results
from engine.report.prose import Prose
from engine.report.text import LANGUAGES
from engine.report.write import write_report
from engine.solve.decide import solve
from tests.report.reports import example_evidence, example_report
from tests.scenarios import make_scenario


def test_todays_cost_is_what_locking_everything_to_today_costs() -> None:
    report = example_report()
    given = report.scenario
    locked = replace(given, products=given.products.assign(locked=given.products["current_strategy"]))
    assert report.current_cost_per_year == pytest.approx(solve(locked, gap=1e-6).plan.objective_per_year, rel=1e-6)


@pytest.mark.parametrize(
    ("products", "why"),
    [([{}], NoCurrentCost.NO_CURRENT),
     ([{"current_strategy": "MTO", "on_time_target": 0.9}], NoCurrentCost.BREAKS_RULES),
     ([{"current_strategy": "MTS", "lost_share_if_late": 0.5, "price": 150.0}], NoCurrentCost.OPEN)],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_todays_cost_is_not_known_the_report_says_why(products, why, language) -> None:
    scenario = make_scenario(products)
    found = solve(scenario)
    report = make_report(found.plan, scenario)
    assert report.current_cost_per_year is why
    assert Prose(report, language).saving_sentence() == Prose(report, language).t(f"saving.{why.value}")


def test_a_plan_of_another_scenario_is_refused() -> None:
    with pytest.raises(EngineError, match="another state of the scenario"):
        make_report(example_report().plan, make_scenario([{}]))


def test_a_plan_of_which_nothing_is_proven_says_so() -> None:
    plan = example_report().plan
    unproven = replace(plan, summary={**plan.summary, "bound_per_year": -math.inf, "gap": math.inf})
    for language in LANGUAGES:
        prose = Prose(Report(plan=unproven), language)
        assert prose.proof() == prose.t("proof.none")
        assert "inf" not in " ".join([*prose.recommendation(), *(f.shown for f in prose.headline())])


def test_stock_of_parts_and_goods_is_all_there_is() -> None:
    report = example_report()
    goods = tables.finished(report)["inventory_value"].sum()
    parts = report.plan.components["inventory_value"].sum()
    assert goods + parts == pytest.approx(report.plan.summary["inventory_value"])


def test_evidence_is_read_back_from_the_folders_of_other_commands(tmp_path) -> None:
    given = example_evidence()
    write_results(tmp_path / "a", {"confidence": given.confidence}, {})
    write_results(tmp_path / "b", {"products": given.simulation}, {})
    found = read_evidence([tmp_path / "a", tmp_path / "b"])
    pd.testing.assert_frame_equal(found.confidence, given.confidence, check_dtype=False)
    assert found.simulation["simulated_cost_per_year"].tolist() == [110.0]
    assert found.thresholds is None
    with pytest.raises(EngineError, match="holds nothing that codp"):
        read_evidence([tmp_path])


def test_only_three_formats_are_known(tmp_path) -> None:
    with pytest.raises(EngineError, match=r"\.xlsx, \.html or \.pptx"):
        write_report(example_report(), tmp_path / "report.pdf")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match="cannot be"):
        write_report(example_report(), tmp_path / "file" / "report.xlsx")
