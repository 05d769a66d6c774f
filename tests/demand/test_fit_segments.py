"""Segments read from order lines: channels or customers that ask for different waits."""

import numpy as np
import pytest

from engine.demand.fitting.fit import fit_demand
from engine.demand.fitting.segments import LEAST_LINES
from engine.demand.fitting.write import write_fit
from engine.scenario.read import read_scenario
from tests.scenarios import make_scenario, write_scenario

DAYS = {"counter": 0, "web": 3, "projects": 30}


def lines(product="P1", column="channel", each=60, **waits):
    """Order lines of two years, some weeks of which have none; every third of the web shop asks for a day more."""
    rng = np.random.default_rng(5)
    found = []
    for name, days in (waits or DAYS).items():
        for k, day in enumerate(np.sort(rng.integers(0, 700, each)).tolist()):
            order = np.datetime64("2023-01-02") + day
            found.append({
                "product": product, "order_date": str(order), "quantity": 2.0 if name == "web" else 1.0, column: name,
                "requested_date": str(order + days + (k % 3 == 0)) if days is not None else None,
                "order_number": f"{name} {k}",
            })  # fmt: skip
    return found


def fitted(orders, **columns):
    return fit_demand(make_scenario([{"demand_per_week": None, **columns}], orders=orders), replicates=0).segments


@pytest.mark.parametrize("column", ["channel", "customer"])
def test_each_channel_or_customer_is_a_segment_with_its_wait_and_its_share_of_the_units(column):
    found = fitted(lines(column=column)).set_index("segment")
    assert found["lead_time_target_days"].to_dict() == {"counter": 0.0, "web": 3.0, "projects": 30.0}
    assert found["share"].to_dict() == pytest.approx({"counter": 0.25, "web": 0.5, "projects": 0.25})


def test_a_channel_called_others_is_one_of_them():
    found = fitted([*lines(counter=0, others=3), *lines(**{"": 8}, each=10)])
    assert list(found["segment"]) == ["counter", "others"]


def test_few_lines_and_lines_without_a_channel_are_others():
    orders = [*lines(counter=0, web=3), *lines(projects=30, each=LEAST_LINES - 1), *lines(**{"": 8}, each=10)]
    found = fitted(orders).set_index("segment")
    assert list(found.index) == ["counter", "web", "others"]
    # Together they are enough to read a wait from: one of ten asks for eight days or less.
    assert found.loc["others", "lead_time_target_days"] == 8.0
    assert found["share"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("orders", "columns"),
    [
        (lines(counter=4, web=4), {}),
        (lines(counter=None, web=None), {"lead_time_target_days": 4}),
        (lines(), {"large_order_target_days": 40, "order_size_cv": 0.5}),
    ],
    ids=["alike", "undated", "large orders apart"],
)
def test_there_are_none_where_waits_do_not_differ_or_may_not(orders, columns):
    assert fitted(orders, **columns).empty


def test_what_is_written_can_be_decided(tmp_path):
    folder = write_scenario(tmp_path / "case", products=[{"lead_time_target_days": None}], orders=lines())
    write_fit(fit_demand(read_scenario(folder), replicates=0), tmp_path / "fit")
    (folder / "segments.csv").write_bytes((tmp_path / "fit" / "segments.csv").read_bytes())
    scenario = read_scenario(folder)
    assert scenario.products["lead_time_target_days"].iloc[0] == pytest.approx(0.5 * 3.0 + 0.25 * 30.0)
    shares = dict(zip(scenario.segments["segment"], scenario.segments["share"], strict=True))
    assert shares == pytest.approx({"counter": 0.25, "projects": 0.25, "web": 0.5})
