import numpy as np
import pytest

from engine.errors import ScenarioError
from engine.scenario.settings import Variant
from engine.scenario.variants import apply_variant
from tests.scenarios import make_scenario

PRODUCTS = [
    {"product": "00123", "family": "road", "unit_cost": 100, "price": 150, "lead_time_target_days": 5},
    {"product": "NO", "family": "town", "unit_cost": 80, "on_time_target": 0.8, "lead_time_target_days": 3},
    {"product": "C", "family": "road", "unit_cost": 60, "lead_time_target_days": 5},
]


@pytest.fixture
def scenario():
    return make_scenario(
        PRODUCTS, components=[{}], bom={"C": {"C1": 2}}, on_time_target=0.5,
        variants={"dear": {"scale": {"products.unit_cost": 2}, "where": {"family": "road"}}},
    )  # fmt: skip


def changed(scenario, *, table="products", column="unit_cost", **variant):
    return apply_variant(scenario, Variant(**variant)).table(table)[column].tolist()


def problem(scenario, **variant):
    with pytest.raises(ScenarioError) as caught:
        apply_variant(scenario, Variant(**variant))
    return [str(issue) for issue in caught.value.issues]


def test_a_named_variant_leaves_the_scenario_alone(scenario):
    before = scenario.digest()
    assert apply_variant(scenario, "dear").products["unit_cost"].tolist() == [200, 80, 120]
    assert scenario.digest() == before
    with pytest.raises(ScenarioError, match="there is no variant 'deer'; did you mean 'dear'"):
        apply_variant(scenario, "deer")


def test_columns_are_set_and_scaled_where_meant(scenario):
    assert changed(scenario, set={"products.unit_cost": 7}) == [7, 7, 7]
    assert changed(scenario, set={"products.unit_cost": 7}, where={"product": "00123"}) == [7, 80, 60]
    assert changed(scenario, scale={"products.unit_cost": 0.5}, where={"product": ["NO", "C"]}) == [100, 40, 30]
    both = {"family": "road", "lead_time_target_days": ["5"]}
    assert changed(scenario, scale={"products.unit_cost": 2}, where=both) == [200, 80, 120]
    assert changed(scenario, scale={"quantity": 3}, table="bom", column="quantity") == [6]
    assert changed(scenario, set={"lead_time_days": 4}, table="components", column="lead_time_days") == [4]


def test_settings_are_set_and_scaled(scenario):
    found = apply_variant(scenario, Variant(set={"review_days": 0, "risk.cvar_weight": 0.2}, scale={"samples": 0.5}))
    assert (found.settings.review_days, found.settings.risk.cvar_weight, found.settings.samples) == (0, 0.2, 100)


def test_a_name_that_is_both_means_the_setting_unless_rows_are_selected(scenario):
    found = apply_variant(scenario, Variant(set={"on_time_target": 0.9}))
    assert found.settings.on_time_target == 0.9
    assert found.products["on_time_target"].fillna(-1).tolist() == [-1, 0.8, -1]
    found = apply_variant(scenario, Variant(set={"on_time_target": 0.9}, where={"product": "NO"}))
    assert found.settings.on_time_target == 0.5
    assert found.products["on_time_target"].fillna(-1).tolist() == [-1, 0.9, -1]


def test_a_blank_scales_as_what_it_stands_for(scenario):
    """C has no make_days: its component takes 10 days, and half of that is 5."""
    assert changed(scenario, scale={"make_days": 0.5}, column="make_days") == [5, 5, 5]
    assert changed(scenario, scale={"replenishment_days": 2}, column="replenishment_days") == [20, 20, 20]
    assert changed(scenario, scale={"products.on_time_target": 1.2}, column="on_time_target") == pytest.approx(
        [0.6, 0.96, 0.6]
    )
    prices = changed(scenario, scale={"price": 2}, column="price")
    assert prices[0] == 300
    assert np.isnan(prices[1])


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        (
            {"set": {"unit_cost": 1}},
            "set.unit_cost: 'unit_cost' stands in several tables; write products.unit_cost or ",
        ),
        ({"set": {"prize": 1}}, "set.prize: there is no setting or numeric column 'prize'; did you mean 'price'?"),
        ({"set": {"family": 1}}, "set.family: there is no setting or numeric column 'family'"),
        ({"set": {"price": "much"}}, "set.price: 'much' is not a number"),
        ({"set": {"price": True}}, "set.price: True is not a number"),
        ({"scale": {"currency": 2}}, "scale.currency: cannot scale: the setting is 'EUR', not a number"),
        ({"scale": {"inventory_budget": 2}}, "scale.inventory_budget: cannot scale: the setting is None, not a number"),
        (
            {"scale": {"shelf_life_days": 2}},
            "scale.shelf_life_days: cannot scale: products.shelf_life_days is blank in every row meant",
        ),
        (
            {"set": {"price": 1}, "where": {"colour": "red"}},
            "set.price: where: products has no column 'colour'; known are: ",
        ),
        (
            {"set": {"price": 1}, "where": {"family": "boat"}},
            "set.price: where: no row of products has the family 'boat'; did you mean 'road'?",
        ),
        (
            {"set": {"price": 1}, "where": {"product": ["NO", "00124"]}},
            "set.price: where: no row of products has the product '00124'; did you mean '00123'?",
        ),
        (
            {"set": {"price": 1}, "where": {"lead_time_target_days": "4"}},
            "set.price: where: no row of products has the lead_time_target_days '4'; known are: 3, 5",
        ),
        (
            {"set": {"price": 1}, "where": {"product": "NO", "family": "road"}},
            "set.price: where: no row of products has {'product': ['NO'], 'family': ['road']}",
        ),
        (
            {"set": {"seed": 1}, "where": {"family": "road"}},
            "where: a setting holds for all products; 'where' selects rows",
        ),
        ({"set": {"samples": 0}}, "leads to samples: should be greater than or equal to 1; given: 0"),
    ],
)
def test_what_cannot_be_changed(scenario, variant, said):
    (found,) = problem(scenario, **variant)
    assert said in found
    assert found.startswith("scenario.yaml:variants.what-if")


def test_all_problems_of_a_variant_come_at_once(scenario):
    assert len(problem(scenario, set={"prize": 1, "price": "x"}, scale={"currency": 2})) == 3


def test_a_change_that_leads_to_a_faulty_scenario_is_refused(scenario):
    assert problem(scenario, set={"delivery_days": 4}, where={"product": "NO"}) == [
        "products.csv:3:delivery_days: 'NO': delivery alone takes 4 days, the target is 3; no strategy can be on time"
    ]


def told(scenario, *args, **change):
    with pytest.raises(ScenarioError) as caught:
        scenario.change(*args, **change)
    return [str(issue) for issue in caught.value.issues]


def test_a_change_in_python_is_a_variant(scenario):
    assert scenario.change("dear").digest() == apply_variant(scenario, "dear").digest()
    plain = {"scale": {"products.unit_cost": 2}, "where": {"family": "road"}}
    assert scenario.change(plain).digest() == apply_variant(scenario, "dear").digest()
    assert apply_variant(scenario, plain).digest() == apply_variant(scenario, "dear").digest()
    assert scenario.change(**plain).digest() == apply_variant(scenario, "dear").digest()
    assert scenario.change().digest() == scenario.digest()
    found = scenario.change("dear", review_days=14, set={"risk.cvar_weight": 0.2})
    assert (found.settings.review_days, found.settings.risk.cvar_weight) == (14, 0.2)
    assert found.products["unit_cost"].tolist() == [200, 80, 120]
    assert scenario.change(price=9, where={"product": ["C"]}).products["price"].fillna(0).tolist() == [150, 0, 9]


def test_a_change_in_python_is_checked(scenario):
    assert told(scenario, reveiw_days=14) == [
        "change:set.reveiw_days: there is no setting or numeric column 'reveiw_days'; did you mean 'review_days'?"
    ]
    assert told(scenario, price=9, where={"product": "D"})[0].startswith(
        "change:set.price: where: no row of products has the product 'D'; "
    )
    assert told(scenario, {"sett": {"price": 9}}) == ["change:sett: there is no setting 'sett'; did you mean 'set'?"]
    assert told(scenario, samples=0, scale={"prize": 2}) == [
        "change:scale.prize: there is no setting or numeric column 'prize'; did you mean 'price'?",
        "change: leads to samples: should be greater than or equal to 1; given: 0",
    ]
    assert told(scenario, "deer")[0].endswith("there is no variant 'deer'; did you mean 'dear'?")
    # Rows of frames are counted from 0.
    assert told(scenario, delivery_days=4, where={"product": "NO"}) == [
        "products:1:delivery_days: 'NO': delivery alone takes 4 days, the target is 3; no strategy can be on time"
    ]
