"""What a template says of settings and columns: meanings, defaults, blanks."""

from __future__ import annotations

import json

from pydantic import BaseModel

from engine.scenario.columns import COLUMNS, FITTED, REQUIRED_TABLES, Column, expected
from engine.scenario.settings import Settings

EXAMPLE_SETTINGS: dict[str, object] = {"name": "my case", "holding_rate_per_year": 0.25}

# Setting, unit and meaning, in the order of the files; nested ones with dots.
SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("name", "", "name of the case"),
    ("currency", "", "shown with money"),
    ("holding_rate_per_year", "share of unit cost/year", "capital, storage and insurance of stock"),
    ("review_days", "days", "stock is reviewed and ordered this often; 0: continuously"),
    ("cost_timing", "", "average (over time) or period_end (stock counted at the end of each review)"),
    ("samples", "", "random samples of demand and lead times"),
    ("seed", "", "start of the random numbers"),
    ("on_time_target", "share", "least share of units on time, for all products; blank: cost decides"),
    ("inventory_budget", "money", "most average inventory value; blank: no limit"),
    ("capacity_bucket_days", "days", "period over which the hours of a resource can be shifted"),
    ("max_changes", "", "most products that leave their current strategy; blank: no limit"),
    ("change_payback_years", "years", "change_cost is paid once; the objective spreads it evenly over these years"),
    ("one_strategy_per", "", "family: all products of a family share one strategy; blank: each has its own"),
    ("risk.cvar_weight", "share", "weight of the worst cases in the objective; 0: mean cost alone"),
    ("risk.cvar_level", "share", "the worst cases are those above this quantile"),
    ("demand.common_factor_cv", "", "coefficient of variation of a weekly factor common to all products"),
    ("order_book.first_day", "date", "order lines before this day are left out; blank: none"),
    ("order_book.last_day", "date", "order lines after this day are left out; blank: none"),
    ("rules_in_use.A", "", "your ABC-XYZ table, which is compared: products that sell for most of the yearly value"),
    ("rules_in_use.B", "", "those in between; X: weekly CV up to 0.5, Y: up to 1, Z: above"),
    ("rules_in_use.C", "", "those that sell for least of the yearly value"),
)

TABLE_MEANINGS = {
    "products": "what is sold: demand, cost, times, service; one row per product",
    "components": "what products are assembled from and may be stocked; one row per component",
    "bom": "which components a product needs, and how many",
    "resources": "scarce capacity: machines, people",
    "routing": "hours of a resource that a product takes",
    "orders": "order lines of the past, to fit the demand columns that products leave blank",
    "stock_outs": "days on which a product could not be sold, so that they are not taken for days without demand",
    "seasons": "what of the yearly demand falls into each quarter, month or week; one row per period",
    "segments": "customer groups or channels that wait longer or less long than others; one row per group",
    "forecasts": "your own forecast of weeks or months; past ones beside sales say how far off they are",
}

_BLANKS = {
    "price": "needed where lost_share_if_late is above 0",
    "make_days": "longest component lead time + assembly_days",
    "replenishment_days": "make_days",
    "replenishment_cv": "make_cv",
    "batch_size": "economic order quantity where batch_setup_cost is given, else no batches",
    "order_size_cv": "from order lines; for compound_poisson from demand_cv",
    "large_order_target_days": "no cut-off",
    "shelf_life_days": "no limit",
    "late_cost_per_unit_day": "needed unless there is an on_time_target",
    "segments.late_cost_per_unit_day": "that of the product",
    "on_time_target": "that of the settings",
    "locked": "free to choose",
    "lock_until": "no end",
    "current_strategy": "unknown",
    "outsourcing_cost_per_hour": "no outsourcing",
    "stock_on_hand": "unknown",
    "whole_units": "yes where products of whole-unit demand take whole numbers of it",
    "units_per": "1",
}


def blank_means(definition: Column) -> str:
    """What an empty cell of a column means.

    Examples
    --------
    >>> from engine.scenario.columns import column
    >>> blank_means(column("products", "make_days")), blank_means(column("bom", "quantity"))
    ('longest component lead time + assembly_days', 'required')
    """
    fitted = definition.table == "products" and definition.name in FITTED
    if definition.required:
        return "required, or fitted to orders" if fitted else "required"
    if definition.default not in (None, ""):
        default = definition.default
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        return f"{shown}, or fitted to orders" if fitted else shown
    return _BLANKS.get(f"{definition.table}.{definition.name}", _BLANKS.get(definition.name, "none"))


def setting_default(name: str) -> object:
    """Default of a setting by its dotted name; the example where there is none."""
    if name in EXAMPLE_SETTINGS:
        return EXAMPLE_SETTINGS[name]
    value: object = Settings.model_validate(EXAMPLE_SETTINGS)
    for part in name.split("."):
        value = getattr(value, part)
    return value.model_dump() if isinstance(value, BaseModel) else value


def yaml_text() -> str:
    """A commented ``scenario.yaml``: what is required is filled in, the rest shows its default."""
    lines = [
        "# Settings of the case. Time is in days, money in the currency named here.",
        "# A line that starts with # is a comment; take the # away to change a default.",
        "",
    ]
    within = ""
    for name, unit, meaning in SETTINGS:
        parent, _, leaf = name.rpartition(".")
        value = json.dumps(setting_default(name))
        note = f"{meaning} ({unit})" if unit else meaning
        if parent != within:
            lines.append(f"# {parent}:")
            within = parent
        mark = "" if name in EXAMPLE_SETTINGS else "# "
        indent = "  " if parent else ""
        lines.append(f"{mark}{indent}{leaf}: {value}  # {note}")
    return "\n".join([*lines, "", *_YAML_EXAMPLES]) + "\n"


_YAML_EXAMPLES = (
    "## Least and most products of a strategy, by a name of yours: of all, of one family or plant, or of each.",
    "## limits:",
    "##   make to order: {strategy: MTO, at_most: 40}",
    '##   bikes in stock: {strategy: MTS, at_least: 2, family: "bikes"}',
    "##   few kits: {strategy: ATO, at_most: 3, per: family}",
    '##   orders of a plant: {strategy: MTO, at_most: 40, plant: "1000"}',
    "",
    "## What-ifs, by name: set or scale a setting or a numeric column, for some rows where wanted.",
    "## variants:",
    "##   strong demand:",
    "##     scale: {demand_per_week: 1.2}",
    '##     where: {family: "bikes"}',
    "",
    "## Your own column names: ours on the left, yours on the right.",
    "## columns:",
    "##   products:",
    '##     product: "Artikel"',
    "",
    "## How the CSV files are written, where it is not 1234.5 and 2026-05-31 between commas.",
    "## format:",
    '##   delimiter: ";"',
    '##   decimal: ","',
    '##   thousands: "."',
    '##   date: "%d.%m.%Y"',
    '##   encoding: "cp1252"',
)


def readme_text() -> str:
    """The tables and columns as Markdown."""
    lines = [
        "# A case for codp",
        "",
        "Fill in `products.csv` and `scenario.yaml`; the other tables are optional and may stay empty or be",
        "deleted. One row per product, component and so on, under the headings that are there; columns may be",
        "in any order, and those you do not need may be deleted. `codp check FOLDER` says what is missing.",
    ]
    for table, definitions in COLUMNS.items():
        need = "required" if table in REQUIRED_TABLES else "optional"
        lines += ["", f"## {table}.csv ({need})", "", f"{TABLE_MEANINGS[table][0].upper()}{TABLE_MEANINGS[table][1:]}."]
        lines += ["", "| column | unit | meaning | holds | blank means |", "|---|---|---|---|---|"]
        for definition in definitions:
            cells = [
                f"`{definition.name}`", definition.unit, definition.meaning or definition.name,
                expected(definition).words(), blank_means(definition),
            ]  # fmt: skip
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
