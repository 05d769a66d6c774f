"""A small good scenario as files, broken at will."""

import pytest

from engine.errors import ScenarioError
from engine.scenario.read import read_scenario

GOOD = {
    "scenario.yaml": "name: case\nholding_rate_per_year: 0.25\n",
    "products.csv": (
        "product,demand_per_week,demand_cv,unit_cost,lead_time_target_days,late_cost_per_unit_day,make_days\n"
        "A,10,0.5,100,5,1,10\n"
        "B,4,0.8,80,3,1,12\n"
    ),
    "components.csv": "component,unit_cost,lead_time_days\nC1,20,9\nC2,5,4\n",
    "bom.csv": "product,component,quantity\nA,C1,2\nB,C1,1\nB,C2,4\n",
}
ORDERS = "order_date,product,quantity\n2026-01-05,A,3\n2026-02-09,A,4\n"


YAML = GOOD["scenario.yaml"]


def write(folder, files=(), **changes):
    """The good scenario with (old, new) replacements per table, or whole files."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {**GOOD, **dict(files)}
    for table, (old, new) in changes.items():
        name = "scenario.yaml" if table == "settings" else f"{table}.csv"
        assert old in contents[name], f"{old!r} is not in {name}"
        contents[name] = contents[name].replace(old, new)
    for name, text in contents.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / name).write_bytes(data)
    return folder


def faults(path):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    return [str(issue) for issue in caught.value.issues]
