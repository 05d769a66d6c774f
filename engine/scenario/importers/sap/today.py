"""What the material masters hold today, field by field."""

from __future__ import annotations

from pathlib import Path

from engine.errors import ScenarioError
from engine.scenario.files.raw import cell_text
from engine.scenario.importers.listings import read_tables
from engine.scenario.importers.sap.fields import SAP
from engine.scenario.importers.sap.plants import by_plant

# Fields of MARC that a plan sets; a quantity that is blank is zero.
TEXTS = ("STRGR", "SBDKZ", "DISMM", "DISLS")
QUANTITIES = ("MINBE", "EISBE", "BSTFE", "MABST")


def masters_today(
    folder: Path, plant: str | None, *, decimal: str | None = None
) -> dict[tuple[str, str, str], str]:
    """Material, plant and field of MARC to the value as text.

    Parameters
    ----------
    folder : Path
        Of table exports; see `engine.scenario.importers.sap.convert`.
    plant : str or None
        The only one that is wanted; all where not given.
    decimal : str, optional
        The decimal sign, where the numbers do not tell.

    Raises
    ------
    ScenarioError
        With every fault of the export.
    """
    tables, faults = read_tables(folder, SAP, needed=("MARC",), decimal=decimal, only=("MARC",))
    if faults:
        raise ScenarioError(faults)
    fields = {}
    for site, held in by_plant(tables, plant, folder, []).items():
        master = held["MARC"].drop_duplicates("MATNR").set_index("MATNR")
        for field in (*TEXTS, *QUANTITIES):
            if field in master:
                values = master[field] if field in TEXTS else master[field].fillna(0.0).map(cell_text)
                fields.update({(str(material), site, field): str(value) for material, value in values.items()})
    return fields
