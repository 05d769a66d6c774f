"""Faulty inputs of every kind: what is said of each, never a traceback, never a result half-written.

`expected.yaml` and `expected.zh.yaml` beside this have the words; `python -m tests.corpus.said` writes them anew, and
the difference is read.
"""

import re

import pytest

from tests.corpus.said import NOTHING, cases, expected, said

WORDS, CHINESE = expected("en"), expected("zh")
GIVEN = [pytest.param(kind, name, given, id=f"{kind}: {name}") for kind, name, given in cases()]
# Sound though they look faulty: each stands for something that everybody reads alike, or that changes nothing.
SOUND = {
    "cv in percent", "on-time target in percent", "allowed in small letters", "distribution in capitals",
    "key with a blank behind", "carriage returns alone", "a merge key", "rate in percent",
    "limit more than there are", "empty", "a setting without a value",
    "settings without a heading", "a quantity of nothing", "text as it is declared", "days with their time",
    "a unit in capital letters", "days of a week of the year", "a cost with a currency sign",
    "an amount with its currency", "UTF-16", "seasons", "seasons in capital letters",
}  # fmt: skip
PLACE = re.compile(
    r"[\w./\[\]]+\.(csv|yaml|xlsx|parquet|json|zip|exe|png)\b|^products:\d+:|^\w+: no demand|\b(CASE|PLAN)\b"
)
NAMED_BY_FOLDER = {"uploads", "commands", "imports", "catalogue_folders"}
# What belongs to a program, not to its reader.
INSIDE = re.compile(r"[\x00-\x08\x0b-\x1f]|Error\(|object at 0x|Scalar|/home/|/tmp")


@pytest.mark.parametrize(("kind", "name", "given"), GIVEN)
def test_each_fault_is_told_as_written_down(kind, name, given, tmp_path):
    told = said(kind, given, tmp_path / "case")
    assert told["en"] == WORDS[kind][name]
    assert told.get("zh") == CHINESE.get(kind, {}).get(name)


def test_there_are_many_and_each_is_another():
    seen = {(kind, name) for kind, name, _ in cases()}
    assert len(seen) >= 300
    assert {(kind, name) for kind, names in WORDS.items() for name in names} == seen
    inputs = {(kind, repr(given)) for kind, _, given in cases()}
    assert len(inputs) == len(seen)


def test_each_says_where_and_what_nothing_passes_by_chance():
    for kind, names in WORDS.items():
        for name, lines in names.items():
            text = " ".join(lines)
            if lines == [NOTHING]:
                assert name in SOUND, f"{kind}: {name} is neither told nor known to be sound"
                continue
            assert "TRACEBACK" not in text
            assert PLACE.search(text) or kind in NAMED_BY_FOLDER, f"{kind}: {name}: {text}"
            assert not INSIDE.search(text), f"{kind}: {name}: {text}"
