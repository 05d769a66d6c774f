"""Plans as settings of planning systems: what is written reads back as the plan, and only what changes is written."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.report.erp.changes import CHANGES, changes, known, read_changes, write_changes
from engine.report.erp.systems import material_master, plain, routes
from engine.report.files import write_plan
from engine.scenario.erp import odoo, sap
from tests.scenarios import make_scenario

LEVELS = ("reorder_point", "order_up_to", "lot_size", "safety_stock")
EVIL = "=HYPERLINK(1)"


@cache
def case():
    """A product of each strategy, whatever it costs; one part of each kind, lots on both floors, a name that runs."""
    same = {"demand_per_week": 14.0, "lead_time_target_days": 5.0, "late_cost_per_unit_day": 5.0, "make_days": 21.0}
    products = [
        {**same, "product": EVIL, "allowed": "MTS", "batch_size": 40.0, "delivery_days": 2.0},
        {**same, "product": "KEPT", "allowed": "MTS", "current_strategy": "MTS"},
        {**same, "product": "ATO", "allowed": "ATO", "assembly_days": 1.0, "current_strategy": "MTS"},
        {**same, "product": "MTO", "allowed": "MTO", "current_strategy": "MTO"},
        # So cheap to be late that the best reorder point lies below mean demand.
        {**same, "product": "LATE", "allowed": "MTS", "batch_size": 200.0, "late_cost_per_unit_day": 0.01},
    ]
    parts = [{"component": "SHARED", "lead_time_days": 20.0, "min_order_quantity": 60.0},
             {"component": "ONCE", "lead_time_days": 9.0}, {"component": "OF_STOCK"}]  # fmt: skip
    bom = {"ATO": {"SHARED": 2}, "MTO": {"SHARED": 1, "ONCE": 1}, "KEPT": {"OF_STOCK": 1}}
    scenario = make_scenario(products, components=parts, bom=bom, samples=60)
    return scenario, solve(scenario).plan


def listed(system, **options):
    scenario, plan = case()
    return changes(plan, system, scenario=scenario, **options)


def value(table, item, field):
    found = table[(table["item"] == item) & (table["field"] == field)]
    return None if found.empty else found["new"].iloc[0]


def test_the_list_reads_back_as_the_plan_and_no_cell_of_it_runs(tmp_path):
    _, plan = case()
    write_changes(listed(plain), tmp_path / "list.csv")
    text = (tmp_path / "list.csv").read_text(encoding="utf-8")
    assert f"\n'{EVIL},product" in text
    assert f"\n{EVIL}" not in text
    table = read_changes(tmp_path / "list.csv")
    assert tuple(table.columns) == CHANGES
    stocked = plan.decisions[plan.decisions["strategy"] == "MTS"]
    assert len(stocked) == 3
    for row in stocked.to_dict("records"):
        assert [float(value(table, row["product"], name)) for name in LEVELS] == [row[name] for name in LEVELS]
    (shared,) = plan.components[plan.components["component"] == "SHARED"].to_dict("records")
    assert [float(value(table, "SHARED", name)) for name in LEVELS] == [shared[name] for name in LEVELS]
    assert value(table, "ATO", "strategy") == "ATO"
    assert table.set_index("item")["old"]["ATO"] == "MTS"


def test_sap_gets_groups_flags_types_and_quantities():
    table, (_, plan) = listed(material_master, plant="1000"), case()
    assert set(table["plant"]) == {"1000"}
    assert [value(table, "ATO", name) for name in ("STRGR", "DISMM", "DISLS", "MINBE")] == ["50", "PD", "EX", 0]
    # Make to order as today: nothing to do for it, but its part that nobody else has is procured for each order.
    assert "MTO" not in set(table["item"])
    assert [value(table, "ONCE", name) for name in ("SBDKZ", "DISMM", "EISBE")] == ["1", "PD", 0]
    # A part of stocked products is left alone: their lead time may live on it.
    assert "OF_STOCK" not in set(table["item"])
    assert [value(table, "SHARED", name) for name in ("SBDKZ", "DISMM", "DISLS", "BSTFE")] == ["2", "VB", "FX", 60]
    assert [value(table, "KEPT", name) for name in ("STRGR", "DISMM", "DISLS", "BSTFE")] == [None, None, "HB", None]
    by_name = plan.decisions.set_index("product")
    assert value(table, "KEPT", "MABST") == pytest.approx(by_name["order_up_to"]["KEPT"], abs=5e-4)
    assert value(table, EVIL, "MINBE") == pytest.approx(by_name["reorder_point"][EVIL], abs=5e-4)


def test_safety_stock_is_the_reorder_point_less_mean_demand_over_the_exposure_window():
    table = listed(material_master)
    # Two units a day; lead time 21 and review 7, less the days that customers wait, of which shipping takes its own.
    for item, exposed in ((EVIL, 21 + 7 - (5 - 2)), ("KEPT", 21 + 7 - 5)):
        gap = float(value(table, item, "MINBE")) - float(value(table, item, "EISBE"))
        assert gap == pytest.approx(2.0 * exposed, abs=1e-3)
    # Two parts in each of two a day, their customers wait 4 days for them.
    gap = float(value(table, "SHARED", "MINBE")) - float(value(table, "SHARED", "EISBE"))
    assert gap == pytest.approx(2 * 2.0 * (20 + 7 - 4), abs=1e-3)


def test_what_sap_cannot_hold_below_zero_is_said():
    _, plan = case()
    exact = plan.decisions.set_index("product")["safety_stock"]["LATE"]
    row = listed(material_master).query("item == 'LATE' and field == 'EISBE'").iloc[0]
    assert exact < 0.0
    assert row["new"] == 0
    assert f"{round(exact, 3):g}" in row["reason"]


@pytest.mark.parametrize(("version", "above"), [("17.0", 40.0), ("18.0", 40.0), ("19.0", 0.0)])
def test_a_reordering_rule_ends_where_the_plan_does(version, above):
    """The position p < S after an order, by each version's own rounding, lies above S by at most a lot."""
    table, (_, plan) = listed(routes(version)), case()
    least, most = (float(value(table, EVIL, f"product_m{end}_qty")) for end in ("in", "ax"))
    assert (least, most - least) == (pytest.approx(plan.decisions["reorder_point"][0], abs=5e-3), above)
    lot = float(value(table, EVIL, "qty_multiple" if version < "19.0" else "replenishment_uom_id"))
    for position in (least - 1e-6, least - 0.3 * lot, least - 2.5 * lot):
        missing = max(least, most) - position
        ordered = missing - missing % lot if version < "19.0" else -(-missing // lot) * lot
        assert least - 1e-9 <= position + ordered <= least + lot + 1e-9


def test_odoo_tells_parts_of_orders_from_parts_in_stock_by_the_route():
    table, route = listed(routes(odoo.DEFAULT_VERSION)), f"route_ids: {odoo.ON_ORDER}"
    assert [value(table, item, route) for item in ("ATO", "SHARED", "ONCE")] == ["yes", "no", "yes"]
    assert [value(table, item, "active") for item in ("ATO", "SHARED", "ONCE")] == ["no", "yes", "no"]


def test_only_what_changes_is_written():
    first = listed(material_master)
    assert listed(material_master, before=known([first])).empty
    # Another group of the same strategy stays, another strategy's does not.
    for group, kept in (("56", True), ("40", False)):
        again = listed(material_master, before={**known([first]), ("ATO", "", "MARC", "STRGR"): group})
        assert again.empty == kept
    moved = known([first, first[first["field"] == "EISBE"].assign(new="1")])
    assert set(listed(material_master, before=moved)["field"]) == {"EISBE"}
    assert set(listed(material_master, before=moved)["old"]) == {"1"}


def test_every_group_and_back():
    assert {sap.STRATEGY_OF_GROUP[group] for group in sap.GROUP_OF_STRATEGY.values()} == {"MTS", "ATO", "MTO"}
    assert all(sap.STRATEGY_OF_GROUP[group] == name for name, group in sap.GROUP_OF_STRATEGY.items())


def test_reasons_speak_both_languages():
    english, chinese = (listed(material_master, language=one) for one in ("en", "zh"))
    assert english.drop(columns="reason").equals(chinese.drop(columns="reason"))
    assert chinese["reason"].map(lambda text: any("\u4e00" <= sign <= "\u9fff" for sign in text)).all()


def test_the_command_writes_a_file_and_refuses_others(tmp_path):
    def run(*arguments):
        return CliRunner().invoke(app, ["export", *map(str, arguments)])

    _, plan = case()
    write_plan(replace(plan, summary={**plan.summary, "no_demand": [{"product": "Z", "status": "idle"}]}),
               tmp_path / "plan")  # fmt: skip
    found = run("sap", tmp_path / "plan", "--out", tmp_path / "sap.csv")
    assert found.exit_code == 0, found.output
    assert "without demand and not set: 1 product" in found.stdout
    assert "left as they are: 2 parts" in found.stdout
    written = read_changes(tmp_path / "sap.csv")
    assert f"{len(written)} settings of {written['item'].nunique()} items" in found.stdout
    again = run("sap", tmp_path / "plan", "--out", tmp_path / "next.csv", "--before", tmp_path / "sap.csv")
    assert "0 settings" in again.stdout
    assert list(pd.read_csv(tmp_path / "next.csv").columns) == list(CHANGES)
    assert run("sap", tmp_path / "plan", "--out", tmp_path / "sap.xlsx").exit_code == 2
    strange = run("csv", tmp_path / "plan", "--out", tmp_path / "b.csv", "--before", tmp_path / "plan/decisions.csv")
    assert strange.exit_code == 1
    assert "is no list of changes" in str(strange.exception)
    assert not (tmp_path / "b.csv").exists()


def test_the_masters_of_an_export_say_what_is_set_today(tmp_path):
    _, plan = case()
    write_plan(plan, tmp_path / "plan")
    (tmp_path / "sap").mkdir()
    (tmp_path / "sap/MARC.csv").write_text(
        "MATNR;WERKS;STRGR;SBDKZ;DISMM;DISLS;MINBE;EISBE;BSTFE\n"
        "KEPT;1000;40;;VB;HB;1.234,500;0,000;0,000\nMTO;1000;20;;PD;EX;0,000;7,000;0,000\nATO;1000;82;;PD;EX;0;0;0\n"
    )
    arguments = ["export", "sap", tmp_path / "plan", "--out", tmp_path / "out.csv", "--before", tmp_path / "sap"]
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    assert found.exit_code == 0, found.output
    table = read_changes(tmp_path / "out.csv")
    old = {(row.item, row.field): row.old for row in table.itertuples(index=False)}
    # 40 is make to stock already, 82 assemble to order; the zero of what is not stocked is there but for one.
    assert ("KEPT", "STRGR") not in old
    assert ("KEPT", "DISMM") not in old
    assert old["KEPT", "MINBE"] == "1234.5"
    assert {field for item, field in old if item == "MTO"} == {"EISBE"}
    assert not {field for item, field in old if item == "ATO"}


def test_of_a_locked_product_the_list_says_why_and_until_when():
    scenario, plan = case()
    products = scenario.products.assign(
        locked=["", "", "ATO", "", ""], lock_reason=["", "", "contract", "", ""],
        lock_until=pd.to_datetime([None, None, "2027-06-30", None, None]),
    )  # fmt: skip
    locked = replace(scenario, products=products)
    words = {"en": "locked to ATO until 2027-06-30: contract; ", "zh": "已锁定为 ATO，至 2027-06-30：contract；"}
    for language, said in words.items():
        table = changes(plan, plain, scenario=locked, language=language).set_index(["item", "field"])["reason"]
        assert table["ATO", "strategy"].startswith(said)
        # A plan that was made with the lock says so itself, and not twice.
        ended = plan.decisions["reason"] + f"; {words['en'].removesuffix('; ')}"
        own = replace(plan, decisions=plan.decisions.assign(reason=ended))
        told = changes(own, plain, scenario=locked, language=language).set_index(["item", "field"])["reason"]
        assert told["ATO", "strategy"].count("2027-06-30") == 1
        assert "2027-06-30" not in table["SHARED", "reorder_point"]


def test_a_group_to_order_whose_parts_make_it_assemble_stays(tmp_path):
    """Read with its parts' flags it assembles to order today; a product that switches to it gets the group for it."""
    _, plan = case()
    (tmp_path / "sap").mkdir()
    (tmp_path / "sap/MARC.csv").write_text("MATNR;WERKS;STRGR;SBDKZ;DISMM;DISLS\nATO;1000;20;;PD;EX\n")
    for today, written in (("ATO", False), ("MTO", True), ("MTS", True)):
        decisions = plan.decisions.assign(current_strategy=["", "MTS", today, "MTO", ""])
        write_plan(replace(plan, decisions=decisions), tmp_path / today)
        arguments = ["export", "sap", tmp_path / today, "--out", tmp_path / "out.csv", "--before", tmp_path / "sap"]
        assert CliRunner().invoke(app, [str(one) for one in arguments]).exit_code == 0
        table = read_changes(tmp_path / "out.csv")
        assert (value(table, "ATO", "STRGR") == "50") == written


def test_a_cut_off_is_said_where_the_stock_is(tmp_path):
    scenario, plan = case()
    cut = replace(plan, decisions=plan.decisions.assign(order_size_cutoff=[12.0, *[float("nan")] * 4]))
    table = changes(cut, plain, scenario=scenario)
    assert table.loc[table["field"] == "order_size_cutoff", ["item", "new"]].to_numpy().tolist() == [[EVIL, 12]]
    for system, field in ((material_master, "MINBE"), (routes("18.0"), "product_min_qty")):
        table = changes(cut, system, scenario=scenario)
        rows = table[table["reason"].str.contains("up to 12 units, larger ones are made to order")]
        assert rows[["item", "field"]].to_numpy().tolist() == [[EVIL, field]]
    write_plan(cut, tmp_path / "plan")
    arguments = ["export", "odoo", tmp_path / "plan", "--out", tmp_path / "out.csv"]
    assert "made to order: 1 product" in CliRunner().invoke(app, [str(one) for one in arguments]).stdout


def test_a_plant_that_the_plan_does_not_have_is_no_list_of_nothing():
    goods = [{"product": f"P@{plant}", "plant": plant, "allowed": "MTS"} for plant in ("1000", "2000")]
    plan = solve(make_scenario(goods, samples=20)).plan
    assert set(changes(plan, plain, plant="1000")["plant"]) == {"1000"}
    with pytest.raises(EngineError, match="the plan has no plant '100'; did you mean '1000'"):
        changes(plan, plain, plant="100")


def test_a_stock_that_all_plants_draw_on_is_told_to_be_set_once(tmp_path):
    goods = [{"product": f"P@{plant}", "plant": plant, "allowed": "ATO"} for plant in ("1000", "2000")]
    own = [{"component": f"C@{plant}", "plant": plant} for plant in ("1000", "2000")]
    for name, parts in (("shared", [{"component": "C"}]), ("apart", own)):
        bom = {row["product"]: {parts[k % len(parts)]["component"]: 1} for k, row in enumerate(goods)}
        write_plan(solve(make_scenario(goods, components=parts, bom=bom, samples=20)).plan, tmp_path / name)
        arguments = ["export", "csv", str(tmp_path / name), "--out", str(tmp_path / "list.csv")]
        told = CliRunner().invoke(app, arguments).stdout
        assert ("one stock of all plants: 1 part; set each once" in told) == (name == "shared"), told


def test_lists_of_odoo_say_what_is_set_today(tmp_path):
    """A rule that is as planned is left alone; what has no rule is not reordered; the route is read by its names."""
    _, plan = case()
    write_plan(plan, tmp_path / "plan")
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo/product.template.csv").write_text(
        "Internal Reference,Name,Cost,Routes\nKEPT,a,1,Manufacture\nATO,b,1,Manufacture\n"
        "MTO,c,1,Replenish on Order (MTO)\nSHARED,d,1,Buy\nONCE,e,1,Buy\n"
    )
    least = round(plan.decisions.set_index("product")["reorder_point"]["KEPT"], odoo.DECIMALS)
    (tmp_path / "odoo/stock.warehouse.orderpoint.csv").write_text(
        "Product,Min Quantity,Max Quantity,Multiple Quantity,Trigger\n"
        f"[KEPT] a,{least},7.5,0,Auto\n[SHARED] d,3,4,60,Manual\n"
    )
    arguments = ["export", "odoo", tmp_path / "plan", "--out", tmp_path / "out.csv", "--before", tmp_path / "odoo"]
    found = CliRunner().invoke(app, [str(one) for one in arguments])
    assert found.exit_code == 0, found.output
    table = read_changes(tmp_path / "out.csv")
    old = {(row.item, row.field): row.old for row in table.itertuples(index=False)}
    assert {field: value for (item, field), value in old.items() if item == "KEPT"} == {"product_max_qty": "7.5"}
    assert old["ATO", f"route_ids: {odoo.ON_ORDER}"] == "no"
    assert not {field for item, field in old if item == "MTO"}
    assert (old["SHARED", "product_min_qty"], old["SHARED", "trigger"]) == ("3", "manual")
    assert ("SHARED", "qty_multiple") not in old
    assert ("SHARED", "active") not in old
