"""A scenario written as SAP's table exports would hold it, from the published meaning of the fields.

Besides it a folder of answers with what SAP has no field for.
"""

import pandas as pd

PLANT = "1000"
GROUPS = {"MTS": "40", "ATO": "50", "MTO": "20", "": ""}
# Columns that the exports hold; the others are answered.
IN_SAP = {
    "products": ("name", "family", "unit_cost", "assembly_days", "current_strategy"),
    "components": ("name", "unit_cost", "lead_time_days"),
    "routing": ("hours_per_unit",),
}
GERMAN = {
    "MATNR": "Material", "MATKL": "Warengruppe", "MAKTX": "Materialkurztext", "SPRAS": "Sprachenschlüssel",
    "WERKS": "Werk", "BESKZ": "Beschaffungsart", "PLIFZ": "Planlieferzeit", "DZEIT": "Eigenfertigungszeit",
    "STRGR": "Strategiegruppe", "SBDKZ": "Einzel/Sammel", "DISMM": "Dispositionsmerkmal", "BWKEY": "Bewertungskreis",
    "VPRSV": "Preissteuerung", "STPRS": "Standardpreis", "VERPR": "Gleitender Preis", "PEINH": "Preiseinheit",
    "LBKUM": "Gesamtbestand", "STLAN": "Verwendung", "STLNR": "Stückliste", "STLAL": "Alternative",
    "BMENG": "Basismenge", "IDNRK": "Komponente", "MENGE": "Menge", "POSTP": "Positionstyp", "PLNNR": "Plangruppe",
    "ARBID": "Objekt-ID", "BMSCH": "Basismenge", "VGW02": "Maschine", "VGE02": "Einheit Vorgabewert 2",
    "OBJID": "Objekt-ID", "ARBPL": "Arbeitsplatz",
}  # fmt: skip
# Prices by 100, bills for 10: as masters often hold them.
PER_PRICE, PER_BILL = 100.0, 10.0


def sap_tables(scenario):
    """The tables as frames; numbers are numbers, everything else is text."""
    goods, parts, bom = scenario.products, scenario.components, scenario.bom
    keys = [*goods["product"], *parts["component"]]
    made = [True] * len(goods) + [False] * len(parts)
    work = scenario.routing
    centres = {name: str(10000000 + k) for k, name in enumerate(dict.fromkeys(work["resource"]))}
    lists = {name: f"{50000000 + k}" for k, name in enumerate(dict.fromkeys(work["product"]))}
    bills = {name: f"{k + 1:08d}" for k, name in enumerate(dict.fromkeys(bom["product"]))}
    cost = [*goods["unit_cost"], *parts["unit_cost"]]
    tables = {
        "MARA": {"MATNR": keys, "MATKL": [*goods["family"], *[""] * len(parts)]},
        "MAKT": {"MATNR": keys * 2, "SPRAS": ["DE"] * len(keys) + ["EN"] * len(keys),
                 "MAKTX": ["Teil"] * len(keys) + [*goods["name"], *parts["name"]]},
        "MARC": {
            "MATNR": keys, "WERKS": PLANT, "BESKZ": ["E" if one else "F" for one in made],
            "PLIFZ": [*[0.0] * len(goods), *parts["lead_time_days"]],
            "DZEIT": [*goods["assembly_days"], *[0.0] * len(parts)],
            "STRGR": [*(GROUPS[name] for name in goods["current_strategy"]), *[""] * len(parts)],
            "SBDKZ": [*[""] * len(goods), *(_flag(scenario, name) for name in parts["component"])], "DISMM": "PD",
        },
        "MBEW": {"MATNR": keys, "BWKEY": PLANT, "VPRSV": "S", "STPRS": [PER_PRICE * one for one in cost],
                 "VERPR": 0.01, "PEINH": PER_PRICE},
        "MAST": {"MATNR": list(bills), "WERKS": PLANT, "STLAN": "1", "STLNR": list(bills.values()), "STLAL": "01"},
        "STKO": {"STLNR": list(bills.values()), "STLAL": "01", "BMENG": PER_BILL},
        "STPO": {"STLNR": bom["product"].map(bills).tolist(), "IDNRK": bom["component"].tolist(),
                 "MENGE": (PER_BILL * bom["quantity"]).tolist(), "POSTP": "L"},
        "MAPL": {"MATNR": list(lists), "WERKS": PLANT, "PLNNR": list(lists.values())},
        "PLPO": {"PLNNR": work["product"].map(lists).tolist(), "ARBID": work["resource"].map(centres).tolist(),
                 "BMSCH": 1.0, "VGW02": work["hours_per_unit"].tolist(), "VGE02": "H"},
        "CRHD": {"OBJID": list(centres.values()), "ARBPL": list(centres), "WERKS": PLANT},
    }  # fmt: skip
    return {name: pd.DataFrame(columns) for name, columns in tables.items()}


def _flag(scenario, part):
    """Collective where a product assembled to order draws on it, individual where only orders do."""
    today = scenario.products.set_index("product")["current_strategy"]
    users = {today[name] for name in scenario.bom.loc[scenario.bom["component"] == part, "product"]}
    return "2" if "ATO" in users else "1" if "MTO" in users else ""


def _untold(folder):
    """Products made to order from parts that others are assembled from: SAP's flags stand for both alike."""
    today = pd.read_csv(folder / "products.csv", dtype=str).set_index("product")["current_strategy"]
    bom = pd.read_csv(folder / "bom.csv", dtype=str)
    strategy = bom["product"].map(today)
    shared = set(bom.loc[strategy == "ATO", "component"])
    made = bom[strategy == "MTO"]
    alone = set(made.loc[~made["component"].isin(shared), "product"])
    return set(made["product"]) - alone


def number(value, *, german):
    """A quantity with three decimals and a minus behind, in either language's signs."""
    text = f"{abs(value):,.3f}" + ("-" if value < 0 else "")
    return text.translate(str.maketrans(",.", ".,")) if german else text


def cells(frame, *, german, pad):
    """Every cell as SAP lists it; numeric keys are filled up to 18 digits."""
    def shown(field, value):
        if isinstance(value, float):
            return number(value, german=german)
        padded = pad and field in ("MATNR", "IDNRK") and str(value).isdecimal()
        return str(value).zfill(18) if padded else str(value)

    return [[shown(field, value) for field, value in zip(frame.columns, row, strict=True)]
            for row in frame.itertuples(index=False)]  # fmt: skip


def write_csv(folder, tables):
    """Technical headings, semicolons, English signs."""
    folder.mkdir()
    for name, frame in tables.items():
        lines = [list(frame.columns), *cells(frame, german=False, pad=False)]
        (folder / f"{name}.csv").write_text("\n".join(";".join(f'"{cell}"' for cell in row) for row in lines))


def write_lists(folder, tables):
    """German headings and signs between bars, with a title and a second page; keys filled with zeros."""
    folder.mkdir()
    for name, frame in tables.items():
        head = "|" + "|".join(f"{GERMAN[field]:<12}" for field in frame.columns) + "|"
        rows = ["|" + "|".join(row) + "|" for row in cells(frame, german=True, pad=True)]
        rule = "-" * len(head)
        page = [rule, head, f"|{rule[2:]}|"]
        text = "\n".join([f"Tabelle: {name}", "Angezeigte Felder", "", *page, *rows[:2], *page, *rows[2:], rule])
        (folder / f"se16n_{name.lower()}_2025.txt").write_bytes(text.encode("cp1252"))


def write_answers(folder, scenario_folder, told=IN_SAP):
    """What exports have no field for, from the scenario's own files."""
    folder.mkdir()
    for path in scenario_folder.glob("*.csv"):
        if path.stem == "bom":
            continue
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        untold = frame["product"].isin(_untold(scenario_folder)) if path.stem == "products" else None
        dropped = [name for name in told.get(path.stem, ()) if name in frame and name != "current_strategy"]
        frame = frame.drop(columns=dropped)
        if untold is not None:
            frame["current_strategy"] = frame["current_strategy"].where(untold, "")
        frame.to_csv(folder / path.name, index=False)
    (folder / "scenario.yaml").write_text((scenario_folder / "scenario.yaml").read_text(encoding="utf-8"))
