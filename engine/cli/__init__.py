"""The command line: `codp`. Heavy imports stay inside the commands, so that `codp --help` is quick."""

from __future__ import annotations

import sys

import typer

from engine.cli import batch, compare, confidence, data, decide, frontier, report, simulate, thresholds
from engine.errors import EngineError

app = typer.Typer(
    name="codp",
    help="Make to order, make to stock or assemble to order: decide it for every product.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
decide.register(app)
data.register(app)
thresholds.register(app)
simulate.register(app)
compare.register(app)
confidence.register(app)
report.register(app)
batch.register(app)
frontier.register(app)


def main() -> None:
    """Run the command line; problems with the input are told in words, without a traceback."""
    try:
        app()
    except EngineError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has gone; nothing is lost.
        sys.stderr.close()
        sys.exit(0)
