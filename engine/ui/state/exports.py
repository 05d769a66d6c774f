"""Exports of a planning system that a reader uploads: put into a folder of our own and turned into a scenario."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.errors import EngineError
from engine.scenario.importers.listings import ENDINGS
from engine.scenario.importers.odoo.convert import import_odoo
from engine.scenario.importers.sap.convert import import_sap
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.ui.state.uploads import SCENARIO_NAME, Given, put_files
from engine.words.reason import cause

SYSTEMS = ("sap", "odoo")
# Odoo names a file by its model: 'Product (product.template).xlsx'.
_NAME = re.compile(r"[\w][\w .()-]{0,80}(" + "|".join(map(re.escape, ENDINGS)) + ")", re.IGNORECASE)


def read_exports(
    system: str, exports: Sequence[Given], answers: Sequence[Given] = (), *, decimal: str | None = None
) -> tuple[Scenario, list[str]]:
    """What the exports hold, as `codp import` reads them.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`.
    exports : sequence of Given
        Lists as the system writes them; archives are unpacked.
    answers : sequence of Given
        Tables of ours with what the system does not hold.
    decimal : str, optional
        The decimal sign, where the numbers do not tell.

    Returns
    -------
    scenario : Scenario
        What was assumed is among its notices.
    notes : list of str
        What was done, as in ``NOTES.md``.

    Raises
    ------
    ScenarioError
        With every fault.
    EngineError
        Where the files are no exports at all.
    """
    if not exports:
        raise EngineError(cause("upload_none"))
    with tempfile.TemporaryDirectory(prefix="codp-exports-") as scratch:
        # The folder's name becomes the scenario's.
        folder, said, out = (Path(scratch) / name for name in (system.upper(), "answers", "scenario"))
        put_files(folder, exports, _NAME)
        if answers:
            put_files(said, answers, SCENARIO_NAME)
        convert = {"sap": import_sap, "odoo": import_odoo}[system]
        notes = convert(folder, out, answers=said if answers else None, decimal=decimal)
        return read_scenario(out), notes
