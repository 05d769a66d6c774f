"""The columns of every table: units, ranges, defaults. The one place where a column is defined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.words.reason import Reason, cause

Kind = Literal["text", "number", "date", "choice", "choices"]

STRATEGIES = ("MTS", "ATO", "MTO")
DISTRIBUTIONS = ("gamma", "normal", "poisson", "negative_binomial", "compound_poisson", "empirical")
STAGES = ("assemble", "make")
TABLES = (
    "products", "components", "bom", "resources", "routing", "orders", "stock_outs", "seasons", "segments", "forecasts",
)  # fmt: skip
REQUIRED_TABLES = ("products",)


def strategy_numbers(names: Iterable[str]) -> npt.NDArray[np.int64]:
    """Places of named strategies in `STRATEGIES`, as arrays hold them; shape (n,).

    Examples
    --------
    >>> strategy_numbers(["MTO", "MTS"]).tolist()
    [2, 0]
    """
    return np.array([STRATEGIES.index(name) for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name, table : str
        Where it stands.
    kind : str
        How a cell is read.
    required : bool
        A blank is a fault.
    default : float or str or None
        What a blank means; None where the meaning of a blank depends on other columns.
    minimum, maximum : float
        Admissible range of a number; ``positive`` excludes zero, ``below`` is a bound never reached.
    unit, meaning : str
        For templates and documentation.
    """

    name: str
    table: str
    kind: Kind
    required: bool = False
    default: float | str | None = None
    minimum: float = 0.0
    maximum: float = float("inf")
    below: float = float("inf")
    positive: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    meaning: str = ""


# Of a cell that is in no column of ours.
ANY_NUMBER = Column(name="", table="", kind="number", minimum=float("-inf"))

# Beyond these a number is a slip, not a case: ten years of days, and what arithmetic and solver bear.
_MOST_DAYS, _MOST, _LEAST = 3650.0, 1e12, 1e-12


def _columns(table: str, rows: list[tuple[str, Kind, dict[str, object], str, str]]) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, table=table, kind=kind, unit=unit, meaning=meaning, **options)  # type: ignore[arg-type]
        for name, kind, options, unit, meaning in rows
    )


_KEY: dict[str, object] = {"required": True}
_ZERO: dict[str, object] = {"default": 0.0}
_ANY: dict[str, object] = {}
_POS: dict[str, object] = {"positive": True}
_NEEDED: dict[str, object] = {"required": True, "positive": True}
_SHARE: dict[str, object] = {"default": 0.0, "maximum": 1.0}
_NO_PLANT: dict[str, object] = {"default": ""}
_ALL_STRATEGIES: dict[str, object] = {"default": "|".join(STRATEGIES), "choices": STRATEGIES}

_OF_PRODUCT = "of the product, where it stands in several"

PRODUCTS = _columns(
    "products",
    [
        ("product", "text", _KEY, "", "key of the product"),
        ("plant", "text", _NO_PLANT, "", "where it is made and stocked: one material in two plants is two rows"),
        ("name", "text", _ANY, "", "label shown to people"),
        ("family", "text", {"default": ""}, "", "group for what-ifs, summaries and one_strategy_per"),
        ("demand_per_week", "number", {"required": True}, "units/week", "mean demand; 0: not stocked, only listed"),
        ("demand_cv", "number", {"required": True}, "", "coefficient of variation of weekly demand"),
        ("unit_cost", "number", {"required": True}, "money/unit", "value of one finished unit in stock"),
        ("lead_time_target_days", "number", {"required": True}, "days", "wait the customer accepts"),
        ("price", "number", _ANY, "money/unit", "selling price"),
        ("distribution", "choice", {"default": "gamma", "choices": DISTRIBUTIONS}, "", "demand family"),
        ("order_size", "number", {"default": 1.0, "positive": True}, "units/order", "mean order size"),
        ("order_size_cv", "number", _ANY, "", "coefficient of variation of order sizes; 0: all alike"),
        (
            "large_order_target_days",
            "number",
            _ANY,
            "days",
            "wait accepted for large orders; stock may then come with a cut-off above which orders are made to order",
        ),
        ("delivery_days", "number", _ZERO, "days", "shipping to the customer"),
        ("assembly_days", "number", _ZERO, "days", "assembly after the order (ATO)"),
        ("make_days", "number", _ANY, "days", "everything after the order (MTO)"),
        ("make_cv", "number", _ZERO, "", "coefficient of variation of make_days"),
        ("replenishment_days", "number", _ANY, "days", "lead time of finished stock (MTS)"),
        ("replenishment_cv", "number", _ANY, "", "coefficient of variation of replenishment_days"),
        ("batch_size", "number", _POS, "units", "replenishment batch of finished stock"),
        ("batch_setup_cost", "number", _ZERO, "money/batch", "cost of one replenishment batch"),
        ("min_order_quantity", "number", _ZERO, "units", "least replenishment quantity"),
        ("shelf_life_days", "number", _POS, "days", "time after which finished stock is scrap"),
        ("assembly_order_cost", "number", _ZERO, "money/order", "handling of one ATO order"),
        ("make_order_cost", "number", _ZERO, "money/order", "handling of one MTO order"),
        ("assembly_premium", "number", _ZERO, "money/unit", "extra unit cost of ATO"),
        ("make_premium", "number", _ZERO, "money/unit", "extra unit cost of MTO"),
        ("obsolescence_per_year", "number", _ZERO, "share of unit_cost/year", "write-off of stock"),
        ("disposal_cost_per_unit", "number", _ZERO, "money/unit", "disposal of a unit written off"),
        ("stocking_cost_per_year", "number", _ZERO, "money/year", "fixed cost of stocking the product"),
        ("late_cost_per_unit_day", "number", _ANY, "money/unit/day", "cost of lateness"),
        ("lost_share_if_late", "number", _SHARE, "share", "late units that are lost"),
        ("on_time_target", "number", {"below": 1.0}, "share", "least share of units on time"),
        ("allowed", "choices", _ALL_STRATEGIES, "", "strategies to consider"),
        ("locked", "choice", {"choices": STRATEGIES}, "", "strategy that must be kept"),
        ("lock_reason", "text", {"default": ""}, "", "why it is locked"),
        ("lock_owner", "text", {"default": ""}, "", "who answers for the lock and is asked when it ends"),
        ("lock_until", "date", _ANY, "date", "last day of the lock; it binds until locked is cleared, with a warning"),
        ("current_strategy", "choice", {"choices": STRATEGIES}, "", "strategy in use today"),
        ("change_cost", "number", _ZERO, "money, once", "paid once for leaving current_strategy"),
        ("co2_kg", "number", _ZERO, "kg/unit", "CO2e of one finished unit, its components included"),
        ("stock_on_hand", "number", _ANY, "units", "finished units in stock today; shown, not counted with"),
    ],
)
COMPONENTS = _columns(
    "components",
    [
        ("component", "text", _KEY, "", "key of the component"),
        ("plant", "text", _NO_PLANT, "", "whose stock it is; blank: one stock that all plants draw on"),
        ("name", "text", _ANY, "", "label shown to people"),
        ("unit_cost", "number", {"required": True}, "money/unit", "value of one unit in stock"),
        ("lead_time_days", "number", {"required": True}, "days", "time to buy or make it"),
        ("lead_time_cv", "number", _ZERO, "", "coefficient of variation of lead_time_days"),
        ("min_order_quantity", "number", _ZERO, "units", "least replenishment quantity"),
        ("whole_units", "choice", {"choices": ("yes", "no")}, "", "bought and stocked in whole units"),
        ("obsolescence_per_year", "number", _ZERO, "share of unit_cost/year", "write-off of stock"),
        ("disposal_cost_per_unit", "number", _ZERO, "money/unit", "disposal of a unit written off"),
        ("stocking_cost_per_year", "number", _ZERO, "money/year", "fixed cost of stocking it"),
        ("co2_kg", "number", _ZERO, "kg/unit", "CO2e of one unit"),
        ("stock_on_hand", "number", _ANY, "units", "units in stock today; shown, not counted with"),
    ],
)
BOM = _columns(
    "bom",
    [
        ("product", "text", _KEY, "", "a product of products"),
        ("component", "text", _KEY, "", "a component of components"),
        ("plant", "text", _NO_PLANT, "", "of the product, where it stands in several; its parts are of the same"),
        ("quantity", "number", _NEEDED, "units/unit", "components in one product"),
        ("scrap_share", "number", {"default": 0.0, "below": 1.0}, "share", "components taken that are scrapped"),
        ("loss_per_order", "number", _ZERO, "units/order", "lost with each order: leaders, set-up pieces"),
    ],
)
RESOURCES = _columns(
    "resources",
    [
        ("resource", "text", _KEY, "", "key of the resource"),
        ("plant", "text", _NO_PLANT, "", "where it stands; blank: all plants use it"),
        ("hours_per_week", "number", {"required": True}, "hours/week", "regular capacity"),
        ("overtime_hours_per_week", "number", _ZERO, "hours/week", "most overtime"),
        ("overtime_cost_per_hour", "number", _ZERO, "money/hour", "cost of overtime"),
        ("outsourcing_cost_per_hour", "number", _ANY, "money/hour", "blank: no outsourcing"),
    ],
)
ROUTING = _columns(
    "routing",
    [
        ("product", "text", _KEY, "", "a product of products"),
        ("resource", "text", _KEY, "", "a resource of resources"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("stage", "choice", {"required": True, "choices": STAGES}, "", "assemble or make"),
        ("hours_per_unit", "number", {"required": True}, "hours/unit", "work content"),
        ("hours_cv", "number", _ZERO, "", "variation of hours, used by the simulation only"),
    ],
)
ORDERS = _columns(
    "orders",
    [
        ("order_date", "date", _KEY, "date", "day the order arrived"),
        ("product", "text", _KEY, "", "a product of products"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("quantity", "number", {"required": True, "minimum": float("-inf")}, "units", "negative: a return"),
        ("requested_date", "date", _ANY, "date", "day the customer asked for"),
        ("customer", "text", _ANY, "", ""),
        ("channel", "text", _ANY, "", ""),
        ("order_number", "text", _ANY, "", "lines of one number are one order; a return names its order with it"),
        ("order_line", "text", _ANY, "", "line of the order; the same line twice is a double"),
        ("unit", "text", _ANY, "", "unit of measure of quantity, where a product is ordered in several"),
        ("units_per", "number", _POS, "units/unit", "units of products in one unit of this line; blank: 1"),
    ],
)
STOCK_OUTS = _columns(
    "stock_outs",
    [
        ("product", "text", _KEY, "", "a product of products"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("first_day", "date", _KEY, "date", "first day with nothing to sell"),
        ("last_day", "date", _ANY, "date", "last day with nothing to sell; blank: to the end of the order book"),
    ],
)
SEASONS = _columns(
    "seasons",
    [
        ("product", "text", _ANY, "", "a product of products; blank where a family is named"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("family", "text", {"default": ""}, "", "all products of this family that have no season of their own"),
        ("period", "number", {"required": True, "minimum": 1.0, "maximum": 52.0}, "",
         "quarter 1-4, month 1-12 or week 1-52 of the year; all of them"),
        ("factor", "number", {"required": True}, "", "demand of the period over that of the year; mean 1"),
    ],
)
SEGMENTS = _columns(
    "segments",
    [
        ("product", "text", _ANY, "", "a product of products; blank where a family is named"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("family", "text", {"default": ""}, "", "all products of this family that have no segments of their own"),
        ("segment", "text", _KEY, "", "customer group or channel whose orders wait alike"),
        ("lead_time_target_days", "number", {"required": True}, "days", "wait the customers of the segment accept"),
        ("late_cost_per_unit_day", "number", _ANY, "money/unit/day", "cost of lateness to them"),
        ("share", "number", {"required": True, "positive": True, "maximum": 1.0}, "share",
         "of the product's demand that comes from the segment; they add up to 1"),
    ],
)
FORECASTS = _columns(
    "forecasts",
    [
        ("product", "text", _KEY, "", "a product of products"),
        ("plant", "text", _NO_PLANT, "", _OF_PRODUCT),
        ("period", "date", _KEY, "date", "first day of the week or month that is forecast"),
        ("quantity", "number", {"required": True}, "units", "demand foreseen for the period"),
        ("made_on", "date", _ANY, "date", "day the forecast was made; blank: in time"),
    ],
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "products": PRODUCTS,
    "components": COMPONENTS,
    "bom": BOM,
    "resources": RESOURCES,
    "routing": ROUTING,
    "orders": ORDERS,
    "stock_outs": STOCK_OUTS,
    "seasons": SEASONS,
    "segments": SEGMENTS,
    "forecasts": FORECASTS,
}
KEYS: dict[str, tuple[str, ...]] = {
    "products": ("product",),
    "components": ("component",),
    "bom": ("product", "component"),
    "resources": ("resource",),
    "routing": ("product", "resource", "stage"),
    "orders": (),
    "stock_outs": ("product", "first_day"),
    "seasons": ("product", "family", "period"),
    "segments": ("product", "family", "segment"),
    "forecasts": ("product", "period", "made_on"),
}
# Columns of products that order lines can fill where they are blank.
FITTED = ("demand_per_week", "demand_cv", "distribution", "order_size", "lead_time_target_days")


def out_of_range(definition: Column | Sequence[Column], values: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Which numbers their column does not admit, NaN (a blank) being none of them; the same shape.

    Parameters
    ----------
    definition : Column or sequence of Column
    values : numpy.ndarray, shape (rows,) or (rows, columns)
    """
    definitions = (definition,) if isinstance(definition, Column) else definition
    least, largest, below = np.array([_bounds(one) for one in definitions]).reshape(-1, 3).T
    return np.asarray((values < least) | (values > largest) | (values >= below) | np.isinf(values))


def _bounds(definition: Column) -> tuple[float, float, float]:
    least = _LEAST if definition.positive else definition.minimum
    return least, _largest(definition), definition.below


def _largest(definition: Column) -> float:
    return min(definition.maximum, _MOST_DAYS if definition.unit == "days" else _MOST)


def expected(definition: Column, value: float = 0.0) -> Reason:
    """What a cell of the column should hold, in words; the limit against slips only where the value is beyond it.

    Examples
    --------
    >>> expected(column("products", "unit_cost")).words()
    'a number 0 or more (money/unit)'
    """
    if definition.choices:
        return cause("one_of" if definition.kind == "choice" else "list_like", choices="|".join(definition.choices))
    if definition.kind != "number":
        return cause("a_date" if definition.kind == "date" else "a_text")
    if definition.minimum == float("-inf"):
        return cause("a_number")
    least = _LEAST if 0.0 < value < _LEAST else definition.minimum
    bounds = cause("or_more", least=least) if least == _LEAST or not definition.positive else cause("above_zero")
    if definition.maximum < float("inf") or value > _largest(definition):
        bounds = cause("and_at_most", low=bounds, most=_largest(definition))
    if definition.below < float("inf"):
        bounds = cause("and_below", low=bounds, below=definition.below)
    unit = cause("in_unit", unit=cause(f"unit {definition.unit}")) if definition.unit else ""
    return cause("a_number_in", bounds=bounds, unit=unit)


def column(table: str, name: str) -> Column:
    """The definition of one column; KeyError where there is none."""
    for candidate in COLUMNS[table]:
        if candidate.name == name:
            return candidate
    raise KeyError(name)
