"""Both languages of the exports say everything, with the same figures in the same places."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from engine.economics.instance import TERMS
from engine.evaluate.sensitivity.inputs import INPUTS
from engine.evaluate.trust.inputs import ESTIMATES
from engine.report.settings_table import setting_names
from engine.report.texts.text import CATALOGUE, LANGUAGES, text
from engine.scenario.columns import COLUMNS, STRATEGIES

FOLDER = Path(__file__).resolve().parents[2] / "engine" / "report"
SOURCES = [path for path in sorted(FOLDER.rglob("*.py")) if path.parent.name != "texts"]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Arrangements of given parts, signs, and signs of punctuation that Chinese does without.
SAME_IN_BOTH = {"missing", "reason.cost", "sentence.join"}


def placeholders(words: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(words) if name is not None})


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_key_speaks_both_languages_with_the_same_placeholders(key) -> None:
    english, chinese = CATALOGUE[key]
    assert english.strip() or key == "sentence.join"
    assert placeholders(english) == placeholders(chinese)
    assert not CHINESE.search(english)
    if key not in SAME_IN_BOTH:
        assert CHINESE.search(chinese), f"{key} is not translated"


def test_the_glossary_is_kept() -> None:
    assert [text(f"strategy.{k}", "zh") for k in ("MTS", "ATO", "MTO")] == ["按库存生产", "按订单装配", "按订单生产"]
    assert LANGUAGES == ("en", "zh")


@pytest.mark.parametrize("name", sorted({*INPUTS, *(estimate.split(".")[1] for estimate in ESTIMATES)}))
def test_every_input_that_evidence_may_name_has_words(name) -> None:
    assert f"input.{name}" in CATALOGUE


@pytest.mark.parametrize("key", [*(f"term.{name}" for name in TERMS), *(f"setting.{name}" for name in setting_names()),
                                 *(f"strategy.{k}" for k in STRATEGIES)])  # fmt: skip
def test_every_term_setting_and_strategy_has_words(key) -> None:
    assert key in CATALOGUE


def constants() -> tuple[set[str], list[re.Pattern[str]]]:
    exact, patterns = set(), []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exact.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+" for part in node.values
                ]
                patterns.append(re.compile("".join(parts)))
    return exact, patterns


def test_every_key_is_used_and_every_used_key_exists() -> None:
    exact, patterns = constants()
    prefixes = ("column.", "sheet.", "section.", "chart.", "count.")
    names = {key for key in CATALOGUE if key.startswith(prefixes) and key.split(".", 1)[1].split(".")[0] in exact}
    # The words of codes that stand in tables.
    names |= {key for key in CATALOGUE if key.startswith(("label.", "reader.", "figure.", "input."))}
    unused = [k for k in CATALOGUE if k not in exact | names and not any(p.fullmatch(k) for p in patterns)]
    assert not unused
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"t", "inner"}:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    assert key.value in CATALOGUE, f"{path.name}:{node.lineno}"


def test_every_column_of_numbers_has_words_where_what_ifs_name_it() -> None:
    columns = {(table, one.name) for table in COLUMNS for one in COLUMNS[table] if one.kind == "number"}
    of_lists = {"orders", "stock_outs", "seasons", "forecasts"}
    without = {
        f"{table}.{name}" for table, name in columns
        if table not in of_lists and not {f"input.{name}", f"input.{table}.{name}"} & CATALOGUE.keys()
    }  # fmt: skip
    assert without == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_holds_words_in_chinese(path) -> None:
    held = path.read_text("utf-8")
    assert not re.search(r"[\u3400-\u9fff]", held)


@pytest.mark.parametrize("key", [key for key in CATALOGUE if key.startswith(("sheet.", "evidence.c", "evidence.t"))])
def test_names_of_sheets_are_short_enough_for_excel(key) -> None:
    assert key.endswith(".found") or max(map(len, CATALOGUE[key])) <= 31
