"""A made-up bicycle maker in the columns of AdventureWorks, and the real data set."""

import statistics
from collections import defaultdict
from datetime import date

import pandas as pd
import pytest

from engine.errors import EngineError
from engine.scenario.importers.adventureworks import import_adventureworks
from engine.scenario.read import read_scenario

ITEM_COLUMNS = (
    "ProductID", "ProductNumber", "Name", "Category", "Subcategory", "ProductModelID", "MakeFlag",
    "DaysToManufacture", "StandardCost", "ListPrice",
)  # fmt: skip
ITEMS = pd.DataFrame(
    [
        ("1", "BK-1", "Bike one", "Bikes", "Road Bikes", 90, 1, 4, 100.0, 200.0),
        ("2", "BK-2", "Bike two", "Bikes", "Road Bikes", 90, 1, 4, 200.0, 400.0),
        ("3", "BK-3", "Bike never sold", "Bikes", "Road Bikes", 90, 1, 4, 50.0, 99.0),
        ("10", "FR-1", "Frame", "Components", "Frames", 7, 1, 2, 60.0, 120.0),
        ("11", "WH-1", "Wheel", "Components", "Wheels", 8, 1, 1, 45.0, 80.0),
        ("12", "PD-1", "Pedal", "Components", "Pedals", None, 0, 1, 0.0, 50.0),
        ("20", "TU-1", "Tube", "", "", None, 0, 1, 0.0, 0.0),
        ("21", "MT-1", "Metal", "", "", None, 1, 1, 0.0, 0.0),
    ],
    columns=ITEM_COLUMNS,
)
EDGES = pd.DataFrame(
    [
        ("1", "10", 1, 1), ("1", "11", 2, 1), ("2", "10", 1, 1), ("2", "11", 2, 1), ("2", "12", 1, 1),
        ("2", "20", 1, 0),
        ("3", "10", 1, 1), ("10", "20", 1, 1), ("10", "21", 2, 1), ("21", "20", 3, 1), ("11", "20", 1, 1),
    ],
    columns=("assembly_id", "component_id", "qty", "current"),
)  # fmt: skip
LOOP = EDGES.tail(1).assign(assembly_id="21", component_id="10")
VENDORS = [("12", 15, 30.0), ("12", 17, 25.0), ("20", 18, 1.0), ("20", 16, 2.0)]
SALES = pd.DataFrame(
    [
        ("internet", "c1", "2020-05-31", "2020-06-12", 1, 190.0, "1"),
        ("reseller", "r1", "2019-06-03", "", 9, 100.0, "1"),
        ("reseller", "r1", "2019-06-02", "", 7, 100.0, "1"),
        ("reseller", "r1", "2020-01-01", "", 5, 300.0, "2"),
        ("reseller", "r1", "2019-01-01", "", 5, 40.0, "3"),
        ("internet", "c2", "2020-06-01", "2020-06-13", 1, 400.0, "2"),
        ("reseller", "r1", "2020-02-01", "", 3, 70.0, "10"),
    ],
    columns=("channel", "customer", "order_date", "due_date", "qty", "unit_price", "product_id"),
)
ROUTINGS = pd.DataFrame(
    [(7, 10, 2.0, 0.5, 100), (7, 4, 1.5, None, 20), (7, 60, 4.0, None, 1), (8, 10, 1.0, None, 1)],
    columns=("ProductModelID", "LocationID", "labor_hours", "setup_hours", "lot_size"),
)
LOCATIONS = pd.DataFrame(
    [
        (4, "Paint Storage", 0, 0),
        (10, "Frame Forming", 20, 96),
        (40, "Paint", 16, 120),
        (60, "Final Assembly", 12, 120),
    ],
    columns=("LocationID", "Name", "CostRate", "AvailabilityHoursPerWeek"),
)


def write_source(folder, *, items=ITEMS, edges=EDGES, sales=SALES, vendors=VENDORS):
    folder.mkdir(exist_ok=True)
    items.to_csv(folder / "products.csv", index=False)
    edges.to_csv(folder / "bom_edges.csv", index=False)
    sales.to_csv(folder / "sales_lines.csv.gz", index=False)
    ROUTINGS.to_csv(folder / "routings.csv", index=False)
    LOCATIONS.to_csv(folder / "locations.csv", index=False)
    rows = [
        f"{part}\t1\t{days}\t{price}\t1\t2022-08-28\t5\t10\t\tEA\t2022-08-28" for part, days, price in vendors
    ]
    (folder / "ProductVendor.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def source(tmp_path):
    return write_source(tmp_path / "source")


def told(notes, part):
    return any(part in note for note in notes)


def test_bicycles_modules_and_modules_sold_alone(source, tmp_path):
    notes = import_adventureworks(source, tmp_path / "out")
    scenario = read_scenario(tmp_path / "out")
    products = scenario.products.set_index("product")
    assert products.index.tolist() == ["BK-1", "BK-2", "FR-1/spare"]
    assert scenario.components["component"].tolist() == ["FR-1", "WH-1", "PD-1"]
    bom = {(row.product, row.component): row.quantity for row in scenario.bom.itertuples()}
    assert bom == {
        ("BK-1", "FR-1"): 1, ("BK-1", "WH-1"): 2, ("BK-2", "FR-1"): 1, ("BK-2", "WH-1"): 2,
        ("BK-2", "PD-1"): 1, ("FR-1/spare", "FR-1"): 1,
    }  # fmt: skip
    spare = products.loc["FR-1/spare"]
    assert (spare["allowed"], spare["assembly_days"], spare["family"]) == ("ATO|MTO", 0, "modules sold alone")
    assert spare["assembly_premium"] == 0
    assert told(notes, "2 of 3 bicycles have sales in the 52 weeks to 2020-05-31")
    assert told(notes, "1 modules were also sold alone")


def test_demand_is_that_of_the_52_weeks(source, tmp_path):
    notes = import_adventureworks(source, tmp_path / "out")
    products = read_scenario(tmp_path / "out").products.set_index("product")
    # 9 on the first day and 1 on the last; the 7 a day earlier and what comes later are outside.
    assert products.loc["BK-1", "demand_per_week"] == 10 / 52
    weeks = [9] + [0] * 50 + [1]
    assert products.loc["BK-1", "demand_cv"] == pytest.approx(statistics.stdev(weeks) / (10 / 52), abs=1e-6)
    # One sale says that demand is rare, whatever its size.
    assert products.loc["BK-2", "demand_cv"] == pytest.approx(52**0.5, abs=1e-6)
    assert products.loc["FR-1/spare", "demand_cv"] == pytest.approx(52**0.5, abs=1e-6)
    assert told(notes, "3 products sold in fewer than 4 of the weeks, 2 of them in a single one")


def test_module_costs_are_scaled_to_the_median_bicycle(source, tmp_path):
    notes = import_adventureworks(source, tmp_path / "out")
    scenario = read_scenario(tmp_path / "out")
    # BK-1: 60 + 2 x 45 of 100; BK-2: the same and 25, the pedal's cheapest vendor, of 200.
    factor = 0.75 / ((1.5 + 0.875) / 2)
    costs = scenario.components.set_index("component")["unit_cost"]
    assert costs.tolist() == pytest.approx([60 * factor, 45 * factor, 25 * factor], abs=5e-5)
    assert scenario.products.set_index("product").loc["FR-1/spare", "unit_cost"] == costs["FR-1"]
    assert told(notes, f"scaled by {factor:.4f}")
    assert told(notes, "1 of the modules (PD-1) take the cheapest vendor's standard price")
    assert told(notes, "2 bought and 1 made parts")


def test_lead_times_roll_up(source, tmp_path):
    import_adventureworks(source, tmp_path / "out")
    days = read_scenario(tmp_path / "out").components.set_index("component")["lead_time_days"]
    # Frame: 2 + metal (1 + the quicker vendor's 16); wheel: 1 + 16; pedal: the quicker vendor.
    assert days.to_dict() == {"FR-1": 19, "WH-1": 17, "PD-1": 15}


def test_assumed_money_follows_price_and_cost(source, tmp_path):
    import_adventureworks(source, tmp_path / "out")
    scenario = read_scenario(tmp_path / "out")
    bike = scenario.products.set_index("product").loc["BK-2"]
    assert (bike["unit_cost"], bike["price"]) == (200, 400)
    assert bike["late_cost_per_unit_day"] == pytest.approx(0.003 * 400)
    assert (bike["assembly_premium"], bike["make_premium"], bike["batch_setup_cost"]) == (2, 6, 40)
    assert (bike["lead_time_target_days"], bike["assembly_days"], bike["obsolescence_per_year"]) == (
        10,
        4,
        0.15,
    )
    assert pd.isna(bike["make_days"])
    assert scenario.settings.holding_rate_per_year == 0.25
    assert (scenario.settings.samples, scenario.settings.seed, scenario.settings.review_days) == (300, 1, 7)
    assert set(scenario.components["obsolescence_per_year"]) == {0.15}


def test_capacity_only_where_asked_and_at_85_percent(source, tmp_path):
    assert told(import_adventureworks(source, tmp_path / "out"), "Work centres are left out")
    assert not (tmp_path / "out" / "resources.csv").exists()
    notes = import_adventureworks(source, tmp_path / "out", capacity=True)
    scenario = read_scenario(tmp_path / "out")
    hours = scenario.routing.set_index(["product", "resource"])["hours_per_unit"]
    # The frame's 2 h and 0.5 h set-up over 100, and two wheels of 1 h.
    assert hours["BK-1", "Frame Forming"] == pytest.approx(2.005 + 2)
    assert hours["FR-1/spare", "Frame Forming"] == pytest.approx(2.005)
    stages = scenario.routing.groupby("resource")["stage"].unique().map(list).to_dict()
    assert stages == {"Final Assembly": ["assemble"], "Frame Forming": ["make"], "Paint": ["make"]}
    demand = scenario.products.set_index("product")["demand_per_week"]
    load = (scenario.routing["hours_per_unit"] * scenario.routing["product"].map(demand)).groupby(
        scenario.routing["resource"]
    )
    available = scenario.resources.set_index("resource")["hours_per_week"]
    assert (load.sum() / available).tolist() == pytest.approx([0.85] * 3, rel=1e-3)
    assert told(notes, "1 routing step on Paint Storage")


def test_capacity_needs_routings_of_what_is_imported_at_places_that_are_known(source, tmp_path):
    """Without them nothing is written; without capacity the rest is imported all the same."""
    path = next(source.glob("*routings*"))
    routings = pd.read_csv(path)
    for changed, said in (
        (routings.replace({"LocationID": {routings["LocationID"].iloc[0]: 77}}), "there is no location 77"),
        (routings.iloc[:0], "no module of the imported products has a routing"),
    ):
        changed.to_csv(path, index=False)
        with pytest.raises(EngineError, match=said):
            import_adventureworks(source, tmp_path / "out", capacity=True)
        assert not (tmp_path / "out").exists()
    import_adventureworks(source, tmp_path / "out")
    assert len(read_scenario(tmp_path / "out").products) == 3


def test_orders_only_where_asked(source, tmp_path):
    import_adventureworks(source, tmp_path / "out", orders=True)
    orders = read_scenario(tmp_path / "out").orders
    assert orders["product"].tolist() == ["BK-1", "BK-2", "FR-1/spare", "BK-1"]
    assert orders["quantity"].tolist() == [9, 5, 3, 1]
    assert orders["requested_date"].notna().tolist() == [False, False, False, True]
    assert str(orders["requested_date"].iloc[3].date()) == "2020-06-12"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"edges": pd.concat([EDGES, LOOP])}, "part of itself"),
        ({"vendors": VENDORS[:2]}, "bought part TU-1 has no vendor"),
        ({"edges": EDGES[EDGES["assembly_id"] != "2"]}, "BK-2 has sales but no current components"),
        ({"sales": SALES[SALES["product_id"] == "3"]}, "no bicycle has sales in the 52 weeks"),
        ({"sales": SALES.replace({"product_id": {"10": "77"}})}, "product_id 77 is not a ProductID"),
        ({"items": pd.concat([ITEMS, ITEMS.head(1)])}, "ProductID 1 stands twice"),
        ({"edges": pd.concat([EDGES, EDGES.head(1)])}, "1 holds 10 twice in current rows"),
        ({"items": ITEMS.replace({"StandardCost": {60.0: 0.0}})}, "no vendor's price for the modules FR-1"),
        ({"items": ITEMS.replace({"StandardCost": {200.0: 0.0}})}, "BK-2: StandardCost must be above 0"),
        ({"items": ITEMS.drop(columns="ListPrice")}, "products.csv: the column ListPrice is missing"),
    ],
)  # fmt: skip
def test_faults_are_told_in_words(tmp_path, changes, message):
    write_source(tmp_path / "source", **changes)
    with pytest.raises(EngineError) as caught:
        import_adventureworks(tmp_path / "source", tmp_path / "out")
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_the_order_of_the_lines_changes_nothing(source, tmp_path):
    import_adventureworks(source, tmp_path / "one")
    write_source(source, edges=EDGES.iloc[::-1], sales=SALES.iloc[::-1], vendors=VENDORS[::-1])
    import_adventureworks(source, tmp_path / "two")
    for name in ("products.csv", "components.csv", "bom.csv", "NOTES.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.fixture(scope="module")
def real(data_dir, tmp_path_factory):
    out = tmp_path_factory.mktemp("adventureworks") / "scenario"
    return data_dir / "adventureworks", out, import_adventureworks(data_dir / "adventureworks", out)


@pytest.fixture(scope="module")
def real_scenario(real):
    """What was imported, read once; no test changes it."""
    return read_scenario(real[1])


def test_real_counts(real, real_scenario):
    _, _, notes = real
    scenario = real_scenario
    alone = scenario.products["family"] == "modules sold alone"
    assert len(scenario.products[~alone]) == 79
    assert len(scenario.products[alone]) == 88
    assert len(scenario.components) == 116
    assert len(scenario.bom) == 79 * 14 + 88
    assert scenario.components["lead_time_days"].between(15, 21).all()
    assert told(notes, "79 of 97 bicycles")
    assert told(notes, "88 modules were also sold alone")


def test_real_demand_derived_line_by_line(real, real_scenario):
    source, _, _ = real
    sales = pd.read_csv(source / "sales_lines.csv.gz")
    weeks = defaultdict(lambda: [0] * 52)
    for day, product, quantity in zip(sales["order_date"], sales["product"], sales["qty"], strict=True):
        week = (date.fromisoformat(day) - date(2019, 6, 3)).days // 7
        if 0 <= week < 52:
            weeks[product][week] += quantity
    for row in real_scenario.products.itertuples():
        units = weeks[row.product.removesuffix("/spare")]
        assert row.demand_per_week == sum(units) / 52
        assert row.demand_cv == pytest.approx(statistics.stdev(units) / (sum(units) / 52), abs=1e-6)


def test_real_material_of_the_median_bicycle(real_scenario):
    scenario = real_scenario
    costs = scenario.components.set_index("component")["unit_cost"]
    material = (
        (scenario.bom["quantity"] * scenario.bom["component"].map(costs))
        .groupby(scenario.bom["product"])
        .sum()
    )
    bikes = scenario.products[scenario.products["family"] != "modules sold alone"].set_index("product")
    assert (material[bikes.index] / bikes["unit_cost"]).median() == pytest.approx(0.75, abs=1e-5)


def test_real_second_run_is_byte_identical_with_all_tables(real, tmp_path):
    source, out, _ = real
    import_adventureworks(source, tmp_path / "again")
    names = sorted(path.name for path in out.iterdir())
    assert names == ["NOTES.md", "bom.csv", "components.csv", "products.csv", "scenario.yaml"]
    assert all((tmp_path / "again" / name).read_bytes() == (out / name).read_bytes() for name in names)
    for run in ("one", "two"):
        import_adventureworks(source, tmp_path / run, capacity=True, orders=True)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) == 8
    assert all(
        (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in names
    )
    scenario = read_scenario(tmp_path / "one")
    assert scenario.orders["requested_date"].notna().sum() == (scenario.orders["channel"] == "internet").sum()
