"""Parts of the page: paragraphs, tables with heads and totals, figures with their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from engine.report.fields import Field, Kind, fields_of, filled, written
from engine.report.sentences.prose import Prose

# A page of more rows is read by nobody; the workbook has them.
MOST_ROWS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table to show.

    Parameters
    ----------
    frame : pandas.DataFrame
    caption : str
        For readers who cannot see where it stands.
    names : tuple of str
        Columns; all by default, but for names where nothing has one.
    totals : mapping of str to float
        Written below; what is left out of a long table is told in a row of its own, so that it adds up.
    most : int
        Rows shown.
    """

    frame: pd.DataFrame
    caption: str
    names: tuple[str, ...] = ()
    totals: Mapping[str, float] = field(default_factory=dict)
    most: int = MOST_ROWS


def paragraphs(sentences: list[str]) -> str:
    """A paragraph each."""
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences if sentence)


def table_html(prose: Prose, table: Table) -> str:
    """The table, heads and keys marked as such."""
    names = filled(table.frame, table.names or (str(column) for column in table.frame.columns))
    fields = fields_of(prose, table.frame, names)
    shown = table.frame.head(table.most)
    heads = "".join(f'<th scope="col"{_class(one)}>{escape(one.title)}</th>' for one in fields)
    rows = "".join(_row(prose, fields, line) for line in shown[names].itertuples(index=False, name=None))
    foot = _foot(prose, table, fields, len(table.frame) - len(shown))
    return (
        f'<div class="scroll"><table><caption>{escape(table.caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}{_rest(prose, table, fields)}{_rounding(prose, table, fields)}</tbody>{foot}</table></div>"
    )


def _class(one: Field) -> str:
    return ' class="number"' if one.numeric else ' class="reason"' if one.name == "reason" else ""


def _row(prose: Prose, fields: list[Field], line: tuple[object, ...]) -> str:
    cells = [_cell(prose, one, value, first=one is fields[0]) for one, value in zip(fields, line, strict=True)]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(prose: Prose, one: Field, value: object, *, first: bool) -> str:
    told = escape(written(prose, one.kind, value))
    if one.kind is Kind.STRATEGY and value:
        told = f'<span class="strategy {escape(str(value), quote=True)}">{told}</span>'
    return f'<th scope="row">{told}</th>' if first else f"<td{_class(one)}>{told}</td>"


def _rest(prose: Prose, table: Table, fields: list[Field]) -> str:
    """What a long table leaves out, with its amounts."""
    rest = table.frame.iloc[table.most :]
    if rest.empty or not table.totals:
        return ""
    cells = [f'<th scope="row">{escape(prose.t("more", count=prose.numbers.count(len(rest))))}</th>']
    for one in fields[1:]:
        told = written(prose, one.kind, float(rest[one.name].sum())) if one.name in table.totals else ""
        cells.append(f"<td{_class(one)}>{escape(told)}</td>")
    return f'<tr class="more">{"".join(cells)}</tr>'


def _rounding(prose: Prose, table: Table, fields: list[Field]) -> str:
    """What the rows as shown lack of the totals; nothing where they add up."""
    decimals, remainder = prose.numbers.decimals, dict[str, float]()
    for name, total in table.totals.items():
        shown = table.frame[name].iloc[: table.most].astype(float).round(decimals).sum()
        rest = round(float(table.frame[name].iloc[table.most :].sum()), decimals)
        remainder[name] = round(round(total, decimals) - float(shown) - rest, decimals)
    if not any(remainder.values()):
        return ""
    cells = [written(prose, one.kind, remainder[one.name]) if remainder.get(one.name) else "" for one in fields[1:]]
    told = "".join(f"<td{_class(one)}>{escape(cell)}</td>" for one, cell in zip(fields[1:], cells, strict=True))
    return f'<tr class="more"><th scope="row">{escape(prose.t("rounding"))}</th>{told}</tr>'


def _foot(prose: Prose, table: Table, fields: list[Field], count: int) -> str:
    if table.totals:
        cells = [f'<th scope="row">{escape(prose.t("total"))}</th>']
        for one in fields[1:]:
            told = written(prose, one.kind, table.totals[one.name]) if one.name in table.totals else ""
            cells.append(f"<td{_class(one)}>{escape(told)}</td>")
        return f"<tfoot><tr>{''.join(cells)}</tr></tfoot>"
    if count:
        told = escape(prose.t("more.workbook", count=prose.numbers.count(count)))
        return f'<tfoot><tr><td colspan="{len(fields)}">{told}</td></tr></tfoot>'
    return ""


def figure(svg: str, alt: str, caption: str, name: str) -> str:
    """A chart with its words; its inner names are made its own, since a page has several charts."""
    unique = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    label = escape(alt, quote=True)
    unique = unique.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    return f"<figure>{unique}<figcaption>{escape(caption)}</figcaption></figure>"
