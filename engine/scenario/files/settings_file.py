"""`scenario.yaml` to plain values: YAML 1.2, no aliases, no duplicate keys, every fault with its line."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.errors import Fault
from engine.scenario.settings import Settings, validate_settings
from engine.words.reason import Reason, cause, followed, quoted

_DEEPEST = 10
# What the reader of YAML says of a sign, a key or a token, and the kind that says the same in both languages.
_PROBLEMS = tuple(
    (kind, re.compile(pattern)) for kind, pattern in (
        ("yaml_character", r"found character (?P<sign>.+) that cannot start any token"),
        ("yaml_block_end", r"expected <block end>, but found (?P<found>.+)"),
        ("yaml_content", r"expected the node content, but found (?P<found>.+)"),
        (
            "yaml_key_twice",
            r'found duplicate key "(?P<key>.*)" with value "(?P<value>.*)" \(original value: "(?P<first>.*)"\)',
        ),
    )
)  # fmt: skip


def parse_settings(text: str, *, file: str = "scenario.yaml") -> tuple[Settings | None, list[Fault]]:
    """Read the text of ``scenario.yaml``.

    Parameters
    ----------
    text : str
        YAML 1.2.
    file : str
        Name used in faults.

    Returns
    -------
    settings : Settings or None
        None where there are faults.
    faults : list of Fault
        Every fault, with its line.
    """
    values, rows, faults = load_settings(text, file=file)
    if faults:
        return None, faults
    return validate_settings(values, file=file, rows=rows)


def load_settings(
    text: str, *, file: str = "scenario.yaml"
) -> tuple[dict[str, object], dict[str, int], list[Fault]]:
    """The values of a settings file as they stand there, unchecked.

    Returns
    -------
    values : dict
    rows : dict of str to int
        Line of each setting by its dotted name.
    faults : list of Fault
        What kept the text from being read.
    """
    yaml = YAML(typ="rt")
    try:
        refused = _refuse(yaml, text, file)
        if refused is not None:
            return {}, {}, [refused]
        document = yaml.load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        row = None if mark is None else mark.line + 1
        return {}, {}, [Fault(file=file, row=row, cause=cause("yaml_unreadable", problem=_problem(problem)))]
    except ValueError as error:
        # What looks like a date or a whole number but is none, such as 2026-13-01.
        why = followed(cause("yaml_unreadable", problem=quoted(str(error))), cause("in_quotes"))
        return {}, {}, [Fault(file=file, cause=why)]
    if not isinstance(document, dict):
        return {}, {}, [Fault(file=file, cause=cause("settings_none"))]
    rows: dict[str, int] = {}
    _find_rows(document, "", rows)
    return {str(key): plain(value) for key, value in document.items()}, rows, []


def _problem(said: str) -> Reason:
    """What the reader of YAML says, as a kind where it is one of the usual ones."""
    matches = ((kind, pattern.fullmatch(said)) for kind, pattern in _PROBLEMS)
    return next((cause(kind, **match.groupdict()) for kind, match in matches if match), quoted(said))


def plain(value: object) -> object:
    """A value of the round-trip document as an ordinary Python value."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _refuse(yaml: YAML, text: str, file: str) -> Fault | None:
    """Refuse what no setting needs: aliases and deep nesting can fill the memory, tags make objects."""
    depth = 0
    for event in yaml.parse(io.StringIO(text)):
        line = None if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            return Fault(file=file, row=line, cause=cause("yaml_alias"))
        if getattr(event, "tag", None) is not None:
            return Fault(file=file, row=line, cause=cause("yaml_tag"))
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        if depth > _DEEPEST:
            return Fault(file=file, row=line, cause=cause("yaml_deep"))
    return None


def _find_rows(document: object, prefix: str, rows: dict[str, int]) -> None:
    if not isinstance(document, Mapping) or not hasattr(document, "lc"):
        return
    for key, value in document.items():
        try:
            line = document.lc.key(key)[0]
        except (KeyError, TypeError):
            continue
        rows[f"{prefix}{key}"] = int(line) + 1
        _find_rows(value, f"{prefix}{key}.", rows)
