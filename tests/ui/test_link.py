"""A link says everything and believes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from engine.ui.state.levers import LeverState, LockLever
from engine.ui.state.link import _packed, from_query, to_query
from engine.ui.state.positions import Pin
from tests.scenarios import make_scenario

LOCK = LockLever(product="P1", strategy="MTO", reason="车间已满, & more", owner="works 2", until="2027-06-30")
MOVED = (("demand_cv", 150.0), ("late_cost", 75.0))
WHAT_IF = LeverState(scenario="case", variant="v", family="A", moved=MOVED, locks=(LOCK,))


def test_what_is_written_reads_back() -> None:
    scenario = make_scenario()
    pin = Pin(name="昂贵", what_if=WHAT_IF)
    said = from_query(to_query(WHAT_IF, (pin,), scenario))
    assert said.known
    assert said.pins == (pin,)
    assert said.what_if.locks == (LOCK,)
    assert (said.what_if.variant, said.what_if.family) == ("v", "A")
    assert dict(WHAT_IF.moved).items() <= dict(said.what_if.moved).items()


def test_locks_of_earlier_links_have_no_owner_and_a_day_that_is_none_is_no_end() -> None:
    kept = _packed({"locks": [["P1", "MTO", "full"], ["P2", "MTS", "", "", "x"]]})
    query = {"v": "1", "scenario": "case", "kept": kept}
    assert from_query(query).what_if.locks == (
        LockLever(product="P1", strategy="MTO", reason="full"), LockLever(product="P2", strategy="MTS", reason=""),
    )  # fmt: skip


def test_every_lever_is_written_with_its_value() -> None:
    scenario = make_scenario(holding_rate_per_year=0.29)
    query = to_query(LeverState(scenario="case"), (), scenario)
    assert query["holding_rate"] == "29"
    assert query["demand_cv"] == "100"
    assert "capacity" not in query, "there is none in the scenario"


def test_another_version_gives_the_scenario_only() -> None:
    said = from_query({"v": "2", "scenario": "tiny", "demand_cv": "150"})
    assert not said.known
    assert said.what_if == LeverState(scenario="tiny")


@given(st.dictionaries(st.sampled_from(["v", "scenario", "kept", "demand_cv", "holding_rate", "family"]), st.text()))
def test_nonsense_is_left_out(query: dict[str, str]) -> None:
    said = from_query(query)
    assert all(0.0 <= value <= 1000.0 for _, value in said.what_if.moved)


def test_what_is_not_a_number_is_left_out() -> None:
    assert from_query({"scenario": "x", "demand_cv": "nan", "late_cost": "inf"}).what_if.moved == ()
