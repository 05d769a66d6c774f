"""A scenario of frames is the scenario of files, and so are its faults."""

import inspect
import io

import numpy as np
import pandas as pd
import pytest

import engine.scenario.scenario
from engine.errors import ScenarioError
from engine.scenario.columns import TABLES
from engine.scenario.files.settings_file import load_settings
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from tests.conftest import ROOT
from tests.evidence import FULL
from tests.scenario.folders import GOOD, ORDERS, faults, write

PRODUCTS = pd.DataFrame(
    {
        "product": ["A", "B"], "demand_per_week": [10, 4], "demand_cv": [0.5, 0.8], "unit_cost": [100.0, 80.0],
        "lead_time_target_days": [5, 3], "late_cost_per_unit_day": 1.0, "make_days": [10, 12],
    }
)  # fmt: skip
SETTINGS = {"holding_rate_per_year": 0.25}


def found(*frames, settings=SETTINGS, **tables):
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_frames(*frames, settings=settings, **tables)
    return [str(issue) for issue in caught.value.issues]


def test_every_table_can_be_given():
    parameters = inspect.signature(Scenario.from_frames).parameters
    assert tuple(parameters) == (*TABLES, "settings")


def test_the_digest_of_a_table_changed_in_place_is_another(monkeypatch):
    """Tables are written once for as long as they are the same, whoever holds them."""
    read, again = (read_scenario(ROOT / "scenarios" / "tiny") for _ in range(2))
    first = read.digest()
    written = []
    monkeypatch.setattr(engine.scenario.scenario, "_sorted_lines", lambda frame, _: written.append(frame) or [])
    again.digest()
    assert not any(len(frame) for frame in written)
    monkeypatch.undo()
    at = read.products.index[0]
    read.products.loc[at, "unit_cost"] += 0.01
    changed = read.digest()
    assert changed != first
    read.products.loc[at, "unit_cost"] = again.products["unit_cost"].iloc[0]
    assert read.digest() == first


@pytest.mark.parametrize(
    "name", ["tiny", "bicycles", "industrial-pumps", "spare-parts"] if FULL else ["tiny", "bicycles"]
)
def test_the_frames_of_a_scenario_make_the_same_scenario(name):
    read = read_scenario(ROOT / "scenarios" / name)
    tables = {table: read.table(table) for table in TABLES}
    before = {table: frame.copy() for table, frame in tables.items()}
    assert Scenario.from_frames(**tables, settings=read.settings).digest() == read.digest()
    plain = read.settings.model_dump(by_alias=True)
    assert Scenario.from_frames(**tables, settings=plain).digest() == read.digest()
    for table, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[table])


def test_what_is_left_out_takes_its_default():
    scenario = Scenario.from_frames(PRODUCTS, settings=SETTINGS)
    assert (scenario.name, scenario.settings.review_days) == ("scenario", 7.0)
    assert scenario.products["distribution"].tolist() == ["gamma", "gamma"]
    assert scenario.products["price"].isna().all()
    assert scenario.components.empty


def test_keys_may_be_an_index_and_numbers_of_any_kind():
    frame = PRODUCTS.assign(product=[101, 102], price=pd.array([150, None], dtype="Int64"))
    frame["unit_cost"] = frame["unit_cost"].astype("float32")
    frame["current_strategy"] = pd.Categorical(["MTS", None])
    scenario = Scenario.from_frames(frame.set_index("product"), settings=SETTINGS)
    assert scenario.products["product"].tolist() == ["101", "102"]
    assert scenario.products["current_strategy"].tolist() == ["MTS", ""]
    assert scenario.products["price"].fillna(-1).tolist() == [150, -1]
    orders = pd.DataFrame({"order_date": pd.to_datetime(["2026-01-05 13:00"]), "product": ["A"], "quantity": [3]})
    given = Scenario.from_frames(PRODUCTS, orders=orders, settings=SETTINGS)
    assert given.orders["order_date"].tolist() == [pd.Timestamp("2026-01-05")]


@pytest.mark.parametrize(
    "change",
    [
        {"products": ("A,10,0.5", "A,ten,0.5")},
        {"products": ("A,10,0.5", "A,-1,0.5")},
        {"products": ("B,4,0.8,80", "A,4,0.8,")},
        {"products": ("unit_cost", "unit_cots")},
        {"products": ("lead_time_target_days", "price")},
        {"components": ("C1,20,9", "C1,20,9000")},
        {"components": ("C2,5,4", "C1,5,4")},
        {"bom": ("A,C1,2", "A,C3,2")},
        {"bom": ("B,C2,4", "D,C2,0")},
        {"settings": ("0.25", "quarter"), "bom": ("A,C1,2", "A,C3,2")},
        {"settings": ("holding_rate_per_year", "holding_rate")},
    ],
)
def test_faults_are_those_of_files_with_frame_and_row_from_0(tmp_path, change):
    files = {name: write(tmp_path, **change).joinpath(name).read_text() for name in GOOD}
    frames = {
        name.removesuffix(".csv"): pd.read_csv(io.StringIO(text), dtype={"product": str})
        for name, text in files.items() if name.endswith(".csv")
    }  # fmt: skip
    values, _, _ = load_settings(files["scenario.yaml"])
    told = found(settings=values, **frames)
    expected = []
    for fault in faults(tmp_path):
        place, message = fault.split(": ", maxsplit=1)
        file, *rest = place.split(":")
        table = "settings" if file == "scenario.yaml" else file.removesuffix(".csv")
        # The line of a setting and of a header is none of a frame; the first record stands in line 2 of a file.
        where = [table]
        for word in rest:
            if not word.isdigit():
                where.append(word)
            elif table != "settings" and word != "1":
                where.append(str(int(word) - 2))
        said = message.replace("already in row 2", "already in row 0")
        expected.append(f"{':'.join(where)}: {said}")
    assert told == expected
    assert told


def test_what_is_no_frame_is_said():
    assert found({"product": ["A"]}) == ["products: should be a pandas DataFrame; given: dict"]
    assert found(PRODUCTS, bom=[("A", "C1", 2)]) == ["bom: should be a pandas DataFrame; given: list"]


def test_cells_that_no_file_can_hold():
    frame = PRODUCTS.assign(unit_cost=[np.inf, True], allowed=[["MTS"], None])
    assert found(frame) == [
        "products:0:unit_cost: 'inf' is not a number; expected a number 0 or more (money/unit)",
        "products:0:allowed: '['MTS']' is none of MTS, ATO, MTO; write a list like MTS|ATO|MTO",
        "products:1:unit_cost: 'True' is not a number; expected a number 0 or more (money/unit)",
    ]
    orders = pd.DataFrame({"order_date": ["05.01.2026"], "product": ["A"], "quantity": [3]})
    assert found(PRODUCTS, orders=orders) == ["orders:0:order_date: '05.01.2026' is not a date written as %Y-%m-%d"]
    assert found(PRODUCTS.iloc[:0]) == ["products: holds no product; at least one is needed"]


def test_variants_are_plain_dictionaries():
    variants = {"dear": {"scale": {"products.unit_cost": 2}, "where": {"product": "A"}}}
    scenario = Scenario.from_frames(PRODUCTS, settings=SETTINGS | {"variants": variants})
    assert scenario.change("dear").products["unit_cost"].tolist() == [200, 80]
    variants["dear"]["where"] = {"product": "X"}
    (told,) = found(PRODUCTS, settings=SETTINGS | {"variants": variants})
    assert told == (
        "settings:variants.dear.scale.products.unit_cost: where: no row of products has the product 'X'; "
        "known are: A, B"
    )


def test_blanks_that_orders_fill_may_be_left_out():
    orders = pd.read_csv(io.StringIO(ORDERS), parse_dates=["order_date"])
    products = PRODUCTS.iloc[:1].drop(columns=["demand_per_week", "demand_cv"])
    scenario = Scenario.from_frames(products, orders=orders, settings=SETTINGS)
    assert scenario.products["demand_per_week"].isna().all()
