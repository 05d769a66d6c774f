"""Both languages say everything, with the same numbers in the same places, and pages say nothing themselves."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from engine.scenario.rules import RULE_SETTINGS
from engine.ui.state import deltas
from engine.ui.text import CATALOGUE, LANGUAGES, PARTS, text
from engine.words.shared import SHARED

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for path in [ROOT / "app.py", *sorted((ROOT / "engine" / "ui").rglob("*.py"))]
    if path.name != "text.py" and path.parent.name != "texts"
]
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Streamlit's functions that put their first argument before the reader.
SHOWING = {
    "title", "header", "subheader", "markdown", "write", "text", "caption", "metric", "info", "warning", "error",
    "success", "badge", "button", "slider", "selectbox", "segmented_control", "radio", "toggle", "checkbox",
    "expander", "NumberColumn", "TextColumn", "number", "plain", "download_button", "file_uploader", "text_input",
    "number_input", "popover", "link_button", "toast", "spinner", "status",
}  # fmt: skip
SHOWING_KEYWORDS = {"label", "help", "placeholder", "alt", "title", "page_title", "body"}
# The same in both languages: arrangements of given parts, and names of their own.
SAME_IN_BOTH = {"headline.labelled", "product.option", "whynot.step"}


def placeholders(words: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(words) if name is not None)


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_key_speaks_both_languages_with_the_same_placeholders(key: str) -> None:
    english, chinese = CATALOGUE[key]
    assert english.strip()
    assert chinese.strip()
    assert placeholders(english) == placeholders(chinese)
    assert not CHINESE.search(english)
    if key not in SAME_IN_BOTH:
        assert CHINESE.search(chinese), f"{key} is not translated"


def test_no_key_stands_twice() -> None:
    assert len(CATALOGUE) == len(SHARED) + sum(len(part.TEXTS) for part in PARTS)


def test_the_glossary_is_kept() -> None:
    assert text("strategy.MTO", "zh") == "按订单生产"
    assert text("strategy.MTS", "zh") == "按库存生产"
    assert text("strategy.ATO", "zh") == "按订单装配"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_that_may_move_a_product_has_words(language: str, monkeypatch) -> None:
    monkeypatch.setattr(deltas, "language", lambda: language)
    of_products = {f"products.{name}" for name in ("locked", "allowed", "on_time_target")}
    settings = set(RULE_SETTINGS) - {"risk", "rules_in_use"} | {"risk.cvar_weight", "risk.cvar_level"}
    bare = {rule for rule in settings | of_products if deltas.target_words(rule) == rule}
    assert not bare


def test_each_language_has_its_place() -> None:
    assert LANGUAGES == ("en", "zh")
    assert text("headline.gap", "en", gap="1%") == "within 1% of the best"


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("no.such.key", "en")


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def says_words(node: ast.expr) -> bool:
    """Whether an expression holds letters of its own (emptiness, dashes and icons are no words)."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"[^\W\d_]{2}", part.value)
        for part in parts
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_pages_hold_no_words_of_their_own(path: Path) -> None:
    for call in calls(path):
        # `text(key, language)` of the catalogue is not `st.text`, and its keys are not words.
        of_streamlit = isinstance(call.func, ast.Attribute) or called(call) in {"number", "plain"}
        if called(call) in SHOWING and of_streamlit and call.args:
            assert not says_words(call.args[0]), f"{path.name}:{call.lineno} shows a literal"
        for keyword in call.keywords:
            if keyword.arg in SHOWING_KEYWORDS:
                assert not says_words(keyword.value), f"{path.name}:{call.lineno} {keyword.arg} is a literal"
    if path.name != "language.py":
        assert not CHINESE.search(path.read_text("utf-8")), f"{path.name} holds Chinese"


def used_keys() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys named in the code, and patterns of those put together there."""
    exact, patterns = set(), []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exact.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.-]+" for part in node.values
                ]
                if isinstance(node.values[0], ast.Constant) and "." in str(node.values[0].value):
                    patterns.append(re.compile("".join(parts)))
    return exact, patterns


def test_every_key_is_used_and_every_used_key_exists() -> None:
    exact, patterns = used_keys()
    asked = {key: key.removesuffix("#one") for key in CATALOGUE}
    unused = [key for key, of in asked.items() if of not in exact and not any(p.fullmatch(of) for p in patterns)]
    assert not unused
    for path in SOURCES:
        for call in calls(path):
            if called(call) in {"t", "text"} and call.args and isinstance(call.args[0], ast.Constant):
                assert call.args[0].value in CATALOGUE, f"{path.name}:{call.lineno}"
