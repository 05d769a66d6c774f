"""Random small systems with everything that a simulation knows: for the two forms of it, which have to agree."""

from dataclasses import replace

import numpy as np

from engine.evaluate.simulate.clock.orders import (
    GammaLots,
    ListedOrders,
    LogarithmicOrders,
    NormalLots,
    PoissonOrders,
    ReplayedOrders,
    SeasonalOrders,
    SegmentOrders,
    WeekLots,
)
from engine.evaluate.simulate.clock.supply import Supply
from engine.evaluate.simulate.clock.system import Good, LargeOrders, Part, Server, Shelf, System, Use
from engine.evaluate.simulate.clock.worth import Worth

YEAR = (*[0.5] * 180, *[(365 - 90) / 185] * 185)


def random_system(seed):
    """One to four goods of any strategy on one to three parts and no, one or two resources; some count period ends."""
    rng = np.random.default_rng(seed)
    review, whole = float(rng.choice([0, 1, 3, 7, 7])), bool(rng.random() < 0.4)
    period_end = review > 0.0 and bool(rng.random() < 0.2)
    servers = tuple(
        Server(
            name=f"R{r}", hours_per_day=rng.uniform(2, 14), overtime_per_bucket=float(rng.choice([0, 5, 30])),
            outsourcing=bool(rng.random() < 0.5), outsourcing_first=bool(rng.random() < 0.3),
        )
        for r in range(rng.choice([0, 0, 1, 2]))
    )  # fmt: skip
    parts = tuple(Part(name=f"C{c}", shelf=_shelf(rng, 3.0, whole, period_end)) for c in range(rng.integers(1, 4)))
    goods = tuple(_good(rng, i, whole, len(parts), len(servers), period_end) for i in range(rng.integers(1, 5)))
    return System(
        goods=goods, parts=parts, servers=servers, review_days=review, period_end=period_end,
        bucket_days=float(rng.choice([7, 7, 14])), common_factor_cv=float(rng.choice([0, 0, 0.3])),
    )  # fmt: skip


def worth_of(system):
    """Some worth of every unit."""
    quantity = {(i, part): need for i, good in enumerate(system.goods) for part, need in good.parts}
    count = len(system.goods)
    return Worth(
        late=np.full(count, 300.0), material=np.full(count, 5.0), carrying=np.linspace(1, 2, len(system.parts)),
        quantity=quantity,
    )  # fmt: skip


def _good(rng, i, whole, parts, servers, period_end):
    orders = _orders(rng, whole)
    uses = tuple(
        Use(resource=int(rng.integers(servers)), hours_per_unit=rng.uniform(0.2, 2), hours_cv=rng.choice([0, 0.3, 1]))
        for _ in range(rng.integers(0, 3) if servers else 0)
    )
    good = Good(
        name=f"P{i}", orders=orders, wait_days=float(rng.choice([0, 0, 2, 6, 15])), uses=uses,
        delivery_days=float(rng.choice([0, 1])),
        order_size=None if whole or rng.random() < 0.5 else rng.uniform(0.5, 3),
    )  # fmt: skip
    if rng.random() < 0.2 and not isinstance(orders, ReplayedOrders):
        segments = SegmentOrders(orders=orders, share=(0.3, 0.7), wait_days=(1.0, 12.0))
        good = replace(good, orders=segments, wait_days=1.0, dearness=((1.0, 2.4), (12.0, 0.4)))
    elif rng.random() < 0.15:
        good = replace(good, orders=SeasonalOrders(orders=orders, daily=YEAR, in_orders=whole))
    strategy = rng.choice(["MTS", "ATO", "MTO"])
    if strategy == "MTS":
        good = replace(good, shelf=_shelf(rng, 2.0, whole, period_end))
        if rng.random() < 0.3:
            large = LargeOrders(orders=ListedOrders(per_day=0.05, sizes=(20.0, 40.0)), wait_days=10.0)
            good = replace(good, large=large, make=Supply(mean_days=9.0, cv=0.3))
    elif strategy == "ATO":
        used = sorted(rng.choice(parts, rng.integers(1, parts + 1), replace=False).tolist())
        recipe = tuple((c, float(rng.integers(1, 4)) if whole else rng.uniform(0.3, 2)) for c in used)
        good = replace(good, parts=recipe, assembly_days=float(rng.choice([0, 1, 3, 2.5])))
        if servers and rng.random() < 0.4:
            good = replace(good, level_uses=(Use(resource=0, hours_per_unit=0.7),), mean_per_day=1.0)
    else:
        good = replace(good, make=Supply(mean_days=float(rng.integers(1, 20)), cv=float(rng.choice([0, 0.4]))))
    return good


def _shelf(rng, rate, whole, period_end):
    days = float(rng.integers(0, 21)) if rng.random() < 0.7 else rng.uniform(0, 21)
    cv = float(rng.choice([0, 0, 0.15, 0.4]))
    supply = Supply(mean_days=days, cv=cv, crossing=not period_end and bool(rng.random() < 0.3))
    batch = float(rng.integers(1, 30)) if rng.random() < 0.5 else 0.0
    level = rng.uniform(-batch, rate * (days + 7) * 1.6)
    swing = rate * 3 * np.sin(np.arange(52) / 52 * 2 * np.pi) * (rng.random() < 0.2)
    if whole:
        level, swing = np.round(level), np.round(swing)
    return Shelf(
        level=float(level), batch=batch, whole=whole, supply=supply, swing=tuple(swing.tolist()) if swing.any() else (),
    )  # fmt: skip


def _orders(rng, whole):
    rate = rng.uniform(0.3, 3)
    day = np.sort(rng.integers(0, 200, 40)).astype(float)
    waits = np.where(rng.random(40) < 0.3, np.nan, rng.integers(0, 20, 40))
    kinds = [
        PoissonOrders(per_day=rate),
        PoissonOrders(per_day=rate / 3, size=3.0),
        LogarithmicOrders(mean_per_day=rate, week_size=rng.uniform(1, 5)),
        ListedOrders(per_day=rate / 2, sizes=(1.0, 2.0, 5.0)),
        ReplayedOrders(
            day=tuple(day.tolist()), units=tuple(rng.integers(1, 9, 40).astype(float).tolist()),
            wait_days=tuple(waits.tolist()), span_days=200.0, start=0.3,
        ),
        PoissonOrders(per_day=rate / 3, size=3.0, size_cv2=0.5),
        GammaLots(mean_per_day=rate, week_cv=rng.uniform(0.2, 1.5)),
        NormalLots(mean_per_day=rate, week_cv=rng.uniform(0, 0.4)),
        WeekLots(weeks=(0.0, 7 * rate, 14 * rate)),
    ]  # fmt: skip
    return kinds[rng.integers(5 if whole else len(kinds))]
