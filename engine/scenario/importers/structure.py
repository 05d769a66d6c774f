"""From materials and bills to products and the parts one level below them, and how long each takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

_LINE = ["product", "component", "quantity", "scrap_share"]
_NO_BILL = "There is no bill of materials: nothing can be assembled to order."


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Which materials are what.

    Parameters
    ----------
    products, components : list of str
        In the order of the materials.
    bom : DataFrame
        product, component, quantity, scrap_share.
    both : list of str
        Products that are parts of others, too: with themselves as their only part.
    """

    products: list[str]
    components: list[str]
    bom: pd.DataFrame
    both: list[str]


def structure(
    names: Sequence[str], lines: pd.DataFrame, *, sold: Collection[str], planned: Collection[str], notes: list[str]
) -> Structure:
    """Products and their parts.

    A product is what is sold, has a bill and is in no other bill, or is neither part nor bill but is planned as one.
    A part that is sold, too, is both, with itself as its only part.

    Parameters
    ----------
    names : sequence of str
        All materials.
    lines : DataFrame
        Lines of all bills, in the columns of a scenario's.
    sold, planned : collection of str
        Materials with order lines, and with a strategy of their own.
    notes : list of str
        What was done is added.
    """
    if lines.empty:
        notes.append(_NO_BILL)
    headers, parts = set(lines["product"]), set(lines["component"])
    chosen = set(sold) | (headers - parts) | (set(planned) - parts - headers)
    products = [name for name in names if name in chosen]
    bom = lines[lines["product"].isin(chosen)].reset_index(drop=True)
    inside = set(bom["component"])
    both = [name for name in products if name in inside]
    if both:
        itself = pd.DataFrame({"product": both, "component": both, "quantity": 1.0, "scrap_share": 0.0})
        bom = pd.concat([bom[~bom["product"].isin(both)], itself], ignore_index=True)
        notes.append(f"Sold as they are and parts of others, so that both draw on one stock: {', '.join(both)}.")
    used = set(bom["component"])
    components = [name for name in dict.fromkeys([*names, *bom["component"]]) if name in used]
    return Structure(products=products, components=components, bom=bom, both=both)


def without_phantoms(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Lines of assemblies in name only replaced by those of their own bills, and a row for each pair.

    quantity = above x below; 1 - scrap = (1 - above) x (1 - below).

    Parameters
    ----------
    frame : DataFrame
        product, component, quantity, scrap_share, and whether the component is a phantom there. Where it has no bill,
        it stays a part.
    notes : list of str
        Which they are is added.

    Examples
    --------
    >>> lines = pd.DataFrame({"product": ["BIKE", "SET"], "component": ["SET", "NUT"], "quantity": [2.0, 4.0],
    ...                       "scrap_share": 0.0, "phantom": [True, False]})
    >>> without_phantoms(lines, [])[["product", "component", "quantity"]].to_numpy().tolist()
    [['SET', 'NUT', 4.0], ['BIKE', 'NUT', 8.0]]
    """
    heads, replaced = set(frame["product"]), set[str]()
    # Bills go no deeper than there are materials; one that holds itself ends there.
    for _ in range(len(heads)):
        here = frame["phantom"] & frame["component"].isin(heads) & (frame["component"] != frame["product"])
        if not here.any():
            break
        above = frame[here]
        replaced |= set(above["component"])
        below = above.merge(frame.rename(columns={"product": "component", "component": "part"}), on="component",
                            suffixes=("", "_below"))  # fmt: skip
        scrap = 1.0 - (1.0 - below["scrap_share"]) * (1.0 - below["scrap_share_below"])
        instead = pd.DataFrame({
            "product": below["product"], "component": below["part"],
            "quantity": below["quantity"] * below["quantity_below"], "scrap_share": scrap,
            "phantom": below["phantom_below"],
        })  # fmt: skip
        frame = pd.concat([frame[~here], instead[instead["component"] != instead["product"]]], ignore_index=True)
    if replaced:
        notes.append(f"Phantom assemblies, their parts stand for them: {', '.join(sorted(replaced))}.")
    taken = frame.assign(taken=frame["quantity"] / (1.0 - frame["scrap_share"]))
    totals = taken.groupby(["product", "component"], sort=False)[["quantity", "taken"]].sum().reset_index()
    totals["scrap_share"] = 1.0 - totals["quantity"] / totals["taken"]
    totals.loc[totals["scrap_share"].abs() < 1e-12, "scrap_share"] = 0.0
    return totals[_LINE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Days by material, nothing where none are said.

    Parameters
    ----------
    making, buying, receipt : mapping of str to float
        In-house production, delivery by a supplier, goods receipt.
    bought : collection of str
        Materials that are bought though they have a bill.
    """

    making: Mapping[str, float]
    buying: Mapping[str, float]
    receipt: Mapping[str, float]
    bought: Collection[str] = ()


def total_days(names: Sequence[str], lines: pd.DataFrame, times: Times) -> dict[str, float]:
    """Days until a material is there, everything after the order; NaN where nothing says it.

    Bought: delivery and goods receipt. Made: production after the longest of its parts, as far as bills go down, and
    goods receipt.

    Examples
    --------
    >>> lines = pd.DataFrame({"product": ["BIKE", "WHEEL"], "component": ["WHEEL", "RIM"]})
    >>> times = Times(making={"BIKE": 2.0, "WHEEL": 1.0}, buying={"RIM": 20.0}, receipt={"RIM": 1.0})
    >>> total_days(["BIKE", "WHEEL", "RIM"], lines, times)
    {'BIKE': 24.0, 'WHEEL': 22.0, 'RIM': 21.0}
    """
    keys = set(names)
    below = {str(name): list(rows) for name, rows in lines.groupby("product")["component"]}
    totals: dict[str, float] = {}

    def days(name: str, above: frozenset[str]) -> float:
        if name in totals:
            return totals[name]
        # A bill that holds itself ends there.
        if name not in keys or name in above:
            return float("nan")
        external = name in times.bought
        parts = [] if external else [days(part, above | {name}) for part in below.get(name, ())]
        making, buying = times.making.get(name, 0.0), times.buying.get(name, 0.0)
        alone = making if not external and (parts or making) else buying
        total = alone + times.receipt.get(name, 0.0) + max((part for part in parts if part == part), default=0.0)  # noqa: PLR0124
        totals[name] = total if total > 0.0 else float("nan")
        return totals[name]

    return {name: days(name, frozenset()) for name in names}
