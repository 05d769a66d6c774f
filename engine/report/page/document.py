"""The report as one HTML file: no script, nothing fetched, ready to print."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from engine.decision.tables.plants import BY_STRATEGY
from engine.report import tables
from engine.report.content import BESIDE_PARTS, EXAMINED, WAVE_PARTS, Report
from engine.report.page.charts import bars_svg, map_svg, terms_svg, waves_svg
from engine.report.page.parts import MOST_ROWS, Table, figure, paragraphs, table_html
from engine.report.sentences.product_reasons import product_reasons
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import beside_today, evidence, evidence_missing, readers, risks
from engine.report.sentences.switch_sentences import switch_sentences
from engine.report.sentences.waves import waves_sentence
from engine.report.settings_table import setting_rows, source_rows
from engine.report.texts.text import DOCUMENT_LANGUAGE, Language
from engine.scenario.columns import STRATEGIES
from engine.scenario.files.whole import whole

_BARS = 15
_STYLE = Path(__file__).with_name("page.css")


def write_page(report: Report, out: Path, language: Language = "en") -> None:
    """Write the page, under a temporary name first; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
    out : Path
        A file ending in ``.html``.
    language : str

    Raises
    ------
    EngineError
        Where the disk refuses.
    """
    told = page_html(Prose(report, language))
    with whole(out) as fresh:
        fresh.write_text(told, encoding="utf-8", newline="\n")


def page_html(prose: Prose) -> str:
    """The whole page."""
    sections = [
        ("question", paragraphs(prose.question())),
        ("recommendation", _recommendation(prose)),
        ("switches", _switches(prose)),
        ("map", _map(prose)),
        ("costs", _costs(prose)),
        ("stocks", _stocks(prose)),
        ("capacity", _capacity(prose)),
        ("risks", _risks(prose)),
        ("evidence", _evidence(prose)),
        ("decisions", _decisions(prose)),
        ("assumptions", _assumptions(prose)),
        ("provenance", _provenance(prose)),
    ]
    title = escape(prose.t("title.scenario", scenario=prose.scenario))
    contents = "".join(f'<li><a href="#{key}">{escape(prose.t(f"section.{key}"))}</a></li>' for key, _ in sections)
    body = "".join(
        f'<section id="{key}" class="{key}" aria-labelledby="h-{key}">'
        f'<h2 id="h-{key}">{escape(prose.t(f"section.{key}"))}</h2>{content}</section>'
        for key, content in sections
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{DOCUMENT_LANGUAGE[prose.language]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"<header>{_cover(prose, title)}</header>\n"
        f'<nav aria-labelledby="h-contents"><h2 id="h-contents">{escape(prose.t("section.contents"))}</h2>'
        f"<ol>{contents}</ol></nav>\n<main>{body}</main>\n</body>\n</html>\n"
    )


def _cover(prose: Prose, title: str) -> str:
    cards = "".join(
        f'<div class="card"><dt>{escape(item.label)}</dt><dd>{escape(item.shown)}</dd></div>'
        for item in prose.headline()
    )
    date = prose.report.date
    day = f'<p class="date">{escape(prose.numbers.date(date))}</p>' if date is not None else ""
    summary = escape(prose.join([*prose.recommendation()[:2], *prose.who_switches()[:1]]))
    return f'<h1>{title}</h1>{day}<dl class="cards">{cards}</dl><p class="summary">{summary}</p>'


def _recommendation(prose: Prose) -> str:
    shown = prose.shown
    frame = tables.by_strategy(prose.report)
    frame["expected_cost_per_year"] = frame["strategy"].map(shown.cost_by_strategy)
    frame["inventory_value"] = frame["strategy"].map(shown.inventory_by_strategy)
    totals = {"products": frame["products"].sum(), "expected_cost_per_year": shown.cost,
              "inventory_value": shown.inventory}  # fmt: skip
    table = Table(frame=frame, totals=totals, caption=prose.t("chart.mix"))
    beside = beside_today(prose)
    compared = table_html(prose, Table(frame=beside, caption=prose.t("table.beside_today"))) if len(beside) else ""
    sites = tables.plants(prose.report, shown)
    counts = {name: sites[name].sum() for name in BY_STRATEGY} if len(sites) else {}
    plants = Table(frame=sites, totals={**totals, **counts}, caption=prose.t("table.plants"))
    told = paragraphs(prose.recommendation()) + compared + table_html(prose, table)
    return told + (table_html(prose, plants) if counts else "")


def _switches(prose: Prose) -> str:
    told = paragraphs([*prose.payback(), *prose.who_switches()]) + listed(switch_sentences(prose))
    frame = prose.switches
    if frame.empty:
        return told
    priced = frame[frame["saving_per_year"].notna()].head(_BARS)
    chart = ""
    if len(priced):
        labels = [prose.label(k, n) for k, n in zip(priced["product"], priced["name"], strict=True)]
        title = prose.t("chart.switches", currency=prose.numbers.currency)
        alt = prose.t(
            "switches.alt", product=labels[0], saving=prose.numbers.money(priced["saving_per_year"].iloc[0])
        )
        svg = bars_svg(labels, priced["saving_per_year"].tolist(), priced["strategy"].tolist(), prose)
        chart = figure(svg, alt, title, "switches")
    table = table_html(prose, Table(frame=frame, most=40, caption=prose.t("section.switches")))
    return told + chart + table + _waves(prose) + _plans_beside(prose)


def _map(prose: Prose) -> str:
    if prose.report.scenario is None:
        return paragraphs([prose.t("map.none")])
    svg, alt, left_out = map_svg(prose)
    more = [prose.t("more", count=prose.numbers.count(left_out))] if left_out else []
    return paragraphs([prose.t("map.read"), *more]) + figure(svg, alt, prose.t("section.map"), "map")


def _costs(prose: Prose) -> str:
    frame = prose.shown.terms
    if frame.empty:
        return paragraphs(prose.costs())
    title = prose.t("chart.terms", currency=prose.numbers.currency)
    cost = prose.numbers.money(frame["total"].iloc[0])
    alt = prose.t("costs.alt", first=prose.inner(f"term.{frame['term'].iloc[0]}"), first_cost=cost)
    totals = {**prose.shown.cost_by_strategy, "total": prose.shown.cost}
    table = Table(frame=frame, names=("term", *STRATEGIES, "total"), totals=totals, caption=title)
    chart = figure(terms_svg(prose), alt, title, "terms")
    return paragraphs([prose.join(prose.costs()), prose.t("rounded")]) + chart + table_html(prose, table)


def _stocks(prose: Prose) -> str:
    shared, finished = prose.components(), prose.finished()
    parts = [paragraphs([*prose.stocks(), *prose.books(), prose.t("stocks.base")])]
    saving = shared[shared["pooling_saving_per_year"] > 0.0].head(_BARS)
    if len(saving):
        labels = [prose.label(k, n) for k, n in zip(saving["component"], saving["name"], strict=True)]
        amounts = saving["pooling_saving_per_year"].tolist()
        title = prose.t("chart.pooling", currency=prose.numbers.currency)
        alt = prose.t("pooling.alt", component=labels[0], saving=prose.numbers.money(amounts[0]))
        svg = bars_svg(labels, amounts, ["ATO"] * len(labels), prose)
        parts.append(figure(svg, alt, title, "pooling"))
    for key, frame in (("components", shared), ("finished", finished)):
        if len(frame):
            title = prose.t(f"sheet.{key}")
            # The base stock is the reorder point.
            names = tuple(str(name) for name in frame.columns if name != "base_stock")
            table = Table(frame=frame, names=names, most=25, caption=title)
            parts.append(f"<h3>{escape(title)}</h3>" + table_html(prose, table))
    return "".join([*parts, _seasons(prose), _segments(prose)])


def _seasons(prose: Prose) -> str:
    """Least and most of the stocks that follow a season; nothing where none does."""
    frame = tables.stock_swings(prose.report)
    if not len(frame):
        return ""
    title = prose.t("section.stock_calendar")
    table = Table(frame=frame, most=25, caption=title)
    return f"<h3>{escape(title)}</h3>" + paragraphs([prose.t("stocks.calendar")]) + table_html(prose, table)


def _segments(prose: Prose) -> str:
    """Service of customers who wait differently; nothing where none do."""
    frame = tables.segments(prose.report)
    if not len(frame):
        return ""
    title = prose.t("section.segments")
    table = Table(frame=frame, most=25, caption=title)
    return f"<h3>{escape(title)}</h3>" + paragraphs([prose.t("stocks.segments")]) + table_html(prose, table)


def _capacity(prose: Prose) -> str:
    frame = tables.resources(prose.report)
    table = table_html(prose, Table(frame=frame, most=25, caption=prose.t("section.capacity"))) if len(frame) else ""
    return paragraphs(prose.capacity()) + table


def _risks(prose: Prose) -> str:
    frame = tables.close_calls(prose.report, prose.numbers.decimals)
    table = table_html(prose, Table(frame=frame, most=15, caption=prose.t("section.risks"))) if len(frame) else ""
    locks = tables.locks(prose.report)
    if len(locks):
        title = prose.t("sheet.locks")
        table += f"<h3>{escape(title)}</h3>" + table_html(prose, Table(frame=locks, most=40, caption=title))
    return paragraphs(risks(prose)) + table


def _waves(prose: Prose) -> str:
    """In which order they switch: the curve, the waves, and the list to sign; nothing where nobody asked."""
    parts = []
    for part in WAVE_PARTS:
        frame = prose.report.evidence.table(part)
        if frame is not None:
            title = prose.t(f"evidence.{part}")
            frame = tables.with_names(prose.report, frame)
            parts.append(f"<h3>{escape(title)}</h3>")
            if part == "waves":
                told = waves_sentence(frame, prose.numbers, prose.language)
                caption = prose.t("chart.waves", currency=prose.numbers.currency)
                parts.append(paragraphs([told]) + figure(waves_svg(frame, prose), told, caption, "waves"))
            parts.append(table_html(prose, Table(frame=frame, caption=title)))
    return "".join(parts)


def _plans_beside(prose: Prose) -> str:
    """Plans beside this one: a frontier, variants; nothing where nobody asked."""
    parts = []
    for part in BESIDE_PARTS:
        frame = prose.beside(part)
        if frame is not None:
            title = prose.t(f"evidence.{part}")
            told = paragraphs([prose.t(f"evidence.{part}.found")])
            parts.append(f"<h3>{escape(title)}</h3>" + told + table_html(prose, Table(frame=frame, caption=title)))
    return "".join(parts)


def _evidence(prose: Prose) -> str:
    parts = []
    for part in EXAMINED:
        frame = prose.report.evidence.table(part)
        if frame is not None:
            title = prose.t(f"evidence.{part}")
            parts.append(f"<h3>{escape(title)}</h3>{paragraphs([evidence(prose, part)])}")
            parts.append(table_html(prose, Table(frame=frame, most=40, caption=title)))
    figures = readers(prose)
    if len(figures):
        title = prose.t("evidence.readers")
        parts.append(f"<h3>{escape(title)}</h3>{paragraphs([prose.t('evidence.readers.found')])}")
        parts.append(table_html(prose, Table(frame=figures, caption=title)))
    return "".join([*parts, paragraphs([evidence_missing(prose)])])


def _decisions(prose: Prose) -> str:
    frame = tables.decisions(prose.report, prose.numbers.decimals)
    frame["reason"] = product_reasons(prose)
    names = ("product", "name", "strategy", "current_strategy", "certainty", "expected_cost_per_year",
             "inventory_value", "on_time", "otif", "lead_time_days", "reason")  # fmt: skip
    if len(frame) > MOST_ROWS:
        frame = frame.sort_values("expected_cost_per_year", ascending=False, kind="stable", ignore_index=True)
    totals = {"expected_cost_per_year": prose.shown.cost, "inventory_value": prose.shown.inventory}
    table = Table(frame=frame, names=names, totals=totals, most=MOST_ROWS, caption=prose.t("section.decisions"))
    intro = [prose.t("decisions.intro", currency=prose.numbers.currency), prose.t("rounded")]
    return paragraphs(intro) + table_html(prose, table)


def listed(points: list[str]) -> str:
    """Points below each other; nothing where there are none."""
    return f"<ul>{''.join(f'<li>{escape(told)}</li>' for told in points)}</ul>" if points else ""


def _assumptions(prose: Prose) -> str:
    points = listed(prose.assumptions()) + _read(prose)
    rows = setting_rows(prose)
    if not rows:
        return points + paragraphs([prose.t("assumption.scenario_missing")])
    frame = pd.DataFrame(rows, columns=["meaning", "value", "setting"])
    table = Table(frame=frame, most=len(frame), caption=prose.t("section.settings"))
    return f"{points}<h3>{escape(prose.t('section.settings'))}</h3>" + table_html(prose, table)


def _read(prose: Prose) -> str:
    """What was warned of the input, and products without demand."""
    parts = []
    for name, frame in (
        ("warnings", tables.warnings(prose.report, prose.language)), ("no_demand", tables.no_demand(prose.report)),
    ):  # fmt: skip
        if len(frame):
            title = prose.t(f"section.{name}")
            parts.append(f"<h3>{escape(title)}</h3>" + table_html(prose, Table(frame=frame, most=40, caption=title)))
    return "".join(parts)


def _provenance(prose: Prose) -> str:
    frame = pd.DataFrame(source_rows(prose), columns=["source", "value"])
    table = Table(frame=frame, most=len(frame), caption=prose.t("section.provenance"))
    return paragraphs([prose.t("provenance")]) + table_html(prose, table)
