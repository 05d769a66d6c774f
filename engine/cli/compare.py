"""The command that puts cases side by side: compare."""

from __future__ import annotations

import math
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli.decide import Gap, Samples, Seed, Workers, load, processes
from engine.cli.stopping import PATIENCE_SECONDS, progress, stoppable
from engine.cli.writable import check_results
from engine.report.sentences.plain import counted, rounded

if TYPE_CHECKING:
    from engine.evaluate.studies.compare import Case, Comparison


# Of each kind so many are told; changes.csv has all.
_CHANGES_TOLD = 4


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(compare)


def compare(
    cases: Annotated[list[Path], typer.Argument(metavar="CASE...", help="Scenarios, and folders of written plans.")],
    out: Annotated[Path, typer.Option(help="Where the tables and summary.json go.")],
    variant: Annotated[
        list[str] | None, typer.Option(help="Also the first scenario under this what-if; may be repeated.")
    ] = None,
    gap: Gap = 1e-3,
    samples: Samples = None,
    seed: Seed = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show progress in a file, too.")] = False,
    workers: Workers = None,
) -> None:
    """Compare cases with the first, on the same samples, and tell what the rules in use cost."""
    from engine.evaluate.studies.compare import compare as compared
    from engine.report.files import write_results

    check_results(out, "compare")
    given = _cases(cases, variant or [])
    with stoppable(PATIENCE_SECONDS):
        comparison = compared(
            given, gap=gap, samples=samples, seed=seed, processes=processes(workers, len(given)),
            log=progress(verbose=verbose),
        )
    tables = {
        name: getattr(comparison, name) for name in ("cases", "terms", "switches", "rules", "replaced", "changes")
    }
    _tell(comparison)
    write_results(out, tables, comparison.summary)
    typer.echo(f"  written to {out}")


def _cases(paths: list[Path], variants: list[str]) -> list[Case]:
    """Read every case; a folder with decisions.csv is a plan."""
    from engine.errors import EngineError
    from engine.evaluate.studies.compare import Case
    from engine.report.files import read_plan

    cases: list[Case] = []
    labels: set[str] = set()

    def label(name: str) -> str:
        free, k = name, 2
        while free in labels:
            free, k = f"{name}-{k}", k + 1
        labels.add(free)
        return free

    for path in paths:
        is_plan = (path / "decisions.csv").is_file()
        name = path.resolve().stem if path.is_file() else path.resolve().name
        cases.append(Case(label=label(name), given=read_plan(path) if is_plan else load(path)))
    scenarios = [path for path in paths if not (path / "decisions.csv").is_file()]
    if variants and not scenarios:
        raise EngineError("--variant names a what-if of a scenario; give the scenario, not only plans")
    cases += [Case(label=label(name), given=load(scenarios[0], name)) for name in variants]
    return cases


def _tell(comparison: Comparison) -> None:
    """The tables in words."""
    money, first = comparison.summary["currency"], comparison.summary["cases"][0]
    for row in comparison.cases.to_dict("records"):
        cost = f"{row['cost_per_year']:,.0f} {money} a year"
        typer.echo(f"{row['case']}: {cost}, inventory {row['inventory_value']:,.0f}")
        if row["case"] != first:
            typer.echo(f"  {_against_first(row, first, samples=comparison.summary['samples'])}")
        for line in _differs(comparison, str(row["case"])):
            typer.echo(f"  {line}")
        if row["case"] in comparison.summary["without_common_product"]:
            typer.echo(f"  has no product in common with {first}: these are costs of different things")
        for one in comparison.switches[comparison.switches["case"] == row["case"]].head(5).to_dict("records"):
            strategies = f"{one['strategy_first'] or '-'} -> {one['strategy'] or '-'}"
            typer.echo(f"  {one['product']}: {strategies} ({one['why']})")
        for rule in comparison.rules[comparison.rules["case"] == row["case"]].to_dict("records"):
            over = rule["over_plan_per_year"]
            cost = f"{over:+,.0f} a year over the plan, " if math.isfinite(over) else ""
            typer.echo(f"  rule {rule['rule']}: {cost}{rule['verdict']}; {rule['replaced']} replaced")


def _differs(comparison: Comparison, case: str) -> list[str]:
    """In what a case differs from the first: what describes the world in one line, rules in another."""
    lines = []
    mine = comparison.changes[comparison.changes["case"] == case]
    for group, words in (("world", "the world"), ("rules", "your rules")):
        told = [
            f"{row['target']} {row['first']} -> {row['here']}"
            + (f" ({counted(row['rows'], 'row')})" if row["rows"] else "")
            for row in mine[mine["group"] == group].head(_CHANGES_TOLD).to_dict("records")
        ]
        if told:
            lines.append(f"{words}: {', '.join(told)}")
    return lines


def _against_first(row: dict[Hashable, Any], first: str, *, samples: int | None) -> str:
    """What a case costs over the first, and whether that is more than chance."""
    change = f"{rounded(row['difference_per_year']):+,.0f} a year"
    if row["verdict"] == "the same":
        return f"costs the same as {first}"
    if row["verdict"] == "not tested":
        why = "one sample gives no interval" if samples == 1 else "its samples are not at hand"
        return f"{change}, not tested: {why}"
    return f"{change} ({rounded(row['low']):+,.0f} to {rounded(row['high']):+,.0f}): {row['verdict']}"
