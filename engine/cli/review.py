"""The command that asks whether a plan still holds: review."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.decide import KEPT, Gap, Variant, load
from engine.cli.stopping import PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from engine.evaluate.review.review import Review
    from engine.scenario.scenario import Scenario

# Products that are told one by one.
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(review)


def review(
    plan: Annotated[Path, typer.Argument(help="Folder of a plan, or of a batch run.")],
    scenario: Annotated[
        Path | None,
        typer.Option(help="The scenario or the catalogue that it was made from; by default what stands with the plan."),
    ] = None,
    orders: Annotated[
        Path | None,
        typer.Option(help="CSV of the order lines since, with the columns of orders.csv; of a run Parquet, too."),
    ] = None,
    now: Annotated[
        Path | None, typer.Option(help="The scenario or catalogue as it is now: costs, times, parts, settings.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where review.csv (of a run Parquet) and summary.json go.")] = None,
    since: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day that counts; by default all do.")
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(help="Share of products without a change told of one in a month.", min=1e-6, max=0.5)
    ] = 0.01,
    thresholds: Annotated[
        Path | None,
        typer.Option(help="Folder that thresholds wrote: flips beside levels; by default PLAN/thresholds if there."),
    ] = None,
    gap: Gap = 1e-3,
    variant: Variant = None,
) -> None:
    """Ask whether demand, and costs and times, are still what a plan was made for, and whom deciding again switches."""
    from engine.report.files import write_results

    check_results(out, "review")
    if orders is None and now is None:
        raise typer.BadParameter("give the order lines that have come since", param_hint="--orders")
    given = _kept(plan) if scenario is None else scenario
    if (plan / "manifest.json").is_file():
        if variant is not None:
            raise typer.BadParameter("a batch run is reviewed without", param_hint="--variant")
        table, summary = _of_run(
            plan, given, orders, out, now=now, since=since, thresholds=_kept_flips(plan, thresholds),
            false_alarms=false_alarms, gap=gap,
        )  # fmt: skip
        tables: dict[str, pd.DataFrame] = {}
    else:
        verdicts = _of_plan(
            plan, load(given, variant), orders, _kept_flips(plan, thresholds),
            now=None if now is None else load(now, variant),
            fitted=None if now is None else _fitted(given, now), since=since, false_alarms=false_alarms, gap=gap,
        )  # fmt: skip
        table, summary, tables = verdicts.products, verdicts.summary, {"review": verdicts.products}
    _tell(table, summary)
    if out is not None:
        write_results(out, tables, summary)
        typer.echo(f"  written to {out}")


def _kept(plan: Path) -> Path:
    """The scenario that stands with a plan."""
    kept = plan / KEPT
    if not kept.is_dir():
        said = f"names what {plan} was made from; 'codp solve --keep-scenario' keeps it with the plan"
        raise typer.BadParameter(said, param_hint="--scenario")
    return kept


def _kept_flips(plan: Path, given: Path | None) -> Path | None:
    """The folder of thresholds that is named, else that stands with a plan or a run."""
    kept = plan / "thresholds"
    return kept if given is None and kept.is_dir() else given


def _of_plan(
    plan: Path, given: Scenario, orders: Path | None, thresholds: Path | None, *, now: Scenario | None,
    fitted: Mapping[str, frozenset[str]] | None, since: dt.datetime | None, false_alarms: float, gap: float,
) -> Review:  # fmt: skip
    from engine.evaluate.review.review import review as reviewed
    from engine.report.content import read_evidence
    from engine.report.files import read_plan

    made = read_plan(plan)
    lines = None if orders is None else _lines(orders, given)
    if lines is not None and since is not None:
        lines = lines[lines["order_date"] >= since].reset_index(drop=True)
    flips = None if thresholds is None else read_evidence([thresholds], made).thresholds
    with stoppable(PATIENCE_SECONDS):
        return reviewed(
            given, made, lines, now=now, fitted=fitted, false_alarms=false_alarms, thresholds=flips, gap=gap
        )


def _fitted(before: Path, now: Path) -> dict[str, frozenset[str]]:
    """Whose demand the order lines tell in both: what is not looked at as an input."""
    from engine.evaluate.review.moved import fitted_in_both
    from engine.scenario.read import read_scenario

    return fitted_in_both(read_scenario(before), read_scenario(now))


def _of_run(
    run: Path, catalogue: Path, orders: Path | None, out: Path | None, *, now: Path | None,
    since: dt.datetime | None, thresholds: Path | None, false_alarms: float, gap: float,
) -> tuple[pd.DataFrame, dict[str, Any]]:  # fmt: skip
    import pandas as pd

    from engine.catalog.results.review import review_run
    from engine.catalog.results.thresholds import read_thresholds

    flips = None if thresholds is None else read_thresholds(thresholds, run)
    with stoppable(PATIENCE_SECONDS):
        result = review_run(
            run, catalogue, orders, out, now=now, since=None if since is None else pd.Timestamp(since),
            false_alarms=false_alarms, thresholds=flips, gap=gap, log=progress(verbose=False),
        )  # fmt: skip
    return result.told, result.summary


def _lines(path: Path, scenario: Scenario) -> pd.DataFrame:
    """Order lines in the scenario's way of writing them."""
    from engine.errors import Fault, ScenarioError
    from engine.scenario.files.parse import parse_table
    from engine.scenario.files.raw import read_csv_table
    from engine.scenario.plants import keyed_lines

    settings = scenario.settings
    raw, faults = read_csv_table(path, settings.format, name="orders")
    if raw is None or faults:
        raise ScenarioError(faults)
    table, faults = parse_table(raw, settings.format, settings.columns.get("orders", {}), has_orders=True)
    lines, wrong = keyed_lines(table.frame, scenario.products)
    faults += [
        Fault(file=path.name, row=int(table.rows[record]), column="product", cause=why) for record, why in wrong
    ]
    if faults:
        raise ScenarioError(faults)
    return lines


def _tell(table: pd.DataFrame, summary: Mapping[str, Any]) -> None:
    counts, saving, regret = summary["counts"], summary["saving_per_year"], summary["regret_so_far"]
    changed = counts["drifting"] + counts["decide again"]
    verb = "has" if changed == 1 else "have"
    what = "what the plan was made for" if summary.get("moved") else "the plan's demand"
    line = f"{summary['scenario']}: {changed:,} of {counted(summary['products'], 'product')} {verb} left {what}"
    if changed:
        line += f", {counts['decide again']:,} to decide again"
    if saving is not None:
        line += f"; deciding again saves {saving:,.0f} {summary['currency']} a year"
    typer.echo(line)
    if changed and regret:
        typer.echo(f"  so far the plan has cost {regret:,.0f} {summary['currency']} more than one decided again since")
    if summary["weeks"]:
        typer.echo(
            f"  {counted(summary['weeks'], 'week')} to {summary['last_day']}; of products without a change "
            f"{summary['false_alarms_per_month']:.2%} a month are told of one"
        )
    if summary.get("known_to"):
        after = dt.date.fromisoformat(summary["known_to"]) + dt.timedelta(days=1)
        typer.echo(f"  the plan knew order lines to {summary['known_to']}; --since {after} counts what has come since")
    if summary.get("crossed"):
        typer.echo(f"  {counted(summary['crossed'], 'product')} have passed the demand at which their strategy flips"
                   if summary["crossed"] > 1 else "  1 product has passed the demand at which its strategy flips")
    for name, count in summary.get("moved", {}).items():
        typer.echo(f"  {name} is another now for {counted(count, 'product')}")
    told = table[table["verdict"] != "holds"].sort_values(["verdict", "told_on"], kind="stable")
    for row in told.head(SHOWN).to_dict("records"):
        again = f", {row['strategy']} -> {row['strategy_again']}" if row["verdict"] == "decide again" else ""
        typer.echo(f"  {row['product']}: {row['verdict']}{again}; {_why(row)}")
    if changed > SHOWN:
        typer.echo(f"  and {changed - SHOWN:,} more")


def _why(row: Mapping[Hashable, Any]) -> str:
    """The level since, and what else has moved."""
    level = (
        f"{row['level_per_week']:,.4g} a week since {row['since']} ({row['level_low']:,.4g} to "
        f"{row['level_high']:,.4g}), planned {row['planned_per_week']:,.4g}"
    )
    told = [level if row["told_on"] else "", _crossed(row), _asked(row)]
    moved = [name for name in str(row.get("moved", "")).split(", ") if name != "lead_time_target_days" or not told[2]]
    return "; ".join(filter(None, [*told, ", ".join(moved)]))


def _crossed(row: Mapping[Hashable, Any]) -> str:
    """Which flip the level since has passed, for certain or perhaps."""
    side = str(row.get("crossed", ""))
    if not row["told_on"] or not side:
        return ""
    which = side.rsplit(maxsplit=1)[-1]
    flip, low, high = (f"{row[f'flip_{which}{end}']:,.4g}" for end in ("", "_low", "_high"))
    return f"{side} its flip at {flip} ({low} to {high})"


def _asked(row: Mapping[Hashable, Any]) -> str:
    """What customers ask for where they ask for another lead time."""
    days = row.get("target_days")
    return "" if days is None or days != days else (  # noqa: PLR0124  (NaN differs from itself)
        f"customers ask for {days:,.4g} days, planned {row['planned_target_days']:,.4g}"
    )
