"""Faults of plans: a cell of a table (row as a spreadsheet counts, column, cell), a value of the summary, or a file."""

Cell = tuple[str, int, str, str]

CASES: dict[str, Cell | dict[str, object] | tuple[str, bytes | None]] = {
    "a table gone": ("ledger.csv", None),
    "no summary": ("summary.json", None),
    "a summary that is no JSON": ("summary.json", b"{"),
    "a summary that is a list": ("summary.json", b"[]"),
    "a summary of bytes": ("summary.json", b"\xff\xfe"),
    "an empty table": ("decisions.csv", b""),
    "a table of bytes": ("decisions.csv", b"\x80\x81\x82"),
    "a strategy misspelt": ("decisions.csv", 2, "strategy", "STOCK"),
    "a strategy blank": ("decisions.csv", 2, "strategy", ""),
    "a product blank": ("decisions.csv", 2, "product", ""),
    "a product twice": ("decisions.csv", 3, "product", "STOOL"),
    "a stock in words": ("decisions.csv", 2, "base_stock", "many"),
    "a cost blank": ("decisions.csv", 2, "expected_cost_per_year", ""),
    "a cost that does not add up": ("decisions.csv", 2, "expected_cost_per_year", "1"),
    "a share above one": ("decisions.csv", 2, "on_time", "1.5"),
    "a value without end": ("decisions.csv", 2, "inventory_value", "inf"),
    "a term unknown": ("ledger.csv", 2, "term", "luck"),
    "a ledger of nobody": ("ledger.csv", 2, "product", "NOBODY"),
    "a ledger in words": ("ledger.csv", 2, "cost_per_year", "much"),
    "a part blank": ("components.csv", 2, "component", ""),
    "a stock of a part in words": ("components.csv", 2, "base_stock", "some"),
    "a status of nobody": {"status": "great"},
    "a currency of none": {"currency": 7},
    "samples below zero": {"samples": -1},
    "a cost in words": {"objective_per_year": "cheap"},
    "a scenario without a name": {"scenario": None},
}
