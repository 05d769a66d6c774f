"""Branch and cut over the strategies: a proof from the warm relaxation, a product decided at every branch.

HiGHS's own search begins anew, presolves, restarts and cannot find the cuts of `cuts.py` below the root. Here every
node is the relaxation kept warm, one product's strategies fewer, tightened by the same cuts, which hold everywhere.
A node ends as soon as the dual simplex passes the bound that proves the gap, mostly long before its optimum. What to
branch on is found by strong branching (Achterberg, Koch & Martin 2005, section 2), on the few products that promise
most: by how split they are, what is spent on them in a year, and what their earlier branches gained of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.demand.streams import Array
from engine.economics.instance import Booleans, Integers
from engine.program.highs import SolveStatus
from engine.search.relaxation import Relaxation

# Products tried at a node.
_TRIED = 3
_WHOLE = 1e-6
# Rounds of cuts at a node.
_CUTS = 1
# Of two children the one that gains least decides how much is left to prove.
_LEAST_COUNTS = 5.0

Offer = Callable[[Integers], object]
Threshold = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Strategies left.

    Parameters
    ----------
    allowed : shape (I, 3)
    bound : float
        Proven for every plan of these strategies, money per year.
    root : bool
    """

    allowed: Booleans
    bound: float
    root: bool = False


class Branching:
    """A search that ends when no node may hold a plan below the threshold.

    Parameters
    ----------
    relaxation : Relaxation
        Solved, as tight as it gets.
    offer : callable
        Takes the strategies of every solution that is whole.
    threshold : callable
        The bound that proves the gap for the best plan so far.
    """

    def __init__(self, relaxation: Relaxation, *, offer: Offer, threshold: Threshold) -> None:
        self.relaxation, self.offer, self.threshold = relaxation, offer, threshold
        self.nodes = 0
        self._gained: dict[int, list[float]] = {}
        instance = relaxation.instance
        self._volume = np.maximum(instance.rate * instance.unit_cost, 1e-9)

    def run(self, allowed: Booleans, bound: float) -> float:
        """Branch until the threshold is proven or time is up.

        Parameters
        ----------
        allowed : shape (I, 3)
            Strategies that a plan below the best so far may have.
        bound : float
            Proven so far.

        Returns
        -------
        float
            Proven bound of every plan of the strategies allowed, at most the threshold.
        """
        stack, open_ended = [Node(allowed=allowed, bound=bound, root=True)], np.inf
        while stack:
            node = stack.pop()
            if self.relaxation.out_of_time:
                stack.append(node)
                break
            children, least = self._explore(node)
            open_ended = min(open_ended, least)
            # Depth first, from the child that is nearest its proof: the next program differs by little.
            stack += sorted(children, key=lambda child: child.bound)
        return min([open_ended, self.threshold(), *(node.bound for node in stack)])

    def _explore(self, node: Node) -> tuple[list[Node], float]:
        """Children that must be looked at, and a bound of what is not in them."""
        self.nodes += 1
        relaxation = self.relaxation
        if node.bound >= self.threshold():
            return [], node.bound
        if not self._solve(node.allowed):
            return [], self._ended(node)
        if not node.root:
            relaxation.cut(_CUTS)
        while relaxation.answer.values is not None and relaxation.answer.objective < self.threshold():
            share = relaxation.pooled.shares(relaxation.answer.values)
            split = np.flatnonzero(share.max(axis=1) < 1.0 - _WHOLE)
            if split.size:
                return self._branch(node, share, split)
            self.offer(relaxation.rounded())
            if relaxation.answer.objective >= self.threshold() or not relaxation.add_violated():
                break
        return [], self._ended(node)

    def _ended(self, node: Node) -> float:
        """What is proven of a node without children."""
        if self.relaxation.answer.status is SolveStatus.INFEASIBLE:
            return np.inf
        return max(node.bound, self.relaxation.bound)

    def _solve(self, allowed: Booleans) -> bool:
        """Solve under the strategies left; False where nothing or nothing better is left, or time is up."""
        product, choice = np.nonzero(self.relaxation.pooled.x >= 0)
        open_choices = allowed[product, choice]
        only = open_choices & (allowed.sum(axis=1)[product] == 1)
        self.relaxation.hold(product, choice, only.astype(np.float64), open_choices.astype(np.float64))
        self.relaxation.enough = self.threshold()
        return self.relaxation.resolve() is not None

    def _branch(self, node: Node, share: Array, split: Integers) -> tuple[list[Node], float]:
        """The children on the product whose decision gains most, of those that promise most."""
        here = self.relaxation.answer.objective
        allowed = self._worth_keeping(node.allowed)
        spread = (share * (1.0 - share)).sum(axis=1)
        gains_of = {i: float(np.mean(gains)) for i, gains in self._gained.items()}
        usual = float(np.mean([*gains_of.values()])) if gains_of else 1.0
        volume = spread * self._volume
        promise = np.array([gains_of.get(i, usual) * volume[i] for i in split.tolist()])
        best: tuple[float, list[Node]] = (-np.inf, [])
        wanted = self.threshold() - here
        for i in split[np.argsort(-promise, kind="stable")][:_TRIED].tolist():
            children = self._children(allowed, i, here)
            gains = np.minimum([child.bound - here for child in children] or [wanted], wanted)
            self._gained.setdefault(i, []).append(float(gains.mean()) / volume[i])
            score = _LEAST_COUNTS * float(gains.min()) + float(gains.mean())
            if score > best[0]:
                best = score, children
            if gains.min() >= wanted or self.relaxation.out_of_time:
                break
        done = [child.bound for child in best[1] if child.bound >= self.threshold()]
        return [child for child in best[1] if child.bound < self.threshold()], min(done, default=np.inf)

    def _children(self, allowed: Booleans, i: int, here: float) -> list[Node]:
        """A node for each strategy of a product, with its bound; none for those without a plan."""
        children, basis = [], self.relaxation.solver.raw_basis()
        for k in np.flatnonzero(allowed[i]).tolist():
            open_choices = allowed.copy()
            open_choices[i] = False
            open_choices[i, k] = True
            self.relaxation.solver.go_back_to(basis)
            self._solve(open_choices)
            if self.relaxation.answer.status is not SolveStatus.INFEASIBLE:
                children.append(Node(allowed=open_choices, bound=max(here, self.relaxation.bound)))
        return children

    def _worth_keeping(self, allowed: Booleans) -> Booleans:
        """Without the strategies whose reduced cost alone passes the threshold; shape (I, 3)."""
        relaxation = self.relaxation
        room = self.threshold() - relaxation.answer.objective
        cost = relaxation.reduced_costs()
        at_most = room + 1e-9 * max(abs(relaxation.answer.objective), 1.0)
        # A decided strategy's reduced cost is the price of its decision.
        undecided = allowed & (allowed.sum(axis=1) > 1)[:, None]
        kept = undecided & (cost < -at_most)
        open_choices: Booleans = np.where(
            kept.any(axis=1, keepdims=True), kept, allowed & ~(undecided & (cost > at_most))
        )
        return open_choices
