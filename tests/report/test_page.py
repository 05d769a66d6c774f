"""The page fetches nothing, runs nothing, adds up, and can be read without eyes."""

import re
from dataclasses import replace

import numpy as np
import pytest
from lxml import html

from engine.decision.tables.figures import FIGURES
from engine.report.content import Report
from engine.report.page.document import page_html, write_page
from engine.report.page.parts import Table, table_html
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import beside_today, evidence_missing
from engine.report.sentences.switch_sentences import switch_sentences
from engine.report.sentences.waves import waves_sentence
from engine.report.tables import decisions
from engine.report.texts.text import LANGUAGES, text
from tests.report.reports import EVIL, example_evidence, example_report

CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module", params=LANGUAGES)
def read(request):
    prose = Prose(replace(example_report(), evidence=example_evidence()), request.param)
    source = page_html(prose)
    return prose, source, html.fromstring(source)


def amount(cell) -> float:
    # A row that rounding needs is blank where an amount needs none.
    return float(cell.text_content().replace(",", "").replace("−", "-").replace("–", "0") or 0.0)


def test_nothing_is_fetched_and_nothing_runs(read) -> None:
    _, source, tree = read
    addresses = re.findall(r"https?://[^\"'\s<>)]+", source)
    assert set(addresses) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not tree.xpath("//script | //link | //iframe | //img | //b")
    assert not re.search(r"@import|url\((?!#)", source)
    assert EVIL[4] in tree.text_content()


def test_every_table_adds_up_to_what_the_head_says(read) -> None:
    prose, _, tree = read
    for section, column in (("decisions", 6), ("costs", 5), ("recommendation", 3)):
        table = tree.xpath(f"//section[@id='{section}']//table[tfoot/tr/th]")[0]
        cells = [row[column - 1] for row in table.xpath("./tbody/tr")]
        assert sum(map(amount, cells)) == pytest.approx(prose.shown.cost, abs=1e-6), section
        assert amount(table.xpath("./tfoot/tr")[0][column - 1]) == prose.shown.cost
    # Each value is rounded as it is elsewhere: to the sum they add up but for that.
    values = np.concatenate([frame["inventory_value"] for frame in (prose.finished(), prose.components())])
    assert values.sum() == pytest.approx(prose.shown.inventory, abs=0.5 * len(values))
    assert prose.numbers.money(prose.shown.cost) in tree.xpath("//dl[@class='cards']")[0].text_content()


def test_tables_have_heads_charts_have_words_and_links_lead_somewhere(read) -> None:
    prose, _, tree = read
    assert tree.get("lang") == {"en": "en", "zh": "zh-CN"}[prose.language]
    for table in tree.xpath("//table"):
        assert table.xpath("./caption")
        assert table.xpath("./thead/tr/th[@scope='col']")
        assert all(row.xpath("./th[@scope='row']") for row in table.xpath("./tbody/tr"))
    figures = tree.xpath("//figure/svg")
    assert len(figures) >= 3
    assert all(len(figure.get("aria-label")) > 20 for figure in figures)
    names = tree.xpath("//@id")
    assert len(names) == len(set(names))
    assert all(link[1:] in names for link in tree.xpath("//a/@href"))


def test_no_language_shows_words_of_the_other(read) -> None:
    prose, _, tree = read
    heads = [head.text_content() for head in tree.xpath("//h2 | //h3 | //thead//th | //figcaption")]
    told = [head for head in heads if head != "P:D"]
    if prose.language == "en":
        assert not any(CHINESE.search(words) for words in (*told, tree.text_content()))
    else:
        assert all(CHINESE.search(words) for words in told)
        assert all(CHINESE.search(words.text_content()) for words in tree.xpath("//p"))


def test_a_long_table_says_how_much_it_leaves_out_and_still_adds_up() -> None:
    prose = Prose(example_report(), "en")
    frame = decisions(prose.report)[["product", "expected_cost_per_year"]]
    total = float(frame["expected_cost_per_year"].sum())
    shown = html.fromstring(table_html(prose, Table(
        frame=frame, caption="costs", totals={"expected_cost_per_year": total}, most=3,
    )))  # fmt: skip
    body = shown.xpath("//tbody/tr")
    assert body[3][0].text_content() == "5 more"
    assert sum(amount(row[1]) for row in body) == round(total)


def test_what_rounding_leaves_of_a_total_is_told() -> None:
    """Each product at the amount that every other page rounds it to."""
    frame = decisions(Prose(example_report(), "en").report)[["product"]].assign(expected_cost_per_year=1.4)
    told = table_html(Prose(example_report(), "en"), Table(
        frame=frame, caption="costs", totals={"expected_cost_per_year": 1.4 * len(frame)}
    ))  # fmt: skip
    body = html.fromstring(told).xpath("//tbody/tr")
    assert [amount(row[1]) for row in body] == [1.0] * 8 + [3.0]
    assert body[-1][0].text_content() == "Rounding"


def test_the_waves_stand_below_the_switches_with_a_list_to_sign(read) -> None:
    prose, _, tree = read
    section = tree.xpath("//section[@id='switches']")[0]
    *_, waves, switches, beside, variants = section.xpath(".//table")
    assert [row[0].text_content() for row in variants.xpath("./tbody/tr")] == ["As given", "dearer capital"]
    assert [row[0].text_content() for row in beside.xpath("./tbody/tr")] == ["1", "2"], "plans beside, those proven"
    assert [row[0].text_content() for row in waves.xpath("./tbody/tr")] == ["1", "2"]
    assert len(switches.xpath("./tbody/tr")) == 3
    assert {row[-1].text_content() for row in switches.xpath("./tbody/tr")} == {""}
    assert switches.xpath("./thead/tr/th")[-1].text_content() == text("column.agreed", prose.language)
    # Who signs reads names beside keys.
    goods = prose.report.scenario.products.set_index("product")["name"]
    signed = [[cell.text_content() for cell in row[1:3]] for row in switches.xpath("./tbody/tr")]
    assert signed == [[key, goods[key]] for key, _ in signed]
    told = waves_sentence(prose.report.evidence.table("waves"), prose.numbers, prose.language)
    assert told in section.text_content()
    assert prose.numbers.money(790.0) in told
    assert section.xpath(".//figure")[-1].xpath("./figcaption")[0].text_content() == text(
        "chart.waves", prose.language, currency=prose.numbers.currency
    )


def test_what_is_missing_is_told_without_a_command() -> None:
    prose = Prose(Report(plan=example_report().plan), "en")
    told = html.fromstring(page_html(prose)).xpath("//body")[0].text_content()
    assert evidence_missing(prose) in told
    assert text("saving.no_scenario", "en") in told
    assert "codp " not in told
    assert "--" not in told


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The same report written twice."""
    paths = [tmp_path_factory.mktemp("pages") / name for name in ("a.html", "b.html")]
    for path in paths:
        write_page(example_report(), path)
    return paths


def test_the_plan_stands_beside_today_and_differences_are_those_shown(pages) -> None:
    report = example_report()
    page = html.fromstring(pages[0].read_text(encoding="utf-8"))
    table = page.xpath("//section[@id='recommendation']//table")[0]
    cost, inventory, on_time, _ = ([cell.text_content() for cell in row] for row in table.xpath(".//tbody/tr"))
    assert cost[2] == Prose(report, "en").headline()[0].shown
    for line in (cost, inventory):
        today, plan, difference = (float(re.sub(r"[^\d.-]", "", words.replace("−", "-"))) for words in line[1:])
        assert difference == plan - today
    assert on_time[0] == "On time"
    assert len(cost) == 4, "no column for a plan as given that nobody named"
    given = replace(report, as_given={name: 2.0 * report.today[name] for name in FIGURES})
    told = beside_today(Prose(given, "en"))
    assert told.columns.tolist() == ["figure", "today", "as_given", "plan", "difference", "against_given"]
    shown = [float(re.sub(r"[^\d.-]", "", words.replace("−", "-"))) for words in told.iloc[0, 1:]]
    today, before, plan, _, against = shown
    assert before == pytest.approx(2.0 * today, abs=1.0)
    assert against == plan - before
    nobody = Prose(Report(plan=report.plan), "en")
    assert beside_today(nobody).empty


def test_the_same_report_gives_the_same_bytes(pages) -> None:
    first, second = pages
    assert first.read_bytes() == second.read_bytes()


def test_the_largest_switches_are_told_in_plain_words(read) -> None:
    prose, _, tree = read
    points = [one.text_content() for one in tree.xpath("//section[@id='switches']//li")]
    told = switch_sentences(prose)
    assert told
    assert points == told
    saving = prose.numbers.money(prose.switches["saving_per_year"].iloc[0])
    assert saving in told[0], "the digits of the table below"
