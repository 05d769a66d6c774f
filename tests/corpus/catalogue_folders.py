"""Faults of the folder of a catalogue, before any row is read: its files, beside good products; None takes one away."""

from tests.scenario.folders import GOOD

_SETTINGS, _PRODUCTS = GOOD["scenario.yaml"], GOOD["products.csv"]

CASES: dict[str, dict[str, str | bytes | None]] = {
    "no products": {"products.csv": None},
    "a bill without components": {"bom.csv": GOOD["bom.csv"]},
    "a budget": {"scenario.yaml": f"{_SETTINGS}inventory_budget: 9\n"},
    "one strategy of a family": {"scenario.yaml": f"{_SETTINGS}one_strategy_per: family\n"},
    "products twice": {"products/a.parquet": ""},
    "order lines": {"orders.csv": "order_date,product,quantity\n"},
    "weeks with nothing to sell": {"stock_outs.csv": "product,first_day,last_day\n"},
    "seasons": {"seasons.csv": "product,period,factor\n"},
    "a table misspelt": {"componets.csv": "component\n"},
    "a column misspelt": {"products.csv": _PRODUCTS.replace("demand_cv", "demand_cvv")},
    "a plant beside the key": {"products.csv": _PRODUCTS.replace("make_days", "plant").replace(",10\nB", ",P\nB")},
    "semicolons": {"products.csv": _PRODUCTS.replace(",", ";")},
    "UTF-16": {"products.csv": _PRODUCTS.encode("utf-16")},
    "a bill in capital letters": {"BOM.CSV": GOOD["bom.csv"]},
    "a bill in a folder of text": {"bom/part.csv": GOOD["bom.csv"]},
    "a table in two spellings": {"Products.CSV": _PRODUCTS},
    "seasons in capital letters": {"SEASONS.CSV": "product,period,factor\n"},
    "segments": {"segments.csv": "product,segment,share\n"},
}
