"""How likely the distances of many fits are, each by a bootstrap of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.demand.book.history import History
from engine.demand.fitting.goodness import Moments, moments, p_value
from engine.demand.streams import stream

# Results of pieces of work in their order, whoever does it: the work, what all pieces share, and the pieces.
Pieces = Callable[[Callable[[Any, int], Any], Any, Sequence[int]], Iterable[Any]]
# Fits of a piece of work: enough that to hand them over takes no time beside.
_A_PIECE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A fit whose distance is to be judged.

    Parameters
    ----------
    product, family : str
    distance : float
    of : Moments
        Of a week (bucket) at today's level.
    weeks : int
    """

    product: str
    family: str
    distance: float
    of: Moments
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    pieces: Sequence[Sequence[Judged]]
    key: int
    replicates: int


def judged(row: dict[str, object], history: History) -> Judged:
    """The fit of one product, by its row of the table."""
    family, per = str(row["distribution"]), history.bucket_weeks
    size = float(str(row["order_size"]))
    of = moments(
        float(str(row["demand_per_week"])) * per, float(str(row["open_cv"])) / per**0.5, 1.0 if np.isnan(size) else size
    )
    return Judged(
        product=str(row["product"]), family=family, distance=float(str(row[f"distance_{family}"])), of=of,
        weeks=history.weeks.size,
    )  # fmt: skip


def in_turn(work: Callable[[Any, int], Any], given: object, pieces: Sequence[int]) -> Iterable[Any]:
    """The pieces one after the other, here."""
    return (work(given, piece) for piece in pieces)


def chances(fits: Sequence[Judged], *, key: int, replicates: int, pieces: Pieces = in_turn) -> list[float]:
    """p-value of each fit (`goodness.p_value`), NaN without a distance; each product has random numbers of its own.

    Parameters
    ----------
    fits : sequence of Judged
    key : int
        Seed.
    replicates : int
    pieces : callable
        Who works on them; the values are the same.
    """
    parts = [fits[first : first + _A_PIECE] for first in range(0, len(fits), _A_PIECE)]
    asked = _Asked(pieces=parts, key=key, replicates=replicates)
    return [value for some in pieces(_some, asked, range(len(parts))) for value in some]


def _some(asked: _Asked, piece: int) -> list[float]:
    return [
        p_value(
            one.family, one.distance, one.of, weeks=one.weeks, rng=stream(asked.key, "fit", one.product),
            replicates=asked.replicates,
        )
        if np.isfinite(one.distance) else float("nan")
        for one in asked.pieces[piece]
    ]  # fmt: skip
