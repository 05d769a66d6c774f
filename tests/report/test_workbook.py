"""The workbook opens again, runs nothing it was not given, adds up, and has native charts in both languages."""

import re
import zipfile
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from engine.report.content import Report
from engine.report.sentences.product_reasons import product_reasons
from engine.report.sentences.prose import Prose
from engine.report.texts.text import LANGUAGES, text
from engine.report.workbook.book import write_workbook
from tests.evidence import FULL
from tests.report.reports import FORMULA, example_evidence, example_report

# What the workbook works out itself, and nothing else.
OURS = re.compile(r"SUBTOTAL\(109,[A-Z]+\d+(:[A-Z]+\d+)?\)|SUM\([A-Z]\d+:[A-Z]\d+\)|ROUND\(SUM\(.+\)-[\d.]+,6\)")


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    write_workbook(replace(example_report(), evidence=example_evidence()), path, request.param)
    return request.param, path


def rows(path, language, key):
    return CalamineWorkbook.from_path(path).get_sheet_by_name(text(key, language)).to_python()


def parts(path, start):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.startswith(start)}


def test_no_text_became_a_formula_or_a_link(book) -> None:
    language, path = book
    found = [f for sheet in parts(path, "xl/worksheets/sheet").values() for f in re.findall(r"<f>(.*?)</f>", sheet)]
    assert found
    assert all(OURS.fullmatch(formula) for formula in found)
    assert not any("hyperlink" in sheet for sheet in parts(path, "xl/worksheets/sheet").values())
    assert FORMULA in [row[0] for row in rows(path, language, "sheet.decisions")]


def test_sums_are_the_objective(book) -> None:
    language, path = book
    objective = example_report().plan.objective_per_year
    ledger = rows(path, language, "sheet.ledger")
    assert ledger[-1][-1] == pytest.approx(objective, rel=1e-12)
    assert sum(row[-1] for row in ledger[1:] if row[0] and row is not ledger[-1]) == pytest.approx(objective, rel=1e-12)
    cover = {row[0]: row[1] for row in rows(path, language, "sheet.cover") if row[0]}
    assert cover[text("check.sum", language)] == 0.0
    assert cover[text("check.decisions", language)] == 0.0
    assert cover[text("total.cost", language)] == round(objective)
    terms = rows(path, language, "sheet.terms")
    assert terms[-1][-1] == pytest.approx(objective, rel=1e-12)


def test_charts_formats_filters_and_panes_are_native(book) -> None:
    _, path = book
    assert len(parts(path, "xl/charts/chart")) == 3
    sheets = parts(path, "xl/worksheets/sheet")
    assert sum("<autoFilter" in sheet for sheet in sheets.values()) >= 8
    assert sum("<pane" in sheet for sheet in sheets.values()) >= 8
    assert sum("<conditionalFormatting" in sheet for sheet in sheets.values()) >= 3
    assert "descr=" in "".join(parts(path, "xl/drawings/drawing").values())


def test_every_setting_and_every_assumption_is_there(book) -> None:
    language, path = book
    told = {row[0] for row in rows(path, language, "sheet.assumptions")}
    for key in ("assumption.stationary", "assumption.fcfs", "assumption.crossing", "setting.holding_rate_per_year",
                "setting.risk.cvar_level", "source.input_sha256"):  # fmt: skip
        assert text(key, language) in told


def test_evidence_has_its_sheets(book) -> None:
    language, path = book
    confidence = rows(path, language, "evidence.confidence")
    assert confidence[1][:4] == [FORMULA, text("label.contested", language), 0.5, text("strategy.MTO", language)]
    flips = rows(path, language, "evidence.thresholds")
    assert len(flips) == 2
    assert flips[1][1] == text("input.demand_cv", language)
    assert [row[0] for row in rows(path, language, "evidence.waves")[1:]] == [1, 2]
    signed = rows(path, language, "evidence.wave_switches")
    assert signed[0][-1] == text("column.agreed", language)
    assert [signed[1][1], *signed[1][3:5]] == [FORMULA, text("strategy.MTS", language), text("strategy.MTO", language)]
    assert text("figure.inventory_days", language) in [row[1] for row in rows(path, language, "sheet.readers")]


def test_the_same_report_gives_the_same_bytes_and_needs_no_scenario(tmp_path) -> None:
    plain = Report(plan=example_report().plan)
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(plain, tmp_path / name, "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_lower_bounds_have_a_sign_before_the_amount_and_are_told_as_such(language, tmp_path) -> None:
    report, path = example_report(), tmp_path / "report.xlsx"
    table = report.plan.decisions
    others = table["next_best"].to_numpy(dtype=object)
    bounded = replace(report, plan=replace(report.plan, decisions=table.assign(cost_if_at_least=others)))
    write_workbook(bounded, path, language)
    heads, *lines = rows(path, language, "sheet.decisions")
    at = heads.index(text("column.cost_if_at_least", language))
    assert [line[at] for line in lines[: len(table)]] == [text(f"strategy.{k}", language) if k else "" for k in others]
    patterns = re.findall(r'numFmtId="(\d+)" formatCode="([^"]*)"', "".join(parts(path, "xl/styles").values()))
    (number,) = (code for code, pattern in patterns if "≥" in pattern)
    styles = re.findall(r"<xf ([^>]*)", "".join(parts(path, "xl/styles").values()).partition("<cellXfs")[2])
    style = next(k for k, one in enumerate(styles) if f'numFmtId="{number}"' in one)
    sheet = next(one for name, one in parts(path, "xl/worksheets/sheet").items() if name.endswith("sheet2.xml"))
    # The cost of the strategy, and the difference to it.
    assert sheet.count(f's="{style}"') == 2 * sum(others != "")
    said = product_reasons(Prose(bounded, language))
    assert [{"en": "at least", "zh": "至少"}[language] in one for one in said] == (others != "").tolist()
    write_workbook(report, path, language)
    assert text("column.cost_if_at_least", language) not in rows(path, language, "sheet.decisions")[0]
