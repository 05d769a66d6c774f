"""Which causes are told of a product, on figures that are given: what matters, what is sure, and what explains it."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.economics.prices import TERMS
from engine.evaluate.simulate.clock.orders import PoissonOrders, ReplayedOrders
from engine.evaluate.simulate.findings.causes import Causes
from engine.evaluate.simulate.findings.modelled import Modelled

PLAIN = PoissonOrders(per_day=10.0)
BOOK = ReplayedOrders(day=(0.0,), units=(1.0,), wait_days=(0.0,), span_days=1.0)
HOLDING, LATE, OVERTIME = (TERMS.index(term) for term in ("holding", "late", "overtime"))


def terms(**costs):
    """A ledger row."""
    row = np.zeros(len(TERMS))
    for term, cost in costs.items():
        row[TERMS.index(term)] = cost
    return row


def around(mean, spread=1.0):
    """Three observations of a mean, the half width of which is 2.48 times the spread."""
    return np.array([mean - spread, mean, mean + spread])


def told(
    *, cost=(True, True), service=(False, False), few=False, orders=PLAIN, stopped=False, seen=None, own=None,
    fresh=None, units=10.0, late=0.0, own_late=0.0, fresh_late=0.0, overrun=0.0, planned=None, on_time=1.0, tested=True,
    modelled=True, uses=(0, 1), queue_days=(1.0, 3.0), units_spread=0.01,
):  # fmt: skip
    """Kinds of causes of one product: promised 100, by whatever is not given."""
    promised = terms(holding=100.0)
    seen, own, fresh = (promised if row is None else row for row in (seen, own, fresh))
    planned = promised if planned is None else planned
    ledger = np.stack([seen * (1.0 + step) for step in (-0.001, 0.0, 0.001)])[:, None]
    observed = SimpleNamespace(
        units=around(units, units_spread)[:, None], late_units=around(late, 1e-3 * late)[:, None],
        overrun_units=np.full((3, 1), overrun), queue_days=np.tile(np.array(queue_days), (3, 1)),
    )
    good = SimpleNamespace(orders=orders, mean_per_day=10.0, uses=[SimpleNamespace(resource=r) for r in uses])
    system = SimpleNamespace(goods=[good], servers=[SimpleNamespace(name=name) for name in ("lathe", "press")])
    compared = SimpleNamespace(
        cost_matters=np.array([cost[0]]), cost_off=np.array([cost[1]]), service_matters=np.array([service[0]]),
        service_off=np.array([service[1]]), planned=planned[None, :], planned_on_time=np.array([on_time]),
        on_time=SimpleNamespace(few=np.array([few]), trials=np.array([7.4])),
    )  # fmt: skip
    model = Modelled(
        own=own[None, :], own_late=np.array([own_late]), fresh=np.stack([fresh * (1.0 + s) for s in (-1e-3, 0, 1e-3)])[
            :, None], fresh_late=around(fresh_late, 1e-3 * fresh_late)[:, None], tested=np.array([tested]), samples=30,
    )  # fmt: skip
    plan = SimpleNamespace(summary={"samples": 50, "versions": {}})
    simulated = SimpleNamespace(observed=observed, system=system)
    found = Causes(
        plan, simulated, compared, ledger=ledger, model=model if modelled else None, stopped=stopped
    ).of(0)
    return [reason.kind for reason in found], found


@pytest.mark.parametrize(
    ("cost", "service", "kinds"),
    [
        ((False, False), (False, False), []),
        ((True, False), (False, False), ["chance"]),
        ((False, False), (True, False), ["chance"]),
        ((True, False), (True, False), ["chance"]),
        ((True, True), (False, False), ["unknown"]),
        ((False, False), (True, True), ["unknown"]),
    ],
)
def test_a_cause_is_told_where_something_matters_and_is_sure(cost, service, kinds):
    given = {"seen": terms(holding=130.0), "late": 2.0}
    assert told(cost=cost, service=service, **given)[0] == kinds
    # Where the user stopped, none is looked for; of few orders none is known, but of a book that is replayed.
    sure = (cost[0] and cost[1]) or (service[0] and service[1])
    assert told(cost=cost, service=service, stopped=True, **given)[0] == (["stopped"] if sure else kinds)
    few, reasons = told(cost=cost, service=service, few=True, **given)
    assert few == (["few"] if kinds else [])
    assert all(reason.values == {"orders": 7} for reason in reasons)
    book, _ = told(cost=cost, service=service, few=True, orders=BOOK, **given)
    assert book == (["drift"] if sure else kinds)


def test_samples_flatter_a_plan_that_turns_out_worse():
    dear, cheap = terms(holding=130.0), terms(holding=70.0)
    assert told(seen=dear, fresh=terms(holding=128.0))[0] == ["flattered"]
    assert told(seen=cheap, fresh=terms(holding=72.0))[0] == ["sampling"]
    found, (reason,) = told(cost=(False, False), service=(True, True), late=2.0, fresh_late=1.9)
    assert (found, reason.values) == (["flattered"], {"samples": 50})
    assert told(cost=(False, False), service=(True, True), late=0.2, own_late=2.0, fresh_late=0.3, on_time=0.8)[0] == [
        "sampling"
    ]
    # Of both figures, only what is worse in both.
    both = {"service": (True, True), "late": 0.2, "own_late": 2.0, "fresh_late": 0.3, "on_time": 0.8}
    assert told(seen=dear, fresh=terms(holding=128.0), **both)[0] == ["sampling"]
    both |= {"late": 2.0, "own_late": 0.0, "fresh_late": 1.9, "on_time": 1.0}
    assert told(seen=dear, fresh=terms(holding=128.0), **both)[0] == ["flattered"]


def test_a_plan_that_was_changed_is_told_so_once():
    found, reasons = told(seen=terms(holding=130.0), own=terms(holding=130.0), fresh=terms(holding=130.0))
    assert found == ["changed_or_version_cost"]
    assert reasons[0].values == {"own": pytest.approx(130.0)}
    found, reasons = told(cost=(False, False), service=(True, True), late=2.0, own_late=2.0, fresh_late=2.0)
    assert found == ["changed_or_version_on_time"]
    assert reasons[0].values == {"own": pytest.approx(0.8)}
    both = {"own_late": 2.0, "fresh_late": 2.0, "late": 2.0, "service": (True, True)}
    assert told(seen=terms(holding=130.0), own=terms(holding=130.0), fresh=terms(holding=130.0), **both)[0] == [
        "changed_or_version_cost"
    ]


@pytest.mark.parametrize(("units", "spread", "kinds"), [
    (10.15, 0.01, ["unknown"]), (10.25, 0.01, ["drawn"]), (9.75, 0.01, ["drawn"]), (10.25, 0.2, ["unknown"]),
])  # fmt: skip
def test_what_came_in_other_than_planned_is_a_cause(units, spread, kinds):
    found, reasons = told(seen=terms(holding=130.0), units=units, units_spread=spread)
    assert found == kinds
    if kinds == ["drawn"]:
        assert reasons[0].values == {"share": pytest.approx(units / 10.0)}
    book, reasons = told(seen=terms(holding=130.0), units=units, units_spread=spread, orders=BOOK)
    # Lines are what they are, whatever they spread.
    assert book == (["lines"] if abs(units - 10.0) > 0.2 else ["drift"])


@pytest.mark.parametrize(("overrun", "late_cost", "kinds"), [
    (0.2, 130.0, ["queue"]), (0.09, 130.0, ["unknown"]), (0.2, 0.0, ["unknown"]),
])  # fmt: skip
def test_a_queue_is_a_cause_where_more_is_late_than_by_the_model(overrun, late_cost, kinds):
    seen = terms(holding=100.0, late=late_cost) if late_cost else terms(holding=130.0)
    found, reasons = told(seen=seen, overrun=overrun)
    assert found == kinds
    if kinds == ["queue"]:
        # The one that keeps jobs waiting longest.
        assert reasons[0].values == {"resource": "press"}
        assert told(seen=seen, overrun=overrun, queue_days=(4.0, 3.0))[1][0].values == {"resource": "lathe"}
        assert told(seen=seen, overrun=overrun, uses=(0,))[1][0].values == {"resource": "lathe"}
    service = {"cost": (False, False), "service": (True, True)}
    assert told(**service, late=2.0, overrun=overrun)[0] == (["queue"] if overrun > 0.1 else ["unknown"])
    assert told(**service, late=0.0, own_late=2.0, fresh_late=2.0, on_time=0.8, overrun=overrun)[0] == ["unknown"]


def test_hours_beyond_those_of_the_model_are_a_cause_where_they_are_most_of_it():
    assert told(seen=terms(holding=100.0, overtime=30.0))[0] == ["uneven"]
    assert told(seen=terms(holding=100.0, outsourcing=30.0))[0] == ["uneven"]
    assert told(seen=terms(holding=114.0, overtime=16.0))[0] == ["uneven"]
    assert told(seen=terms(holding=116.0, overtime=14.0))[0] == ["unknown"]
    assert told(seen=terms(holding=60.0, overtime=10.0))[0] == ["unknown"]
    less = terms(holding=70.0, overtime=30.0)
    assert told(seen=terms(holding=70.0), own=less, fresh=less)[0] == ["uneven"]
    assert told(seen=terms(holding=100.0, overtime=30.0), tested=False)[0] == ["unknown"]
    assert told(seen=terms(holding=100.0, overtime=30.0), modelled=False)[0] == ["unknown"]
