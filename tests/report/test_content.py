"""A report is put together from what belongs together."""

import math
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.evaluate.studies.compare import Case, compare
from engine.report import tables
from engine.report.content import Evidence, NoCurrentCost, Report, make_report, read_evidence
from engine.report.files import write_results
from engine.report.sentences.prose import Prose
from engine.report.texts.text import LANGUAGES
from engine.report.write import write_report
from tests.report.reports import example_evidence, example_report
from tests.scenarios import make_scenario


def test_todays_cost_is_what_locking_everything_to_today_costs() -> None:
    report = example_report()
    given = report.scenario
    locked = replace(given, products=given.products.assign(locked=given.products["current_strategy"]))
    plan = solve(locked, gap=1e-6, certified=False, compared=False).plan
    assert report.today["cost_per_year"] == pytest.approx(plan.objective_per_year, rel=1e-6)


@cache
def report_of(**columns):
    """Of one product, told in every language."""
    scenario = make_scenario([columns])
    return make_report(solve(scenario, certified=False).plan, scenario)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_todays_cost_is_not_known_the_report_says_why(language) -> None:
    report = report_of()
    assert report.today is NoCurrentCost.NO_CURRENT
    assert Prose(report, language).saving_sentence() == Prose(report, language).t("saving.no_current")


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_that_today_does_not_keep_are_told_beside_the_saving(language) -> None:
    """Making takes longer than customers wait, so that today misses the target, and the saving is told all the same."""
    report = report_of(current_strategy="MTO", on_time_target=0.9)
    plan = report.plan
    said = Prose(report, language).saving_sentence()
    saving = report.today["cost_per_year"] - plan.objective_per_year
    assert Prose(report, language).numbers.money(abs(saving)) in said
    assert {"en": "miss their on-time target: 1 (P1)", "zh": "未达到准时目标的产品：1 个（P1）"}[language] in said
    assert "0.0%" in said
    assert "90.0%" in said


@pytest.mark.parametrize("rules", [{"risk": {"cvar_weight": 0.5}}, {}])
def test_lost_sales_and_risk_withhold_nothing(rules) -> None:
    """What today's strategies cost is what a plan locked to them costs."""
    scenario = make_scenario([{"current_strategy": "MTS", "lost_share_if_late": 0.5, "price": 150.0}], **rules)
    found = make_report(solve(scenario).plan, scenario).today["cost_per_year"]
    locked = solve(replace(scenario, products=scenario.products.assign(locked="MTS")))
    assert found == pytest.approx(locked.plan.objective_per_year, rel=1e-9)


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


def judged(plan, **values):
    """What `codp confidence` says of a plan, as far as it tells which plan that was."""
    known = {key: plan.summary[key] for key in ("input_sha256", "objective_per_year", "samples", "seed")}
    return {"status": "judged", **known, **values}


def simulated(plan, **values):
    paid = plan.ledger[plan.ledger["term"] != "risk"]["cost_per_year"].sum()
    return {"status": "simulated", "input_sha256": plan.summary["input_sha256"], "planned_cost_per_year": float(paid),
            **values}  # fmt: skip


def test_evidence_is_read_back_from_the_folders_of_other_commands(tmp_path) -> None:
    given, plan = example_evidence(), example_report().plan
    write_results(tmp_path / "a", {"confidence": given.confidence}, judged(plan))
    write_results(tmp_path / "b", {"products": given.simulation}, simulated(plan))
    # Thresholds are found on samples of their own.
    own = {"input_sha256": plan.summary["input_sha256"], "objective_per_year": 1.0, "samples": 7}
    write_results(tmp_path / "c", {"thresholds": given.thresholds}, own)
    found = read_evidence([tmp_path / "a", tmp_path / "b"], plan)
    pd.testing.assert_frame_equal(found.confidence, given.confidence, check_dtype=False)
    assert found.simulation["simulated_cost_per_year"].tolist() == [110.0]
    assert found.thresholds is None
    assert len(read_evidence([tmp_path / "c"], plan).thresholds) == 2
    with pytest.raises(EngineError, match="holds nothing that codp"):
        read_evidence([tmp_path], plan)


def told(folder, plan):
    with pytest.raises(EngineError) as caught:
        read_evidence([folder], plan)
    head, *lines = str(caught.value).splitlines()
    assert head == f"{folder}: is no evidence about this plan; run the command again for it:"
    return [line.strip() for line in lines]


def test_evidence_about_other_data_is_refused(tmp_path) -> None:
    plan, given = example_report().plan, example_evidence()
    for part, summary in (("confidence", judged(plan)), ("simulation", simulated(plan)), ("thresholds", {})):
        name = "products" if part == "simulation" else part
        write_results(tmp_path, {name: getattr(given, part)}, {**summary, "input_sha256": "0" * 64})
        assert told(tmp_path, plan) == ["summary.json:input_sha256: is of other data than the plan's"]


@pytest.mark.parametrize(("key", "value"), [("objective_per_year", 1.5), ("samples", 7), ("seed", 7)])
def test_evidence_about_another_plan_is_refused(tmp_path, key, value) -> None:
    plan, given = example_report().plan, example_evidence()
    write_results(tmp_path, {"confidence": given.confidence}, judged(plan, **{key: value}))
    (line,) = told(tmp_path, plan)
    assert line.startswith(f"summary.json:{key}: {value} is of another plan: this one has ")
    write_results(tmp_path / "s", {"products": given.simulation}, simulated(plan, planned_cost_per_year=1.5))
    (line,) = told(tmp_path / "s", plan)
    assert line.startswith("summary.json:planned_cost_per_year: 1.5 is of another plan")
    write_results(tmp_path / "s", {"products": given.simulation}, simulated(plan, planned_cost_per_year=None))
    (line,) = told(tmp_path / "s", plan)
    assert line.startswith("summary.json:planned_cost_per_year: is no number")


def test_waves_of_another_plan_are_refused(tmp_path) -> None:
    plan, given = example_report().plan, example_evidence()
    own = {key: plan.summary[key] for key in ("input_sha256", "samples", "seed")}
    own |= {"wave_gap": 1e-4, "plan_per_year": plan.objective_per_year}
    goal = dict(zip(plan.decisions["product"], plan.decisions["strategy"], strict=True))
    switches = given.wave_switches.assign(strategy_to=given.wave_switches["product"].map(goal))
    tables = {"waves": given.waves, "switches": switches}
    write_results(tmp_path / "own", tables, own)
    found = read_evidence([tmp_path / "own"], plan)
    assert found.table("waves")["wave"].tolist() == [1, 2]
    assert found.table("wave_switches")["product"].tolist() == given.wave_switches["product"].tolist()
    write_results(tmp_path / "other", tables, {**own, "plan_per_year": 1.5})
    assert told(tmp_path / "other", plan)[0].startswith("summary.json:plan_per_year: 1.5 is of another plan")
    first = switches["product"].iloc[0]
    astray = switches.assign(strategy_to=["MTS" if goal[first] != "MTS" else "MTO", *switches["strategy_to"].iloc[1:]])
    write_results(tmp_path / "astray", {"waves": given.waves, "switches": astray}, own)
    assert [line.split(": ")[0] for line in told(tmp_path / "astray", plan)] == ["switches.csv:2:strategy_to"]


def test_evidence_about_other_products_or_strategies_is_refused(tmp_path) -> None:
    plan = example_report().plan
    first, second = plan.decisions["product"].iloc[:2]
    chosen = plan.decisions["strategy"].iloc[0]
    other = next(name for name in ("MTS", "MTO") if name != plan.decisions["strategy"].iloc[1])
    table = pd.DataFrame({"product": [first, second, "Q"], "strategy": [chosen, other, chosen],
                          "confidence": [0.5, 0.5, 0.5]})  # fmt: skip
    write_results(tmp_path, {"confidence": table}, judged(plan))
    assert told(tmp_path, plan) == [
        f"confidence.csv:3:strategy: '{second}' is {other} here and {plan.decisions['strategy'].iloc[1]} in the plan",
        "confidence.csv:4:product: 'Q' is no product of the plan",
    ]


@pytest.mark.parametrize("text", [None, "[1]", "{"])
def test_evidence_that_does_not_say_what_it_is_about_is_refused(tmp_path, text) -> None:
    plan = example_report().plan
    write_results(tmp_path, {"confidence": example_evidence().confidence}, judged(plan))
    (tmp_path / "summary.json").unlink()
    if text is not None:
        (tmp_path / "summary.json").write_text(text, encoding="utf-8")
    (line,) = told(tmp_path, plan)
    assert line.startswith("summary.json: ")


def test_only_three_formats_are_known(tmp_path) -> None:
    with pytest.raises(EngineError, match=r"\.xlsx, \.html or \.pptx"):
        write_report(example_report(), tmp_path / "report.pdf")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match="cannot be"):
        write_report(example_report(), tmp_path / "file" / "report.xlsx")


def test_of_a_frontier_only_what_is_proven_is_shown() -> None:
    given = example_evidence()
    assert given.table("frontier")["point"].tolist() == [1, 2], "a rough point and one that is no better are left out"
    rough = Evidence(frontier=given.frontier.assign(rough=True))
    assert rough.table("frontier") is None


@cache
def compared():
    """The plan of the report beside its scenario, which is decided again."""
    report = example_report()
    return compare([Case(label="plan", given=report.plan), Case(label="scenario", given=report.scenario)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_tells_what_sampling_leaves_of_the_saving(language) -> None:
    """The same interval as of `codp compare`, around the saving; none where nothing is known of it."""
    report = example_report()
    left = report.plan.summary["saving_interval"]
    (rule,) = compared().rules.query("rule == 'current strategies' and case == 'scenario'").to_dict("records")
    assert (left["low"], left["high"]) == pytest.approx((rule["low"], rule["high"]), rel=1e-6)
    assert left["low"] < Prose(report, language).saving < left["high"]
    (said,) = Prose(report, language).interval()
    assert all(Prose(report, language).numbers.money(left[end]) in said for end in ("low", "high"))
    untold = replace(report.plan, summary={**report.plan.summary, "saving_interval": None})
    assert not Prose(replace(report, plan=untold), language).interval()


def test_variants_stand_beside_the_plan_that_is_one_of_them(tmp_path) -> None:
    report = example_report()
    found = compared()
    write_results(tmp_path, {"cases": found.cases}, found.summary)
    shown = read_evidence([tmp_path], report.plan).table("cases")
    assert shown["case"].tolist() == ["plan", "scenario"]
    assert shown["cost_per_year"].iloc[0] == pytest.approx(report.plan.objective_per_year)
    dearer = found.cases.assign(cost_per_year=found.cases["cost_per_year"] * 1.01)
    write_results(tmp_path, {"cases": dearer}, found.summary)
    with pytest.raises(EngineError, match=r"cases\.csv:cost_per_year"):
        read_evidence([tmp_path], report.plan)


def test_differences_of_variants_are_those_of_the_costs_shown() -> None:
    beside = Prose(replace(example_report(), evidence=example_evidence()), "en").beside("cases")
    assert beside["difference_per_year"].tolist() == [0.0, 51.0]


def test_who_does_it_by_when_is_left_to_be_filled_in() -> None:
    switches = tables.switches(example_report())
    assert len(switches)
    assert (switches[list(tables.TO_FILL)] == "").all(axis=None)


def test_a_plan_as_given_is_that_of_the_scenario_as_given() -> None:
    report = example_report()
    plan, now = report.plan, report.scenario
    assert make_report(plan, now, as_given=plan).as_given["cost_per_year"] == plan.objective_per_year
    # The same products at other costs, and the plan of them: as given where that scenario is named, else another's.
    given = now.with_settings(holding_rate_per_year=0.5)
    before = solve(given).plan_or_raise()
    told = make_report(plan, now, as_given=before, given=given).as_given
    assert told["cost_per_year"] == before.objective_per_year != plan.objective_per_year
    for wrong in (None, now.with_settings(holding_rate_per_year=0.4)):
        with pytest.raises(EngineError, match="another state of 'Case <&> =1'"):
            make_report(plan, now, as_given=before, given=wrong)
    namesake = given.with_settings(name="another case")
    with pytest.raises(EngineError, match="the scenario as given is 'another case', the plan is of 'Case"):
        make_report(plan, now, as_given=solve(namesake, compared=False).plan_or_raise(), given=namesake)
    fewer = replace(given, products=given.products.iloc[1:])
    with pytest.raises(EngineError, match="other products than this plan"):
        make_report(plan, now, as_given=before, given=fewer)
