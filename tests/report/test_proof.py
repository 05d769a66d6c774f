"""The sentence on the proof: both parts of the gap, the bound below everything, and who certified it."""

import math
import re
from dataclasses import replace

import pytest

from engine.decision.extensive import NotCertified
from engine.decision.solve import solve
from engine.report.content import Report
from engine.report.page.document import page_html
from engine.report.sentences.proof import proof_sentence
from engine.report.sentences.prose import Prose
from engine.report.sentences.words import recommendation
from engine.report.settings_table import source_rows
from engine.report.texts.text import LANGUAGES
from tests.evidence import FULL
from tests.report.reports import example_report
from tests.scenarios import make_scenario

CERTIFIED = {"model": "pyomo", "objective_per_year": 99_200.0, "difference": 0.0, "seconds": 1.0}


def proven(*, program=99_200.0, bound=99_100.0, certified=CERTIFIED):
    """A plan that costs 100,000 a year."""
    plan = example_report().plan
    given = {
        "objective_per_year": 100_000.0, "program_per_year": program, "bound_per_year": bound, "samples": 60,
        "gap": (program - bound) / 100_000.0, "allocation_gap": (100_000.0 - program) / 100_000.0,
        "certified_by": certified,
    }  # fmt: skip
    return replace(plan, summary={**plan.summary, **given})


def told(language="en", **figures):
    """What is said of such a plan."""
    return proof_sentence(proven(**figures), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("program", "bound", "shares"),
    [(99_200.0, 99_100.0, ["0.90%", "0.10%", "0.80%"]), (99_200.0, 99_200.0, ["0.80%"]),
     (100_000.0, 99_990.0, ["0.01%"]), (100_000.0, 100_000.0, []),
     # Rounded up, and the parts still add up: 0.051% is told as 0.06%, 0.011% of it as 0.02%.
     (99_960.0, 99_949.0, ["0.06%", "0.02%", "0.04%"])],
)  # fmt: skip
def test_the_two_parts_add_up_to_the_whole_and_the_bound_is_told(program, bound, shares, language):
    said = told(program=program, bound=bound, language=language)
    assert re.findall(r"\d+\.\d+%", said) == shares
    assert (f"{bound:,.0f}\u00a0EUR" in said) == bool(shares)
    hindsight = {"en": "not even hindsight", "zh": "事后分配"}[language]
    assert (hindsight in said) == (program < 100_000.0)


def test_a_bound_is_never_rounded_up_nor_a_gap_down():
    assert "99,100\u00a0EUR" in told(bound=99_100.9)
    assert "0.01%" in told(program=100_000.0, bound=99_999.9)
    # A small plan has cents in reports and none in terminal and app.
    plan = proven(program=880.0, bound=807.75)
    small = replace(plan, summary={**plan.summary, "objective_per_year": 889.0})
    assert "807.75\u00a0EUR" in proof_sentence(small, "en")
    assert "below 807 EUR a year" in proof_sentence(small, "en", money=lambda amount: f"{amount:,.0f} EUR")
    assert "below 807 EUR a year" in " ".join(recommendation(small).split())


@pytest.mark.parametrize("bound", [99_100.9, 99_949.6, 99_200.0])
def test_bound_and_gaps_are_the_same_figures_in_sentence_terminal_and_report(bound):
    plan = proven(program=max(bound, 99_200.3), bound=bound)
    said = told(program=max(bound, 99_200.3), bound=bound).replace("\u00a0", " ")
    report = replace(example_report(), plan=plan)
    rows = {label: value.replace("\u00a0", " ") for label, value in source_rows(Prose(report, "en"))}
    shown = re.search(r"bound +([\d,]+) ", recommendation(plan))[1]
    assert rows["No plan can cost less than"] == f"{shown} EUR"
    assert f"below {shown} EUR" in said
    unproven = replace(report, plan=proven(program=99_200.3, bound=-math.inf))
    assert dict(source_rows(Prose(unproven, "en")))["No plan can cost less than"] == "–"
    parts = {value for label, value in rows.items() if label.startswith("Gap of") and value != "0%"}
    assert parts <= set(re.findall(r"\d+\.\d+%", said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_certified_it_or_why_nobody_did_is_told(language):
    said = [
        told(certified=certified, language=language)
        for certified in (CERTIFIED, None, *(reason.summary() for reason in NotCertified))
    ]
    assert len(set(said)) == len(said)
    yes, no = {"en": ("certified (the Pyomo model", "not certified"), "zh": ("并经认证", "未经认证")}[language]
    assert [yes in one for one in said] == [True, False, False, False, False]
    assert [no in one for one in said] == [False, False, True, True, True]
    large = {"en": "too large", "zh": "规模过大"}[language]
    assert [large in one for one in said] == [False, False, False, True, False]


@pytest.mark.parametrize(("certified", "words"), [(True, "Proven and certified ("), (False, "was switched off")])
def test_a_plan_of_solve_is_told_with_its_own_figures(certified, words):
    """Two products wait for one part: turn by turn costs more than hindsight, which the sentence does not hide."""
    goods = [{"product": name, "late_cost_per_unit_day": late, "demand_cv": 0.8, "lead_time_target_days": 3.0,
              "assembly_days": 2.0, "allowed": "ATO"} for name, late in (("A", 20.0), ("B", 0.2))]  # fmt: skip
    scenario = make_scenario(
        goods, components=[{"unit_cost": 30.0, "lead_time_days": 28.0}] * 2,
        bom={"A": {"C1": 1, "C2": 1}, "B": {"C1": 1}}, samples=200,
    )  # fmt: skip
    plan = solve(scenario, certified=certified).plan
    said = " ".join(recommendation(plan).split())
    assert words in said
    assert f"below {math.floor(plan.bound_per_year):,} EUR a year." in said
    shown = [float(share) for share in re.findall(r"(\d+\.\d\d)% more than any sharing", said)]
    expected = 100.0 * (1.0 - plan.summary["program_per_year"] / plan.objective_per_year)
    assert shown == [pytest.approx(expected, abs=0.01)]


@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_reports_tell_the_sentence_and_the_whole_gap(language):
    report = example_report()
    prose = Prose(report, language)
    said = proof_sentence(report.plan, language)
    assert prose.proof() == said
    assert said in prose.recommendation()
    whole = 1.0 - report.plan.bound_per_year / report.plan.objective_per_year
    assert prose.headline()[-1].share == pytest.approx(whole)
    assert said.split("(", maxsplit=1)[0] in page_html(prose)


def test_of_a_corrected_plan_nothing_is_proven():
    plan = example_report().plan
    corrected = Report(plan=replace(plan, summary={**plan.summary, "corrected": "by simulation"}))
    assert Prose(corrected, "en").proof() == Prose(corrected, "en").t("proof.corrected", samples="60")
    assert "Proven" not in recommendation(corrected.plan)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_assembled_no_sharing_of_parts_is_told(language):
    """Whole units under a budget cost more than the program's parts of units; nobody waits for another's parts."""
    made = {
        "distribution": "poisson", "demand_cv": "", "allowed": "MTS", "demand_per_week": 3.0, "unit_cost": 90.0,
        "replenishment_days": 20.0,
    }  # fmt: skip
    plan = solve(make_scenario([made, {**made, "unit_cost": 70.0}], samples=100, inventory_budget=300.0)).plan
    assert plan.allocation_gap > 0.0
    said = proof_sentence(plan, language)
    assert {"en": "parts could", "zh": "零部件"}[language] not in said
    assert re.findall(r"\d+\.\d+%", said)
