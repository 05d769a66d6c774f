"""Likely causes of a deviation, in the reader's language: the engine writes them in English, by known beginnings."""

from __future__ import annotations

import re

from engine.ui.language import t

_CAUSES = (
    (re.compile(r"chance: .*"), "chance"),
    (re.compile(r"too few orders delivered \((?P<orders>\d+)\) to tell"), "few"),
    (re.compile(r"no cause is known"), "unknown"),
    (re.compile(r"causes were not looked for: .*"), "stopped"),
    (re.compile(r"the plan was changed after it was decided, or decided by another version.*"), "changed_or_version"),
    (re.compile(r"the plan was changed after it was decided.*"), "changed"),
    (re.compile(r"queue at (?P<resource>.+)"), "queue"),
    (re.compile(r"uneven load: .*"), "uneven"),
    (re.compile(r"weeks begin on a day .*"), "weeks"),
    (re.compile(r"sampling: .* which flatters it"), "flattered"),
    (re.compile(r"sampling: .*"), "sampling"),
    (re.compile(r"the order lines hold (?P<share>\S+) of .*"), "lines"),
    (re.compile(r"the order lines move together .*"), "drift"),
    (re.compile(r"orders drawn come to (?P<share>\S+) of .*"), "drawn"),
)


def cause_words(said: str) -> str:
    """Causes as the engine wrote them, joined by semicolons, in the reader's language; unknown ones stay."""
    found = []
    for part in filter(None, said.split("; ")):
        for pattern, name in _CAUSES:
            match = pattern.fullmatch(part)
            if match:
                found.append(t(f"cause.{name}", **match.groupdict()))
                break
        else:
            found.append(part)
    return t("list.join").join(found)
