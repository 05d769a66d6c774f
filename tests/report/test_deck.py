"""The deck opens again, its charts and tables are native, everything stays on its slide and in its own place."""

import io
import zipfile
from dataclasses import replace

import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE

from engine.report.content import Report
from engine.report.deck.slide import lines_of
from engine.report.deck.slides import write_deck
from engine.report.sentences.prose import Prose
from engine.report.texts.text import LANGUAGES, text
from tests.report.reports import example_evidence, example_report


@pytest.fixture(scope="module", params=LANGUAGES)
def deck(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("deck") / "report.pptx"
    write_deck(replace(example_report(), evidence=example_evidence()), path, request.param)
    return request.param, path, Presentation(path)


def charts(slides):
    return [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]


def test_six_to_nine_slides_each_with_a_title_of_its_own(deck) -> None:
    language, _, found = deck
    titles = [slide.shapes.title.text_frame.text for slide in found.slides]
    assert 6 <= len(titles) == len(set(titles)) <= 9
    assert titles[0] == text("slide.question", language)


def test_charts_and_tables_are_native_with_words(deck) -> None:
    _, _, found = deck
    kinds = [chart.chart_type for chart in charts(found.slides)]
    assert kinds.count(XL_CHART_TYPE.XY_SCATTER) == 1
    assert kinds.count(XL_CHART_TYPE.BAR_STACKED) == 1
    assert kinds.count(XL_CHART_TYPE.BAR_CLUSTERED) >= 3
    frames = [shape for slide in found.slides for shape in slide.shapes if shape.has_chart or shape.has_table]
    assert sum(shape.has_table for shape in frames) >= 5
    assert all(shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in frames)


def test_nothing_leaves_its_slide_or_covers_anything_else(deck) -> None:
    _, _, found = deck
    for slide in found.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for at, (left, top, right, bottom) in enumerate(boxes):
            assert left >= 0
            assert top >= 0
            assert right <= found.slide_width
            assert bottom <= found.slide_height
            for other in boxes[at + 1 :]:
                apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
                assert apart, f"slide {slide.shapes.title.text_frame.text}: boxes overlap"


def test_text_fits_its_box(deck) -> None:
    _, _, found = deck
    for slide in found.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            width = shape.width.inches - 0.2
            tall = sum(
                lines_of(p.text, width, p.runs[0].font.size.pt) * p.runs[0].font.size.pt * 1.2 / 72
                for p in shape.text_frame.paragraphs
            )
            assert tall <= shape.height.inches + 0.01, shape.text_frame.text


def test_the_terms_add_up_to_the_cost(deck) -> None:
    language, _, found = deck
    shown = Prose(example_report(), language).shown
    stacked = next(c for c in charts(found.slides) if c.chart_type == XL_CHART_TYPE.BAR_STACKED)
    assert sum(value for series in stacked.plots[0].series for value in series.values) == pytest.approx(shown.cost)


def test_no_label_is_a_formula_in_the_workbooks_of_the_charts(deck) -> None:
    _, path, _ = deck
    with zipfile.ZipFile(path) as archive:
        books = [archive.read(name) for name in archive.namelist() if name.endswith(".xlsx")]
    assert books
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book)) as inner:
            sheets = [inner.read(name).decode() for name in inner.namelist() if "worksheets/sheet" in name]
        assert not any("<f>" in sheet for sheet in sheets)


def test_the_same_report_gives_the_same_bytes_and_needs_no_scenario(tmp_path) -> None:
    for name in ("a.pptx", "b.pptx"):
        write_deck(Report(plan=example_report().plan), tmp_path / name)
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
    assert len(Presentation(tmp_path / "a.pptx").slides) == 8
