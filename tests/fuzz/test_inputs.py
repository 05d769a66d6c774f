"""Whatever stands in a file, a link or a plan: it is read, or told as a fault; what is read is decided."""

import io
import json
import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from engine.decision.outcome import Infeasible, Solved
from engine.decision.solve import solve
from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.evaluate.trust.certainty import certainties
from engine.report.files import read_plan, write_plan
from engine.scenario.read import read_scenario
from engine.scenario.variants import apply_variant
from engine.ui.state.levers import BY_NAME, based, changed
from engine.ui.state.link import _packed, from_query, to_query
from tests.corpus.said import plan_of_tiny
from tests.fuzz.counts import examples, told
from tests.fuzz.nasty import RICH, cells, damaged, tables, values


@contextmanager
def folder_of(files):
    """A folder with these files, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="codp-fuzz-") as place:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            (Path(place) / name).write_bytes(data)
        yield Path(place)


def decided(path):
    """Whatever is read can be decided, or somebody is told why not."""
    try:
        scenario = complete(read_scenario(path))
        outcome = solve(scenario, samples=6)
    except EngineError as error:
        told(error)
        return
    if isinstance(outcome, Infeasible):
        assert outcome.conflicts
        assert all(conflict.words(language) for conflict in outcome.conflicts for language in ("en", "zh"))
        return
    assert isinstance(outcome, Solved)
    with tempfile.TemporaryDirectory(prefix="codp-fuzz-") as out:
        write_plan(outcome.plan, Path(out))
        assert read_plan(Path(out)).decisions["product"].tolist() == outcome.plan.decisions["product"].tolist()


def test_the_scenario_that_is_broken_is_sound():
    with folder_of(RICH) as folder:
        assert isinstance(solve(complete(read_scenario(folder)), samples=6), Solved)


@examples(8, 1500)
@given(tables())
def test_tables(files):
    with folder_of(files) as folder:
        decided(folder)


@examples(8, 1500)
@given(st.data())
def test_damaged_files(data):
    name = data.draw(st.sampled_from(sorted(RICH)))
    with folder_of({**RICH, name: data.draw(damaged(RICH[name].encode()))}) as folder:
        decided(folder)


@examples(8, 1500)
@given(st.data())
def test_settings(data):
    settings = YAML(typ="safe").load(RICH["scenario.yaml"])
    names = [*settings, "on_time_target", "change_payback_years", "capacity_bucket_days", "cost_timing", "format",
             "columns", "one_strategy_per", "rules_in_use", "order_book", "seed", "currency"]  # fmt: skip
    for _ in range(data.draw(st.integers(1, 3))):
        name, value = data.draw(st.sampled_from(names)), data.draw(values)
        if isinstance(settings.get(name), dict) and data.draw(st.booleans()):
            settings[name] = {**settings[name], data.draw(st.sampled_from([*settings[name], "x"])): value}
        else:
            settings[name] = value
    # A large count is no fault, and takes what it takes.
    if isinstance(settings.get("samples"), int | float) and not isinstance(settings["samples"], bool):
        settings["samples"] = min(settings["samples"], 50)
    text = io.StringIO()
    YAML(typ="safe").dump(settings, text)
    with folder_of({**RICH, "scenario.yaml": text.getvalue()}) as folder:
        decided(folder)


_WORKBOOK_CELLS = st.one_of(
    st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False),
    cells.filter(lambda text: len(text) < 32_000 and text.isprintable()),
)  # fmt: skip


def _workbook(changes=()):
    """The scenario as a workbook, with (sheet, row, column) to other cells."""
    data = io.BytesIO()
    made = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = made.add_worksheet("settings")
    for row, pair in enumerate([("name", "case"), ("holding_rate_per_year", 0.25), ("samples", 6)]):
        sheet.write_row(row, 0, pair)
    for name, text in RICH.items():
        if name.endswith(".csv"):
            sheet = made.add_worksheet(name.removesuffix(".csv"))
            rows = [line.split(",") for line in text.strip().split("\n")]
            for r, line in enumerate(rows):
                for c, cell in enumerate(line):
                    number = cell.replace(".", "", 1).isdigit() and name != "orders.csv"
                    sheet.write(r, c, float(cell) if number else cell)
            for (table, r, c), value in dict(changes).items():
                if table == name.removesuffix(".csv"):
                    sheet.write(r % len(rows), c % len(rows[0]), value)
    made.close()
    return data.getvalue()


_PLACES = st.tuples(
    st.sampled_from([name.removesuffix(".csv") for name in RICH if name.endswith(".csv")]), st.integers(0, 4),
    st.integers(0, 30),
)  # fmt: skip


@examples(4, 600)
@given(st.dictionaries(_PLACES, _WORKBOOK_CELLS, min_size=1, max_size=4))
def test_workbooks(changes):
    with folder_of({"case.xlsx": _workbook(changes)}) as folder:
        decided(folder / "case.xlsx")


_SOUND_WORKBOOK = _workbook()


@examples(12, 2000)
@given(damaged(_SOUND_WORKBOOK))
def test_damaged_workbooks(data):
    with folder_of({"case.xlsx": data}) as folder:
        try:
            read_scenario(folder / "case.xlsx")
        except EngineError as error:
            told(error)


_TARGETS = st.one_of(
    st.sampled_from(["unit_cost", "products.unit_cost", "demand_per_week", "demand_cv", "samples", "risk.cvar_weight",
                     "components.lead_time_days", "inventory_budget", "on_time_target", "limits.few.at_most", "locked",
                     "product", "variants", "format.decimal", "seasons.factor", "quantity", "lock_until"]), cells,
)  # fmt: skip
_ACTIONS = st.dictionaries(
    st.one_of(st.sampled_from(["set", "scale"]), cells), st.dictionaries(_TARGETS, values, max_size=2), max_size=2
)
_WHERE = st.one_of(
    st.none(), values, st.dictionaries(st.sampled_from(["family", "product", "distribution", "x"]), values, max_size=2)
)


@examples(12, 3000)
@given(st.dictionaries(cells, st.one_of(values, _ACTIONS), min_size=1, max_size=2), _WHERE)
def test_variants(variants, where):
    for variant in variants.values():
        if isinstance(variant, dict) and where is not None:
            variant["where"] = where
    text = io.StringIO()
    YAML(typ="safe").dump({"name": "case", "holding_rate_per_year": 0.25, "samples": 6, "variants": variants}, text)
    with folder_of({**RICH, "scenario.yaml": text.getvalue()}) as folder:
        try:
            scenario = read_scenario(folder)
            for name in scenario.settings.variants:
                apply_variant(scenario, name)
        except EngineError as error:
            told(error)


@cache
def rich():
    """The scenario that links are about."""
    with folder_of(RICH) as folder:
        return complete(read_scenario(folder))


_LEVERS = tuple(BY_NAME)
_QUERY = st.fixed_dictionaries(
    {"scenario": st.just("case")},
    optional={"v": st.sampled_from(["1", "1", "2"]), "variant": st.one_of(st.sampled_from(["dear"]), cells),
              "family": st.one_of(st.sampled_from(["F", "G"]), cells),
              **{name: st.one_of(cells, st.floats(-10, 300).map(str)) for name in _LEVERS}},
)  # fmt: skip
_LOCKS = st.lists(
    st.one_of(values, st.tuples(st.sampled_from("ABCD"), st.sampled_from(["MTS", "ATO", "MTO"]), cells, cells, cells)),
    max_size=3,
)
_KEPT = st.one_of(
    values, st.fixed_dictionaries({}, optional={"locks": st.one_of(values, _LOCKS), "pins": st.lists(st.one_of(
        values, st.fixed_dictionaries({"name": values}, optional={
            "moved": st.one_of(values, st.dictionaries(st.sampled_from(_LEVERS), values)), "locks": _LOCKS,
            "variant": values, "family": values})), max_size=2)}),
)  # fmt: skip


@examples(16, 5000)
@given(_QUERY, _KEPT)
def test_links(query, kept):
    """A link is read whatever it says, says itself again, and leads to a scenario or to words."""
    try:
        packed = _packed(kept)
    except (ValueError, UnicodeEncodeError):
        packed = str(kept)
    said = from_query({**query, "kept": packed})
    for one in (said.what_if, *(pin.what_if for pin in said.pins)):
        try:
            moved = changed(based(rich(), one), one)
        except EngineError as error:
            told(error)
            continue
        assert len(moved.products) == len(rich().products)
        again = from_query(to_query(one, (), rich()))
        assert again.what_if.locks == one.locks
        assert set(dict(again.what_if.moved)) >= {n for n, _ in one.moved} - {"capacity", "budget", "budget_weeks"}


@examples(20, 4000)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_links_that_are_no_links(text, data):
    from_query({"scenario": text, "kept": text, "v": "1"})
    from_query({"scenario": text, "kept": data.decode("latin-1"), "variant": text, "family": text})


def _plan_files():
    return {path.name: path.read_bytes() for path in plan_of_tiny().iterdir() if path.is_file()}


@examples(10, 2500)
@given(st.data())
def test_plans(data):
    """A plan that somebody changed is refused in words, or is a plan."""
    files = _plan_files()
    name = data.draw(st.sampled_from(sorted(files)))
    if name == "summary.json" and data.draw(st.booleans()):
        summary = json.loads(files[name])
        for key in data.draw(st.lists(st.sampled_from(sorted(summary)), min_size=1, max_size=3)):
            summary[key] = data.draw(values)
        files[name] = json.dumps(summary).encode("utf-8", "surrogatepass")
    elif name.endswith(".csv") and data.draw(st.booleans()):
        rows = [line.split(",") for line in files[name].decode().split("\n")]
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.integers(0, len(rows[row]) - 1))] = data.draw(cells)
        files[name] = "\n".join(",".join(line) for line in rows).encode("utf-8", "surrogatepass")
    else:
        files[name] = data.draw(damaged(files[name]))
    with folder_of(files) as folder:
        try:
            plan = read_plan(folder)
        except EngineError as error:
            told(error)
            return
        assert len(certainties(plan)) == len(plan.decisions)
        write_plan(plan, folder / "again")
        assert read_plan(folder / "again").decisions.shape == plan.decisions.shape
        shutil.rmtree(folder / "again")


_DAYS = st.one_of(
    st.integers(0, 900).map(lambda day: f"{2024 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}"), cells
)
_QUANTITIES = st.one_of(st.integers(-5, 60).map(str), st.sampled_from(["1e-6", "1e6", "0", "1e12"]), cells)


@examples(6, 800)
@given(st.lists(st.tuples(_DAYS, st.sampled_from(["A", "A", "B", "Z"]), _QUANTITIES), max_size=80))
def test_order_books(lines):
    """Demand is fitted from whatever order lines there are, or somebody is told."""
    products = (
        "product,demand_per_week,demand_cv,unit_cost,lead_time_target_days,late_cost_per_unit_day,make_days\n"
        "A,,,100,5,1,10\nB,,,80,3,1,12\n"
    )
    text = "".join(",".join(cell.replace(",", "").replace('"', "") for cell in line) + "\n" for line in lines)
    files = {"scenario.yaml": "name: case\nholding_rate_per_year: 0.25\nsamples: 6\n", "products.csv": products,
             "orders.csv": f"order_date,product,quantity\n{text}"}  # fmt: skip
    with folder_of(files) as folder:
        decided(folder)
