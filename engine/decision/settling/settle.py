"""From the program's best plan to the best one first come first served: single products moved while that saves.

The program shares parts with hindsight, so that a product may be worth assembling there and not in a plant. Which moves
are close a bound of the program says, less all that first come first served takes from the product; what they cost,
serving the plan after them: a product that leaves the queue for a part leaves more of it to all others, and one that
joins takes from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.decision.close import few_moves, near_limit
from engine.decision.settling.beside import NEXT_TO, Beside
from engine.decision.settling.promise import ROUNDS, inventory_value, promised
from engine.decision.tables.attribution import attribute, ledger_of
from engine.demand.streams import Array
from engine.economics.instance import ATO, Booleans, Instance, Integers
from engine.model.portfolio import portfolio
from engine.program.deadline import NEVER, Deadline
from engine.search.alternatives import AfterMoves, MoveCosts, Moves
from engine.search.evaluator import PooledEvaluator
from engine.search.first_come.tuning import NEARBY
from engine.search.recourse import Recourse

# Products moved at once, the best of them.
_AT_ONCE = (16, 8, 4, 2, 1)
# Products up to which every move that is close is served in turn. Of more products fewer are, so that the work grows as
# they do: each serves all of them. The moves of so many products, and the fewest.
_ALL, _MOST_MOVES, _FEWEST_MOVES = 400, 800, 6
# Plans whose costs differ by no more than this share of the cost are ties (plans are certified to as much), and how
# many ties are looked at.
TIE, _MOST_TIES = 1e-6, 200
# A plan served in turn, and its program.
Served = tuple[Recourse, Recourse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A plan first come first served.

    Parameters
    ----------
    plan : Recourse
    moves : callable
        Objective after every move of one product, first come first served where it is told exactly, else the plan's own
        and what the program says that the move adds at least.
    """

    plan: Recourse
    moves: AfterMoves


class Settling:
    """Moves from the program's best plan.

    Parameters
    ----------
    instance : Instance
        As built, finished stock open.
    folded : Instance
        As searched.
    evaluator : PooledEvaluator
        Of the folded instance.
    deadline : Deadline
        Nothing is tried after it.
    """

    def __init__(
        self, instance: Instance, folded: Instance, evaluator: PooledEvaluator, *, deadline: Deadline = NEVER
    ) -> None:
        self.instance, self.folded, self.evaluator, self.deadline = instance, folded, evaluator, deadline
        self.rules = portfolio(instance)
        # What plans next to the one there is cost, infinite where they break a rule; how many were served, next to any;
        # and those as cheap as the one they are next to.
        self.tried: dict[bytes, float] = {}
        self.count = 0
        self.kept: dict[bytes, Recourse] = {}
        self.beside: Beside | None = None
        # What moves from a plan may spare beside its program, of the last plan asked for.
        self.spared: tuple[Recourse, Recourse, Array] | None = None
        share = min(1.0, _ALL / max(len(instance.products), 1))
        self.most_ties, self.most_moves = int(share * _MOST_TIES), max(int(share**2 * _MOST_MOVES), _FEWEST_MOVES)

    def settle(self, best: Recourse, *, follow_moves: bool) -> Settled | None:
        """The plan from which no move that was tried saves; None where the program's plan keeps no budget.

        Parameters
        ----------
        best : Recourse
            Of the program.
        follow_moves : bool
            Else the plan of the same strategies.
        """
        plan = promised(self.instance, best, deadline=self.deadline)
        return None if plan is None else self._settled(plan, best, follow_moves=follow_moves)

    def settle_from(self, plan: Recourse, *, follow_moves: bool) -> Settled | None:
        """The same from a plan that is first come first served already; None where the program has none.

        Parameters
        ----------
        plan : Recourse
        follow_moves : bool
        """
        program = self.evaluator.evaluate(plan.strategy)
        if program is None:
            return None
        plan = replace(self._from_program(plan, program), program_value=program.program_value)
        return self._settled(plan, program, follow_moves=follow_moves)

    def _settled(self, plan: Recourse, program: Recourse, *, follow_moves: bool) -> Settled:
        moves = self._program_moves(program)
        if not follow_moves:
            return Settled(plan=plan, moves=self._moves_of(plan, program, moves, served=False))
        plan = self._tuned_again(plan)
        while True:
            cost, hoped = self._around(plan, program, moves)
            saves = _best_first(cost, below=_saving(plan))
            # What saves by itself, or else what might together: of products that queue for each other one may not.
            better = self._better(plan, moves, saves, fewest=1)
            if better is None:
                better = self._better(plan, moves, _best_first(hoped, below=np.inf), fewest=2)
            if better is None:
                break
            plan, program = self._tuned_again(self._from_program(*better)), better[1]
            moves = self._program_moves(program)
        plan, program, moved = self._ties(plan, program, cost)
        if moved:
            moves = self._program_moves(program)
        return Settled(plan=plan, moves=self._moves_of(plan, program, moves))

    def _around(self, plan: Recourse, program: Recourse, moves: MoveCosts) -> tuple[Array, Array]:
        """Objective after every move that is close, served in turn, and after those that need no program; (I, 3).

        Infinite of all others. And what moves that may save together with others add at least.
        """
        bounds, spared, free = _bounds(moves), self._spared(plan, program), self.rules.free(plan.strategy)
        usable = free & self.instance.allowed & (np.arange(3) != plan.strategy[:, None])
        plain = moves.at_once & usable
        cost = np.where(plain, plan.objective + bounds.objective - program.objective, np.inf)
        more = np.where(usable, bounds.objective - program.objective - spared, np.inf)
        # Products that wait for each other leave together, where one alone would leave the others waiting.
        hoped = np.where((plan.strategy == ATO)[:, None], more, np.inf)
        # Of few moves all are tried, whatever the program thinks of them.
        if not few_moves(self.instance, free):
            hoped = np.where(hoped < 0.0, hoped, np.inf)
            limit = near_limit(self.instance, attribute(self.instance, plan).cost)[:, None]
            more = np.where(more < limit, more, np.inf)
        # No plan first come first served costs less than its program.
        more = np.where(bounds.objective <= _tied(plan), more, np.inf)
        for i, k in self._closest(plan, moves, more):
            if self.count >= self.most_moves or self.deadline.passed():
                break
            strategy = self._moved(plan, [(i, k)])
            key = strategy.tobytes()
            if key not in self.tried:
                self._served(plan, strategy)
            cost[i, k] = self.tried.get(key, np.inf)
            if cost[i, k] > _saving(plan):
                # What serving in turn tells apart no better than by that costs the same.
                cost[i, k] = max(cost[i, k], plan.objective)
        return cost, hoped

    def _better(
        self, plan: Recourse, moves: MoveCosts, candidates: list[tuple[int, int]], *, fewest: int
    ) -> Served | None:
        """The plan after as many of the candidates as save together, halving them, and its program."""
        sizes = dict.fromkeys(min(size, len(candidates)) for size in _AT_ONCE)
        groups = [candidates[:size] for size in sizes if size >= fewest]
        if fewest == 1:
            groups += [[one] for one in candidates[1:]]
        for together in groups:
            if self.deadline.passed():
                break
            better = self._try(plan, moves, together)
            if better is not None:
                return better
        return None

    def _try(self, plan: Recourse, near: MoveCosts, moves: list[tuple[int, int]]) -> Served | None:
        """The plan after the moves and its program, where that saves and keeps the limits.

        No plan first come first served costs less than its program, nor that less than its bound.
        """
        strategy, saving = self._moved(plan, moves), _saving(plan)
        if near.least(strategy, *moves) >= saving or self.tried.get(strategy.tobytes(), -np.inf) >= saving:
            return None
        return self._next_to(plan, strategy, below=saving)

    def _ties(self, plan: Recourse, program: Recourse, cost: Array) -> tuple[Recourse, Recourse, bool]:
        """What costs the same keeps the current strategy, else takes the one with less stock; and whether any moved."""
        moved, current = False, self.instance.current
        limit = _tied(plan)
        value = inventory_value(self.instance, plan)
        tied = np.argwhere(cost <= limit)
        kept = (plan.strategy == current)[tied[:, 0]]
        # Back to the current strategies first.
        tied = tied[~kept][np.argsort(tied[~kept][:, 1] != current[tied[~kept][:, 0]], kind="stable")]
        for i, k in tied[: self.most_ties].tolist():
            if plan.strategy[i] == current[i] or plan.strategy[i] == k or self.deadline.passed():
                continue
            next_to = self._next_to(plan, self._moved(plan, [(i, k)]))
            if next_to is None or next_to[0].objective > limit:
                continue
            held = inventory_value(self.instance, next_to[0])
            # With as much in stock, to order rather than to stock.
            close = TIE * max(1.0, value)
            if k == current[i] or held < value - close or (held <= value + close and k > plan.strategy[i]):
                (plan, program), value, moved = next_to, held, True
        return plan, program, moved

    def _closest(self, plan: Recourse, moves: MoveCosts, more: Array) -> list[tuple[int, int]]:
        """Allowed moves through a queue, the closest first by what they add, shape (I, 3); none that add no number."""
        other = np.arange(3) != plan.strategy[:, None]
        some = self.instance.allowed & other & ~moves.at_once & np.isfinite(more)
        order = np.argsort(more, axis=None, kind="stable")
        return [divmod(at, 3) for at in order[some.ravel()[order]].tolist()]

    def _from_program(self, plan: Recourse, program: Recourse) -> Recourse:
        """The plan, or that of the same strategies which begins from its program, where that costs less."""
        other = None if self.deadline.passed() else promised(self.instance, program, deadline=self.deadline)
        return other if other is not None and other.objective < plan.objective else plan

    def _tuned_again(self, plan: Recourse) -> Recourse:
        """The plan, its parts tuned from where they are, where that saves."""
        if self.deadline.passed():
            return plan
        again = promised(self.instance, plan, first=NEARBY, from_plan=True, deadline=self.deadline)
        return again if again is not None and again.objective < plan.objective else plan

    def _next_to(self, plan: Recourse, strategy: Integers, *, below: float = np.inf) -> Served | None:
        """The plan of other strategies and its program; None where they break a rule, or cost no less than a limit."""
        after = self._served(plan, strategy) if self.rules.keeps(strategy) else None
        if after is None or not after.objective < below:
            return None
        program = self.evaluator.evaluate(strategy)
        if program is None:
            return None
        return replace(after, program_value=program.program_value, budget_price=program.budget_price), program

    def _served(self, plan: Recourse, strategy: Integers) -> Recourse | None:
        """The plan of other strategies next to one, its cost kept."""
        beside, key = self._next(plan), strategy.tobytes()
        if key in self.kept:
            return self.kept[key]
        after = beside.served(strategy, deadline=self.deadline)
        self.count += 1
        if self.deadline.passed():
            # Tuned half-way it is a plan, and no answer to what the move costs.
            return after
        self.tried[key] = np.inf if after is None else after.objective
        if after is not None and after.objective <= _tied(plan):
            self.kept[key] = after
        return after

    def _next(self, plan: Recourse) -> Beside:
        """Plans next to one, those next to another forgotten."""
        if self.beside is None or self.beside.plan is not plan:
            # Of few moves each is tuned to the end.
            few = few_moves(self.instance, self.rules.free(plan.strategy))
            rounds = ROUNDS if few else NEXT_TO
            self.beside = Beside(self.instance, plan, rounds=rounds, evaluator=self.evaluator)
            # Next to another plan the same strategies cost what tuning makes of them from there.
            self.tried.clear()
            self.kept.clear()
        return self.beside

    def _taken(self, plan: Recourse, program: Recourse) -> Array:
        """What waiting in turn costs each product beyond the program, shape (I,)."""
        served, hindsight = (ledger_of(self.instance, one).sum(axis=1) for one in (plan, program))
        return np.asarray(np.maximum(served - hindsight, 0.0))

    @staticmethod
    def _leaving(plan: Recourse, values: Array) -> Array:
        """Values of products, shape (I,), where a move takes one from ATO; shape (I, 3)."""
        leaves = (plan.strategy == ATO)[:, None] & (np.arange(3) != ATO)
        return np.where(leaves, values[:, None], 0.0)

    def _spared(self, plan: Recourse, program: Recourse) -> Array:
        """What serving in turn costs beyond the program, which a move may spare; shape (I, 3).

        Where a product leaves ATO its own waiting, and of what others wait for its parts as much as it takes of them;
        and, served in turn, what it has in stock takes more from a budget that is short.
        """
        if self.spared is None or self.spared[0] is not plan or self.spared[1] is not program:
            taken = self._taken(plan, program)
            spared = self._leaving(plan, taken + _others_wait(self.instance, plan.strategy, taken))
            price = self._next(plan).budget_price(self.deadline)
            if price is not None:
                held = max(price - program.budget_price, 0.0) * attribute(self.instance, plan).inventory_value
                spared += np.where(np.arange(3) != plan.strategy[:, None], held[:, None], 0.0)
            self.spared = plan, program, self.rules.together(spared)
        return self.spared[2]

    def moves_from(self, plan: Recourse) -> AfterMoves | None:
        """Objective after every move of a plan that is first come first served; None where it has no program."""
        program = self.evaluator.evaluate(plan.strategy)
        return None if program is None else self._moves_of(plan, program, self._program_moves(program))

    def _moves_of(self, plan: Recourse, program: Recourse, moves: MoveCosts, *, served: bool = True) -> AfterMoves:
        """Objective after every move, worked out when asked for: what is told exactly served in turn, or not."""
        after = self._moves if served else self._moves_not_served
        return lambda exact: after(plan, program, moves, exact)

    def _moves(self, plan: Recourse, program: Recourse, moves: MoveCosts, exact: Array | None) -> Moves:
        bounds, spared, free = _bounds(moves), self._spared(plan, program), self.rules.free(plan.strategy)
        costs, at_least = plan.objective + bounds.objective - program.objective - spared, bounds.at_least.copy()
        # Of few moves each is told as served in turn, or as a bound of its program: the least of all others.
        few = few_moves(self.instance, free) & free & ~moves.at_once
        costs = np.where(few, bounds.objective, costs)
        limit = np.full(spared.shape, np.inf) if exact is None else exact
        more, room = costs - plan.objective, costs.size if exact is None else self.most_moves
        for i, k in self._closest(plan, moves, more):
            strategy = self._moved(plan, [(i, k)])
            key = strategy.tobytes()
            if key not in self.tried and more[i, k] < limit[i, k] and room > 0 and not self.deadline.passed():
                room -= 1
                self._served(plan, strategy)
            if key in self.tried:
                costs[i, k], at_least[i, k] = self.tried[key], False
        return self._told(plan, free, costs, at_least)

    def _moves_not_served(self, plan: Recourse, program: Recourse, moves: MoveCosts, exact: Array | None) -> Moves:
        """The same as the program says, and what the queue costs a product that leaves it: an estimate."""
        waits = self.rules.together(self._leaving(plan, self._taken(plan, program)))
        limit = np.full(waits.shape, np.inf) if exact is None else np.where(moves.at_once, np.inf, exact)
        candidates = moves.below(limit + program.objective + waits, most=None if exact is None else self.most_moves)
        costs = plan.objective + candidates.objective - program.objective - waits
        return self._told(plan, self.rules.free(plan.strategy), costs, candidates.at_least.copy())

    @staticmethod
    def _told(plan: Recourse, free: Booleans, costs: Array, at_least: Booleans) -> Moves:
        rows = np.arange(len(costs))
        costs[rows, plan.strategy], at_least[rows, plan.strategy] = plan.objective, False
        # No move that is free to be made is known to save.
        costs[free] = np.maximum(costs, plan.objective)[free]
        return Moves(objective=costs, at_least=at_least)

    def _program_moves(self, program: Recourse) -> MoveCosts:
        return MoveCosts(self.folded, program, self.evaluator, deadline=self.deadline)

    def _moved(self, plan: Recourse, moves: list[tuple[int, int]]) -> Integers:
        strategy = plan.strategy
        for i, k in moves:
            strategy = self.rules.moved(strategy, i, k)
        return strategy


def _others_wait(instance: Instance, strategy: Integers, waits: Array) -> Array:
    """What others wait for parts in proportion to what a product takes of them, money per year, shape (I,).

    sum_c u_ci / U_c sum_j w_j / n_j over the products j assembled from part c, u_ci what i takes of it and U_c what all
    do, n_j the parts of j: which of them it waits for is not looked at.

    Parameters
    ----------
    instance : Instance
    strategy, waits : shape (I,)
        The latter: what waiting in turn costs each product.
    """
    edges = instance.edges
    lines = np.flatnonzero(strategy[edges.product] == ATO)
    product, component = edges.product[lines], edges.component[lines]
    usage = edges.quantity[lines] * instance.rate[product]
    parts = np.bincount(product, minlength=len(strategy))
    at_part = np.bincount(component, weights=waits[product] / parts[product], minlength=len(instance.components))
    share = usage / np.bincount(component, weights=usage, minlength=len(instance.components))[component]
    return np.asarray(np.bincount(product, weights=share * at_part[component], minlength=len(strategy)))


def _best_first(values: Array, *, below: float) -> list[tuple[int, int]]:
    """The best other strategy of each product by values of shape (I, 3), the least first, of those below a limit."""
    best = values.argmin(axis=1)
    least = values[np.arange(len(values)), best]
    return [(i, int(best[i])) for i in np.argsort(least, kind="stable").tolist() if least[i] < below]


def _saving(plan: Recourse) -> float:
    """What costs less than a plan by more than a tie saves."""
    return plan.objective - _tie(plan)


def _tied(plan: Recourse) -> float:
    """What costs no more than a plan but for a tie."""
    return plan.objective + _tie(plan)


def _tie(plan: Recourse) -> float:
    return TIE * max(1.0, abs(plan.objective))


def _bounds(moves: MoveCosts) -> Moves:
    """What moves cost at least in the program, those that need none exactly."""
    return moves.below(np.where(moves.at_once, np.inf, -np.inf))
