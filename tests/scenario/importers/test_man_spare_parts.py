import pandas as pd
import pytest

from engine.errors import EngineError
from engine.scenario.importers.man_spare_parts import import_man_spare_parts
from engine.scenario.read import read_scenario

ITEMS = pd.DataFrame(
    {
        "sku": ["007", "8", "9", "10", "11"],
        "cost_price_eur": [10.0, 2.0, 5.0, 1.0, 4.0],
        "fixed_cost_per_order_eur": 5,
        "holding_eur_per_unit_year": [2.0, 0.4, 1.0, 0.2, 0.8],
        "lead_time_weeks": [7, 16, 16, 7, 7],
        "min_order_qty": [10, 0, 1, 5, 2],
    }
)
WEEKLY = pd.DataFrame(
    # Lumpy in whole units; fractional; one unit once (Poisson); never; steady in whole units (below Poisson).
    [
        ["007", 0, 12, 0, -3],
        ["8", 0.5, 0, 1.5, 0],
        ["9", 0, 0, 1, 0],
        ["10", 0, -1, 0, 0],
        ["11", 4, 5, 4, 5],
    ],
    columns=["sku", "w001", "w002", "w003", "w004"],
)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    ITEMS.to_csv(folder / "items.csv", index=False)
    WEEKLY.to_csv(folder / "weekly.csv.gz", index=False)
    return folder


def told(notes, part):
    return any(part in note for note in notes)


def test_selling_skus_become_products(source, tmp_path):
    notes = import_man_spare_parts(source, tmp_path / "out")
    products = read_scenario(tmp_path / "out").products.set_index("product")
    assert products.index.tolist() == ["007", "8", "9", "11"]
    assert products["demand_per_week"].tolist() == [3.0, 0.5, 0.25, 4.5]
    # The return of three is no demand: weeks 0, 12, 0, 0 have mean 3 and CV sqrt(4).
    assert products.loc["007", "demand_cv"] == pytest.approx(2.0)
    assert products["distribution"].tolist() == ["negative_binomial", "gamma", "poisson", "gamma"]
    assert products["make_days"].tolist() == [49, 112, 112, 49]
    assert products["replenishment_days"].tolist() == [49, 112, 112, 49]
    assert products["min_order_quantity"].tolist() == [10, 0, 1, 2]
    assert set(products["batch_setup_cost"]) == {5.0}
    assert set(products["allowed"]) == {"MTS|MTO"}
    assert products["late_cost_per_unit_day"].tolist() == pytest.approx([0.05, 0.01, 0.025, 0.02])
    assert told(notes, "4 of 5 SKUs have demand in the 4 weeks")
    assert told(notes, "Weeks below zero (returns) set to 0: 2.")
    assert told(notes, "customers wait 14 days")


def test_assumptions_are_arguments_and_are_said(source, tmp_path):
    notes = import_man_spare_parts(
        source,
        tmp_path / "out",
        lead_time_target_days=21,
        late_cost_share_per_day=0.01,
        on_time_target=0.95,
        price_over_cost=2,
    )
    scenario = read_scenario(tmp_path / "out")
    assert scenario.settings.on_time_target == 0.95
    assert scenario.settings.holding_rate_per_year == pytest.approx(0.20)
    assert set(scenario.products["lead_time_target_days"]) == {21}
    assert scenario.products["price"].tolist() == [20, 4, 10, 8]
    assert scenario.products["late_cost_per_unit_day"].iloc[0] == pytest.approx(0.1)
    for part in (
        "wait 21 days",
        "1.00% of its cost price a day",
        "on-time target of 95.0%",
        "price 2 times cost",
    ):
        assert told(notes, part)


def test_skus_that_never_sell_cannot_be_kept(source, tmp_path):
    with pytest.raises(EngineError, match=r"1 SKUs never sell \(the first is 10\)"):
        import_man_spare_parts(source, tmp_path / "out", only_selling=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        (WEEKLY.assign(w001=0, w002=0, w003=0, w004=0), "no SKU has any demand"),
        (WEEKLY[["sku", "w001"]], "at least two weeks are needed for a CV"),
    ],
)
def test_weeks_that_tell_nothing_are_no_demand(source, tmp_path, weekly, said):
    weekly.to_csv(source / "weekly.csv.gz", index=False)
    with pytest.raises(EngineError, match=said):
        import_man_spare_parts(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_faults_are_told_in_words(source, tmp_path):
    ITEMS.drop(columns="lead_time_weeks").to_csv(source / "items.csv", index=False)
    (source / "weekly.csv.gz").unlink()
    with pytest.raises(EngineError) as caught:
        import_man_spare_parts(source, tmp_path / "out")
    assert "items.csv: the column lead_time_weeks is missing" in str(caught.value)
    assert "weekly.csv.gz: this file is missing" in str(caught.value)


def test_the_two_files_must_hold_the_same_skus_once(source, tmp_path):
    pd.concat([ITEMS, ITEMS.tail(1)]).assign(cost_price_eur=[0, 1, 1, 1, 1, 1]).to_csv(
        source / "items.csv", index=False
    )
    WEEKLY[WEEKLY["sku"] != "9"].to_csv(source / "weekly.csv.gz", index=False)
    with pytest.raises(EngineError) as caught:
        import_man_spare_parts(source, tmp_path / "out")
    for part in (
        "SKU 11 stands twice",
        "SKU 9 of items.csv is missing",
        "SKU 007: cost_price_eur must be above 0",
    ):
        assert part in str(caught.value)


def test_real_data(data_dir, tmp_path):
    source = data_dir / "man_spare_parts"
    import_man_spare_parts(source, tmp_path / "one")
    import_man_spare_parts(source, tmp_path / "two")
    for name in ("scenario.yaml", "NOTES.md", "products.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    scenario = read_scenario(tmp_path / "one")
    products = scenario.products.set_index("product")
    assert len(products) == 3451 - 1510
    assert scenario.settings.holding_rate_per_year == pytest.approx(0.20)
    # The publisher's own mean and CV, to the digits given there.
    given = pd.read_csv(source / "items.csv", dtype={"sku": str}).set_index("sku").loc[products.index]
    assert (products["demand_per_week"] - given["mean"]).abs().max() < 1e-5
    assert (products["demand_cv"] - given["cv"]).abs().max() < 1e-4
    assert products["distribution"].value_counts().to_dict() == {
        "gamma": 1139,
        "negative_binomial": 742,
        "poisson": 60,
    }
    assert sorted(set(products["make_days"])) == [49, 112]
