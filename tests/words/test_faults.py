"""The words of faults: said by something, the same in both languages, and Chinese in Chinese."""

import pickle
import re
from string import Formatter

import pytest
from ruamel.yaml import YAML

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.columns import COLUMNS, STRATEGIES
from engine.scenario.settings import Settings
from engine.words.causes import CAUSES
from engine.words.faults import FAULTS
from engine.words.faults_cells import UNITS
from engine.words.foreign import SAYINGS
from engine.words.reason import REASONS, Reason, cause, either, followed, foreign, reason_of
from engine.words.rules import BARS, BINDS, SHORT
from tests.corpus.said import EXPECTED

WORDS = {**FAULTS, **SAYINGS}
CHINESE = YAML(typ="safe").load(EXPECTED["zh"].read_text(encoding="utf-8"))
CORPUS = "\n".join(line for kind in CHINESE.values() for lines in kind.values() for line in lines)


def places(words):
    return sorted((name, form, how) for _, name, form, how in Formatter().parse(words) if name is not None)


def literal(words):
    """The longest piece of a sentence that holds no value."""
    return max((text for text, *_ in Formatter().parse(words)), key=len).strip(" ;:,.()'")


def test_no_kind_stands_twice():
    assert len(REASONS) == sum(map(len, (CAUSES, BARS, BINDS, SHORT, FAULTS, SAYINGS)))


def test_both_languages_hold_the_same_values():
    assert [kind for kind, (english, chinese) in WORDS.items() if places(english) != places(chinese)] == []


# Names of things: formats, files, commands, values of cells and settings, and what stands in them.
NAMES = {
    "CSV", "YAML", "UTF", "UTF-8", "UTF-16", "Windows-1252", "cp1252", "utf-8", "zip", "xlsx", "txt", "parquet",
    "MB", "GB", "pandas", "DataFrame", "codp", "solve", "fit", "MARC", "plant", "decimal", "thousands", "scenario",
    "csv", "gamma", "true", "false",
    "scenario.yaml", "target", "value", "variant", "variants", "set", "scale", "where", "per", "unit_cost", "name",
    "at_least", "at_most", "family", "products.parquet", "empirical", "compound_poisson", "components", "bom",
}  # fmt: skip
KNOWN = (
    NAMES | set(COLUMNS) | set(STRATEGIES) | set(Settings.model_fields) | {"demand.common_factor_cv", "format.encoding"}
    | {column.name for columns in COLUMNS.values() for column in columns}
    | {f"format.{name}" for name in ("decimal", "thousands", "date", "delimiter")}
)  # fmt: skip


def test_chinese_holds_no_english_but_names():
    plain = {kind: re.sub(r"\{[^}]*\}|%\w", " ", chinese) for kind, (_, chinese) in WORDS.items()}
    found = {kind: set(re.findall(r"[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]", words)) for kind, words in plain.items()}
    assert {kind: words - KNOWN for kind, words in found.items() if words - KNOWN} == {}


def test_every_unit_of_a_column_has_words():
    assert {column.unit for columns in COLUMNS.values() for column in columns} - {""} == set(UNITS)


def test_a_fault_is_told_in_both_languages_at_its_place():
    wanted = cause("cell_no_number", cell="ten", expected=cause("a_number"))
    fault = Fault(file="products.csv", row=2, column="unit_cost", cause=followed(wanted, cause("date_declared")))
    assert str(fault) == (
        "products.csv:2:unit_cost: 'ten' is not a number; expected a number; declare format.date in scenario.yaml"
    )
    assert fault.told("zh") == (
        "products.csv:2:unit_cost：“ten”不是数字；应为数字；请在 scenario.yaml 中声明 format.date"
    )
    found = ScenarioError([fault, Fault(file="bom.csv", cause=cause("table_empty"))])
    assert str(found) == found.words("en") == f"2 faults in the scenario:\n  {fault}\n  {found.issues[1]}"
    assert found.words("zh").splitlines()[0] == "场景中有 2 处错误："


def test_an_error_keeps_its_cause_between_processes():
    fault = Fault(file="bom.csv", cause=cause("table_empty"))
    for error in (ScenarioError([fault]), EngineError(cause("upload_none")), EngineError("so")):
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.words("zh")) == (str(error), error.words("zh"))


def test_a_cause_within_a_cause_survives_what_holds_results():
    why = cause("column_none", near=cause("did_you_mean", name="unit_cost"))
    assert reason_of(why.as_dict()) == why
    several = Reason(kind="plain", values={"text": (foreign("Permission denied"), why)})
    assert reason_of(several.as_dict()).words("zh") == "没有权限；没有此列；是否指“unit_cost”？"


@pytest.mark.parametrize(("names", "told"), [(["A"], "A"), (["A", "B"], "A 或 B"), (["A", "B", "C"], "A, B 或 C")])
def test_names_of_which_one_is_wanted(names, told):
    assert cause("should_be_choice", choices=either(names)).words("zh") == f"应为 {told}"
