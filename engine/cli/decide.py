"""Commands that decide: solve, explain, app."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.leaving import leave_cause
from engine.cli.stopping import EXIT_STOPPED, PATIENCE_SECONDS, stoppable
from engine.cli.writable import check_folder

ScenarioPath = Annotated[Path, typer.Argument(help="Folder of CSV tables with scenario.yaml, or an .xlsx workbook.")]
Gap = Annotated[float, typer.Option(help="Relative gap to prove.", min=0.0, max=1.0)]
Samples = Annotated[int | None, typer.Option(help="In place of the scenario's own.", min=1, max=1_000_000)]
Seed = Annotated[int | None, typer.Option(help="In place of the scenario's own.", min=0)]
Today = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day that locks end before; by default today.")
]
Workers = Annotated[
    int | None, typer.Option(help="Processes side by side; by default all cores, where each has enough to do.", min=1)
]
Variant = Annotated[str | None, typer.Option(help="A what-if under 'variants:' of the scenario.")]

EXIT_FAULTY = 1
EXIT_INFEASIBLE = 3
EXIT_TIMED_OUT = 4
# From harmless to worst: of several scenarios the worst end is the command's.
SEVERITY = (0, EXIT_TIMED_OUT, EXIT_INFEASIBLE, EXIT_FAULTY)
# Loading the engine takes a process about as long as to decide one scenario of sixty products; a copy of this one loads
# nothing that is loaded here.
_EACH, _EACH_COPIED = 3, 1
# Folder of a plan that holds its scenario.
KEPT = "scenario"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(solve)
    app.command()(explain)
    app.command(name="app")(serve)


def solve(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Folders or workbooks.")],
    out: Annotated[Path, typer.Option(help="Where the results go; DIR/NAME each when there are several.")],
    gap: Gap = 1e-3,
    time_limit: Annotated[
        float | None, typer.Option(help="Seconds for each scenario, whatever is done by then.", min=0.0)
    ] = None,
    samples: Samples = None,
    seed: Seed = None,
    variant: Variant = None,
    extensive: Annotated[bool, typer.Option(help="Solve the Pyomo model whole (reference, slower).")] = False,
    certify: Annotated[bool, typer.Option(help="Let the Pyomo model have the last word on the plan.")] = True,
    brief: Annotated[
        bool, typer.Option("--brief", help="Plans and their costs alone: nothing to compare with.")
    ] = False,
    exact_alternatives: Annotated[
        bool, typer.Option(help="Tell the cost of every other strategy exactly, not only where the choice is close.")
    ] = False,
    keep_scenario: Annotated[
        bool, typer.Option("--keep-scenario", help="Keep the scenario with its plan, so that review needs no other.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show progress.")] = False,
    today: Today = None,
    workers: Workers = None,
) -> None:
    """Decide scenarios: strategies, base stocks, costs, and the proven gap.

    Exit codes: 0 solved, 1 faulty input, 3 infeasible, 4 out of time (the best plan is written all the same).
    Of several scenarios each is decided, and the worst end counts: faulty before infeasible before out of time.
    """
    from engine.evaluate.processes.side_by_side import side_by_side

    check_folder(out)
    options: dict[str, Any] = {
        "gap": gap, "time_limit": time_limit, "samples": samples, "seed": seed, "extensive": extensive,
        "certified": certify, "compared": not brief, "exact_alternatives": exact_alternatives, "verbose": verbose,
        "today": day_of(today), "keep": keep_scenario,
    }  # fmt: skip
    targets = _targets(scenarios, out)
    several = _Several(scenarios=scenarios, targets=targets, variant=variant, options=options)
    beside = processes(workers, len(scenarios))
    # One process tells what it does while it does it.
    work = _end_of if beside == 1 or len(scenarios) == 1 else _end_and_words
    ends: list[int] = []
    try:
        with stoppable(PATIENCE_SECONDS):
            for end, words, errors in side_by_side(work, several, range(len(scenarios)), processes=beside):
                for said, to_errors in ((errors, True), (words, False)):
                    typer.echo(said, nl=False, err=to_errors)
                ends.append(end)
    except KeyboardInterrupt:
        if not ends:
            raise
        typer.echo(f"stopped; {len(ends)} of {len(scenarios)} scenarios are done", err=True)
        raise typer.Exit(EXIT_STOPPED) from None
    if worst := max(ends, key=SEVERITY.index):
        raise typer.Exit(worst)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Several:
    """Scenarios to decide: where they are, where their plans go, and `solve`'s options.

    `drawn` keeps what was drawn last, by the products that it was drawn of: what-ifs of one scenario share it.
    """

    scenarios: list[Path]
    targets: list[Path]
    variant: str | None
    options: dict[str, Any]
    drawn: dict[tuple[str, ...], Any] = field(default_factory=dict)


def _end_of(several: _Several, k: int) -> tuple[int, str, str]:
    """Decide scenario k and tell what came of it; its exit code, and no more words to tell."""
    from engine.errors import EngineError

    path, options = several.scenarios[k], dict(several.options)
    log = _told if options.pop("verbose") else lambda _: None
    try:
        return decide_one(path, several.targets[k], several.variant, drawn=several.drawn, log=log, **options), "", ""
    except EngineError as error:
        # One faulty scenario keeps none of the others from being decided.
        named = len(several.scenarios) == 1 or str(error).startswith(f"{path}: ")
        typer.echo(str(error) if named else f"{path}: {error}", err=True)
        leave_cause(error)
        return EXIT_FAULTY, "", ""


def _end_and_words(several: _Several, k: int) -> tuple[int, str, str]:
    """The same in a process beside others: its exit code, what it says, and what it says of errors and progress."""
    words, errors = StringIO(), StringIO()
    with redirect_stdout(words), redirect_stderr(errors):
        end, *_ = _end_of(several, k)
    return end, words.getvalue(), errors.getvalue()


def _told(line: str) -> None:
    typer.echo(f"  {line}", err=True)


def processes(workers: int | None, pieces: int) -> int:
    """Processes side by side: as many as asked for, by default one for each core and for so many pieces."""
    from engine.evaluate.processes.beside import copied
    from engine.report.machine import cores

    return workers or max(1, min(cores(), pieces // (_EACH_COPIED if copied() else _EACH)))


def decide_one(  # solve's options
    path: Path, target: Path, variant: str | None, *, time_limit: float | None, today: dt.date, keep: bool,
    drawn: dict[tuple[str, ...], Any], **options: Any,  # noqa: ANN401
) -> int:  # fmt: skip
    """Decide one scenario, tell what came of it, write it; the exit code."""
    from engine.program.deadline import Deadline

    # Before all else, so that loading the engine and reading the scenario count too.
    deadline = Deadline.after(time_limit)
    from engine.cli.warned import idle, told
    from engine.decision.outcome import Infeasible, Solved, TimedOut
    from engine.decision.solve import solve as decide
    from engine.economics.exposure.draw import SampleCache
    from engine.evaluate.processes.beside import beside
    from engine.evaluate.trust.plan_certainty import with_figures
    from engine.notices import notice_of
    from engine.report.files import refuse_to_replace, write_no_plan, write_plan
    from engine.report.sentences.words import recommendation, unsolved
    from engine.scenario.locks import expired_locks

    refuse_to_replace(target, "plan", plan=True)
    scenario = load(path, variant)
    scenario = scenario.with_notices(expired_locks(scenario, today))
    for line in [*told(scenario.notices), *idle(scenario)]:
        typer.echo(line, err=True)
    products = tuple(map(str, scenario.products["product"]))
    if products not in drawn:
        drawn.clear()
    cache = drawn.setdefault(products, SampleCache())
    with beside() as aside:
        tell = partial(with_figures, scenario, cache=cache, deadline=deadline, aside=aside)
        outcome = decide(scenario, cache=cache, time_limit=deadline, aside=aside, tell=tell, **options)
    plan = None if isinstance(outcome, Infeasible) else outcome.plan
    if isinstance(outcome, Infeasible):
        typer.echo(f"{scenario.name}: {unsolved(outcome)}", err=True)
        conflicts = [conflict.as_dict() for conflict in outcome.conflicts]
        warned = [notice.as_dict() for notice in scenario.notices]
        summary = {"scenario": scenario.name, "status": "infeasible", "conflicts": conflicts, "warnings": warned}
        write_no_plan({**summary, "input_sha256": scenario.digest()}, target)
        return EXIT_INFEASIBLE
    if not isinstance(outcome, Solved):
        typer.echo(f"{scenario.name}: {unsolved(outcome)}", err=True)
    if isinstance(outcome, TimedOut) and plan is None:
        summary = {"scenario": scenario.name, "status": "timed_out", "bound_per_year": outcome.bound_per_year}
        write_no_plan({**summary, "input_sha256": scenario.digest()}, target)
    elif plan is not None:
        promised = [notice for notice in map(notice_of, plan.summary["warnings"]) if notice not in scenario.notices]
        for line in told(promised):
            typer.echo(line, err=True)
        typer.echo(recommendation(plan))
        write_plan(plan, target)
        if keep:
            _keep(path, variant, target / KEPT)
        typer.echo(f"  written to {target}")
    return 0 if isinstance(outcome, Solved) else EXIT_TIMED_OUT


def _keep(path: Path, variant: str | None, out: Path) -> None:
    """Write the scenario of a plan beside it: as it was given, or as its variant has it."""
    from engine.scenario.files.workbook import write_folder
    from engine.scenario.read import read_scenario

    # What order lines fill in stays blank, so that a later book is no change of it.
    write_folder(read_scenario(path) if variant is None else load(path, variant), out)


def day_of(today: dt.datetime | None) -> dt.date:
    """The day given, else that of the clock here."""
    return (dt.datetime.now().astimezone() if today is None else today).date()


def load(path: Path, variant: str | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201 (lazy import)
    """Read a scenario, fill in what its order lines tell, apply a variant."""
    from engine.demand.fitting.complete import complete
    from engine.scenario.read import read_scenario
    from engine.scenario.variants import apply_variant

    scenario = complete(read_scenario(path))
    scenario = scenario if variant is None else apply_variant(scenario, variant)
    if not len(scenario.seasons):
        return scenario
    from engine.economics.exposure.steep import steep_seasons  # slow import, for seasons only

    return scenario.with_notices(steep_seasons(scenario))


def _targets(scenarios: list[Path], out: Path) -> list[Path]:
    """Output folder of each scenario; two of the same name are told apart by their order."""
    if len(scenarios) == 1:
        return [out]
    targets: list[Path] = []
    for path in scenarios:
        name = path.resolve().stem if path.is_file() else path.resolve().name
        label, k = name, 2
        while out / label in targets:
            label, k = f"{name}-{k}", k + 1
        targets.append(out / label)
    return targets


def explain(scenario: ScenarioPath, product: str, variant: Variant = None, gap: Gap = 1e-3) -> None:
    """Explain one product: three ledgers side by side, windows, base stocks, what binds."""
    from engine.evaluate.reasons.explain import explain as explained
    from engine.report.sentences.explanation import explanation_text

    with stoppable(PATIENCE_SECONDS):
        explanation = explained(load(scenario, variant), product, gap=gap)
    typer.echo(explanation_text(explanation))


def serve(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8501,
    headless: Annotated[bool, typer.Option(help="Do not open a browser.")] = True,
) -> None:
    """Serve the app on this machine."""
    command = [sys.executable, "-m", "engine.ui.serve", "--server.port", str(port)]
    command += ["--server.headless", str(headless).lower()]
    typer.echo(f"The app: http://localhost:{port} (Ctrl-C stops it)")
    sys.stdout.flush()
    if os.name == "posix":
        # The server takes this process's place: who stops the one stops the other.
        os.execv(sys.executable, command)  # noqa: S606
    raise typer.Exit(subprocess.run(command, check=False).returncode)
