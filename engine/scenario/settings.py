"""`scenario.yaml`: the settings of a scenario, read strictly (YAML 1.2, no aliases, no unknown names)."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from engine.errors import Fault

_FORBID = ConfigDict(extra="forbid", frozen=True)
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]


class Risk(BaseModel):
    """Weight and level of the conditional value at risk in the objective (C9)."""

    model_config = _FORBID
    cvar_weight: Share = 0.0
    cvar_level: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.9


class DemandSettings(BaseModel):
    """What all products' demands have in common."""

    model_config = _FORBID
    common_factor_cv: NonNegative = 0.0


class Format(BaseModel):
    """How the client writes numbers and dates; declared, never guessed."""

    model_config = _FORBID
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date: str = "%Y-%m-%d"
    encoding: str = "utf-8-sig"


class Variant(BaseModel):
    """A named what-if: settings or numeric columns set to, or scaled by, a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    set_: Annotated[dict[str, Any], Field(alias="set")] = {}
    scale: dict[str, float] = {}
    where: dict[str, str | list[str]] = {}


class Settings(BaseModel):
    """The settings of a scenario; time in days, money in `currency`."""

    model_config = _FORBID
    name: Annotated[str, Field(min_length=1)]
    currency: str = "EUR"
    cost_timing: Literal["average", "period_end"] = "average"
    holding_rate_per_year: NonNegative
    review_days: NonNegative = 7.0
    samples: Annotated[int, Field(ge=1, le=1_000_000)] = 400
    seed: Annotated[int, Field(ge=0)] = 1
    on_time_target: Annotated[float, Field(ge=0.0, lt=1.0)] | None = None
    inventory_budget: NonNegative | None = None
    capacity_bucket_days: Positive = 7.0
    max_changes: Annotated[int, Field(ge=0)] | None = None
    risk: Risk = Risk()
    demand: DemandSettings = DemandSettings()
    variants: dict[str, Variant] = {}
    columns: dict[str, dict[str, str]] = {}
    format: Format = Format()


def nearest(word: str, known: list[str]) -> str:
    """``; did you mean 'x'?`` for the nearest known name, else the list of names."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(sorted(known))}"


def _known_names(path: tuple[Any, ...]) -> list[str]:
    model: Any = Settings
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return sorted(["set", "scale", "where"]) if path and path[0] == "variants" else []
        model = field.annotation
    names = getattr(model, "model_fields", {})
    return [str(field.alias or name) for name, field in names.items()]


def _line(document: Any, path: tuple[Any, ...]) -> int | None:
    """Line of a setting in the file, counted from 1, as deep as the path can be followed."""
    line: int | None = None
    for part in path:
        if not hasattr(document, "lc") or part not in document:
            break
        try:
            line = int(document.lc.key(part)[0]) + 1
        except (KeyError, TypeError, AttributeError):
            break
        document = document[part]
    return line


def _explain(error: Mapping[str, Any]) -> str:
    path = tuple(part for part in error["loc"] if isinstance(part, str))
    if error["type"] == "extra_forbidden":
        known = _known_names(path[:-1])
        return f"there is no setting '{path[-1]}'" + (f"; {nearest(path[-1], known)}" if known else "")
    if error["type"] == "missing":
        return "this setting is required"
    message = str(error["msg"])
    given = error.get("input")
    return f"{message[0].lower()}{message[1:]}; given: {given!r}"


def parse_settings(text: str, *, file: str = "scenario.yaml") -> tuple[Settings | None, list[Fault]]:
    """Read the text of ``scenario.yaml``.

    Parameters
    ----------
    text : str
        YAML 1.2.
    file : str
        Name used in faults.

    Returns
    -------
    settings : Settings or None
        None where there are faults.
    faults : list of Fault
        Every fault, with its line.
    """
    yaml = YAML(typ="rt")
    try:
        # Nested aliases expand a few hundred bytes into millions of leaves; no setting needs one.
        for event in yaml.parse(io.StringIO(text)):
            if isinstance(event, AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark is not None else None
                return None, [Fault(file=file, row=line, message="YAML aliases (*name) are not accepted")]
        document = yaml.load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        row = None if mark is None else mark.line + 1
        return None, [Fault(file=file, row=row, message=f"not readable as YAML: {problem}")]
    if not isinstance(document, dict):
        return None, [Fault(file=file, message="should hold lines like 'holding_rate_per_year: 0.25'")]
    return validate_settings(_plain(document), file=file, document=document)


def _plain(value: Any) -> Any:
    """The round-trip document as ordinary Python values, which pydantic checks strictly."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def validate_settings(
    values: Mapping[str, Any], *, file: str = "scenario.yaml", document: Any = None
) -> tuple[Settings | None, list[Fault]]:
    """Check settings given as a mapping; `document` is only used to find lines."""
    try:
        return Settings.model_validate(dict(values)), []
    except ValidationError as error:
        faults = [
            Fault(
                file=file,
                row=_line(document, tuple(item["loc"])),
                column=".".join(str(part) for part in item["loc"]),
                message=_explain(item),
            )
            for item in error.errors()
        ]
        return None, faults
