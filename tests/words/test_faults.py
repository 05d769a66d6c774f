"""The words of faults: said by something, the same in both languages, and Chinese in Chinese."""

import pickle
import re
from string import Formatter

import pytest

from engine.errors import EngineError, Fault, ScenarioError
from engine.scenario.columns import COLUMNS, STRATEGIES
from engine.scenario.read import read_scenario
from engine.scenario.settings import Settings
from engine.scenario.variants import apply_variant
from engine.ui.state.levers import LockLever, locked
from engine.words.causes import CAUSES
from engine.words.faults import FAULTS
from engine.words.faults_cells import UNITS
from engine.words.faults_results import RESULTS
from engine.words.faults_work import WORK
from engine.words.reason import REASONS, Reason, cause, either, followed, quoted, reason_of
from engine.words.rules import BARS, BINDS, SHORT
from engine.words.sayings import SAYINGS
from tests.conftest import ROOT
from tests.corpus.said import expected
from tests.scenario.folders import write

WORDS = {**FAULTS, **SAYINGS}
ENGLISH, CHINESE = expected("en"), expected("zh")
CORPUS = tuple(
    "\n".join(line for kind in told.values() for lines in kind.values() for line in lines)
    for told in (ENGLISH, CHINESE)
)
# Kinds that no case of the corpus raises, by the test that does, with words of theirs that it looks for.
ELSEWHERE = {
    "tests/scenario/test_read.py": {"known_are_more": "2,950 more"},
    "tests/scenario/test_frames.py": {"no_frame": "should be a pandas DataFrame; given"},
    "tests/scenario/test_workbook.py": {"book_large": "unfolds to more than 1 GB"},
    "tests/scenario/importers/test_sap.py": {"sap_plant_none": "MARC has no plant '"},
    "tests/demand/test_complete.py": {"blank_requested": "is blank and its order lines have no"},
    "tests/cli/test_data.py": {"no_order_lines": "there are no order lines"},
    "tests/cli/test_decide.py": {"path_none": "there is no such scenario"},
    "tests/catalog/test_fitted.py": {"row_of_sums": "reads as a row of sums"},
    "tests/catalog/test_run.py": {"used_faulty": "(unit_cost: ", "said.full": "No space left on device"},
    "tests/catalog/test_owned.py": {
        "owner_unknown": "'Z' is no product of products",
        "sizes_form": "is written by 'codp batch fit' as Parquet with",
    },
    "tests/security/test_app.py": {"zip_part": "cannot be unpacked"},
    "tests/catalog/test_review.py": {
        "run_no_products": "the run decided none of these: X", "flips_other": "holds thresholds of other data",
    },
    "tests/evaluate/waves/test_order.py": {"waves_budget_least": "pays for none of the switches; the cheapest costs"},
    "tests/report/test_erp.py": {"export_plant": "the plan has no plant '100'"},
    "tests/ui/test_saved_runs.py": {"run_none": "holds no plan; "},
    "tests/report/test_plan_check.py": {"missing": "is missing; a whole number above zero is needed"},
    "tests/report/test_content.py": {
        "given_other_products": "other products than this plan",
        "given_other_case": "the scenario as given is 'another", "given_other_state": "another state of 'Case <&> =1'",
        "evidence_foreign": "is no evidence about this plan; run", "evidence_data": "is of other data",
        "evidence_no_number": "is no number", "evidence_other": "is of another plan: this one has",
        "evidence_unsaid": '"[1]"', "product_none": "is no product of the plan", "strategy_other": " here and ",
    },
    "tests/words/test_faults.py": {
        "variants_undefined": "none is defined", "lock_none": "no product 'X'", "said.permission": "Permission denied",
    },
}  # fmt: skip
# What cannot be brought about in a test of every machine.
NEVER = {"book_text", "files_disagree", "said.folder", "said.no_folder", "said.read_only", "said.long_name"}


def places(words):
    return sorted((name, form, how) for _, name, form, how in Formatter().parse(words) if name is not None)


def raised(kind):
    """Whether a line of the corpus holds the words of a kind."""
    for words, text in zip(WORDS[kind], CORPUS, strict=True):
        parts = [(re.escape(piece), name) for piece, name, *_ in Formatter().parse(words)]
        if re.search("".join(piece if name is None else f"{piece}.*" for piece, name in parts), text):
            return True
    return False


def test_every_kind_is_raised_by_some_test():
    elsewhere = {kind for kinds in ELSEWHERE.values() for kind in kinds}
    parts = {f"unit {unit}" for unit in UNITS} | {"line"}
    input_ = WORDS.keys() - WORK.keys() - RESULTS.keys()
    assert {kind for kind in input_ if not raised(kind)} - parts <= elsewhere | NEVER
    assert elsewhere | NEVER <= set(WORDS)
    for file, kinds in ELSEWHERE.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        assert {kind: words for kind, words in kinds.items() if words not in text} == {}


def test_every_kind_is_made_somewhere():
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "engine").rglob("*.py")
        if path.parent.name != "words" or path.name == "reason.py"
    )
    # Made of a prefix and a column's unit, a rule of pydantic or what a plan lacks.
    made_of_parts = re.compile(r"unit |what\.|(lacks|beyond|limit_of)_|(family|plant)_un|listed$")
    assert [kind for kind in FAULTS if not made_of_parts.match(kind) and f'"{kind}"' not in source] == []


def test_no_kind_stands_twice():
    assert len(REASONS) == sum(map(len, (CAUSES, BARS, BINDS, SHORT, FAULTS, SAYINGS)))


def test_both_languages_hold_the_same_values():
    assert [kind for kind, (english, chinese) in WORDS.items() if places(english) != places(chinese)] == []


# Names of things: formats, files, commands, values of cells and settings, and what stands in them.
NAMES = {
    "CSV", "YAML", "UTF", "UTF-8", "UTF-16", "Windows-1252", "cp1252", "utf-8", "zip", "xlsx", "txt", "parquet",
    "MB", "GB", "pandas", "DataFrame", "codp", "solve", "fit", "MARC", "plant", "decimal", "thousands", "scenario",
    "csv", "confidence", "simulate", "thresholds", "waves", "out", "solved", "timed_out",
    "unproven", "decisions.csv", "ledger.csv",
    "requested_date", "export", "stop-on-rejected", "EVPI", "VSS", "batches", "Pyomo", "batch", "frontier",
    "run", "Parquet", "rest", "seasons", "html", "pptx", "gamma",
    "true", "false",
    "scenario.yaml", "target", "value", "variant", "variants", "set", "scale", "where", "per", "unit_cost", "name",
    "at_least", "at_most", "family", "products.parquet", "empirical", "compound_poisson", "components", "bom",
}  # fmt: skip
KNOWN = (
    NAMES | set(COLUMNS) | set(STRATEGIES) | set(Settings.model_fields)
    | {"demand.common_factor_cv", "risk.cvar_weight", "format.encoding"}
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
    several = Reason(kind="plain", values={"text": (quoted("Permission denied"), why)})
    assert reason_of(several.as_dict()).words("zh") == "没有权限；没有此列；是否指“unit_cost”？"


@pytest.mark.parametrize(("names", "told"), [(["A"], "A"), (["A", "B"], "A 或 B"), (["A", "B", "C"], "A, B 或 C")])
def test_names_of_which_one_is_wanted(names, told):
    assert cause("should_be_choice", choices=either(names)).words("zh") == f"应为 {told}"


def test_a_fault_of_words_alone_is_none():
    with pytest.raises(TypeError, match="message"):
        Fault(file="bom.csv", message="is empty")


def test_a_variant_where_none_is_defined(tmp_path):
    with pytest.raises(ScenarioError, match="there is no variant 'x'; none is defined"):
        apply_variant(read_scenario(write(tmp_path)), "x")


def test_a_lock_of_nobody(tmp_path):
    with pytest.raises(ScenarioError, match="no product 'X'"):
        locked(read_scenario(write(tmp_path)), (LockLever(product="X", strategy="MTS", reason=""),))
