"""What a report says in sentences: the same in the workbook, on the page and on the slides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from engine.evaluate.reasons.today import NoCurrentCost, payback, told_payback
from engine.report import tables
from engine.report.content import Report
from engine.report.numbers import Numbers, numbers_for
from engine.report.sentences.books import book_sentences
from engine.report.sentences.certainty import certainty_sentence
from engine.report.sentences.payback import payback_sentence, span
from engine.report.sentences.proof import proof_sentence
from engine.report.sentences.today import interval_sentence, saving_sentence
from engine.report.texts.text import Language, text
from engine.scenario.columns import STRATEGIES
from engine.words.language import within

# What a budget's price is told for: a number that a board can picture.
_BUDGET_STEP = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineFigure:
    """A headline figure.

    Parameters
    ----------
    label, shown : str
    amount, share : float, optional
        The number behind it, where a spreadsheet can hold one.
    """

    label: str
    shown: str
    amount: float | None = None
    share: float | None = None


class Prose:
    """Sentences about a report in one language.

    Parameters
    ----------
    report : Report
    language : str
    """

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.language = language
        plan = report.plan
        currency = str(plan.summary.get("currency", ""))
        self.numbers: Numbers = numbers_for(language, currency, plan.objective_per_year)
        self.shown = tables.shown(report, self.numbers.decimals)
        self.switches = tables.switches(report, self.numbers.decimals)
        self.known = int((plan.decisions["current_strategy"] != "").sum())
        # By simulation: what was proven is the plan before that.
        self.corrected = bool(plan.summary.get("corrected"))

    def t(self, key: str, **values: object) -> str:
        """The words of a key."""
        return text(key, self.language, **values)

    def join(self, sentences: list[str]) -> str:
        """A paragraph."""
        return self.t("sentence.join").join(sentences)

    def counted(self, noun: str, count: int) -> str:
        """A number of things."""
        key = f"count.{noun}.one" if count == 1 else f"count.{noun}.many"
        return self.t(key, count=self.numbers.count(count))

    def strategy(self, code: str) -> str:
        """A strategy's name."""
        return self.t(f"strategy.{code}") if code in STRATEGIES else self.t("missing")

    def inner(self, key: str) -> str:
        """The words of a key inside a sentence, where a language with capitals has none."""
        return within(self.t(key))

    def label(self, key: object, name: object) -> str:
        """A product or component as a reader knows it: its name, its key behind it."""
        return f"{name} ({key})" if name and name != key else str(key)

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return str(self.report.plan.summary["scenario"])

    @property
    def saving(self) -> float:
        """What the plan saves a year against today, as shown; NaN where it is not known."""
        today = self.report.today
        if isinstance(today, NoCurrentCost):
            return math.nan
        return round(float(today["cost_per_year"]), self.numbers.decimals) - self.shown.cost

    @property
    def finished_value(self) -> float:
        """Value of finished stock as shown."""
        return self.shown.inventory_by_strategy["MTS"]

    @property
    def parts_value(self) -> float:
        """Value of stocked components as shown."""
        return round(self.shown.inventory - self.finished_value, self.numbers.decimals)

    def finished(self) -> pd.DataFrame:
        """Finished stock as shown elsewhere."""
        table = tables.finished(self.report)
        return table.assign(inventory_value=table["inventory_value"].round(self.numbers.decimals))

    def components(self) -> pd.DataFrame:
        """Stocked components, their values as shown elsewhere."""
        table = tables.components(self.report)
        return table.assign(inventory_value=table["inventory_value"].round(self.numbers.decimals))

    def headline(self) -> list[HeadlineFigure]:
        """The figures that a reader should leave with."""
        numbers, plan, saving = self.numbers, self.report.plan, self.saving
        proven = math.isfinite(plan.gap) and not self.corrected
        count = self.t("total.switches.value", count=numbers.count(len(self.switches)), known=self.known)
        unknown = self.t("total.unknown")
        unproven = self.t("total.corrected" if self.corrected else "total.unproven")
        return [
            HeadlineFigure(label=self.t("total.cost"), shown=numbers.money(self.shown.cost), amount=self.shown.cost),
            HeadlineFigure(
                label=self.t("total.dearer" if saving < 0.0 else "total.saving"),
                shown=numbers.money(abs(saving)) if math.isfinite(saving) else unknown,
                amount=abs(saving) if math.isfinite(saving) else None,
            ),
            HeadlineFigure(label=self.t("total.inventory"), shown=numbers.money(self.shown.inventory),
                   amount=self.shown.inventory),
            HeadlineFigure(label=self.t("total.switches"), shown=count if self.known else unknown),
            HeadlineFigure(
                label=self.t("total.gap"),
                shown=numbers.gap(plan.whole_gap) if proven else unproven,
                share=plan.whole_gap if proven else None,
            ),
        ]  # fmt: skip

    def question(self) -> list[str]:
        """What is asked, and what the answer weighs."""
        scenario, things = self.report.scenario, []
        if scenario is not None:
            settings = scenario.settings
            if scenario.bom.groupby("component").size().gt(1).any():
                things.append(self.t("question.components"))
            if len(scenario.resources):
                things.append(self.t("question.capacity"))
            if settings.inventory_budget is not None:
                things.append(self.t("question.budget", budget=self.numbers.money(settings.inventory_budget)))
            if settings.max_changes is not None:
                things.append(self.t("question.changes", count=self.numbers.count(settings.max_changes)))
            if settings.one_strategy_per is not None:
                things.append(self.t("question.families"))
            if settings.limits:
                things.append(self.t("question.limits"))
        also = self.t("question.also", things=self.listed(things)) if things else ""
        products = self.counted("product", len(self.report.plan.decisions))
        return [self.t("question.ask", scenario=self.scenario, products=products), self.t("question.weigh", also=also)]

    def listed(self, things: list[str]) -> str:
        """Things in a row."""
        if len(things) < 2:
            return "".join(things)
        return self.t("list.and", first=self.t("list.separator").join(things[:-1]), last=things[-1])

    def recommendation(self) -> list[str]:
        """The mix, its cost, what it saves, and how far it is proven."""
        numbers, shown, plan = self.numbers, self.shown, self.report.plan
        counts = plan.summary["counts"]
        return [
            self.t("mix", MTS=self.counted("product", counts["MTS"]), ATO=numbers.count(counts["ATO"]),
                   MTO=numbers.count(counts["MTO"]), cost=numbers.money(shown.cost),
                   inventory=numbers.money(shown.inventory)),
            self.saving_sentence(),
            *self.interval(),
            *self.certainty(),
            self.proof(),
        ]  # fmt: skip

    def saving_sentence(self) -> str:
        """What the plan saves against today, or why nobody knows."""
        today = self.report.today
        if isinstance(today, NoCurrentCost):
            return self.t(f"saving.{today.value}")
        return saving_sentence(today, self.saving, self.numbers, self.language)

    def interval(self) -> list[str]:
        """What sampling leaves open of the saving; nothing where that is not known, or nothing switches."""
        interval = self.report.plan.summary.get("saving_interval")
        if not interval or self.switches.empty or math.isnan(self.saving):
            return []
        return [interval_sentence(interval, self.language, money=self.numbers.money)]

    def beside(self, part: str) -> pd.DataFrame | None:
        """Plans beside this one, differences those of the costs shown; None where nobody asked."""
        table = self.report.evidence.table(part)
        if table is None or "difference_per_year" not in table:
            return table
        costs = table["cost_per_year"].astype(float).round(self.numbers.decimals)
        return table.assign(difference_per_year=costs - costs.iloc[0])

    def certainty(self) -> list[str]:
        """How sure the switches are that the saving rests on; nothing where none is."""
        report = self.report
        said = certainty_sentence(
            report.plan, report.certainty["certainty"], self.language, saving=self.saving,
            at_stake=None if math.isnan(self.saving) else report.at_stake, money=self.numbers.money,
            decimals=self.numbers.decimals,
        )  # fmt: skip
        return list(filter(None, [said]))

    def payback(self) -> list[str]:
        """What the switches cost once, and how soon that pays back; nothing where they cost nothing."""
        plan, today = self.report.plan, self.report.today
        repaid = (
            told_payback(plan) if isinstance(today, NoCurrentCost) else payback(plan, float(today["cost_per_year"]))
        )
        return list(filter(None, [payback_sentence(plan, repaid, self.language)]))

    def proof(self) -> str:
        """How far the plan is proven."""
        plan = self.report.plan
        if self.corrected:
            return self.t("proof.corrected", samples=self.numbers.count(plan.summary["samples"]))
        return proof_sentence(plan, self.language)

    def who_switches(self) -> list[str]:
        """How many switch, in which direction, and the largest saving."""
        if not self.known:
            return [self.t("switches.unknown")]
        counted = self.counted("product", self.known)
        if self.switches.empty:
            return [self.t("switches.none", known=counted)]
        count = self.numbers.count(len(self.switches))
        sentences = [self.t("switches.some", count=count, known=counted), self.t("switches.apart")]
        kinds = self.switches.groupby(["current_strategy", "strategy"]).size().sort_values(ascending=False)
        told = [
            self.t("switches.kind", current=self.inner(f"strategy.{pair[0]}"),
                   strategy=self.inner(f"strategy.{pair[1]}"),
                   count=self.numbers.count(int(size)))
            for pair, size in kinds.items() if isinstance(pair, tuple)
        ]  # fmt: skip
        sentences.append(self.t("switches.kinds", kinds=self.t("reason.join").join(told)))
        first = self.switches.iloc[0]
        if first["saving_per_year"] > 0.0:
            sentences.append(
                self.t("switches.largest", product=self.label(first["product"], first["name"]),
                       current=self.inner(f"strategy.{first['current_strategy']}"),
                       strategy=self.inner(f"strategy.{first['strategy']}"),
                       saving=self.numbers.money(first["saving_per_year"]))
            )  # fmt: skip
        if self.switches["saving_per_year"].isna().any():
            sentences.append(self.t("switches.impossible"))
        return sentences

    def costs(self) -> list[str]:
        """The two largest terms."""
        shown = self.shown.terms
        if shown.empty:
            return []
        total = max(abs(self.shown.cost), 1e-9)
        sentences = []
        for key, place, row in zip(("largest", "second"), ("first", "second"), shown.to_dict("records"), strict=False):
            values = {
                place: self.inner(f"term.{row['term']}"),
                f"{place}_cost": self.numbers.money(row["total"]),
                f"{place}_share": self.numbers.share(row["total"] / total),
            }
            sentences.append(self.t(f"costs.{key}", **values))
        return sentences

    def stocks(self) -> list[str]:
        """What stock is worth, what sharing saves, and the budget."""
        numbers = self.numbers
        sentences = [
            self.t("stocks.value", inventory=numbers.money(self.shown.inventory),
                   finished=numbers.money(self.finished_value), parts=numbers.money(self.parts_value))
        ]  # fmt: skip
        table = tables.components(self.report)
        shared = table[(table["products_served"] > 1) & (table["base_stock"] > 0.0)]
        if len(table):
            saved = numbers.money(shared["pooling_saving_per_year"].sum())
            count = self.counted("component", len(shared))
            shares = self.t("stocks.shared", count=count, saving=saved)
            sentences.append(shares if len(shared) else self.t("stocks.shared.none"))
        return [*sentences, *self._budget()]

    def books(self) -> list[str]:
        """What lies in stock today against the plan."""
        return book_sentences(self.report.plan, self.language)

    def _budget(self) -> list[str]:
        budget = None if self.report.scenario is None else self.report.scenario.settings.inventory_budget
        if budget is None:
            return []
        used = self.numbers.share(self.shown.inventory / max(budget, 1e-9))
        money, per_unit = self.numbers.money, self.report.plan.summary.get("budget_price_per_year")
        if per_unit is None:
            # Of a corrected plan nobody knows what more budget would save.
            return [self.t("stocks.budget.unknown", budget=money(budget), used=used)]
        price = float(per_unit) * _BUDGET_STEP
        if round(price, self.numbers.decimals) <= 0.0:
            return [self.t("stocks.budget.free", budget=money(budget), used=used)]
        return [self.t("stocks.budget", budget=money(budget), used=used, step=money(_BUDGET_STEP), price=money(price))]

    def capacity(self) -> list[str]:
        """The busiest resource, what exceeds regular hours, and the worth of one more."""
        table = tables.resources(self.report)
        if table.empty:
            return [self.t("capacity.none")]
        numbers, busiest = self.numbers, table.iloc[0]
        sentences = [
            self.t("capacity.busiest", resource=busiest["resource"], mean=numbers.share(busiest["mean_utilisation"]),
                   p95=numbers.share(busiest["p95_utilisation"])),
            self.t("capacity.cost", overtime=numbers.money(table["overtime_cost_per_year"].sum()),
                   outsourcing=numbers.money(table["outsourcing_cost_per_year"].sum())),
        ]  # fmt: skip
        dearest = table.sort_values("hour_price_per_year", ascending=False).iloc[0]
        if dearest["hour_price_per_year"] > 0.0:
            price = numbers.money(dearest["hour_price_per_year"])
            sentences.append(self.t("capacity.hour", resource=dearest["resource"], price=price))
        return [*sentences, self.t("capacity.not_longer")]

    def assumptions(self) -> list[str]:
        """What every answer of the model assumes."""
        scenario = self.report.scenario
        lost = scenario is None or bool((scenario.products["lost_share_if_late"] > 0.0).any())
        demand = "stationary" if self.report.plan.stock_calendar.empty else "seasonal"
        keys = ["backlog" if lost else "backlog.all", demand, "fcfs", "crossing", "due"]
        changes: list[str] = []
        if scenario is not None and bool((scenario.products["change_cost"] > 0.0).any()):
            years = span(self.numbers, "year", scenario.settings.change_payback_years)
            changes.append(self.t("assumption.change", years=years))
        idle = self.report.plan.summary.get("no_demand") or ()
        read = {"warnings": len(tables.notices(self.report)), "no_demand": len(idle)}
        counted = [self.t(f"assumption.{name}", count=self.numbers.count(n)) for name, n in read.items() if n]
        return [self.t(f"assumption.{key}") for key in keys] + changes + counted
