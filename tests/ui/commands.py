"""Commands of the app that run in this process, at once or when a test says so: nothing waits for another process."""

from pathlib import Path

from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from engine.cli import app as codp
from tests.ui.proofs import SharedProofs


class Asked:
    """A command that the app has started, in the place of its process."""

    pid = -1

    def __init__(self, command: list[str], folder: Path, proofs: SharedProofs) -> None:
        self.command, self.folder, self._proofs = command, folder, proofs
        self.code: int | None = None

    def poll(self) -> int | None:
        """The exit code, once the command has run."""
        return self.code

    def kill(self) -> None:
        """Nobody asks for it any more."""
        self.code = -9

    def wait(self) -> None:
        """It has ended."""

    def run(self) -> None:
        """Do what the command says; a proof of what was proven before is copied."""
        self.code = self._proofs.copied(self.command, self.folder)
        if self.code is not None:
            (self.folder / "stderr").touch()
            return
        # Processes side by side would load the engine anew.
        alone = ["--workers", "1"] if self.command[0] in ("solve", "compare", "confidence") else []
        done = CliRunner().invoke(codp, [*self.command, *alone])
        (self.folder / "stderr").write_text(done.stderr, encoding="utf-8")
        assert done.exit_code in (0, 3), (self.command, done.output, done.exception)
        self.code = done.exit_code


class Commands:
    """All that the app has asked for.

    Parameters
    ----------
    proofs : SharedProofs

    Attributes
    ----------
    at_once : tuple of str
        Names of commands that are run as soon as the app starts them.
    """

    def __init__(self, proofs: SharedProofs) -> None:
        self.asked: list[Asked] = []
        self.at_once: tuple[str, ...] = ()
        self._proofs = proofs

    def start(self, command: list[str], folder: Path, *, niceness: int) -> Asked:
        """In the place of `start_codp`."""
        self.asked.append(Asked(command, folder, self._proofs))
        if command[0] in self.at_once:
            self.asked[-1].run()
        return self.asked[-1]

    def waiting(self, *names: str) -> list[Asked]:
        """Commands of some names that have not run yet."""
        return [one for one in self.asked if one.code is None and one.command[0] in names]

    def settled(self, app: AppTest, *names: str) -> AppTest:
        """Run what the page asks for, and the page again, until it asks for nothing of these names."""
        while waiting := self.waiting(*names):
            for one in waiting:
                one.run()
            app.run()
            assert not app.exception, app.exception
        return app
