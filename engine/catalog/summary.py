"""What a finished run comes to."""

from __future__ import annotations

from typing import Any

from engine.catalog.manifest import Receipt


def summarise(
    identity: dict[str, Any],
    plan: dict[str, Any],
    done: dict[int, Receipt],
    *,
    rejected: int,
    always: float,
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
    seconds : float
    """
    costs = [cost for number in sorted(done) for cost in done[number]["costs"]]
    objective, bound = (sum(float(cost[name]) for cost in costs) for name in ("objective", "bound"))
    terms: dict[str, float] = {}
    for cost in costs:
        for term, value in cost["terms"].items():
            terms[term] = terms.get(term, 0.0) + value
    settings, options = identity["settings"], identity["options"]
    total = objective + always
    return {
        "scenario": settings["name"],
        "currency": settings["currency"],
        "status": "solved",
        "objective_per_year": total,
        "bound_per_year": bound,
        "gap": max(0.0, total - bound) / max(abs(total), 1e-9),
        "always_available_cost_at_most_per_year": always,
        "terms_per_year": dict(sorted(terms.items())),
        "products": sum(int(receipt["products"]) for receipt in done.values()),
        "rejected_rows": rejected,
        "layout": plan["counts"],
        "samples": options["samples"] or settings["samples"],
        "seed": settings["seed"] if options["seed"] is None else options["seed"],
        "partitions": len(done),
        "seconds": round(seconds, 3),
        "versions": identity["versions"],
        "input_sha256": identity["input_sha256"],
    }
