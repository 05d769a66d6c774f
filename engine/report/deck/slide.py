"""One slide: its title, text that fits, tables and headline figures, each placed in inches."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation
from pptx.util import Emu, Inches, Pt

from engine.report.sentences.prose import Prose
from engine.report.texts.text import DOCUMENT_LANGUAGE

WIDTH, HEIGHT = 13.333, 7.5
INK, SOFT, HEAD = RGBColor(0x1B, 0x1F, 0x24), RGBColor(0x54, 0x5B, 0x64), RGBColor(0x1F, 0x3A, 0x4D)
_LINE = RGBColor(0xF1, 0xF4, 0xF6)
_TITLE_ONLY = 5
_SMALLEST = 10.0
_SMALL_TABLE = 11.0
# Width of a letter in units of its height, on the safe side for Calibri and its stand-ins.
_LETTER = 0.54
_LEADING = 1.22
_POINTS = 72.0
_MARGIN = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideTable:
    """A table on a slide.

    Parameters
    ----------
    head : tuple of str
    rows : sequence of tuple of str
    parts : tuple of float
        Share of the width that each column takes.
    alt : str
        For readers who cannot see it.
    numeric : frozenset of int
        Columns aligned to the right.
    total : tuple of str, optional
        Last row.
    left_out : int
        Rows that are not in `rows`.
    """

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    parts: tuple[float, ...]
    alt: str
    numeric: frozenset[int] = frozenset()
    total: tuple[str, ...] | None = None
    left_out: int = 0


def set_size(deck: Presentation) -> None:
    """Wide slides."""
    deck.slide_width, deck.slide_height = Emu(Inches(WIDTH)), Emu(Inches(HEIGHT))


def new_slide(deck: Presentation, prose: Prose) -> Slide:
    """A slide at the end of the deck."""
    return Slide(deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY]), prose, len(deck.slides))


def lines_of(told: str, width: float, size: float) -> int:
    """How many lines a text takes.

    Parameters
    ----------
    told : str
    width : float
        Inches.
    size : float
        Points.
    """
    ems = sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else _LETTER for letter in told)
    return max(1, math.ceil(ems * size / _POINTS / max(width, 0.1)))


class Slide:
    """A slide to put things on.

    Attributes
    ----------
    shapes : pptx.shapes.shapetree.SlideShapes
    """

    def __init__(self, slide: Any, prose: Prose, number: int) -> None:  # noqa: ANN401  (the library types no slide)
        self.shapes = slide.shapes
        self._title = slide.shapes.title
        self._prose = prose
        self.text([f"{prose.scenario}   {number}"], 0.6, 6.98, WIDTH - 1.2, 0.32, size=10)

    def title(self, told: str) -> None:
        """The slide's message."""
        shape = self._title
        shape.left, shape.top, shape.width, shape.height = (Inches(v) for v in (0.6, 0.35, WIDTH - 1.2, 0.85))
        shape.text_frame.word_wrap = True
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        size = 30.0
        while size > 18.0 and lines_of(told, WIDTH - 1.5, size) > 1:
            size -= 2.0
        self._write(shape.text_frame.paragraphs[0], told, size, HEAD, bold=True)
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT

    def text(
        self,
        sentences: list[str],
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        size: float,
        bold: bool = False,
        bullets: bool = False,
    ) -> None:
        """Paragraphs in a box, as large as fits."""
        told = [f"• {sentence}" if bullets else sentence for sentence in sentences if sentence]
        if not told:
            return
        while size > _SMALLEST and self._height(told, width - 2 * _MARGIN, size) > height:
            size -= 0.5
        frame = self.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height)).text_frame
        frame.word_wrap = True
        for at, sentence in enumerate(told):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(size * 0.35)
            self._write(paragraph, sentence, size, INK if size > _SMALLEST else SOFT, bold=bold)

    @staticmethod
    def _height(told: list[str], width: float, size: float) -> float:
        lines = sum(lines_of(sentence, width, size) for sentence in told)
        return (lines * size * _LEADING + len(told) * size * 0.35) / _POINTS + 2 * _MARGIN

    def cards(self, figures: list[tuple[str, str]], left: float, top: float, width: float, height: float) -> None:
        """Headline figures side by side."""
        gap = 0.2
        each = (width - gap * (len(figures) - 1)) / len(figures)
        for at, (label, value) in enumerate(figures):
            box = self.shapes.add_textbox(
                Inches(left + at * (each + gap)), Inches(top), Inches(each), Inches(height)
            )
            box.fill.solid()
            box.fill.fore_color.rgb = _LINE
            frame = box.text_frame
            frame.word_wrap = True
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
            size = 26.0
            while size > 14.0 and lines_of(value, each - 2 * _MARGIN, size) > 1:
                size -= 1.0
            self._write(frame.paragraphs[0], value, size, HEAD, bold=True)
            self._write(frame.add_paragraph(), label, 12.0, SOFT)

    def table(self, grid: SlideTable, left: float, top: float, width: float, height: float) -> None:
        """A table with as many rows as fit; how many more there are stands in its last one.

        Parameters
        ----------
        grid : SlideTable
        left, top, width, height : float
            Inches.
        """
        size, rows = self._fitted(grid, width, height)
        tall = [self._row_height(row, grid.parts, width, size) for row in rows]
        shape = self.shapes.add_table(
            len(rows), len(grid.parts), Inches(left), Inches(top), Inches(width), Inches(sum(tall))
        )
        # What screen readers say of it.
        shape._element.nvGraphicFramePr.cNvPr.set("descr", grid.alt)  # noqa: SLF001  (no other way to set it)
        table = shape.table
        table.last_row = grid.total is not None
        for at, part in enumerate(grid.parts):
            table.columns[at].width = Inches(width * part)
        for at, row in enumerate(rows):
            table.rows[at].height = Inches(tall[at])
            last = grid.total is not None and at == len(rows) - 1
            for column, told in enumerate(row):
                self._cell(table.cell(at, column), told, size, head=at == 0, bold=last, right=column in grid.numeric,
                           pale=at % 2 == 0)  # fmt: skip

    def _fitted(self, grid: SlideTable, width: float, height: float) -> tuple[float, list[tuple[str, ...]]]:
        """Size of the letters, and the rows that fit."""
        for size in (13.0, 12.0, _SMALL_TABLE):
            rows = self._rows(grid, len(grid.rows))
            if sum(self._row_height(row, grid.parts, width, size) for row in rows) <= height:
                return size, rows
        shown = len(grid.rows) - 1
        while shown > 1:
            rows = self._rows(grid, shown)
            if sum(self._row_height(row, grid.parts, width, _SMALL_TABLE) for row in rows) <= height:
                break
            shown -= 1
        return _SMALL_TABLE, self._rows(grid, max(1, shown))

    def _rows(self, grid: SlideTable, shown: int) -> list[tuple[str, ...]]:
        count = grid.left_out + len(grid.rows) - shown
        told = self._prose.t("more", count=self._prose.numbers.count(count))
        more = [(told, *[""] * (len(grid.parts) - 1))] if count else []
        return [grid.head, *grid.rows[:shown], *more, *([] if grid.total is None else [grid.total])]

    @staticmethod
    def _row_height(row: tuple[str, ...], parts: tuple[float, ...], width: float, size: float) -> float:
        lines = max(lines_of(told, width * part - 0.2, size) for told, part in zip(row, parts, strict=True))
        return lines * size * _LEADING / _POINTS + 0.1

    def _cell(
        self, cell: Any, told: str, size: float, *, head: bool, bold: bool, right: bool, pale: bool  # noqa: ANN401
    ) -> None:
        cell.margin_top = cell.margin_bottom = Inches(0.03)
        cell.fill.solid()
        cell.fill.fore_color.rgb = HEAD if head else _LINE if pale or bold else RGBColor(0xFF, 0xFF, 0xFF)
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        self._write(paragraph, told, size, RGBColor(0xFF, 0xFF, 0xFF) if head else INK, bold=head or bold)

    def _write(self, paragraph: Any, told: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:  # noqa: ANN401
        run = paragraph.add_run()
        run.text = told
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = colour
        run.font.name = "Calibri"
        properties = run._r.get_or_add_rPr()  # noqa: SLF001  (the library knows no Chinese fonts)
        properties.set("lang", DOCUMENT_LANGUAGE[self._prose.language].replace("en", "en-GB"))
        if self._prose.language == "zh":
            chinese = properties.makeelement(f"{{{properties.nsmap['a']}}}ea", {"typeface": "Microsoft YaHei"})
            properties.find(f"{{{properties.nsmap['a']}}}latin").addnext(chinese)
