"""Notices are typed values that can be told in both languages, and come back from what results hold."""

import json
from string import Formatter

import pytest

from engine.notices import Notice, at_most, notice_of
from engine.words.notices import WORDS


def placeholders(words):
    return sorted({name for text in words for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("kind", WORDS)
def test_both_languages_tell_the_same_values(kind):
    english, chinese = WORDS[kind]
    assert placeholders(english) == placeholders(chinese)
    assert english[0]
    assert english[1]
    assert all(one.isascii() for one in english)


def rate(row):
    return Notice(kind="rate_above_one", file="scenario.yaml", row=row, column="holding_rate_per_year",
                  values={"value": 25.0, "right": 0.25})  # fmt: skip


def test_a_notice_says_place_found_done_and_right():
    place, found = "scenario.yaml:2:holding_rate_per_year", "25 is 2,500%"
    assert str(rate(2)) == f"{place}: {found}; taken as it stands; write 0.25 or 25% where 25% is meant"
    assert rate(2).words("zh")[1] == "按原样采用"


def test_a_notice_comes_back_from_what_results_hold():
    said = json.loads(json.dumps(rate(2).as_dict()))
    assert said["values"] == {"value": 25.0, "right": 0.25}
    assert notice_of(said) == rate(2)
    for broken in ({**said, "kind": "no such kind"}, {**said, "values": 3}, {**said, "values": {}}):
        with pytest.raises((ValueError, KeyError)):
            notice_of(broken)


def test_of_many_alike_the_last_one_told_stands_for_the_rest():
    told = at_most([rate(k) for k in range(50)], most=20)
    assert len(told) == 20
    assert [notice.more for notice in told] == [0] * 19 + [30]
    assert "(and 30 more)" in str(told[-1])
