"""What paths are drawn from whatever demand is, kept where products are drawn time after time.

What-ifs of variability draw every path anew from the same uniforms, which to draw, to put into strata and to place
among the quantiles takes two thirds of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.demand.quantile import quantile_places
from engine.demand.streams import Array, uniforms_of_many

# Numbers kept at most, 8 bytes each: of 100 products, 400 samples of 100 days.
_MOST = 4_000_000


@dataclass(slots=True)
class Redraw:
    """Places of days among the quantiles, and uniforms that divide days.

    Parameters
    ----------
    places : dict
        Of each stream, shape (days, samples).
    parts : dict
        By the digest of what was asked for.
    """

    places: dict[tuple[int, str, str, int], Array] = field(default_factory=dict)
    parts: dict[bytes, Array] = field(default_factory=dict)

    def places_of(self, seed: int, purpose: str, keys: Sequence[str], *, rows: int, samples: int) -> Array:
        """What `days_of` gives; more rows extend the earlier ones without changing them."""
        names = [(seed, purpose, key, samples) for key in keys]
        there = {name: self.places[name][:rows] for name in names if len(self.places.get(name, ())) >= rows}
        wanted = [name for name in names if name not in there]
        if wanted:
            drawn = days_of(seed, purpose, [key for _, _, key, _ in wanted], rows=rows, samples=samples)
            fresh = dict(zip(wanted, drawn, strict=True))
            if sum(one.size for one in self.places.values()) + drawn.size <= _MOST:
                self.places |= fresh
            there |= fresh
        return np.stack([there[name] for name in names])

    def part(self, asked: Sequence[object], draw: Callable[[], Array]) -> Array:
        """Uniforms that were drawn for the same before; those drawn now are kept in place of all where it is too much.

        Parameters
        ----------
        asked : sequence
            All that they hang on, arrays and plain values.
        draw : callable
        """
        state = hashlib.blake2b(digest_size=16)
        for one in asked:
            state.update(one.tobytes() if isinstance(one, np.ndarray) else repr(one).encode())
        digest = state.digest()
        if digest not in self.parts:
            drawn = draw()
            if sum(one.size for one in self.parts.values()) + drawn.size > _MOST // 4:
                self.parts.clear()
            self.parts[digest] = drawn
        return self.parts[digest]


def days_of(seed: int, purpose: str, keys: Sequence[str], *, rows: int, samples: int) -> Array:
    """Places among the quantiles of the uniforms of each key, shape (keys, rows, samples)."""
    return quantile_places(uniforms_of_many(seed, purpose, keys, rows=rows, samples=samples))
