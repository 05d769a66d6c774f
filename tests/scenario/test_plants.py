"""Plants as part of keys: what lines mean, what is refused, and that files hold materials and plants apart."""

from pathlib import Path

import pandas as pd
import pytest

from engine import Scenario
from engine.errors import ScenarioError
from engine.scenario.files.template import write_template
from engine.scenario.files.workbook import write_folder, write_workbook
from engine.scenario.plants import apart, keyed_lines
from engine.scenario.read import read_scenario
from engine.scenario.variants import apply_variant

SETTINGS = {"holding_rate_per_year": 0.25, "samples": 20, "variants": {
    "all of P": {"scale": {"demand_per_week": 2.0}, "where": {"product": ["P"]}},
    "one P": {"scale": {"demand_per_week": 2.0}, "where": {"product": ["P@1000"]}},
    "plant 2000": {"scale": {"products.unit_cost": 2.0}, "where": {"plant": ["2000"]}},
}}  # fmt: skip


def products(*keys, **more):
    rows = [
        {"product": key, "plant": plant, "demand_per_week": 10, "demand_cv": 0.5, "unit_cost": 50, "price": 90,
         "lead_time_target_days": 5, "assembly_days": 2, "make_days": 20, "late_cost_per_unit_day": 1, **more}
        for key, plant in keys
    ]  # fmt: skip
    return pd.DataFrame(rows)


def tables(**changes):
    """P in two plants, Q in one, R in none; A in both plants, B shared."""
    given = {
        "products": products(("P", "1000"), ("P", "2000"), ("Q", "1000"), ("R", "")),
        "components": pd.DataFrame({
            "component": ["A", "A", "B"], "plant": ["1000", "2000", ""], "unit_cost": 5.0,
            "lead_time_days": [10, 12, 8],
        }),
        "bom": pd.DataFrame({
            "product": ["P", "P", "P", "Q", "R"], "plant": ["1000", "2000", "2000", "", ""],
            "component": ["A", "A", "B", "A", "B"], "quantity": 1,
        }),
        "resources": pd.DataFrame({"resource": ["line", "line"], "plant": ["1000", "2000"], "hours_per_week": 40}),
        "routing": pd.DataFrame({
            "product": ["P", "P"], "plant": ["1000", "2000"], "resource": "line", "stage": "assemble",
            "hours_per_unit": 0.1,
        }),
        "stock_outs": pd.DataFrame({"product": ["Q"], "plant": [""], "first_day": ["2025-01-01"],
                                    "last_day": ["2025-01-02"]}),
    }  # fmt: skip
    return {**given, **changes}


def made(**changes):
    return Scenario.from_frames(**tables(**changes), settings=SETTINGS)


def refused(**changes):
    with pytest.raises(ScenarioError) as caught:
        made(**changes)
    return [str(fault) for fault in caught.value.issues]


def test_rows_have_the_key_of_their_plant_and_lines_find_it():
    found = made()
    assert found.products["product"].tolist() == ["P@1000", "P@2000", "Q@1000", "R"]
    assert found.products["plant"].tolist() == ["1000", "2000", "1000", ""]
    # Of its own plant where there is one, else the stock that all plants draw on; Q stands in one plant alone.
    pairs = list(zip(found.bom["product"], found.bom["component"], strict=True))
    assert pairs == [("P@1000", "A@1000"), ("P@2000", "A@2000"), ("P@2000", "B"), ("Q@1000", "A@1000"), ("R", "B")]
    assert found.bom["plant"].tolist() == ["1000", "2000", "2000", "1000", ""]
    assert found.routing["resource"].tolist() == ["line@1000", "line@2000"]
    assert found.stock_outs["product"].tolist() == ["Q@1000"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bom": {"plant": ["", "2000", "2000", "", ""]}},
         "bom:0:product: 'P' stands in several plants of products (1000, 2000); say which in the column plant, or"),
        ({"bom": {"plant": ["3000", "2000", "2000", "", ""]}},
         "bom:0:product: 'P' stands in 1000, 2000 in products, not in the plant '3000'"),
        ({"bom": {"plant": ["1000", "2000", "2000", "", "1000"]}},
         "bom:4:product: 'R' has no plant in products; name '1000' there, or none here"),
        ({"components": {"plant": ["2000", "3000", ""]}},
         "bom:0:component: 'A' stands in 2000, 3000 in components, not in the plant '1000'; add it there, or leave"),
        ({"bom": {"component": ["A", "A", "B", "A", "A"]}},
         "column plant, or write 'A@1000'"),
        ({"bom": {"product": ["P@1000", "P", "P", "Q", "R"], "plant": ["2000", "2000", "2000", "", ""]}},
         "bom:0:product: 'P@1000' is of the plant 1000, not of '2000'"),
        ({"products": {"product": ["P", "P", "P@1000", "R"]}}, "products:2:product: 'P@1000' stands already in row 0"),
        ({"resources": {"plant": ["1000", "3000"]}}, "routing:1:resource: 'line' stands in 1000, 3000 in resources"),
    ],
)  # fmt: skip
def test_a_line_that_means_several_rows_or_none_is_a_fault(changes, said):
    frames = {name: tables()[name].assign(**columns) for name, columns in changes.items()}
    assert any(said in fault for fault in refused(**frames)), refused(**frames)


@pytest.mark.parametrize(("product", "plant"), [("P", ""), ("P", "3000"), ("PP", "1000"), ("PP", "")])
def test_a_line_whose_product_is_not_known_has_that_one_fault(product, plant):
    bom = tables()["bom"]
    bom.loc[0, ["product", "plant"]] = [product, plant]
    (fault,) = refused(bom=bom)
    assert fault.startswith(f"bom:0:product: '{product}'")


def test_a_part_of_no_plant_is_told_beside_a_product_that_is_not_known():
    bom = tables()["bom"]
    bom.loc[0, ["product", "component"]] = ["PP", "Z"]
    assert [fault[:15] for fault in refused(bom=bom)] == ["bom:0:product: ", "bom:0:component"]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("seasons", {"period": range(1, 5), "factor": [0.5, 1.5, 1.0, 1.0]}),
        ("segments", {"segment": ["now", "later"], "lead_time_target_days": [2.0, 9.0], "share": [0.25, 0.75]}),
    ],
)
def test_rows_of_a_product_may_name_its_plant_and_those_of_a_family_have_none(table, rows):
    common = pd.DataFrame({"family": "f", "plant": "1000", **rows})
    found = refused(products=tables()["products"].assign(family="f"), **{table: common})
    assert f"{table}:0:plant: rows of a family hold for all plants" in found[0]
    own = pd.DataFrame({"product": "P", "plant": "2000", **rows})
    assert set(made(**{table: own}).table(table)["product"]) == {"P@2000"}
    several = refused(**{table: own.assign(plant="")})
    assert any("'P' stands in several plants of products (1000, 2000); say which in" in one for one in several)


def test_segments_are_written_with_material_and_plant_apart(tmp_path: Path):
    rows = {"segment": ["now", "later"], "lead_time_target_days": [2.0, 9.0], "share": [0.25, 0.75]}
    own = pd.DataFrame({"product": "P", "plant": "1000", **rows, "share": 0.5})
    given = made(
        products=tables()["products"].assign(family="f"),
        segments=pd.concat([own, pd.DataFrame({"family": "f", **rows})]).fillna(""),
    )
    means = given.products.set_index("product")["lead_time_target_days"]
    assert means.to_dict() == {"P@1000": 5.5, "P@2000": 7.25, "Q@1000": 7.25, "R": 7.25}
    write_folder(given, tmp_path)
    text = (tmp_path / "segments.csv").read_text(encoding="utf-8")
    assert "P,1000,,now,2,1,0.5\n" in text
    assert "@" not in text
    assert read_scenario(tmp_path).digest() == given.digest()


def test_files_and_frames_hold_them_apart_and_give_the_same_scenario_back(tmp_path: Path):
    given = made()
    write_folder(given, tmp_path / "folder")
    write_workbook(given, tmp_path / "book.xlsx")
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        again = read_scenario(path)
        assert again.digest() == given.digest()
        assert again.products["product"].tolist() == given.products["product"].tolist()
    text = (tmp_path / "folder/bom.csv").read_text(encoding="utf-8")
    assert "P,A,1000,1" in text
    assert "@" not in text
    # Frames of a scenario make the same scenario, keys with their plants and all.
    frames = {name: given.table(name) for name in tables()}
    assert Scenario.from_frames(**frames, settings=given.settings).digest() == given.digest()


def test_a_key_stays_whole_in_files_where_its_material_alone_would_mean_another_row():
    """R has no plant and takes the part of plant 2000, which a key can say and a material cannot."""
    lines = tables()["bom"].assign(component=["A", "A", "B", "A", "A@2000"])
    given = made(bom=lines)
    assert given.bom["component"].iloc[4] == "A@2000"
    assert apart("bom", given.bom, given.table)["component"].tolist() == ["A", "A", "B", "A", "A@2000"]


def test_what_ifs_mean_a_material_in_all_its_plants_a_key_or_a_plant():
    given = made()
    assert apply_variant(given, "all of P").products["demand_per_week"].tolist() == [20, 20, 10, 10]
    assert apply_variant(given, "one P").products["demand_per_week"].tolist() == [20, 10, 10, 10]
    assert apply_variant(given, "plant 2000").products["unit_cost"].tolist() == [50, 100, 50, 50]


def test_order_lines_that_come_later_find_their_keys():
    lines = pd.DataFrame({"product": ["P", "Q", "P", "X"], "plant": ["2000", "", "", ""]})
    found, wrong = keyed_lines(lines, made().products)
    assert found["product"].tolist() == ["P@2000", "Q@1000", "P", "X"]
    assert [record for record, _ in wrong] == [2]
    lines, plain = lines.assign(plant=""), products(("P", ""), ("Q", ""))
    assert keyed_lines(lines, plain)[0] is lines


def test_cases_without_plants_are_as_they_were(tmp_path: Path):
    """Neither their digest nor what is written of them knows of a column that nobody filled."""
    bare = {name: frame.drop(columns="plant") for name, frame in tables(
        products=products(("P", ""), ("Q", ""), ("R", ""))).items() if name in ("products", "stock_outs")}  # fmt: skip
    given = Scenario.from_frames(**bare, settings={"holding_rate_per_year": 0.25})
    blank = {name: frame.assign(plant="") for name, frame in bare.items()}
    assert Scenario.from_frames(**blank, settings={"holding_rate_per_year": 0.25}).digest() == given.digest()
    write_folder(given, tmp_path / "out")
    assert "plant" not in (tmp_path / "out/products.csv").read_text(encoding="utf-8")


def test_the_template_offers_the_column(tmp_path: Path):
    write_template(tmp_path / "new")
    for name in ("products", "components", "bom", "resources", "routing", "orders", "stock_outs", "seasons"):
        assert ",plant," in (tmp_path / f"new/{name}.csv").read_text(encoding="utf-8")
