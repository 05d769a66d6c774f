"""The page of tables and units, `docs/tables.md`: `python -m tests.pages.tables` writes it anew."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.scenario.columns import COLUMNS, KEYS, REQUIRED_TABLES, Column, expected
from engine.scenario.files.template_text import SETTINGS, TABLE_MEANINGS, blank_means, setting_default
from engine.scenario.plants import OWNERS

_HEAD = """# Tables and units

A scenario is a folder of CSV files, or one workbook whose sheets have the same names. **Time is in days, money in one
currency of yours.** Only `products.csv` and `scenario.yaml` are needed.

Columns may stand in any order, and those you do not need may be left out; what a blank means stands beside each. A
column that is not listed here is refused with the nearest name that is. Your own names, signs and dates can be
declared, see [below](#your-own-names).

Rows of sums (`Total`, `Summe`, `合计`) are left out and told by row: rows that say no more than that, and whose numbers
add up the rows above or leave blank what all others fill.

Amounts may name their currency in the same cell (`1.234,50 EUR`, `€ 3`). Another one than `currency` is a fault.

*This page is written by `python -m tests.pages.tables` from the code that reads the tables; a test holds it to that.*
"""
_TAIL = """
## Your own names

Ours on the left, yours on the right, in `scenario.yaml`; and how your CSV files are written, where it is not `1234.5`
and `2026-05-31` between commas:

```yaml
columns:
  products:
    product: "Artikel"
format:
  delimiter: ";"
  decimal: ","
  thousands: "."
  date: "%d.%m.%Y"
  encoding: "cp1252"
```

## What-ifs

By name, under `variants:` in `scenario.yaml`. `set` gives a value, `scale` multiplies, `where` says for which rows:

```yaml
variants:
  strong demand:
    scale: {demand_per_week: 1.2}
    where: {family: "bikes"}
```

`codp solve CASE --variant "strong demand" --out plan` decides it.
"""


def tables_page() -> str:
    """The page as Markdown."""
    lines = [_HEAD, "## Settings", "", "`scenario.yaml`, one line each:", ""]
    lines += ["| setting | unit | left out means | what it is |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {_default(name)} | {_cell(meaning)} |" for name, unit, meaning in SETTINGS]
    for table, definitions in COLUMNS.items():
        need = "required" if table in REQUIRED_TABLES else "optional"
        keys = ", ".join(f"`{key}`" for key in (*KEYS[table], *(("plant",) if table in OWNERS else ())))
        about = f"{TABLE_MEANINGS[table][0].upper()}{TABLE_MEANINGS[table][1:]}."
        about += f" No two rows have the same {keys}." if keys else ""
        lines += ["", f"## {table}.csv", "", f"*{need}.* {about}", ""]
        lines += ["| column | what a cell holds | blank means | what it is |", "|---|---|---|---|"]
        for one in definitions:
            cells = map(_cell, (f"`{one.name}`", _holds(one), blank_means(one), one.meaning))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n" + _TAIL


def _default(name: str) -> str:
    """What a setting has where it is not given; of the two that are required there is only an example."""
    if name in {"name", "holding_rate_per_year"}:
        return f"**required**, for example `{setting_default(name)}`"
    value = setting_default(name)
    return "" if value is None else f"`{value}`"


def _holds(definition: Column) -> str:
    """What is expected of a cell, with its unit."""
    told = expected(definition).words()
    unit = definition.unit
    return told if not unit or f"({unit})" in told or definition.kind == "date" else f"{told} ({unit})"


def _cell(text: str) -> str:
    """A text inside a Markdown table."""
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page of this checkout."""
    page = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
    if page.read_text(encoding="utf-8") == (now := tables_page()):
        return
    page.write_text(now, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{page.name} rewritten\n")


if __name__ == "__main__":
    sys.exit(main())
