"""What a finished run comes to."""

from __future__ import annotations

from typing import Any

from engine.catalog.manifest import Receipt
from engine.catalog.results.decisions import BlockCost


def summarise(
    identity: dict[str, Any],
    plan: dict[str, Any],
    done: dict[int, Receipt],
    *,
    rejected: int,
    always: float,
    certified: int,
    no_demand: int,
    warnings: list[dict[str, object]],
    seconds: float,
) -> dict[str, Any]:
    """Add up the receipts, in the order of partitions.

    Parameters
    ----------
    identity, plan : dict
        From the manifest and the layout.
    done : dict of int to receipt
        Every partition.
    rejected : int
        Rows left out.
    always : float
        What a stock of its own for parts always available costs at most, money a year.
    certified : int
        Groups that the Pyomo model had the last word on.
    no_demand : int
        Products without demand, listed in ``no_demand.csv``.
    warnings : list of dict
        As in ``warnings.csv``.
    seconds : float
    """
    whole = BlockCost.total([BlockCost(**cost) for number in sorted(done) for cost in done[number]["costs"]])
    settings, options = identity["settings"], identity["options"]
    total, program = whole.objective + always, whole.program + always
    scale = max(abs(total), 1e-9)
    return {
        "scenario": settings["name"],
        "currency": settings["currency"],
        "status": "solved",
        "objective_per_year": total,
        "bound_per_year": whole.bound,
        "gap": max(0.0, program - whole.bound) / scale,
        "allocation_gap": max(0.0, total - program) / scale,
        "program_per_year": program,
        "change_cost": whole.terms.get("change", 0.0) * settings["change_payback_years"],
        "always_available_cost_at_most_per_year": always,
        "terms_per_year": dict(sorted(whole.terms.items())),
        "products": sum(int(receipt["products"]) for receipt in done.values()),
        "rejected_rows": rejected,
        "no_demand": no_demand,
        "warnings": warnings,
        "layout": plan["counts"],
        "sampled_groups": sum(int(receipt["programs"]["count"]) for receipt in done.values()),
        "certified_groups": certified,
        "samples": options["samples"] or settings["samples"],
        "seed": settings["seed"] if options["seed"] is None else options["seed"],
        "partitions": len(done),
        "seconds": round(seconds, 3),
        "versions": identity["versions"],
        "input_sha256": identity["input_sha256"],
    }
