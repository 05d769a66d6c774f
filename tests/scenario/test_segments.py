"""The table of segments: whose they are, shares, what is wrong with them, and what a scenario makes of them."""

import pandas as pd
import pytest

from engine.errors import ScenarioError
from engine.scenario.files.workbook import write_folder, write_workbook
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from tests.scenarios import make_scenario, season_rows, write_scenario

GOODS = [{"product": "A", "family": "f"}, {"product": "B", "family": "f"}, {"product": "C"}]


def rows(*shares, days=(2.0, 9.0), **owner):
    return [
        {**owner, "segment": f"s{k}", "share": share, "lead_time_target_days": days[k % len(days)]}
        for k, share in enumerate(shares)
    ]


def faults(*segments, goods=GOODS, **parts):
    with pytest.raises(ScenarioError) as raised:
        make_scenario(goods, segments=segments, **parts)
    return [str(issue) for issue in raised.value.issues]


@pytest.mark.parametrize(
    ("segments", "row", "column", "words"),
    [
        (rows(0.5, 0.3, product="A"), 2, "share", "add up to 0.8 instead of 1; divide each by 0.8"),
        (rows(0.5, 0.5, product="Z"), 2, "product", "'Z' is no product of products"),
        (rows(0.5, 0.5, family="g"), 2, "family", "'g' is no family of products"),
        (rows(1.0, product="A", family="f"), 2, "family", "names a product and a family"),
        (rows(1.0), 2, "product", "is blank, and so is family"),
        (rows(0.5, product="A") * 2, 3, "segment", "stands already in row 2"),
        ([*rows(0.5, 0.5, product="A"), {"product": "C", "segment": "", "share": 1.0, "lead_time_target_days": 1}],
         4, "segment", "is blank"),
        (rows(0.0, 1.0, product="A"), 2, "share", "0.0 is out of range"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_row_and_column(segments, row, column, words):
    found = faults(*segments)
    assert any(words in one and one.startswith(f"segments.csv:{row}:{column}:") for one in found), found


@pytest.mark.parametrize(
    ("goods", "parts", "words"),
    [
        ({}, {"seasons": season_rows(0.3, product="A")}, "'A' has a season"),
        ({"large_order_target_days": 20, "order_size_cv": 1}, {}, "large orders and segments"),
        ({"delivery_days": 3}, {}, "delivery alone takes 3 days, the target is 2"),
        ({"late_cost_per_unit_day": None}, {}, "is blank, and so is that of 'A'"),
    ],
)
def test_what_cannot_go_with_segments_is_said(goods, parts, words):
    found = faults(*rows(0.5, 0.5, product="A"), goods=[{"product": "A", **goods}], **parts)
    assert any(words in one and one.startswith("segments.csv:2:") for one in found), found


def test_segments_of_a_family_are_those_of_its_products_without_their_own():
    scenario = make_scenario(GOODS, segments=[*rows(0.5, 0.5, family="f"), *rows(0.25, 0.75, product="B")])
    assert scenario.segments["product"].tolist() == ["A", "A", "B", "B"]
    assert scenario.segments["share"].tolist() == [0.5, 0.5, 0.25, 0.75]
    assert scenario.products["lead_time_target_days"].tolist() == [5.5, 7.25, 5.0]


def test_shares_are_rounded_to_add_up_and_a_target_beside_them_is_told():
    scenario = make_scenario([{"product": "A"}], segments=rows(0.33, 0.33, 0.33, product="A", days=(1.0, 2.0, 6.0)))
    assert scenario.segments["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert scenario.products["lead_time_target_days"].iloc[0] == pytest.approx(3.0)
    (notice,) = scenario.notices
    assert (notice.kind, notice.column, notice.product) == ("segments_instead", "lead_time_target_days", "A")


def test_segments_are_read_and_written_in_every_form(tmp_path):
    goods = [{"product": "A", "lead_time_target_days": None}, {"product": "B"}]
    write_scenario(tmp_path / "case", products=goods, segments=rows(0.3, 0.7, product="A"))
    read = read_scenario(tmp_path / "case")
    assert read.products["lead_time_target_days"].tolist() == pytest.approx([6.9, 5.0])
    assert read.segments["late_cost_per_unit_day"].tolist() == [1.0, 1.0]
    write_workbook(read, tmp_path / "case.xlsx")
    write_folder(read, tmp_path / "again")
    framed = Scenario.from_frames(
        read.products, segments=pd.DataFrame(rows(0.7, 0.3, product="A", days=(9.0, 2.0))).assign(segment=["s1", "s0"]),
        settings=read.settings,
    )  # fmt: skip
    for other in (read_scenario(tmp_path / "case.xlsx"), read_scenario(tmp_path / "again"), framed):
        assert other.digest() == read.digest()
    assert Scenario.from_frames(read.products, settings=read.settings).digest() != read.digest()


def test_a_case_without_segments_has_the_digest_that_it_had(monkeypatch):
    from engine.scenario.columns import COLUMNS

    plain = make_scenario(GOODS)
    digest = plain.digest()
    others = {name: columns for name, columns in COLUMNS.items() if name != "segments"}
    monkeypatch.setattr("engine.scenario.scenario.COLUMNS", others)
    assert plain.digest() == digest
