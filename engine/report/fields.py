"""How the columns of a report's tables are shown: their titles, and what kind of thing stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import pandas as pd

from engine.decision.plan import AT_LEAST
from engine.report.sentences.prose import Prose
from engine.report.texts.text import CATALOGUE


class Kind(Enum):
    """What stands in a column."""

    TEXT = "text"
    STRATEGY = "strategy"
    STRATEGIES = "strategies"
    TERM = "term"
    LABEL = "label"
    READER = "reader"
    INPUT = "input"
    CERTAINTY = "certainty"
    MONEY = "money"
    SHARE = "share"
    COUNT = "count"
    NUMBER = "number"


_KINDS = {
    "strategy": Kind.STRATEGY, "current_strategy": Kind.STRATEGY, "next_best": Kind.STRATEGY,
    "strategy_from": Kind.STRATEGY, "strategy_to": Kind.STRATEGY, "rival": Kind.STRATEGY,
    "strategy_below": Kind.STRATEGY,
    "strategy_above": Kind.STRATEGY, AT_LEAST: Kind.STRATEGIES,
    "term": Kind.TERM, "label": Kind.LABEL, "reader": Kind.READER, "input": Kind.INPUT,
    "depends_on": Kind.INPUT, "certainty": Kind.CERTAINTY,
    "expected_cost_per_year": Kind.MONEY, "cost_if_MTS": Kind.MONEY, "cost_if_ATO": Kind.MONEY,
    "cost_if_MTO": Kind.MONEY, "regret_per_year": Kind.MONEY, "inventory_value": Kind.MONEY,
    "obsolescence_per_year": Kind.MONEY, "saving_per_year": Kind.MONEY, "cost_per_year": Kind.MONEY,
    "change_cost": Kind.MONEY, "capital_released": Kind.MONEY, "stranded_value": Kind.MONEY,
    "lock_cost_per_year": Kind.MONEY, "wave_saving_per_year": Kind.MONEY, "saving_so_far": Kind.MONEY,
    "inventory_released": Kind.MONEY, "inventory_built": Kind.MONEY,
    "pooling_saving_per_year": Kind.MONEY, "overtime_cost_per_year": Kind.MONEY,
    "outsourcing_cost_per_year": Kind.MONEY, "hour_price_per_year": Kind.MONEY, "total": Kind.MONEY,
    "difference_per_year": Kind.MONEY, "interval_low": Kind.MONEY,
    "interval_high": Kind.MONEY,
    "expected_regret_per_year": Kind.MONEY, "planned_cost_per_year": Kind.MONEY, "advantage_per_year": Kind.MONEY,
    "simulated_cost_per_year": Kind.MONEY, "on_time": Kind.SHARE, "mean_utilisation": Kind.SHARE,
    "p95_utilisation": Kind.SHARE, "share": Kind.SHARE, "regret_share": Kind.SHARE, "confidence": Kind.SHARE,
    "planned_on_time": Kind.SHARE, "simulated_on_time": Kind.SHARE, "otif": Kind.SHARE,
    "planned_otif": Kind.SHARE, "simulated_otif": Kind.SHARE, "products": Kind.COUNT, "point": Kind.COUNT,
    "wave": Kind.COUNT, "month": Kind.COUNT, "switches": Kind.COUNT,
    "products_served": Kind.COUNT, "products_MTS": Kind.COUNT, "products_ATO": Kind.COUNT, "products_MTO": Kind.COUNT,
    "co2_kg_per_year": Kind.COUNT, "orders_above_cutoff": Kind.SHARE,
    "volume_above_cutoff": Kind.SHARE,
}  # fmt: skip
_OFTEN_BLANK = {"name", "family", "plant", AT_LEAST}
# A threshold's range is no interval.
_CALLED = {"low": "flip_low", "high": "flip_high"}
# Values of these kinds are codes; the catalogue has their words under this prefix.
_CODES = {Kind.STRATEGY: "strategy", Kind.STRATEGIES: "strategy", Kind.TERM: "term", Kind.LABEL: "label",
          Kind.READER: "reader", Kind.INPUT: "input", Kind.CERTAINTY: "certainty"}  # fmt: skip
_NUMERIC = {Kind.MONEY, Kind.SHARE, Kind.COUNT, Kind.NUMBER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column.

    Parameters
    ----------
    name : str
        In the table.
    title : str
        As shown.
    kind : Kind
    """

    name: str
    title: str
    kind: Kind

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in _NUMERIC


def fields_of(prose: Prose, frame: pd.DataFrame, names: list[str] | None = None) -> list[Field]:
    """The columns of a table, all or the named ones; one that is not known keeps its own name."""
    fields = []
    for name in names or [str(column) for column in frame.columns]:
        kind = _KINDS.get(name)
        if kind is None:
            kind = Kind.NUMBER if pd.api.types.is_numeric_dtype(frame[name]) else Kind.TEXT
        if kind in _NUMERIC and not pd.api.types.is_numeric_dtype(frame[name]):
            kind = Kind.TEXT
        # A strategy as the head of a column.
        key = f"strategy.{name}" if f"strategy.{name}" in CATALOGUE else f"column.{_CALLED.get(name, name)}"
        title = prose.t(key) if key in CATALOGUE else name.replace("_", " ")
        fields.append(Field(name=name, title=title, kind=Kind.MONEY if key.startswith("strategy.") else kind))
    return fields


def filled(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """The columns but for names, families and plants where nothing has one."""
    return [name for name in names if name not in _OFTEN_BLANK or (frame[name].fillna("") != "").any()]


def code_words(prose: Prose, kind: Kind, value: object) -> str:
    """The words of a code; what is no known code is shown as it is."""
    if kind is Kind.STRATEGIES:
        return prose.listed([code_words(prose, Kind.STRATEGY, one) for one in str(value).split("|") if one])
    key = f"{_CODES[kind]}.{value}"
    if kind is Kind.INPUT and key not in CATALOGUE:
        # An input may stand with its table before it.
        key = f"input.{str(value).rpartition('.')[2]}"
    if key in CATALOGUE:
        return prose.t(key)
    return str(value) if value else prose.t("missing")


def is_code(kind: Kind) -> bool:
    """Whether a kind's values are codes."""
    return kind in _CODES


def written(prose: Prose, kind: Kind, value: object) -> str:
    """A value as text for a reader."""
    if is_code(kind):
        return code_words(prose, kind, value)
    if value is None or value != value:  # noqa: PLR0124  (NaN differs from itself)
        return prose.t("missing")
    if kind is Kind.TEXT:
        return str(value)
    number, numbers = float(str(value)), prose.numbers
    if kind is Kind.SHARE:
        return numbers.share(number, 1)
    if kind is Kind.MONEY:
        return numbers.amount(number)
    return numbers.count(number) if kind is Kind.COUNT else numbers.number(number)
