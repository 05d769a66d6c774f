"""Public data sets turned into scenarios, every defect and every scaling stated in the notes."""

from __future__ import annotations

from engine.scenario.importers.adventureworks import import_adventureworks
from engine.scenario.importers.man_spare_parts import import_man_spare_parts

__all__ = ["import_adventureworks", "import_man_spare_parts"]
