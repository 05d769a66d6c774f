"""App and exports call one thing by one name: what both say stands once."""

from engine.report.texts.text import CATALOGUE as EXPORTS
from engine.report.texts.text import PARTS as OF_EXPORTS
from engine.ui.text import CATALOGUE as APP
from engine.ui.text import PARTS
from engine.words.reason import REASONS
from engine.words.shared import SHARED


def test_what_both_say_stands_once():
    app = {key for part in PARTS for key in part.TEXTS}
    exports = {key for part in OF_EXPORTS for key in part}
    assert not app & exports
    assert not SHARED.keys() & (app | exports)
    assert sum(map(len, OF_EXPORTS)) + len(SHARED) == len(EXPORTS)


def test_what_both_say_is_said_by_both():
    assert all(APP[key] == EXPORTS[key] == words for key, words in SHARED.items())


def test_the_same_english_is_the_same_chinese():
    chinese = {}
    for english, other in [*APP.values(), *EXPORTS.values()]:
        chinese.setdefault(english, set()).add(other)
    assert {english: said for english, said in chinese.items() if len(said) > 1} == {}


def test_one_chinese_word_for_plans_and_for_nothing_else():
    said = {**APP, **EXPORTS, **REASONS}
    plans = {key for key, (_, chinese) in said.items() if "方案" in chinese}
    assert [key for key in plans if "plan" not in said[key][0].lower()] == []
