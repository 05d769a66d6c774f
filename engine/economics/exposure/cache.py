"""What is drawn of products, kept between what-ifs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.demand.paths import Paths
from engine.demand.redraw import Redraw
from engine.economics.exposure.seasonal import Cut


@dataclass(slots=True)
class SampleCache:
    """Paths and windows kept between what-ifs: a change of a cost redraws nothing, a change of time only cuts.

    Not shared between threads.

    Parameters
    ----------
    paths, cuts : dict
    others : dict of str to SampleCache, optional
        See `beside`; None of those.
    redraw : Redraw or None
        Keeps what paths are drawn from, once one of them is drawn again.
    seconds : float
        That drawing took, for whoever has to tell how long the same takes again.
    size : int
        Samples drawn in these.
    check : callable
        Called now and then while drawing; what it raises ends it.
    """

    paths: dict[str, tuple[object, Paths]] = field(default_factory=dict)
    cuts: dict[str, Cut] = field(default_factory=dict)
    seconds: float = 0.0
    size: int = 0
    check: Callable[[], None] = lambda: None
    others: dict[str, SampleCache] | None = field(default_factory=dict)
    redraw: Redraw | None = None

    def beside(self, name: str) -> SampleCache:
        """A cache of other products drawn beside these, by what they are for; it keeps windows and no paths."""
        if self.others is None:
            return self
        cache = self.others.setdefault(name, SampleCache(others=None))
        cache.check = self.check
        return cache

    def keep(self, token: str, cut: Cut, *, most: int = 4) -> None:
        """Keep the last few sets of windows."""
        while len(self.cuts) >= most:
            self.cuts.pop(next(iter(self.cuts)))
        self.cuts[token] = cut

    def drawn_again(self, names: Iterable[str]) -> Redraw | None:
        """What their paths are drawn from, where one of them was drawn before; None at first.

        Parameters
        ----------
        names : iterable of str
            Products that are about to be drawn.
        """
        if self.redraw is None and not self.paths.keys().isdisjoint(names):
            self.redraw = Redraw()
        return self.redraw
