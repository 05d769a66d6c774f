"""The command that reports: a workbook, a page or a deck for people who will never run codp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.decide import EXIT_INFEASIBLE, EXIT_TIMED_OUT, Samples, Today, Variant, day_of, load
from engine.cli.stopping import PATIENCE_SECONDS, stoppable
from engine.cli.writable import check_folder

if TYPE_CHECKING:
    from engine.decision.plan import Plan
    from engine.scenario.scenario import Scenario
    from engine.words.language import Language

ENDINGS = (".xlsx", ".html", ".pptx")
GAP = 1e-3


class ReportLanguage(StrEnum):
    """Languages of a report."""

    en = "en"
    zh = "zh"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(report)


def report(
    source: Annotated[Path, typer.Argument(metavar="PLAN_DIR|SCENARIO", help="A plan, or a scenario to decide first.")],
    out: Annotated[Path, typer.Option(help="File to write: .xlsx, .html or .pptx.")],
    language: Annotated[ReportLanguage, typer.Option(help="English or Simplified Chinese.")] = ReportLanguage.en,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario of a plan: adds names, the map, settings, today's cost.")
    ] = None,
    variant: Variant = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(help="Folder that confidence, simulate, thresholds, waves, frontier or compare wrote."),
    ] = None,
    as_given: Annotated[
        Path | None, typer.Option(help="Plan of the scenario before anything was changed, to stand beside this one.")
    ] = None,
    given: Annotated[
        Path | None,
        typer.Option(help="Scenario that --as-given is the plan of; by default the plan's own, without its variant."),
    ] = None,
    date: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Printed on the cover.")] = None,
    gap: Annotated[
        float | None, typer.Option(help="Relative gap to prove, 0.001 unless given.", min=0.0, max=1.0)
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="Seconds for the plan, whatever is done by then.", min=0.0)
    ] = None,
    samples: Samples = None,
    today: Today = None,
) -> None:
    """Report a plan as an Excel workbook, a page that prints, or a PowerPoint deck, in English or Chinese.

    Of a plan's folder nothing is decided again; a scenario is decided first.
    """
    from engine.report.content import make_report, read_evidence
    from engine.report.files import read_plan
    from engine.report.write import write_report

    if out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"'{out.name}' ends in none of {', '.join(ENDINGS)}", param_hint="--out")
    check_folder(out.absolute().parent)
    with stoppable(PATIENCE_SECONDS):
        planned, case = _plan(
            source, scenario, variant, gap=gap, time_limit=time_limit, samples=samples, language=language.value,
            today=today,
        )  # fmt: skip
    proof = read_evidence(evidence, planned) if evidence else None
    if as_given is not None and case is None:
        raise typer.BadParameter("needs the plan's scenario; give --scenario, too", param_hint="--as-given")
    if given is not None and as_given is None:
        raise typer.BadParameter("says of which scenario --as-given is the plan; give that, too", param_hint="--given")
    before, base = None if as_given is None else read_plan(as_given), case
    if as_given is not None and (given is not None or variant is not None):
        base = load(given or scenario or source)
    content = make_report(
        planned, case, evidence=proof, as_given=before, given=base, date=None if date is None else date.date()
    )  # fmt: skip
    write_report(content, out, language.value)
    typer.echo(f"written to {out}")


def _plan(
    source: Path, scenario: Path | None, variant: str | None, *, gap: float | None, time_limit: float | None,
    samples: int | None, language: Language, today: dt.datetime | None,
) -> tuple[Plan, Scenario | None]:  # fmt: skip
    """The plan of a folder, or of a scenario decided now."""
    from engine.decision.outcome import Infeasible, Solved
    from engine.decision.solve import solve
    from engine.economics.exposure.draw import SampleCache
    from engine.evaluate.processes.beside import beside
    from engine.evaluate.trust.plan_certainty import with_figures
    from engine.program.deadline import Deadline
    from engine.report.files import read_plan
    from engine.report.sentences.words import unsolved
    from engine.scenario.locks import expired_locks

    if source.is_dir() and not (source / "scenario.yaml").is_file():
        deciding = {"--gap": gap, "--time-limit": time_limit, "--samples": samples, "--today": today}
        _refuse_unused(scenario, variant, deciding)
        given = None if scenario is None else load(scenario, variant)
        return read_plan(source), given
    if scenario is not None:
        raise typer.BadParameter("the first argument is a scenario already", param_hint="--scenario")
    deadline = Deadline.after(time_limit)
    given = load(source, variant)
    given = given.with_notices(expired_locks(given, day_of(today)))
    cache = SampleCache()
    with beside() as aside:
        outcome = solve(
            given, gap=GAP if gap is None else gap, time_limit=deadline, samples=samples, cache=cache, aside=aside,
            tell=partial(with_figures, given, cache=cache, deadline=deadline, aside=aside),
        )  # fmt: skip
    plan = None if isinstance(outcome, Infeasible) else outcome.plan
    if not isinstance(outcome, Solved):
        typer.echo(f"{given.name}: {unsolved(outcome, language)}", err=True)
    if isinstance(outcome, Infeasible):
        raise typer.Exit(EXIT_INFEASIBLE)
    if plan is None:
        raise typer.Exit(EXIT_TIMED_OUT)
    return plan, given


def _refuse_unused(scenario: Path | None, variant: str | None, deciding: Mapping[str, object]) -> None:
    """Refuse what would change nothing: a plan is decided, and without its scenario it has no variant."""
    given = [name for name, value in deciding.items() if value is not None]
    if given:
        raise typer.BadParameter("the plan is decided already, nothing is solved", param_hint=", ".join(given))
    if variant is not None and scenario is None:
        raise typer.BadParameter("names a what-if of the plan's scenario; give --scenario, too", param_hint="--variant")
