"""A linear program by names, read from the arrays and from the compiled Pyomo model, and what makes two the same."""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import pytest

from engine.economics.instance import ATO, MTS
from engine.model.build import build_model
from engine.model.rules import RULES
from engine.model.variables import VARIABLES
from engine.program.compiled import compile_model
from engine.program.numbering import OPEN, HeldRows
from engine.program.reduced import build_pooled


def with_every_row(instance, strategy):
    """The arrays, nothing left out but what a decided strategy makes a bound."""
    samples = instance.samples
    tail = np.ones((len(instance.components), samples), dtype=bool)
    held = HeldRows(peak=np.ones((len(instance.products), samples), dtype=bool))
    return build_pooled(instance, strategy, tail, held)


@dataclass
class Linear:
    """A linear program by names: coefficients of rows, limits, bounds, costs."""

    rows: dict  # (block, place...) -> (coefficients by column, low, high)
    bounds: dict  # column -> (low, high)
    integer: set
    cost: dict
    offset: float


def of_arrays(instance, strategy):
    """The arrays with every row held; columns that are fixed at zero are left out."""
    pooled = with_every_row(instance, strategy)
    program, place = pooled.program, pooled.place
    names = [()] * len(program.cost)
    for name, columns in place.columns.items():
        for key, column in _numbered(columns):
            names[column] = (name, *key)
    zero = (program.lower == 0.0) & (program.upper == 0.0)
    free = [k for k in range(len(names)) if not zero[k]]
    matrix, rows = program.matrix.toarray(), {}
    for block, numbers in place.rows.items():
        for key, row in _numbered(numbers):
            coefficients = {names[k]: matrix[row, k] for k in free if matrix[row, k] != 0.0}
            rows[block, *key] = coefficients, program.row_low[row], program.row_high[row]
    assert len(rows) == len(program.row_low)
    return Linear(
        rows=rows,
        bounds={names[k]: (program.lower[k], program.upper[k]) for k in free},
        integer={names[k] for k in free if program.integer[k]},
        cost={names[k]: program.cost[k] for k in free if program.cost[k] != 0.0},
        offset=program.offset,
    )


def of_pyomo(instance, strategy):
    """The Pyomo model with what is decided fixed, compiled."""
    model = build_model(instance)
    _fix_what_is_decided(model, instance, strategy)
    compiled = compile_model(model)
    names = [()] * len(compiled.cost)
    for name in VARIABLES:
        for key, variable in getattr(model, name).items():
            place = key if isinstance(key, tuple) else (key,)
            if id(variable) in compiled.columns:
                own = (3 * place[0] + place[1],) if name == "x" else place
                names[compiled.columns[id(variable)]] = (name, *own)
    assert all(names)
    matrix, rows = compiled.matrix.toarray(), {}
    for rules in RULES.values():
        for block in rules(instance):
            for key, constraint in getattr(model, block.name).items():
                row = compiled.rows.get(id(constraint))
                if row is not None:  # without a variable left, Pyomo finds that it holds
                    own = {names[k]: matrix[row, k] for k in np.flatnonzero(matrix[row])}
                    place = key if isinstance(key, tuple) else (key,)
                    rows[block.name, *place] = own, compiled.row_low[row], compiled.row_high[row]
    assert len(rows) == len(compiled.row_low)
    return Linear(
        rows=rows,
        bounds=dict(zip(names, zip(compiled.lower, compiled.upper, strict=True), strict=True)),
        integer={names[k] for k in np.flatnonzero(compiled.integer)},
        cost={names[k]: compiled.cost[k] for k in np.flatnonzero(compiled.cost)},
        offset=compiled.offset,
    )


def _numbered(numbers):
    return [(key, int(numbers[key])) for key in zip(*(at.tolist() for at in np.nonzero(numbers >= 0)), strict=True)]


def _fix_what_is_decided(model, instance, strategy):
    """x of decided products; nothing of the strategies they do not have; parts that they need are stocked."""
    edges = instance.edges
    may = np.where(strategy == OPEN, instance.allowed[:, ATO], strategy == ATO)
    needed = set(edges.component[(strategy == ATO)[edges.product]].tolist())
    usable = set(edges.component[may[edges.product]].tolist())
    for (i, k), variable in model.x.items():
        if strategy[i] != OPEN:
            variable.fix(float(strategy[i] == k))
    for name, own in (("S", MTS), ("B", MTS), ("late_mts", MTS), ("w", ATO)):
        for key, variable in getattr(model, name).items():
            if strategy[key[0] if isinstance(key, tuple) else key] not in {OPEN, own}:
                variable.fix(0.0)
    for c, variable in model.Sc.items():
        if c not in usable:
            variable.fix(0.0)
    for c, variable in model.stocked.items():
        if c in needed or c not in usable:
            variable.fix(float(c in needed))


def with_mean_backlog(instance, pyomo):
    """Backlogs of the samples as their mean, and (C2) of the k largest shortages added up, k = 1..W.

    Each sum is a row that the others imply, since B >= 0; together they say what (C2) says of the mean.
    """
    means = {}
    for key, own in pyomo.rows.items():
        if key[0] != "C2":
            means[key] = _mean_backlog(own[0], instance.samples), *own[1:]
    for i in sorted({key[1] for key, own in pyomo.rows.items() if key[0] == "C2" and own[0]}):
        total, low = defaultdict(float), 0.0
        for rank, sample in enumerate(np.argsort(-instance.stock.net[i], kind="stable").tolist()):
            coefficients, limit, _ = pyomo.rows["C2", i, sample]
            low += limit / instance.samples
            for column, value in coefficients.items():
                if column[0] != "B":
                    total[column] += value / instance.samples
            assert coefficients["B", i, sample] == 1.0
            means["tangents", i, rank] = {**total, ("short", i): 1.0}, low, np.inf
    bounds = {column: pair for column, pair in pyomo.bounds.items() if column[0] != "B"}
    for column in pyomo.bounds:
        if column[0] == "B":
            assert pyomo.bounds[column] == (0.0, np.inf)
            bounds["short", column[1]] = (0.0, np.inf)
    return replace(pyomo, rows=means, bounds=bounds, cost=_mean_backlog(pyomo.cost, instance.samples))


def _mean_backlog(coefficients, samples):
    """Equal coefficients of all samples' backlogs as one of their mean."""
    out, backlog = {}, defaultdict(list)
    for column, value in coefficients.items():
        if column[0] == "B":
            backlog[column[1]].append(value)
        else:
            out[column] = value
    for i, values in backlog.items():
        assert len(values) == samples
        assert values == pytest.approx([values[0]] * samples, rel=1e-12)
        out["short", i] = sum(values)
    return out


def assert_same(arrays, pyomo):
    """Equal costs and rows; rows of Pyomo that the arrays have as bounds are bounds there, and no others are."""
    assert set(pyomo.bounds) <= set(arrays.bounds), sorted(set(pyomo.bounds) - set(arrays.bounds))[:5]
    alone = set(arrays.bounds) - set(pyomo.bounds)  # columns without any row or cost, which Pyomo does not compile
    used = set(arrays.cost).union(*(own for own, _, _ in arrays.rows.values()))
    assert not alone & used, sorted(alone & used)[:5]
    assert arrays.integer - alone == pyomo.integer
    assert arrays.cost == pytest.approx(pyomo.cost, rel=1e-9)
    assert arrays.offset == pytest.approx(pyomo.offset, rel=1e-9, abs=1e-9)
    least, implied = dict(pyomo.bounds), dict(pyomo.bounds)
    for key, (coefficients, low, high) in pyomo.rows.items():
        if key in arrays.rows:
            own, own_low, own_high = arrays.rows[key]
            assert own == pytest.approx(coefficients, rel=1e-9), key
            assert (own_low, own_high) == pytest.approx((low, high), rel=1e-9, abs=1e-9), key
        else:
            assert len(coefficients) <= 1, f"{key} is not in the arrays"
            _narrow(least, coefficients, low, high, pyomo.bounds)
            assert coefficients or (low <= 1e-9 and high >= -1e-9), key
        _narrow(implied, coefficients, low, high, pyomo.bounds)
    for key in set(arrays.rows) - set(pyomo.rows):
        coefficients, low, high = arrays.rows[key]
        assert not coefficients, f"{key} is in the arrays alone"
        assert low <= 1e-9, key
        assert high >= -1e-9, key
    for column in pyomo.bounds:
        (low, high), own = arrays.bounds[column], 1e-9
        assert least[column][0] - own <= low <= implied[column][0] + own, f"lower bound of {column}"
        assert implied[column][1] - own <= high <= least[column][1] + own, f"upper bound of {column}"


def _narrow(bounds, coefficients, low, high, given):
    """Narrow the bounds of a row's one variable that is not between 0 and 1, whatever the others are."""
    others = [column for column in coefficients if given[column] == (0.0, 1.0)]
    wide = [column for column in coefficients if column not in others] or (others if len(others) == 1 else [])
    if len(wide) != 1:
        return
    own, rest = coefficients[wide[0]], [coefficients[column] for column in others if column != wide[0]]
    least, most = sum(min(value, 0.0) for value in rest), sum(max(value, 0.0) for value in rest)
    ends = sorted(((low - most) / own, (high - least) / own))
    before = bounds[wide[0]]
    bounds[wide[0]] = max(before[0], ends[0]), min(before[1], ends[1])
