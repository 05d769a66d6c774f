"""What is broken, and exactly what the reader says about it: file, row, column, and what would be right."""

import pytest

from tests.scenario.folders import GOOD, ORDERS, YAML, faults, write

AT_MOST = "expected a number 0 or more and at most"
MALFORMED = {
    "unknown column": (
        {"products": ("unit_cost", "unit_cots")},
        [
            "products.csv:1:unit_cots: there is no such column; did you mean 'unit_cost'?",
            "products.csv:1:unit_cost: this required column is missing",
        ],
    ),
    "column twice": (
        {"products": ("demand_cv", "demand_per_week")},
        [
            "products.csv:1:demand_per_week: this column stands twice; keep one",
            "products.csv:1:demand_cv: this required column is missing; order lines would fill it",
        ],
    ),
    "required cell blank": (
        {"products": ("B,4,0.8,80", "B,4,0.8,")},
        ["products.csv:3:unit_cost: is blank; a number 0 or more (money/unit) is required"],
    ),
    "not a number": (
        {"products": ("B,4,0.8,80", "B,four,0.8,80")},
        ["products.csv:3:demand_per_week: 'four' is not a number; expected a number 0 or more (units/week)"],
    ),
    "comma as decimal sign": (
        {"products": ("B,4,", 'B,"4,5",')},
        [
            (
                "products.csv:3:demand_per_week: '4,5' is not a number; expected a number 0 or more "
                "(units/week); "
                "format.decimal and format.thousands in scenario.yaml declare what a comma means"
            )
        ],
    ),
    "no demand at all": (
        {"products": ("A,10,0.5,100,5,1,10\nB,4,", "A,0,0.5,100,5,1,10\nB,0,")},
        [
            (
                "products.csv: holds no product with demand (of 2); at least one is needed, by demand_per_week or by "
                "order lines above zero"
            )
        ],
    ),
    "negative cost": (
        {"components": ("C2,5,4", "C2,-5,4")},
        ["components.csv:3:unit_cost: -5 is out of range; expected a number 0 or more (money/unit)"],
    ),
    "endless number": (
        {"components": ("C2,5,4", "C2,1e999,4")},
        ["components.csv:3:unit_cost: '1e999' is not a number; expected a number 0 or more (money/unit)"],
    ),
    "number beyond any use": (
        {"components": ("C2,5,4", "C2,1e300,4000")},
        [
            f"components.csv:3:unit_cost: 1e300 is out of range; {AT_MOST} 1e+12 (money/unit)",
            f"components.csv:3:lead_time_days: 4000 is out of range; {AT_MOST} 3650 (days)",
        ],
    ),
    "key twice": (
        {"products": ("B,4", "A,4")},
        [
            "products.csv:3:product: 'A' stands already in row 2; keep one",
            "bom.csv:3:product: 'B' is not in products; add it there or mend the spelling",
            "bom.csv:4:product: 'B' is not in products; add it there or mend the spelling",
        ],
    ),
    "line of a bill twice": (
        {"bom": ("B,C2,4", "B,C1,4")},
        ["bom.csv:4:component: 'B', 'C1' stands already in row 3; keep one"],
    ),
    "unknown component": (
        {"bom": ("A,C1", "A,C9")},
        ["bom.csv:2:component: 'C9' is not in components; add it there or mend the spelling"],
    ),
    "too many cells": (
        {"products": ("A,10,0.5,100,5,1,10", "A,10,0,5,100,5,1,10"), "bom": ("A,C1,2\n", "")},
        ["products.csv:2: 8 cells under 7 columns; a cell too many, or text to be quoted"],
    ),
    "no products": (
        {"products": (GOOD["products.csv"].split("\n", 1)[1], ""), "bom": ("A,C1,2\nB,C1,1\nB,C2,4\n", "")},
        ["products.csv: holds no product; at least one is needed"],
    ),
    "empty file": (
        {"components": (GOOD["components.csv"], "")},
        ["components.csv: is empty; the first row should name the columns"],
    ),
    "quote not closed": (
        {"components": ("C2,5", '"C2,5')},
        [
            (
                "components.csv:3: not readable as CSV (unexpected end of data); look for a quotation mark "
                "that is "
                "not closed or doubled"
            )
        ],
    ),
    "no late cost": (
        {"products": ("80,3,1,12", "80,3,,12")},
        ["products.csv:3:late_cost_per_unit_day: is blank; give a late cost or an on_time_target"],
    ),
    "lost sales without a price": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "lost_share_if_late\nA,10,0.5,100,5,1,0.5\nB,4,0.8,80,3,1,0",
            )
        },
        ["products.csv:2:price: is blank; lost sales (lost_share_if_late) cost margin, so a price is needed"],
    ),
    "locked outside allowed": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "allowed,locked\nA,10,0.5,100,5,1,MTS|MTO,ATO\nB,4,0.8,80,3,1,,",
            )
        },
        ["products.csv:2:locked: ATO is not in allowed (MTS|MTO)"],
    ),
    "unknown strategy": (
        {"products": ("make_days\nA,10,0.5,100,5,1,10", "allowed\nA,10,0.5,100,5,1,MTS|BTO"), "bom": ("x", "x")},
        [
            "products.csv:2:allowed: 'BTO' is none of MTS, ATO, MTO; write a list like MTS|ATO|MTO",
            "products.csv:3:allowed: '12' is none of MTS, ATO, MTO; write a list like MTS|ATO|MTO",
        ],
    ),
    "unknown family": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "distribution\nA,10,0.5,100,5,1,gama\nB,4,0.8,80,3,1,",
            )
        },
        [
            (
                "products.csv:2:distribution: 'gama' is none of gamma, normal, poisson, negative_binomial, "
                "compound_poisson, empirical"
            )
        ],
    ),
    "Poisson with another CV": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "distribution\nA,10,0.5,100,5,1,poisson\nB,4,,80,3,1,poisson",
            )
        },
        ["products.csv:2:demand_cv: 0.5 cannot be: Poisson demand of 10 a week has CV 0.3162; leave it blank"],
    ),
    "negative binomial below Poisson": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "distribution\nA,10,0.3,100,5,1,negative_binomial\nB,4,0.8,80,3,1,",
            )
        },
        ["products.csv:2:demand_cv: 0.3 is too low: negative binomial demand of 10 a week needs a CV above 0.3163"],
    ),
    "normal demand that is often below zero": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "make_days,distribution\nA,10,0.5,100,5,1,10,normal\nB,4,0.8,80,3,1,12,normal",
            )
        },
        [
            (
                "products.csv:3:demand_cv: 0.8 is too high: normal demand would be below zero in 10.6% of the weeks; "
                "it needs a CV of at most 0.5 (2.3%), or gamma"
            )
        ],
    ),
    "delivery beyond the target": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "delivery_days\nA,10,0.5,100,5,1,6\nB,4,0.8,80,3,1,",
            )
        },
        ["products.csv:2:delivery_days: 'A': delivery alone takes 6 days, the target is 5; no strategy can be on time"],
    ),
    "nothing can be on time": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "on_time_target,allowed\nA,10,0.5,100,5,1,0.95,MTO\nB,4,0.8,80,3,1,,",
            )
        },
        [
            (
                "products.csv:2:on_time_target: 'A': none of MTO can deliver 0.95 on time within 5 days; "
                "allow MTS, "
                "lengthen the target or lower on_time_target"
            )
        ],
    ),
    "on time always": (
        {
            "products": (
                "make_days\nA,10,0.5,100,5,1,10\nB,4,0.8,80,3,1,12",
                "on_time_target\nA,10,0.5,100,5,1,1\nB,4,0.8,80,3,1,",
            )
        },
        ["products.csv:2:on_time_target: 1 is out of range; expected a number 0 or more and below 1 (share)"],
    ),
    "a table that is none": (
        {"files": {"component.csv": "component\nC1\n"}},
        ["component.csv: there is no table 'component'; did you mean 'components'?"],
    ),
    "no products table": (
        {"files": {"products.csv": None}},
        ["products.csv: the table products is missing"],
    ),
    "latin-1 bytes": (
        {"files": {"components.csv": GOOD["components.csv"].replace("C2", "Büchse").encode("latin-1")}},
        ["components.csv:3: is not utf-8 text; save the file as UTF-8 or declare format.encoding in scenario.yaml"],
    ),
    "date": (
        {"files": {"orders.csv": ORDERS.replace("2026-02-09", "09.02.2026")}},
        [
            (
                "orders.csv:3:order_date: '09.02.2026' is not a date written as %Y-%m-%d; write in scenario.yaml "
                "'format: {date: \"%d.%m.%Y\"}'"
            )
        ],
    ),
    "unknown setting": (
        {"settings": ("name: case", "name: case\nsampels: 100")},
        ["scenario.yaml:2:sampels: there is no setting 'sampels'; did you mean 'samples'?"],
    ),
    "unknown setting inside": (
        {"settings": ("name: case", "name: case\nrisk:\n  cvar: 0.1")},
        ["scenario.yaml:3:risk.cvar: there is no setting 'cvar'; did you mean 'cvar_level'?"],
    ),
    "required setting missing": (
        {"settings": ("holding_rate_per_year: 0.25\n", "")},
        ["scenario.yaml:holding_rate_per_year: this setting is required"],
    ),
    "setting out of range": (
        {"settings": ("0.25", "-0.25")},
        ["scenario.yaml:2:holding_rate_per_year: should be greater than or equal to 0; given: -0.25"],
    ),
    "truth value for a number": (
        {"settings": ("0.25", "true")},
        ["scenario.yaml:2:holding_rate_per_year: should be a valid number; given: True"],
    ),
    "number for a name": (
        {"settings": ("name: case", "name: 00123")},
        ["scenario.yaml:1:name: should be text; write it in quotes; given: 123"],
    ),
    "setting twice": (
        {"settings": ("name: case\n", "name: case\nname: again\n")},
        [
            (
                'scenario.yaml:2: not readable as YAML: found duplicate key "name" with value "again" '
                '(original value: "case")'
            )
        ],
    ),
    "alias": (
        {"settings": ("name: case\n", "name: &n case\ncurrency: *n\n")},
        ["scenario.yaml:2: YAML aliases (*name) are not accepted; repeat the text"],
    ),
    "deep nesting": (
        {"settings": ("name: case\n", "name: " + "[" * 5000 + "]" * 5000 + "\n")},
        ["scenario.yaml:1: nested too deeply; no setting goes that deep"],
    ),
    "a date that is none": (
        {"settings": ("name: case", "name: 2026-13-01")},
        ["scenario.yaml: not readable as YAML: month must be in 1..12; write text in quotes"],
    ),
    "no YAML": (
        {"settings": ("name: case", "name: [case")},
        ["scenario.yaml:2: not readable as YAML: expected ',' or ']', but got ':'"],
    ),
    "no settings at all": (
        {"settings": (YAML, "")},
        ["scenario.yaml: should hold lines like 'holding_rate_per_year: 0.25'"],
    ),
    "settings in latin-1": (
        {"files": {"scenario.yaml": YAML.replace("case", "Fälle").encode("latin-1")}},
        ["scenario.yaml:1: is not UTF-8 text; save the file as UTF-8"],
    ),
    "alias of a column that is not there": (
        {"settings": ("name: case\n", "name: case\ncolumns:\n  products:\n    unit_cost: Preis\n")},
        [
            (
                "scenario.yaml:4:columns.products.unit_cost: products.csv has no column 'Preis'; known are: "
                "demand_cv, demand_per_week, late_cost_per_unit_day, lead_time_target_days, make_days, "
                "product, unit_cost"
            )
        ],
    ),
    "alias for an unknown column": (
        {
            "settings": ("name: case\n", "name: case\ncolumns:\n  products:\n    unit_cots: unit_cost\n"),
            "products": ("unit_cost", "unit_cost"),
        },
        [
            ("scenario.yaml:4:columns.products.unit_cots: there is no column 'unit_cots'; did you mean 'unit_cost'?"),
            "products.csv:1:unit_cost: there is no such column; did you mean 'unit_cost'?",
            "products.csv:1:unit_cost: this required column is missing",
        ],
    ),
    "unknown encoding": (
        {"settings": ("name: case\n", "name: case\nformat: {encoding: utf-9}\n")},
        ["scenario.yaml:2:format.encoding: there is no text encoding 'utf-9'; 'utf-8' and 'cp1252' are usual"],
    ),
    "one sign for two things": (
        {"settings": ("name: case\n", "name: case\nformat: {decimal: ',', thousands: ','}\n")},
        ["scenario.yaml:2:format: decimal and thousands are both ','; they must differ"],
    ),
    "blank without orders to fit": (
        {"products": ("B,4,0.8,80,3", "B,4,,80,"), "files": {"orders.csv": ORDERS}},
        [
            (
                "products.csv:3:lead_time_target_days: is blank and there are no order lines of this "
                "product to fit it from"
            ),
            "products.csv:3:demand_cv: is blank; a number 0 or more is required",
        ],
    ),
    "variant of an unknown column": (
        {"settings": ("name: case\n", "name: case\nvariants:\n  dear:\n    scale: {unit_cots: 2}\n")},
        [
            (
                "scenario.yaml:variants.dear.scale.unit_cots: there is no setting or numeric column "
                "'unit_cots'; "
                "did you mean 'unit_cost'?"
            )
        ],
    ),
    "variant that leads to a fault": (
        {"settings": ("name: case\n", "name: case\nvariants:\n  none:\n    set: {demand_per_week: 0}\n")},
        [
            f"scenario.yaml:variants.none: leads to products.csv:{row}:demand_per_week: 0 is out of range; "
            "a product without demand is listed where its table says so, not decided"
            for row in (2, 3)
        ],
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name, tmp_path):
    changes, said = MALFORMED[name]
    changes = dict(changes)
    files = dict(changes.pop("files", {}))
    missing = [file for file, text in files.items() if text is None]
    folder = write(
        tmp_path / "s",
        {file: text for file, text in files.items() if text is not None},
        **{table: change for table, change in changes.items() if change[0] != "x"},
    )
    for file in missing:
        (folder / file).unlink()
    found = faults(folder)
    assert found == said
