"""Frames to a scenario: the same tables, settings and faults as files, without files."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from engine.errors import Fault, ScenarioError
from engine.scenario.files.raw import RawTable, cell_text
from engine.scenario.read import Source, assembled
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Settings
from engine.words.reason import cause

UNNAMED = "scenario"


def scenario_from_frames(
    tables: Mapping[str, object], settings: Mapping[str, object] | Settings
) -> Scenario:
    """A scenario of frames; see `Scenario.from_frames`.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        By table name; None where there is no such table.
    settings : mapping or Settings
    """
    given = {name: frame for name, frame in tables.items() if frame is not None}
    frames = {name: frame for name, frame in given.items() if isinstance(frame, pd.DataFrame)}
    if strange := [name for name in given if name not in frames]:
        raise ScenarioError(
            Fault(file=name, cause=cause("no_frame", given=type(given[name]).__name__))
            for name in strange
        )
    plain = settings.model_dump(by_alias=True) if isinstance(settings, Settings) else dict(settings)
    source = Source(label="settings", values={"name": UNNAMED, **plain}, rows={}, faults=[])
    source.tables.update({name: _raw(name, frame) for name, frame in frames.items()})
    return assembled(source, file=str)


def _raw(name: str, frame: pd.DataFrame) -> RawTable:
    """A frame as text, so that its cells are judged like those of files; rows are counted from 0, as ``iloc`` does."""
    # Keys that stand in a named index are a column, too.
    named = [level for level in frame.index.names if level is not None and level not in frame.columns]
    whole = frame.reset_index(level=named) if named else frame
    columns = [_texts(whole.iloc[:, k]) for k in range(whole.shape[1])]
    return RawTable(
        name=name,
        file=name,
        header=tuple(str(label) for label in whole.columns),
        rows=[list(cells) for cells in zip(*columns, strict=True)] if columns else [[] for _ in range(len(whole))],
        numbers=list(range(len(whole))),
        header_row=None,
        native_numbers=True,
    )


def _texts(values: pd.Series) -> list[str]:
    """Cells as text; what is missing is blank."""
    blank = values.isna().tolist()
    return ["" if gone else cell_text(value) for gone, value in zip(blank, values.tolist(), strict=True)]
