"""The report as a short PowerPoint deck: one message a slide, tables and charts that can be edited."""

from __future__ import annotations

import io
from pathlib import Path

from pptx import Presentation
from pptx.presentation import Presentation as PresentationType

from engine.report import tables
from engine.report.archive import settled
from engine.report.content import BESIDE_PARTS, EXAMINED, Report
from engine.report.deck.charts import axis_labels, bar_chart, map_chart, terms_chart
from engine.report.deck.slide import WIDTH, Slide, SlideTable, new_slide, set_size
from engine.report.fields import Kind, code_words, fields_of, written
from engine.report.numbers import add_up
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import beside_today, evidence, evidence_missing, risks
from engine.report.sentences.waves import waves_sentence
from engine.report.settings_table import setting_rows
from engine.report.texts.text import Language
from engine.scenario.columns import STRATEGIES
from engine.scenario.files.whole import whole
from engine.scenario.locks import EXPIRED, EXPIRED_OF
from engine.scenario.rules import COUPLING

_ROWS = 12
_BARS = 8
# Locks told to have ended; the table has them all.
_ENDED = 4
# Of each table of plans beside this one.
_BESIDE = 7
_LEFT = 0.6
_FULL = WIDTH - 2 * _LEFT
_HALF = _FULL / 2 - 0.2
_RIGHT = _LEFT + _HALF + 0.4


def write_deck(report: Report, out: Path, language: Language = "en") -> None:
    """Write the deck, under a temporary name first; the same report gives the same bytes.

    Parameters
    ----------
    report : Report
    out : Path
        A file ending in ``.pptx``.
    language : str

    Raises
    ------
    EngineError
        Where the disk refuses.
    """
    content = io.BytesIO()
    prose = Prose(report, language)
    deck = Presentation()
    set_size(deck)
    deck.core_properties.title = prose.t("title.scenario", scenario=prose.scenario)
    deck.core_properties.author = "codp"
    deck.core_properties.last_modified_by = "codp"
    for draw in (_question, _recommendation, _switches, _costs, _map, _stocks, _risks, _assumptions):
        draw(new_slide(deck, prose), prose)
        if draw is _switches:
            _beside(deck, prose)
        if draw is _risks:
            _locks(deck, prose)
    deck.save(content)
    with whole(out) as fresh:
        fresh.write_bytes(settled(content.getvalue()))


def _question(slide: Slide, prose: Prose) -> None:
    slide.title(prose.t("slide.question"))
    day = [prose.numbers.date(prose.report.date)] if prose.report.date is not None else []
    slide.text([prose.t("list.separator").join([prose.scenario, *day])], _LEFT, 1.3, _FULL, 0.6, size=20, bold=True)
    scenario = prose.report.scenario
    slide.text(prose.question(), _LEFT, 2.0, _FULL if scenario is None else 6.9, 4.6, size=20)
    if scenario is None:
        return
    rows = [
        (prose.t(f"total.{name}"), prose.numbers.count(len(scenario.table(name))))
        for name in ("products", "components", "resources") if len(scenario.table(name))
    ]  # fmt: skip
    rows += _settings(prose, {"holding_rate_per_year", "review_days", "on_time_target", *COUPLING.values()})
    head = (prose.t("column.source"), prose.t("column.value"))
    grid = SlideTable(head=head, rows=rows, parts=(0.66, 0.34), numeric=frozenset({1}), alt=prose.t("section.settings"))
    slide.table(grid, 7.9, 2.05, 4.83, 4.5)


def _settings(prose: Prose, wanted: set[str]) -> list[tuple[str, str]]:
    """Meaning and value of the named settings that are set."""
    unset = {prose.t("missing"), prose.t("unlimited")}
    return [(meaning, value) for meaning, value, name in setting_rows(prose) if name in wanted and value not in unset]


def _recommendation(slide: Slide, prose: Prose) -> None:
    money, shown, count = prose.numbers.money, prose.shown, prose.numbers.count
    key = "slide.recommendation.saving" if prose.saving > 0.0 else "slide.recommendation"
    slide.title(prose.t(key, saving=money(prose.saving), cost=money(shown.cost)))
    slide.cards([(figure.label, figure.shown) for figure in prose.headline()], _LEFT, 1.35, _FULL, 1.15)
    products = tables.by_strategy(prose.report)["products"].tolist()
    rows = [
        (prose.strategy(k), count(number), prose.numbers.amount(shown.cost_by_strategy[k]),
         prose.numbers.amount(shown.inventory_by_strategy[k]))
        for k, number in zip(STRATEGIES, products, strict=True)
    ]  # fmt: skip
    currency = prose.numbers.currency
    grid = SlideTable(
        head=(prose.t("column.strategy"), prose.t("column.products"),
              f"{prose.t('column.expected_cost_per_year')}, {currency}",
              f"{prose.t('column.inventory_value')}, {currency}"),
        rows=rows, parts=(0.32, 0.2, 0.24, 0.24), numeric=frozenset({1, 2, 3}), alt=prose.t("chart.mix"),
        total=(prose.t("total"), count(sum(products)), prose.numbers.amount(shown.cost),
               prose.numbers.amount(shown.inventory)),
    )  # fmt: skip
    slide.table(grid, _LEFT, 2.75, _HALF, 2.1)
    bar_chart(slide, [prose.strategy(k) for k in STRATEGIES], [float(number) for number in products],
              list(STRATEGIES), title=prose.t("chart.mix"), box=(_RIGHT, 2.65, _HALF, 2.2),
              alt=prose.t("chart.mix"))  # fmt: skip
    slide.text(prose.recommendation(), _LEFT, 4.95, _FULL, 1.9, size=17)


def _switches(slide: Slide, prose: Prose) -> None:
    frame, counted = prose.switches, prose.counted("product", prose.known)
    if frame.empty:
        slide.title(prose.t("slide.switches.none") if prose.known else prose.t("section.switches"))
        slide.text([*prose.who_switches(), prose.saving_sentence()], _LEFT, 1.5, _FULL, 3.0, size=20)
        return
    slide.title(prose.t("slide.switches", count=prose.numbers.count(len(frame)), known=counted))
    valued = frame[frame["saving_per_year"].notna()].head(_BARS)
    if len(valued):
        labels, amounts = axis_labels(valued["product"], valued["name"]), valued["saving_per_year"].tolist()
        first = prose.label(valued["product"].iloc[0], valued["name"].iloc[0])
        bar_chart(slide, labels, amounts, valued["strategy"].tolist(),
                  title=prose.t("chart.switches", currency=prose.numbers.currency), box=(_LEFT, 1.25, _HALF, 3.95),
                  alt=prose.t("switches.alt", product=first, saving=prose.numbers.money(amounts[0])))  # fmt: skip
    top = frame.head(_ROWS)
    rows = [
        (prose.label(row["product"], row["name"]), prose.strategy(row["current_strategy"]),
         prose.strategy(row["strategy"]), written(prose, Kind.MONEY, row["saving_per_year"]), "", "")
        for row in top.to_dict("records")
    ]  # fmt: skip
    names = ("product", "current_strategy", "strategy", "saving_per_year", *tables.TO_FILL)
    grid = SlideTable(
        head=tuple(prose.t(f"column.{name}") for name in names), rows=rows, parts=(0.28, 0.19, 0.19, 0.14, 0.1, 0.1),
        numeric=frozenset({3}), left_out=len(frame) - len(top), alt=prose.t("section.switches"),
    )  # fmt: skip
    slide.table(grid, _RIGHT, 1.35, _HALF, 3.85)
    slide.text([prose.saving_sentence(), *prose.payback(), *prose.who_switches()[1:3]], _LEFT, 5.3, _FULL, 1.6, size=14)


def _beside(deck: PresentationType, prose: Prose) -> None:
    """A slide for what stands beside the plan: today, the plan as given, a frontier, variants; none without any."""
    parts = [(prose.t("table.beside_today"), beside_today(prose))]
    for part in BESIDE_PARTS:
        frame = prose.beside(part)
        if frame is not None:
            parts.append((prose.t(f"evidence.{part}"), frame))
    parts = [(title, frame) for title, frame in parts if len(frame)]
    if not parts:
        return
    slide, top = new_slide(deck, prose), 1.3
    slide.title(prose.t("slide.beside"))
    height = (7.0 - top) / len(parts)
    for title, frame in parts:
        fields = fields_of(prose, frame)
        rows = [
            tuple(written(prose, one.kind, value) for one, value in zip(fields, line, strict=True))
            for line in frame.head(_BESIDE).itertuples(index=False, name=None)
        ]
        numeric = frozenset(n for n, one in enumerate(fields) if n and (one.numeric or title == parts[0][0]))
        slide.text([title], _LEFT, top, _FULL, 0.3, size=14, bold=True)
        grid = SlideTable(
            head=tuple(one.title for one in fields), rows=rows, parts=(1.0 / len(fields),) * len(fields),
            numeric=numeric, left_out=max(0, len(frame) - _BESIDE), alt=title,
        )  # fmt: skip
        slide.table(grid, _LEFT, top + 0.35, _FULL, height - 0.5)
        top += height


def _costs(slide: Slide, prose: Prose) -> None:
    frame = prose.shown.terms
    if frame.empty:
        slide.title(prose.t("section.costs"))
        return
    slide.title(prose.t("slide.costs", first=prose.t(f"term.{frame['term'].iloc[0]}")))
    terms_chart(slide, prose, (_LEFT, 1.25, _HALF, 4.7))
    total = prose.shown.cost
    shares = add_up((frame["total"] / max(abs(total), 1e-9) * 100.0).to_numpy(), 100.0, 1)
    rows = [
        (prose.t(f"term.{term}"), prose.numbers.amount(amount), prose.numbers.share(share / 100.0, 1))
        for term, amount, share in zip(frame["term"], frame["total"], shares, strict=True)
    ]
    grid = SlideTable(
        head=tuple(prose.t(f"column.{name}") for name in ("term", "cost_per_year", "share")), rows=rows,
        parts=(0.5, 0.3, 0.2), numeric=frozenset({1, 2}),
        total=(prose.t("total"), prose.numbers.amount(total), prose.numbers.share(1.0, 1)),
        alt=prose.t("chart.terms", currency=prose.numbers.currency),
    )  # fmt: skip
    slide.table(grid, _RIGHT, 1.35, _HALF, 4.6)
    slide.text([prose.join(prose.costs())], _LEFT, 6.1, _FULL, 0.75, size=16)


def _map(slide: Slide, prose: Prose) -> None:
    slide.title(prose.t("slide.map"))
    if prose.report.scenario is None:
        slide.text([prose.t("map.none")], _LEFT, 1.5, _FULL, 1.0, size=20)
        return
    map_chart(slide, prose, (_LEFT, 1.25, 8.4, 5.6))
    slide.text([prose.t("map.read")], 9.2, 1.6, 3.5, 4.5, size=18)


def _stocks(slide: Slide, prose: Prose) -> None:
    money = prose.numbers.money
    slide.title(prose.t("slide.stocks", inventory=money(prose.shown.inventory), parts=money(prose.parts_value)))
    parts = prose.components()
    saving = parts[parts["pooling_saving_per_year"] > 0.0].head(_BARS)
    if len(saving):
        labels, amounts = axis_labels(saving["component"], saving["name"]), saving["pooling_saving_per_year"].tolist()
        first = prose.label(saving["component"].iloc[0], saving["name"].iloc[0])
        bar_chart(slide, labels, amounts, ["ATO"] * len(labels),
                  title=prose.t("chart.pooling", currency=prose.numbers.currency), box=(_LEFT, 1.25, _HALF, 3.95),
                  alt=prose.t("pooling.alt", component=first, saving=money(amounts[0])))  # fmt: skip
    # Parts where there are any, else the finished goods.
    stock = prose.finished() if parts.empty else parts
    names = ("product" if parts.empty else "component", "base_stock", "inventory_value",
             "on_time" if parts.empty else "products_served")  # fmt: skip
    kinds = (Kind.NUMBER, Kind.MONEY, Kind.SHARE if parts.empty else Kind.COUNT)
    top = stock.sort_values("inventory_value", ascending=False, kind="stable").head(_ROWS)
    rows = [
        (prose.label(row[names[0]], row["name"]), *(written(prose, kind, row[name])
         for kind, name in zip(kinds, names[1:], strict=True)))
        for row in top.to_dict("records")
    ]  # fmt: skip
    if rows:
        grid = SlideTable(
            head=tuple(prose.t(f"column.{name}") for name in names), rows=rows, parts=(0.46, 0.17, 0.2, 0.17),
            numeric=frozenset({1, 2, 3}), left_out=len(stock) - len(top), alt=prose.t("section.stocks"),
        )  # fmt: skip
        # Without a chart beside it the table takes the slide.
        left, width = (_RIGHT, _HALF) if len(saving) else (_LEFT, _FULL)
        slide.table(grid, left, 1.35, width, 3.85)
    slide.text([*prose.stocks(), *prose.books()[:1], *prose.capacity()[:1]], _LEFT, 5.3, _FULL, 1.6, size=14)


def _risks(slide: Slide, prose: Prose) -> None:
    slide.title(prose.t("slide.risks"))
    sentences = [evidence(prose, part) for part in EXAMINED]
    waves = prose.report.evidence.table("waves")
    sentences += [] if waves is None else [waves_sentence(waves, prose.numbers, prose.language)]
    told = [prose.proof(), *risks(prose), *prose.capacity()[-1:], *sentences, evidence_missing(prose)]
    slide.text(told, _LEFT, 1.35, _HALF, 5.5, size=18, bullets=True)
    top = 1.35
    confidence = prose.report.evidence.confidence
    if confidence is not None and "label" in confidence:
        counts = confidence["label"].value_counts().sort_index()
        bar_chart(slide, [code_words(prose, Kind.LABEL, label) for label in counts.index],
                  [float(count) for count in counts], ["MTS"] * len(counts), title=prose.t("chart.confidence"),
                  box=(_RIGHT, 1.25, _HALF, 2.2), alt=prose.t("chart.confidence"))  # fmt: skip
        top = 3.6
    close = tables.close_calls(prose.report, prose.numbers.decimals)
    if close.empty:
        return
    rows = [
        (prose.label(row["product"], row["name"]), prose.strategy(row["strategy"]), prose.strategy(row["next_best"]),
         prose.numbers.amount(row["regret_per_year"]))
        for row in close.head(_ROWS).to_dict("records")
    ]  # fmt: skip
    names = ("product", "strategy", "next_best", "regret_per_year")
    grid = SlideTable(
        head=tuple(prose.t(f"column.{name}") for name in names), rows=rows, parts=(0.36, 0.22, 0.22, 0.2),
        numeric=frozenset({3}), left_out=max(0, len(close) - _ROWS), alt=prose.t("section.risks"),
    )  # fmt: skip
    slide.table(grid, _RIGHT, top, _HALF, 6.85 - top)


def _locks(deck: PresentationType, prose: Prose) -> None:
    """A slide for products that are kept at a strategy, why, by whom and until when; none without any."""
    frame = tables.locks(prose.report)
    if frame.empty:
        return
    slide = new_slide(deck, prose)
    slide.title(prose.t("slide.locks", count=prose.counted("locked", len(frame))))
    named = frame.assign(product=[
        prose.label(product, name) for product, name in zip(frame["product"], frame["name"], strict=True)
    ]).drop(columns="name")  # fmt: skip
    fields = fields_of(prose, named)
    rows = [
        tuple(written(prose, one.kind, value) for one, value in zip(fields, line, strict=True))
        for line in named.head(_ROWS).itertuples(index=False, name=None)
    ]
    grid = SlideTable(
        head=tuple(one.title for one in fields), rows=rows, parts=(0.22, 0.14, 0.26, 0.14, 0.11, 0.13),
        numeric=frozenset({5}), left_out=max(0, len(frame) - _ROWS), alt=prose.t("sheet.locks"),
    )  # fmt: skip
    slide.table(grid, _LEFT, 1.35, _FULL, 4.2)
    ended = [said for said in tables.notices(prose.report) if said.kind in (EXPIRED, EXPIRED_OF)]
    lines = [prose.t("reason.join").join(filter(None, said.words(prose.language))) for said in ended[:_ENDED]]
    slide.text(lines, _LEFT, 5.7, _FULL, 1.2, size=14)


def _assumptions(slide: Slide, prose: Prose) -> None:
    slide.title(prose.t("slide.assumptions"))
    slide.text(prose.assumptions(), _LEFT, 1.35, _HALF, 4.7, size=18, bullets=True)
    rows = _settings(prose, {
        "cost_timing", "holding_rate_per_year", "review_days", "samples", "seed", "on_time_target",
        "risk.cvar_weight", "risk.cvar_level", "demand.common_factor_cv", *COUPLING.values(),
    })  # fmt: skip
    if rows:
        head = (prose.t("column.setting"), prose.t("column.value"))
        grid = SlideTable(head=head, rows=rows, parts=(0.64, 0.36), alt=prose.t("section.settings"))
        slide.table(grid, _RIGHT, 1.35, _HALF, 4.7)
    else:
        slide.text([prose.t("assumption.scenario_missing")], _RIGHT, 1.35, _HALF, 1.5, size=16)
    summary = prose.report.plan.summary
    version = summary.get("versions", {}).get("codp", "")
    digest = f"{prose.t('source.input_sha256')}: {summary['input_sha256']}"
    slide.text([digest, f"{prose.t('source.versions', name='codp')}: {version}"], _LEFT, 6.2, _FULL, 0.65, size=11)
