"""The settings of a scenario: names, units, ranges, defaults."""

from __future__ import annotations

import codecs
import datetime as dt
import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from engine.errors import Fault
from engine.words.faults import FAULTS
from engine.words.reason import Reason, cause, either, followed, quoted

# Strict: `true` is no number and '400' no count; a number without quotes is no name.
_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
# Twice the number of tables and settings, so that only a client's own names are ever cut.
_LISTED = 50
# Rules of pydantic that are no "should be".
_RULES = {
    "missing": "entry_required", "too_short": "entry_none", "string_too_short": "text_short",
    "string_pattern_mismatch": "text_unlike",
}  # fmt: skip
_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?) *[%％]")
# Columns of products by whose values they are limited and switched together.
GROUPED_BY = ("family", "plant")


def _from_percent(value: object) -> object:
    """A text in percent as the share it is; anything else as it stands."""
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1].replace(",", ".")) / 100.0 if match else value


Share = Annotated[float, BeforeValidator(_from_percent), Field(ge=0.0, le=1.0, allow_inf_nan=False)]
ShareBelowOne = Annotated[float, BeforeValidator(_from_percent), Field(ge=0.0, lt=1.0, allow_inf_nan=False)]
Rate = Annotated[float, BeforeValidator(_from_percent), Field(ge=0.0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Strategy = Literal["MTS", "ATO", "MTO"]


class Risk(BaseModel):
    """Weight and level of the conditional value at risk in the objective (C9)."""

    model_config = _STRICT
    cvar_weight: Share = 0.0
    cvar_level: ShareBelowOne = 0.9


class DemandSettings(BaseModel):
    """What all products' demands have in common."""

    model_config = _STRICT
    common_factor_cv: Rate = 0.0


class StrategyLimit(BaseModel):
    """At least, at most so many products of a strategy: of all products, of one family or plant, or of each (C11)."""

    model_config = _STRICT
    strategy: Strategy
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    family: Annotated[str, Field(min_length=1)] | None = None
    plant: Annotated[str, Field(min_length=1)] | None = None
    per: Literal["family", "plant"] | None = None

    @model_serializer(mode="wrap")
    def _without_blank_plant(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        # Cases without plants keep the digest that they had before a limit could name one.
        written: dict[str, object] = handler(self)
        return {name: value for name, value in written.items() if name != "plant" or value is not None}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError(cause("limit_says_nothing"))
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(cause("limit_crossed", least=self.at_least, most=self.at_most))
        of = [cause(f"limit_of_{name}") for name in GROUPED_BY if getattr(self, name) is not None]
        of += [cause("limit_per", per=self.per)] if self.per is not None else []
        if len(of) > 1:
            raise ValueError(cause("limit_of_two", first=of[0], last=of[-1]))
        return self


class StrategiesByVariability(BaseModel):
    """A row of the rule in use: the strategy of X (steady demand), Y and Z (erratic demand)."""

    model_config = _STRICT
    X: Strategy
    Y: Strategy
    Z: Strategy


class RulesInUse(BaseModel):
    """The client's own ABC-XYZ table: A sells for most of the yearly value, C for the least.

    The default is what literature defends, not a table that is easy to beat: erratic demand of little volume is made to
    order (Soman, van Donk & Gaalman 2007), erratic demand of much volume waits in parts (Olhager 2003), steady demand
    in stock.
    """

    model_config = _STRICT
    A: StrategiesByVariability = StrategiesByVariability(X="MTS", Y="ATO", Z="ATO")
    B: StrategiesByVariability = StrategiesByVariability(X="MTS", Y="ATO", Z="MTO")
    C: StrategiesByVariability = StrategiesByVariability(X="MTS", Y="MTS", Z="MTO")


class OrderBook(BaseModel):
    """Days that order lines can have; lines of other days are left out."""

    model_config = _STRICT
    first_day: str | None = None
    last_day: str | None = None

    @field_validator("first_day", "last_day", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return None if value is None else value.isoformat()
        try:
            return dt.date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise ValueError(cause("day_unreadable", value=str(value))) from None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(cause("days_crossed", first=self.first_day, last=self.last_day))
        return self


class Format(BaseModel):
    """How the client writes numbers and dates; declared, never guessed."""

    model_config = _STRICT
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date: Annotated[str, Field(min_length=1)] = "%Y-%m-%d"
    encoding: str = "utf-8-sig"

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            text = codecs.lookup(name)._is_text_encoding  # noqa: SLF001
        except (LookupError, ValueError):
            text = False
        if not text:
            raise ValueError(cause("encoding_unknown", name=name))
        # A byte order mark before UTF-8 is no part of the first column's name.
        return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name

    @field_validator("date")
    @classmethod
    def _names_a_day(cls, pattern: str) -> str:
        """Any day written so must be read as the same day."""
        day = dt.datetime(2027, 12, 28)  # noqa: DTZ001  (a day has no time zone)
        try:
            same = dt.datetime.strptime(day.strftime(pattern), pattern) == day  # noqa: DTZ007
        except (ValueError, re.error):
            same = False
        if not same:
            raise ValueError(cause("date_format", pattern=pattern))
        return pattern

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(cause("signs_same", sign=self.decimal))
        return self


class Variant(BaseModel):
    """A named what-if: settings or numeric columns set to, or scaled by, a value."""

    model_config = _STRICT
    set_: Annotated[dict[str, Any], Field(alias="set")] = {}
    scale: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}
    where: dict[str, list[str]] = {}

    @field_validator("where", mode="before")
    @classmethod
    def _lists(cls, where: object) -> object:
        """One wanted value may stand without a list."""
        if not isinstance(where, dict):
            return where
        return {key: value if isinstance(value, list | tuple) else [value] for key, value in where.items()}


class Settings(BaseModel):
    """The settings of a scenario; time in days, money in `currency`."""

    model_config = _STRICT
    name: Annotated[str, Field(min_length=1)]
    currency: str = "EUR"
    cost_timing: Literal["average", "period_end"] = "average"
    holding_rate_per_year: Rate
    review_days: NonNegative = 7.0
    samples: Annotated[int, Field(ge=1, le=1_000_000)] = 400
    seed: Annotated[int, Field(ge=0)] = 1
    on_time_target: ShareBelowOne | None = None
    inventory_budget: NonNegative | None = None
    capacity_bucket_days: Positive = 7.0
    max_changes: Annotated[int, Field(ge=0)] | None = None
    change_payback_years: Positive = 2.0
    one_strategy_per: Literal["family"] | None = None
    limits: dict[Annotated[str, Field(min_length=1, pattern=r"^[^.]+$")], StrategyLimit] = {}
    risk: Risk = Risk()
    demand: DemandSettings = DemandSettings()
    order_book: OrderBook = OrderBook()
    rules_in_use: RulesInUse = RulesInUse()
    variants: dict[str, Variant] = {}
    columns: dict[str, dict[str, str]] = {}
    format: Format = Format()

    @property
    def early_days(self) -> float:
        """Days between reviews by which goods may lie on the shelf before they fall due.

        None where stock is counted just before the next delivery: what came early with the last one has left by then,
        l (a - u)+ at u = R, a being R at most.
        """
        return 0.0 if self.cost_timing == "period_end" else self.review_days


def nearest(word: str, choices: list[str]) -> Reason:
    """``did you mean 'x'?`` for the nearest known name, whatever its case, else the list of names.

    Examples
    --------
    >>> nearest("sampels", ["samples", "seed"]).words()
    "did you mean 'samples'?"
    >>> nearest("chairr", ["CHAIR", "SOFA"]).words()
    "did you mean 'CHAIR'?"
    """
    spelled = {name.lower(): name for name in choices}
    close = difflib.get_close_matches(word.lower(), list(spelled), n=1, cutoff=0.5)
    if close:
        return cause("did_you_mean", name=spelled[close[0]])
    if not choices:
        return cause("none_known")
    # A client's catalogue has thousands of names; a list is of use only while it can be read.
    names, more = ", ".join(sorted(choices)[:_LISTED]), len(choices) - _LISTED
    return cause("known_are_more", names=names, more=more) if more > 0 else cause("known_are", names=names)


def validate_settings(
    values: Mapping[str, object], *, file: str = "scenario.yaml", rows: Mapping[str, int] | None = None
) -> tuple[Settings | None, list[Fault]]:
    """Check settings given as a mapping.

    Parameters
    ----------
    values : mapping
    file : str
        Name used in faults.
    rows : mapping of str to int, optional
        Row of each setting by its dotted name, for the faults.

    Returns
    -------
    settings : Settings or None
        None where there are faults.
    faults : list of Fault
        Every fault.
    """
    try:
        return Settings.model_validate(dict(values)), []
    except ValidationError as error:
        faults = []
        for item in error.errors():
            path = [str(part) for part in item["loc"]]
            faults.append(Fault(file=file, row=_row(path, rows or {}), column=".".join(path), cause=_explain(item)))
        return None, faults


def usable_settings(values: Mapping[str, object]) -> Settings | None:
    """What can be used of faulty settings, so that the tables' faults are found in the same round.

    None where the format itself is faulty: every cell would look wrong.
    """
    _, faults = validate_settings(values)
    faulty = {str(fault.column).split(".", maxsplit=1)[0] for fault in faults}
    if "format" in faulty:
        return None
    sound = {key: value for key, value in values.items() if key not in faulty}
    return validate_settings({"name": "?", "holding_rate_per_year": 0.0, **sound})[0]


def _row(path: list[str], rows: Mapping[str, int]) -> int | None:
    """Row of a setting, or of what it stands under."""
    for depth in range(len(path), 0, -1):
        if ".".join(path[:depth]) in rows:
            return rows[".".join(path[:depth])]
    return None


def _known_names(path: list[str]) -> list[str]:
    if path and path[0] == "variants":
        return ["set", "scale", "where"]
    if path and path[0] == "limits":
        return list(StrategyLimit.model_fields)
    model: Any = Settings
    for part in path:
        field = model.model_fields.get(part)
        if field is None:
            return []
        model = field.annotation
    return [str(field.alias or name) for name, field in model.model_fields.items()]


def _explain(error: Mapping[str, Any]) -> Reason:
    path = [str(part) for part in error["loc"]]
    kind, given = error["type"], error.get("input")
    if kind == "extra_forbidden":
        choices = _known_names(path[:-1])
        return followed(cause("setting_none", name=path[-1]), nearest(path[-1], choices) if choices else None)
    if kind == "missing":
        return cause("settings_required")
    if kind == "value_error":
        return broken_rule(error)
    if kind == "string_type":
        quotes = cause("it_in_quotes") if isinstance(given, bool | int | float) else None
        what = followed(cause("should_be", what=cause("what.text")), quotes)
    elif kind in {"model_type", "dict_type"}:
        names = cause("name_value") if kind == "dict_type" else ", ".join(_known_names(path))
        what = cause("should_hold", names=names)
    else:
        what = broken_rule(error)
    return cause("given", what=what, given=repr(given))


def broken_rule(error: Mapping[str, Any]) -> Reason:
    """What pydantic finds wrong with a value, in its own words where these are not known.

    Parameters
    ----------
    error : mapping
        One of ``ValidationError.errors()``.
    """
    # A model is written as any mapping.
    kind = str(error["type"]).replace("model_type", "dict_type")
    bounds = {name: f"{at:g}" if isinstance(at, float) else at for name, at in error.get("ctx", {}).items()}
    if kind == "value_error":
        said = error["ctx"]["error"].args[0]
        return said if isinstance(said, Reason) else quoted(str(said))
    if kind == "literal_error":
        # Joined in English.
        return cause("should_be_choice", choices=either(re.split(r", | or ", str(bounds["expected"]))))
    if kind in _RULES:
        return cause(_RULES[kind], **bounds)
    if f"what.{kind}" in FAULTS:
        return cause("should_be", what=cause(f"what.{kind}", **bounds))
    text = str(error["msg"]).removeprefix("Input ")
    return quoted(f"{text[:1].lower()}{text[1:]}")
