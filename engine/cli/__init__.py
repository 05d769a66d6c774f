"""The command line: `codp`. Heavy imports stay inside the commands, so that `codp --help` is quick."""

from __future__ import annotations

import errno
import gc
import sys
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperGroup

from engine.cli import (
    batch,
    compare,
    confidence,
    data,
    decide,
    doctor,
    export,
    frontier,
    goal,
    imports,
    report,
    review,
    simulate,
    thresholds,
    waves,
)
from engine.cli.leaving import leave_cause
from engine.cli.stopping import EXIT_STOPPED
from engine.errors import EngineError
from engine.words.language import Language
from engine.words.reason import cause, quoted

# Commands that say by themselves what a stop leaves; every other one writes at its end, whole or not at all.
TELL_THEMSELVES = ("app", "batch")
EXIT_NO_MEMORY = 5
# Objects made between two looks for garbage; Python's own 700 are for programs without tables.
_MADE_BEFORE_COLLECTING = 200_000
# What a disk or its owner refuses is told in words; any other error is a fault of codp, and has its traceback.
REFUSED = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG, errno.EISDIR,
    errno.ENOTDIR, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ESTALE,
}  # fmt: skip


class Commands(TyperGroup):
    """The commands; Typer would end them at Ctrl-C without a word, and at an error in the input with a traceback."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (Typer's own context; what the command returns)
        """Run a command; that it was stopped, and which rules leave no plan, is told in words."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            rest = "" if ctx.invoked_subcommand in TELL_THEMSELVES else "; nothing is written"
            typer.echo(f"stopped{rest}", err=True)
            raise typer.Exit(EXIT_STOPPED) from None
        except MemoryError:
            typer.echo(
                "not enough memory; nothing is written. Fewer --samples need less, and 'codp batch run' decides a "
                "large catalogue in parts",
                err=True,
            )
            raise typer.Exit(EXIT_NO_MEMORY) from None
        except OSError as error:
            if error.errno not in REFUSED:
                raise
            said = quoted(str(error.strerror))
            raise EngineError(
                cause("at", place=str(error.filename), why=said) if error.filename else said
            ) from error
        except EngineError as error:
            from engine.decision.outcome import NoPlanError, TimedOut
            from engine.report.sentences.words import unsolved

            if not isinstance(error, NoPlanError):
                raise
            typer.echo(f"{error.scenario}: {unsolved(error.outcome, _language(sys.argv))}", err=True)
            late = isinstance(error.outcome, TimedOut)
            raise typer.Exit(decide.EXIT_TIMED_OUT if late else decide.EXIT_INFEASIBLE) from None


app = typer.Typer(
    cls=Commands,
    name="codp",
    help="Make to order, make to stock or assemble to order: decide it for every product.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
decide.register(app)
data.register(app)
imports.register(app)
thresholds.register(app)
simulate.register(app)
compare.register(app)
confidence.register(app)
report.register(app)
export.register(app)
batch.register(app)
frontier.register(app)
goal.register(app)
waves.register(app)
review.register(app)
doctor.register(app)


def _language(given: list[str]) -> Language:
    """The language that a command is asked to write in; English where it has no such option.

    Examples
    --------
    >>> _language(["codp", "report", "PLAN", "--language", "zh"]), _language(["codp", "check", "CASE"])
    ('zh', 'en')
    """
    asked = [value for name, value in pairwise(given) if name == "--language"]
    asked += [name.removeprefix("--language=") for name in given if name.startswith("--language=")]
    return "zh" if asked[-1:] == ["zh"] else "en"


def main() -> None:
    """Run the command line; problems with the input are told in words, without a traceback."""
    # Modules and tables are objects that stay; looking through them for garbage takes a twentieth of a command.
    gc.set_threshold(_MADE_BEFORE_COLLECTING)
    try:
        app()
    except EngineError as error:
        print(error.words(_language(sys.argv)), file=sys.stderr)
        leave_cause(error)
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(EXIT_STOPPED)
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is lost.
        sys.stderr.close()
        sys.exit(0)
