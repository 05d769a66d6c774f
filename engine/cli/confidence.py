"""The command that tells how far to believe a plan: confidence."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import (
    EXIT_INFEASIBLE,
    EXIT_TIMED_OUT,
    Samples,
    ScenarioPath,
    Seed,
    Variant,
    Workers,
    load,
    processes,
)
from engine.cli.writable import check_results
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.decision.plan import Plan
    from engine.scenario.scenario import Scenario

_EVERY_SECONDS = 2.0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(confidence)


def confidence(
    scenario: ScenarioPath,
    out: Annotated[Path | None, typer.Option(help="Where confidence.csv, inputs.csv, ... go.")] = None,
    variant: Variant = None,
    plan: Annotated[Path | None, typer.Option(help="Judge the plan in this folder; else one is made.")] = None,
    uncertainty: Annotated[
        float, typer.Option(help="How far each estimate can be off: 0.2 is 20%.", min=0.0, max=2.0)
    ] = 0.2,
    of: Annotated[
        list[str] | None, typer.Option(help="COLUMN=SHARE in place of it, as in demand_cv=0.4; repeatable.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Times the inputs are redrawn; 0 leaves it out.", min=0)] = 120,
    draw_samples: Annotated[int, typer.Option(help="Samples of demand in each of them.", min=10)] = 60,
    batches: Annotated[
        int, typer.Option(help="Batches of fresh samples for the sampling gap; 0 leaves it out.", min=0)
    ] = 10,
    batch_samples: Annotated[int | None, typer.Option(help="By default half the plan's.", min=2)] = None,
    gap: Annotated[float, typer.Option(help="Gap to which each batch is solved.", min=0.0, max=1.0)] = 2e-3,
    within: Annotated[
        float, typer.Option(help="Gap for which enough samples are looked for.", min=1e-6, max=1.0)
    ] = 0.01,
    workers: Workers = None,
    samples: Samples = None,
    seed: Seed = None,
) -> None:
    """Tell how far to believe a plan: sampling gap, VSS, EVPI, confidence per product, what to measure better.

    Exit codes: 0 judged, 1 faulty input, 3 infeasible, 4 no plan in time.
    """
    from engine.evaluate.trust.trust import confidence as judged
    from engine.report.files import read_plan, write_results
    from engine.report.sentences.trust import trust_text

    if 0 < draws < 20:
        raise typer.BadParameter("at least 20 draws tell a share; 0 leaves it out", param_hint="--draws")
    if batches == 1:
        raise typer.BadParameter("at least 2 batches give an interval; 0 leaves it out", param_hint="--batches")
    check_results(out, "confidence")
    named = _shares(of or [])
    given = load(scenario, variant)
    tick = _progress()
    if plan is not None and (samples is not None or seed is not None):
        raise typer.BadParameter("the plan brings its own samples and seed", param_hint="--plan")
    chosen = _plan(given, samples, seed) if plan is None else read_plan(plan)
    trust = judged(
        given, chosen, uncertainty=uncertainty, of=named, draws=draws, draw_samples=draw_samples, batches=batches,
        batch_samples=batch_samples, gap=gap, within=within, processes=processes(workers, draws + batches), tick=tick,
    )  # fmt: skip
    typer.echo(trust_text(trust))
    if out is not None:
        write_results(out, trust.tables(), trust.summary())
        typer.echo(f"  written to {out}")


def _plan(scenario: Scenario, samples: int | None, seed: int | None) -> Plan:
    """The plan to judge, or the end of the command in words."""
    from engine.decision.outcome import Infeasible
    from engine.decision.solve import solve
    from engine.report.sentences.words import unsolved

    outcome = solve(scenario, samples=samples, seed=seed)
    if isinstance(outcome, Infeasible):
        typer.echo(f"{scenario.name}: {unsolved(outcome)}", err=True)
        raise typer.Exit(EXIT_INFEASIBLE)
    if outcome.plan is None:
        raise typer.Exit(EXIT_TIMED_OUT)
    return outcome.plan


def _shares(of: list[str]) -> dict[str, float]:
    shares = {}
    for item in of:
        name, _, share = item.partition("=")
        try:
            shares[name.strip()] = float(share)
        except ValueError:
            raise EngineError(f"--of {item}: write COLUMN=SHARE, as in demand_cv=0.4") from None
    return shares


def _progress() -> Callable[[str], None]:
    """Progress on the error stream, a line every two seconds at most."""
    last = time.monotonic()

    def tick(line: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY_SECONDS:
            last = now
            print(f"  {line}", file=sys.stderr, flush=True)

    return tick
