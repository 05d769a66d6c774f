"""What a reader may rely on: risks, what other commands found out, the figures of customer, investor and regulator."""

from __future__ import annotations

import pandas as pd

from engine.report import tables
from engine.report.content import EXAMINED, READERS
from engine.report.sentences.prose import Prose
from engine.report.sentences.today import investor_as_shown
from engine.report.texts.text import CATALOGUE

_DIFFERENCES = ("difference", "against_given")


def risks(prose: Prose) -> list[str]:
    """What could make the plan other than it looks."""
    close, table = tables.close_calls(prose.report), tables.decisions(prose.report)
    products = prose.counted("product", len(table))
    count = prose.numbers.count(len(close))
    told = prose.t("risks.close", count=count, products=products) if len(close) else prose.t("risks.close.none")
    sentences = [told]
    sentences += _locks(prose)
    least = table.sort_values(["on_time", "product"], kind="stable").iloc[0]
    if least["on_time"] < 0.995:
        label = prose.label(least["product"], least["name"])
        sentences.append(prose.t("risks.on_time", product=label, on_time=prose.numbers.share(least["on_time"], 1)))
    if prose.report.plan.summary["counts"]["ATO"] and prose.report.evidence.simulation is None and not prose.corrected:
        sentences.append(prose.t("risks.lateness"))
    return sentences


def _locks(prose: Prose) -> list[str]:
    """How many products are locked, and the dearest lock."""
    table = tables.locks(prose.report)
    if table.empty:
        return []
    count, dearest = prose.counted("locked", len(table)), table.iloc[0]
    cost = float(dearest["lock_cost_per_year"])
    if not cost > 0.5 * 10.0**-prose.numbers.decimals:
        return [prose.t("risks.locks.free", count=count)]
    product, kept = prose.label(dearest["product"], dearest["name"]), prose.inner(f"strategy.{dearest['strategy']}")
    return [prose.t("risks.locks", count=count, product=product, strategy=kept, cost=prose.numbers.money(cost))]


def evidence_missing(prose: Prose) -> str:
    """Which parts of the evidence there are not; '' where nothing is missing."""
    told = [prose.inner(f"evidence.{part}") for part in EXAMINED if prose.report.evidence.table(part) is None]
    return prose.t("evidence.missing", parts=prose.listed(told)) if told else ""


def evidence(prose: Prose, part: str) -> str:
    """What a part of the evidence says; '' where there is none."""
    table = prose.report.evidence.table(part)
    if table is None:
        return ""
    key = f"evidence.{part}.found"
    numbers = prose.numbers
    if part == "confidence":
        return prose.t(key, share=numbers.share(float((table["confidence"] >= 0.8).mean())))
    if part == "simulation":
        promised, simulated = table["planned_cost_per_year"].sum(), table["simulated_cost_per_year"].sum()
        share = numbers.share((simulated - promised) / max(abs(promised), 1e-9), 1)
        return prose.t(key, promised=numbers.money(promised), simulated=numbers.money(simulated), share=share)
    return prose.t(key, count=prose.counted("product", table["product"].nunique()))


def beside_today(prose: Prose) -> pd.DataFrame:
    """What today's strategies, the plan as given and the plan come to, in words; differences are those shown."""
    table = tables.beside_today(prose.report)
    rows = []
    for row in table.to_dict("records"):
        name = str(row["figure"])
        digits = {"on_time": 3, "lead_time_days": 1}.get(name, prose.numbers.decimals)
        values = {column: round(float(row[column]), digits) for column in table.columns[1:]}
        values["difference"] = round(values["plan"] - values["today"], digits)
        if "as_given" in values:
            values["against_given"] = round(values["plan"] - values["as_given"], digits)
        rows.append({"figure": prose.t(f"figure.{name}")} | {
            column: _difference(prose, name, value) if column in _DIFFERENCES else _figure(prose, name, value)
            for column, value in values.items()
        })  # fmt: skip
    given = ["against_given"] if "as_given" in table else []
    return pd.DataFrame(rows, columns=[*table.columns, "difference", *given])


def _difference(prose: Prose, name: str, value: float) -> str:
    """A difference with its sign; of shares in points."""
    if name == "on_time":
        said = prose.t("headline.points", points=prose.numbers.number(value * 100.0))
    else:
        said = _figure(prose, name, value)
    return f"+{said}" if value > 0.0 else said


def readers(prose: Prose) -> pd.DataFrame:
    """The figures that customer, investor and regulator look for, as the plan has them."""
    rows = []
    for reader in READERS:
        summary = prose.report.plan.summary
        figures: dict[str, float | None] = (
            investor_as_shown(summary, prose.numbers.decimals) if reader == "investor" else summary.get(reader) or {}
        )
        rows += [
            {"reader": reader, "figure": prose.t(f"figure.{name}"), "value": _figure(prose, name, value)}
            for name, value in figures.items() if f"figure.{name}" in CATALOGUE
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=["reader", "figure", "value"])


def _figure(prose: Prose, name: str, value: float | None) -> str:
    if value is None:
        return prose.t("total.unknown")
    if name in {"on_time", "otif", "cvar_level"}:
        return prose.numbers.share(value, 1)
    money = name in {"cost_per_year", "inventory_value", "working_capital_released", "cost_cvar_per_year",
                     "change_cost", "running_saving_per_year"}  # fmt: skip
    return prose.numbers.money(value) if money or "write_off_" in name else prose.numbers.number(value)
