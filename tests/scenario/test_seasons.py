"""The table of seasons: whose they are, which periods, what is wrong with them."""

import pytest

from engine.errors import ScenarioError
from engine.scenario.columns import COLUMNS
from engine.scenario.files.template import write_template
from engine.scenario.files.workbook import write_workbook
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from tests.scenarios import make_scenario, write_scenario

QUARTERS = (0.6, 1.0, 1.4, 1.0)


def rows(*factors: float, **owner: str) -> list[dict[str, object]]:
    return [{**owner, "period": k, "factor": factor} for k, factor in enumerate(factors, start=1)]


def faults(*seasons: dict[str, object], **parts: object) -> list[str]:
    goods = [{"product": "A", "family": "oils"}, {"product": "B"}]
    try:
        make_scenario(goods, seasons=seasons, **parts)
    except ScenarioError as error:
        return [str(one) for one in error.issues]
    return []


@pytest.mark.parametrize("owner", [{"product": "A"}, {"family": "oils"}])
@pytest.mark.parametrize("count", [4, 12, 52])
def test_quarters_months_and_weeks_of_products_and_families_are_sound(owner, count):
    assert faults(*rows(*([1.5, 0.5] * (count // 2)), **owner)) == []


def test_factors_may_be_rounded():
    assert faults(*rows(0.667, 1.333, 1.0, 1.001, product="A")) == []


@pytest.mark.parametrize(
    ("seasons", "row", "column", "words"),
    [
        (rows(*QUARTERS), 2, "product", "is blank, and so is family"),
        (rows(*QUARTERS, product="A", family="oils"), 2, "family", "name one"),
        (rows(*QUARTERS, product="C"), 2, "product", "'C' is no product of products"),
        (rows(*QUARTERS, family="oil"), 2, "family", "did you mean 'oils'"),
        (rows(1.0, 1.0, 1.0, product="A"), 2, "period", "has no row for 4"),
        (rows(*QUARTERS, 1.0, product="A"), 2, "period", "has no row for 6, 7, 8, 9, 10, 11, ..."),
        (rows(0.5, 1.0, 2.0, 1.0, product="A"), 2, "factor", "average 1.125 instead of 1; divide each by 1.125"),
        (rows(0.0, 0.0, 0.0, 0.0, product="A"), 2, "factor", "average 0 instead of 1"),
        ([*rows(*QUARTERS, product="A"), {"product": "A", "period": 2, "factor": 1}], 6, "period", "already in row 3"),
        ([{"product": "A", "period": 1.5, "factor": 1}], 2, "period", "whole number"),
        ([{"product": "A", "period": 53, "factor": 1}], 2, "period", "at most 52"),
        ([{"product": "A", "period": 1, "factor": -1}], 2, "factor", "out of range"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_row_and_column(seasons, row, column, words):
    found = faults(*seasons)
    assert any(words in one and one.startswith(f"seasons.csv:{row}:{column}:") for one in found), found


def test_every_fault_is_told_at_once():
    assert len(faults(*rows(1.0, 1.0, product="A"), *rows(2.0, 2.0, 2.0, 2.0, family="oils"))) == 2


def test_a_product_without_demand_may_keep_its_season(tmp_path):
    goods = [{"product": "A"}, {"product": "B", "demand_per_week": 0}]
    write_scenario(tmp_path / "case", products=goods, seasons=rows(*QUARTERS, product="B"))
    assert len(read_scenario(tmp_path / "case").seasons) == 4


def test_folder_workbook_and_frames_hold_the_same_season(tmp_path):
    write_scenario(tmp_path / "case", products=[{"product": "A"}], seasons=rows(*QUARTERS, product="A"))
    read = read_scenario(tmp_path / "case")
    assert read.seasons["factor"].tolist() == list(QUARTERS)
    write_workbook(read, tmp_path / "case.xlsx")
    assert read_scenario(tmp_path / "case.xlsx").digest() == read.digest()
    framed = Scenario.from_frames(
        read.products, seasons=read.seasons[["product", "period", "factor"]], settings=read.settings
    )
    assert framed.seasons["family"].tolist() == [""] * 4
    assert framed.digest() == read.digest()


def test_a_season_changes_the_digest_and_an_empty_table_does_not(monkeypatch):
    with_season = make_scenario([{"product": "A"}], seasons=rows(*QUARTERS, product="A"))
    without = make_scenario([{"product": "A"}])
    assert with_season.digest() != without.digest()
    # As if there were no such table.
    digest = without.digest()
    others = {name: columns for name, columns in COLUMNS.items() if name != "seasons"}
    monkeypatch.setattr("engine.scenario.scenario.COLUMNS", others)
    assert without.digest() == digest


def test_the_template_has_the_table(tmp_path):
    write_template(tmp_path / "case")
    assert (tmp_path / "case" / "seasons.csv").read_text("utf-8") == "product,plant,family,period,factor\n"


def test_a_variant_that_breaks_the_mean_is_refused():
    scenario = make_scenario([{"product": "A"}], seasons=rows(*QUARTERS, product="A"))
    with pytest.raises(ScenarioError, match="average 2 instead of 1"):
        scenario.change(scale={"factor": 2})
