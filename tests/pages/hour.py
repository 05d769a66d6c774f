"""The steps of `docs/hour.md` on exports made for it: `python -m tests.pages.hour` says how long each takes.

The exports are as a consultant gets them: German headings and signs, numbers filled up with zeros, two plants, a
workbook whose numbers are text, a list between bars; and some dirt: an order of 2204, a rejected line, a quotation, a
return, a material without a price.
"""

import contextlib
import datetime as dt
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tests.conftest import ROOT
from tests.pages.start import run
from tests.scenario.importers.sap_export import number

PAGE = ROOT / "docs" / "hour.md"
PLANTS = ("1000", "2000")
BEGUN, PLANNED, REVIEWED = dt.date(2024, 1, 1), 700, 760
_COMMANDS = re.compile(r"^```sh\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The commands of a page, in order."""
    return [line for block in _COMMANDS.findall(page) for line in block.splitlines()]


def write_exports(folder: Path, products: int, days: int) -> None:
    """A folder of tables with so many products and days of orders; more days begin with the same ones."""
    goods = [f"{100001 + k:018d}" for k in range(products)]
    parts = [f"{500001 + k:018d}" for k in range(max(2, products // 2))]
    made = [(name, plant) for plant in PLANTS for name in (goods if plant == "1000" else goods[: products // 5])]
    rng = np.random.default_rng(7)
    price = {name: float(rng.uniform(80, 900)) for name in goods} | {name: float(rng.uniform(5, 90)) for name in parts}
    tables = _masters(made, parts, price, rng) | _bills(made, parts, rng) | _documents(made, days)
    folder.mkdir()
    for name, (head, rows) in tables.items():
        frame = pd.DataFrame(rows, columns=head)
        if name == "VBEP":
            frame.to_excel(folder / "VBEP.xlsx", index=False)
        elif name == "VBAK":
            lines = ["|" + "|".join(row) + "|" for row in [head, *rows]]
            (folder / "se16n_vbak_2025.txt").write_text("\n".join(["Tabelle: VBAK", "", *lines]), encoding="utf-16")
        else:
            frame.to_csv(folder / f"{name}.csv", sep=";", index=False, encoding="cp1252")


def write_answers(folder: Path, goods: int, **settings: object) -> None:
    """What is asked for: the price that is missing, what a switch costs, and settings."""
    folder.mkdir()
    (folder / "products.csv").write_text(f"product,unit_cost,change_cost\n{100000 + goods},350,\n*,,400\n")
    said = {"currency": "EUR", "holding_rate_per_year": 0.22, **settings}
    (folder / "scenario.yaml").write_text("".join(f"{name}: {value}\n" for name, value in said.items()))


def _amount(value: float) -> str:
    return number(value, german=True)


def _masters(made, parts, price, rng):
    groups = ("10", "40", "20", "10", "11", "20", "50")
    goods = list(dict.fromkeys(name for name, _ in made))
    group = dict(zip(goods, groups * len(goods), strict=False))
    master = [[name, plant, "E", "0", str(rng.integers(3, 12)), "1", group[name], "",
               "VB" if group[name] in ("10", "11") else "PD"] for name, plant in made]  # fmt: skip
    master += [[name, plant, "F", str(rng.integers(5, 60)), "0", "2", "", "2", "PD"]
               for name in parts for plant in PLANTS]  # fmt: skip
    # The last product has no price; the first stock is below zero.
    values = [[name, plant, _amount(100.0 * price[name]), "100", _amount(float(rng.integers(0, 60)))]
              for name, plant in made if name != goods[-1]]  # fmt: skip
    values[0][4] = "12,000-"
    values += [[name, plant, _amount(price[name]), "1", _amount(float(rng.integers(0, 400)))]
               for name in parts for plant in PLANTS]  # fmt: skip
    return {
        "MARC": (["Material", "Werk", "Beschaffungsart", "Planlieferzeit", "Eigenfertigungszeit", "WE-Bearbeitungszeit",
                  "Strategiegruppe", "Einzel/Sammel", "Dispositionsmerkmal"], master),
        "MBEW": (["Material", "Bewertungskreis", "Standardpreis", "Preiseinheit", "Gesamtbestand"], values),
        "MAKT": (["Material", "Sprache", "Materialkurztext"], [[name, "DE", f"Pumpe {name[-3:]}"] for name in goods]),
    }  # fmt: skip


def _bills(made, parts, rng):
    heads, bases, items = [], [], []
    for k, (name, plant) in enumerate(made, start=1):
        heads.append([name, plant, "1", f"{k:08d}", "1"])
        bases.append([f"{k:08d}", "1", _amount(10.0)])
        items += [[f"{k:08d}", part, _amount(10.0 * int(rng.integers(1, 4))), "2,50"]
                  for part in rng.choice(parts, size=2, replace=False)]  # fmt: skip
    return {
        "MAST": (["Material", "Werk", "Verwendung", "Stückliste", "Alternative"], heads),
        "STKO": (["Stückliste", "Alternative", "Basismenge"], bases),
        "STPO": (["Stückliste", "Komponente", "Menge", "Komponentenausschuss"], items),
    }  # fmt: skip


def _documents(made, days):
    heads, lines, dates = [], [], []
    for k, (name, plant) in enumerate(made):
        # A product's orders are the same whatever comes after them.
        rng = np.random.default_rng(100 + k)
        rate, size, lead = rng.choice([0.8, 2.0, 4.0]), rng.choice([1, 2, 5]), rng.choice([5, 10, 21])
        for day in range(days):
            arrives, units, wait, share = rng.random(), 1 + rng.poisson(size - 1), rng.normal(lead, 1), rng.random()
            if arrives >= rate / 7.0:
                continue
            ordered = BEGUN + dt.timedelta(days=day)
            wanted = ordered + dt.timedelta(days=max(0, round(wait)))
            # One product sells three times as much after the plan.
            units *= 3 if k == 1 and day >= PLANNED else 1
            number_ = f"{4500000 + 1000 * k + day:010d}"
            heads.append([number_, f"{ordered:%d.%m.%Y}", f"{int(share * 30):010d}", "C"])
            lines.append([number_, "000010", name, plant, _amount(float(units)), "ZA" if share < 0.02 else ""])
            dates.append([number_, "000010", f"{wanted:%d.%m.%Y}", _amount(float(units))])
    heads[3][1], heads[5][3] = "03.05.2204", "B"
    lines[7][4] = f"{lines[7][4]}-"
    return {
        "VBAK": (["Verkaufsbeleg", "Belegdatum", "Auftraggeber", "Vertriebsbelegtyp"], heads),
        "VBAP": (["Verkaufsbeleg", "Position", "Material", "Werk", "Auftragsmenge", "Absagegrund"], lines),
        "VBEP": (["Verkaufsbeleg", "Position", "Einteilungsdatum", "Auftragsmenge"], dates),
    }  # fmt: skip


def taken(products: int, *, but: str = "", **settings: object) -> list[tuple[str, str, float]]:
    """Each command of the page, what it said, and its processor time in seconds, in the folder of now.

    Commands that end with `but` are left out where it says something.
    """
    write_exports(Path("exports"), products, PLANNED)
    write_exports(Path("exports-january"), products, REVIEWED)
    write_answers(Path("answers"), products, **settings)
    steps = []
    for line in commands(PAGE.read_text(encoding="utf-8")):
        if but and line.endswith(but):
            continue
        began = time.process_time()
        said = run(line)
        steps.append((line, said, time.process_time() - began))
    return steps


def main() -> None:
    """Say what each step takes, with forty products and the samples that a scenario has by default."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for line, said, seconds in taken(40):
            sys.stdout.write(f"{seconds:6.1f} s  {line}\n")
            sys.stderr.write(said)


if __name__ == "__main__":
    main()
