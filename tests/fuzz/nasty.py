"""Inputs that nobody means: cells, bytes and settings as people, spreadsheets and attackers leave them."""

from collections.abc import Callable

from hypothesis import strategies as st

# A scenario that has every table, with the columns in which people err most.
RICH = {
    "scenario.yaml": (
        "name: case\nholding_rate_per_year: 0.25\nsamples: 6\nreview_days: 7\ninventory_budget: 90000\n"
        "max_changes: 2\nlimits:\n  few: {strategy: MTO, at_most: 2}\nrisk: {cvar_weight: 0.1, cvar_level: 0.8}\n"
        "demand: {common_factor_cv: 0.1}\nvariants:\n  dear: {scale: {products.unit_cost: 2}, where: {family: F}}\n"
    ),
    "products.csv": (
        "product,name,family,demand_per_week,demand_cv,unit_cost,price,lead_time_target_days,late_cost_per_unit_day,"
        "make_days,assembly_days,distribution,order_size,batch_size,on_time_target,lost_share_if_late,allowed,locked,"
        "lock_until,current_strategy,change_cost,large_order_target_days,stock_on_hand\n"
        "A,Chair,F,10,0.5,100,180,5,1,10,1,gamma,1,,0.8,0,,,,MTS,50,,3\n"
        "B,Table,F,4,0.8,80,140,3,1,12,1,negative_binomial,2,5,,0.1,MTS|MTO,,,MTO,0,14,\n"
        "C,Lamp,G,2,,60,90,9,0.5,11,0,poisson,1,,,0,,MTO,2030-01-31,,0,,0\n"
    ),
    "components.csv": (
        "component,unit_cost,lead_time_days,lead_time_cv,min_order_quantity,whole_units,stocking_cost_per_year\n"
        "C1,20,9,0,0,,0\nC2,5,4,0.3,10,yes,20\n"
    ),
    "bom.csv": "product,component,quantity,scrap_share,loss_per_order\nA,C1,2,0,0\nB,C1,1,0.1,0\nB,C2,4,0,1\n",
    "resources.csv": (
        "resource,hours_per_week,overtime_hours_per_week,overtime_cost_per_hour,outsourcing_cost_per_hour\n"
        "saw,40,10,30,80\n"
    ),
    "routing.csv": "product,resource,stage,hours_per_unit,hours_cv\nA,saw,make,0.5,0\nA,saw,assemble,0.2,1\n",
    "orders.csv": (
        "order_date,product,quantity,requested_date,customer,order_number\n"
        + "".join(f"2026-{1 + k // 4:02}-{1 + 7 * (k % 4):02},B,{1 + 5 * (k % 5 == 0)},,K,{k}\n" for k in range(24))
    ),
    "forecasts.csv": "product,period,quantity,made_on\nB,2026-02-02,5,2026-01-05\nB,2026-02-09,6,\n",
    "stock_outs.csv": "product,first_day,last_day\nB,2026-02-02,2026-02-05\n",
    "seasons.csv": "product,family,period,factor\nA,,1,0.5\nA,,2,1.5\nA,,3,1.2\nA,,4,0.8\n",
}
CELLS = (
    "", " ", "0", "-0", "1", "-1", "1e-6", "1e-300", "1e9", "1e12", "1e13", "1e308", "1e999", "-1e12", "nan", "NaN",
    "inf", "-inf", "NA", "N/A", "None", "null", "TRUE", "1,5", "1.000,5", "1 000", "1'000", "1_0", "0x10", "0b1", "1e",
    ".", "-", "+5", "5-", "(5)", "50%", "€5", "5 pcs", "١٠", "１０", "½", "²", "=1+1", "@SUM(A1)", "'5", '"', "'", "\t",
    "A\nB", "\x00", "\x07", "\u200b", "\u202e", "\ufeff", "\ud7ff", "é", "é", "İ", "ß", "A", "a", "C1",
    "MTS", "mts", "MTS|MTS", "MTS|", "|", "gamma", "normal", "poisson", "empirical", "compound_poisson", "yes",
    "no", "2026-02-30", "2026-01-01",
    "0001-01-01", "9999-12-31", "01/02/2026", "46000", "20260101", "2026-01-01T00:00:00Z", "A" * 40_000,
    "../../etc/passwd", "${HOME}", "{{7*7}}", "<script>", "*", "&x", "!!python/object:os.system", "%s%n", "0.5",
    "2", "3.7",
    "500", "3650", "3651", "1000000",
)  # fmt: skip
cells = st.one_of(
    st.sampled_from(CELLS), st.text(max_size=8), st.floats(allow_nan=True).map(repr), st.integers().map(str)
)
# What YAML can hold.
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 10**13), st.floats(), cells),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(cells, inner, max_size=3)),
    max_leaves=5,
)


@st.composite
def tables(draw: Callable) -> dict[str, str]:
    """The texts of a scenario's CSV files with some of their cells, lines and headings changed."""
    files = dict(RICH)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from([name for name in files if name.endswith(".csv") and files[name].strip()]))
        rows = [line.split(",") for line in files[name].split("\n")[:-1]]
        kind = draw(st.sampled_from(["cell", "cell", "cell", "cell", "double", "drop", "shorten", "column", "file"]))
        row = draw(st.integers(0 if kind == "cell" and draw(st.integers(0, 9)) == 0 else min(1, len(rows) - 1),
                               len(rows) - 1))  # fmt: skip
        if kind == "cell":
            rows[row][draw(st.integers(0, len(rows[row]) - 1))] = _quoted(draw(cells))
        elif kind == "double":
            rows.insert(row, list(rows[row]))
        elif kind == "drop":
            del rows[row]
        elif kind == "shorten":
            rows[row] = rows[row][: draw(st.integers(0, len(rows[row])))]
        elif kind == "column":
            at, cell = draw(st.integers(0, len(rows[0]) - 1)), _quoted(draw(cells))
            rows = [rows[0], *[[*line[:at], cell, *line[at + 1 :]] for line in rows[1:]]]
        else:
            rows = []
        files[name] = "".join(",".join(line) + "\n" for line in rows)
        if kind == "file":
            del files[name]
    return files


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\n\r') else cell


@st.composite
def damaged(draw: Callable, data: bytes) -> bytes:
    """Bytes of a file with some of them changed, doubled or cut off."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(found) - 1, 0)))
        kind = draw(st.sampled_from(["set", "set", "insert", "cut", "double", "end"]))
        if kind == "set" and found:
            found[at] = draw(st.integers(0, 255))
        elif kind == "insert":
            found[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif kind == "cut":
            del found[at : at + draw(st.integers(1, 40))]
        elif kind == "double":
            found[at:at] = found[at : at + draw(st.integers(1, 200))]
        elif kind == "end":
            del found[at:]
    return bytes(found)
