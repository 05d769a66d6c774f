"""The list of changes: old and new value of each field that changes, written to a file and read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.report.content import make_report
from engine.report.erp.settings import Setting, Value, items, parts_per_order
from engine.report.erp.systems import System
from engine.report.sentences.product_reasons import product_reasons
from engine.report.sentences.prose import Prose
from engine.scenario.erp import sap
from engine.scenario.files.formulas import escaped_table, unescaped
from engine.scenario.files.whole import whole
from engine.scenario.locks import locks_of
from engine.scenario.plants import PLANT, material_of
from engine.scenario.scenario import Scenario
from engine.scenario.settings import nearest
from engine.words.language import Language, words_of
from engine.words.reason import cause, quoted
from engine.words.shared import SHARED

CHANGES = ("item", "kind", "plant", "table", "field", "old", "new", "reason")
# What a field is found by in an earlier list.
Key = tuple[str, str, str, str]


def changes(
    plan: Plan, system: System, *, scenario: Scenario | None = None, plant: str = "",
    before: Mapping[Key, str] | None = None, language: Language = "en",
) -> pd.DataFrame:  # fmt: skip
    """What a system has to change to follow a plan, columns as of `CHANGES`.

    Parameters
    ----------
    plan : Plan
    system : callable
        Of `engine.report.erp.systems`.
    scenario : Scenario, optional
        Of the plan: says which parts are procured for each order, and whose strategies are locked.
    plant : str
        Put beside every item that has none of its own; of a plan of several plants only this one's are told.
    before : mapping of (item, plant, table, field) to str
        What is set today, as of `known`; what it does not name is known from today's strategy alone, or not at all.
    language : str
        Of the reasons.
    """
    former = before or {}
    reasons = plan.decisions["reason"].tolist()
    if language != "en":
        reasons = product_reasons(Prose(make_report(plan, None), language))
    if scenario is not None:
        kept, join = {lock.product: lock.why for lock in locks_of(scenario)}, words_of(SHARED, "reason.join", language)
        of = zip(plan.decisions["product"].astype(str), reasons, strict=True)
        told = {name: why.words(language) for name, why in kept.items()}
        # The plan's own reasons may end with it.
        reasons = [f"{told[name]}{join}{reason.replace(f'{join}{told[name]}', '')}" if name in told else reason
                   for name, reason in of]  # fmt: skip
    per_order = frozenset[str]() if scenario is None else parts_per_order(plan, scenario)
    plants, rows = {**_plants(plan.decisions), **_plants(plan.components)}, []
    sites = sorted({str(site) for site in plants.values() if site})
    if plant and sites and plant not in sites:
        raise EngineError(cause("export_plant", plant=plant, near=nearest(plant, sites)))
    for item in items(plan, reasons, language, per_order=per_order):
        site = plants.get(item.name, "")
        if site and plant and site != plant:
            continue
        at, material = site or plant, material_of(item.name, site)
        for setting in system(item, language):
            old = former.get((material, at, setting.table, setting.field))
            old = written(setting.today) if old is None else old
            # A blank changes nothing that nobody knows of.
            if setting.value != "" if old is None else not _same(setting, old):
                rows.append((material, setting.kind, at, setting.table, setting.field, old or "",
                             _plain(setting.value), setting.reason))  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHANGES), dtype=object)


def _plants(table: pd.DataFrame) -> dict[str, str]:
    """The plant of each key of a plan's table; none where it names none."""
    return dict(zip(table.iloc[:, 0], table[PLANT], strict=True)) if PLANT in table else {}


def _same(setting: Setting, old: str) -> bool:
    """Whether a field says already what it should; another group of the same strategy does."""
    if setting.field == "STRGR":
        meant, wanted = sap.STRATEGY_OF_GROUP.get(old), sap.STRATEGY_OF_GROUP[str(setting.value)]
        # Parts that are all kept in one stock make of a group to order one that assembles, as it is read.
        return meant == wanted or (meant == "MTO" and wanted == "ATO" and setting.today == setting.value)
    if isinstance(setting.value, float):
        try:
            return float(old) == setting.value
        except ValueError:
            return False
    return old == setting.value


def _plain(value: Value) -> Value | int:
    """Whole numbers without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def written(value: Value | None) -> str | None:
    """A value as it stands in the list."""
    return None if value is None else str(_plain(value))


def write_changes(table: pd.DataFrame, path: Path) -> None:
    """Write a list of changes as CSV, whole or not at all; no text in it is run by a spreadsheet."""
    with whole(path) as fresh:
        escaped_table(table).to_csv(fresh, index=False, lineterminator="\n", encoding="utf-8")


def read_changes(path: Path) -> pd.DataFrame:
    """Read a list of changes back, every cell as text.

    Raises
    ------
    EngineError
        Where the file is no such list.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        said = quoted(str(error).splitlines()[0])
        raise EngineError(cause("changes_unreadable", path=str(path), error=said)) from error
    missing = [name for name in CHANGES if name not in table.columns]
    if missing:
        raise EngineError(cause("changes_none", path=str(path), missing=", ".join(missing)))
    return table.map(unescaped)


def known(tables: Iterable[pd.DataFrame]) -> dict[Key, str]:
    """What is set after lists of changes have been carried out, later ones over earlier ones."""
    columns = ("item", "plant", "table", "field", "new")
    return {
        (str(item), str(plant), str(place), str(field)): str(new)
        for table in tables
        for item, plant, place, field, new in zip(*(table[name] for name in columns), strict=True)
    }
