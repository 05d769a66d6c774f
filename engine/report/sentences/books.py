"""What lies in stock today against the plan, in sentences for terminal, app and reports."""

from __future__ import annotations

from collections.abc import Callable

from engine.decision.plan import Plan
from engine.report.numbers import numbers_for
from engine.report.texts.text import Language, text


def book_sentences(plan: Plan, language: Language, *, money: Callable[[float], str] | None = None) -> list[str]:
    """Capital released, how many items it counts, when the surplus is used up, what is stranded.

    Where no stock on hand is given, one sentence: working capital released against today's strategies with best stocks,
    and that this says nothing of what lies there; none where that is not known either.

    Parameters
    ----------
    plan : Plan
    language : str
    money : callable, optional
        Writes an amount; by default as reports do.
    """
    books = plan.summary.get("stock_on_hand")
    numbers = numbers_for(language, str(plan.summary.get("currency", "")), plan.objective_per_year)
    written = money or numbers.money
    if books is None:
        best = (plan.summary.get("investor") or {}).get("working_capital_released")
        if best is None:
            return []
        key = "books.best.released" if best >= 0.0 else "books.best.needed"
        return [text(key, language, amount=written(abs(float(best))))]
    released = float(books["capital_released"])
    key = "books.released" if released >= 0.0 else "books.needed"
    told = [
        text(key, language, book=written(books["book_value"]), planned=written(books["planned_value"]),
             amount=written(abs(released)))
    ]  # fmt: skip
    counts = {name: numbers.count(books[name]) for name in
              ("products", "products_given", "components", "components_given")}  # fmt: skip
    if books["products_given"] < books["products"] or books["components_given"] < books["components"]:
        told.append(text("books.partly", language, **counts))
    if books["run_down_days"] is not None:
        running = float(books["surplus_value"]) - float(books["stranded_value"])
        days = numbers.count(max(1.0, float(books["run_down_days"])))
        told.append(text("books.run_down", language, running=written(running), days=days))
    if float(books["stranded_value"]) > 0.0:
        told.append(text("books.stranded", language, stranded=written(books["stranded_value"])))
    if float(books["no_demand_value"]) > 0.0:
        told.append(text("books.no_demand", language, value=written(books["no_demand_value"])))
    return told
