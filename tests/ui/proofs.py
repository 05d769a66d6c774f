"""Proofs that tests share: of the same scenario they are the same to the byte, and each takes a process of seconds."""

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engine.ui.work import jobs, proof
from engine.ui.work.fork_server import ForkServer, Process
from engine.ui.work.jobs import INFEASIBLE, SOLVED
from tests.patience import PATIENCE_SECONDS

run_codp, verdict = jobs.run_codp, proof.verdict
CODE = "exit-code"
COPY = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2]); sys.exit(int(sys.argv[3]))"


def wait_until_loaded(server: ForkServer) -> bool:
    """Wait until copies start at once, where processes are copied; whether they do."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.ready and sys.platform == "linux" and time.monotonic() < until:
        time.sleep(0.02)
    return server.ready


class SharedProofs:
    """What proofs of scenarios ended with before, in a folder that processes of tests may share.

    Parameters
    ----------
    folder : Path

    Attributes
    ----------
    taken, proven : int
        Proofs that were copied here, and those that were kept from here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.taken, self.proven = folder, 0, 0

    def start(self, command: list[str], folder: Path, *, niceness: int) -> Process:
        """The process of a job: a copy of what is known, else what the app would start."""
        known = self._known(command, folder)
        if known is None:
            return run_codp(command, folder, niceness=niceness)
        self.taken += 1
        (folder / "stderr").touch()
        code = (known / CODE).read_text("ascii")
        return subprocess.Popen([sys.executable, "-I", "-S", "-c", COPY, known / "plan", folder / "plan", code])

    def copied(self, command: list[str], folder: Path) -> int | None:
        """Copy what is known at once, and tell its exit code; None where nothing is known."""
        known = self._known(command, folder)
        if known is None:
            return None
        self.taken += 1
        shutil.copytree(known / "plan", folder / "plan")
        return int((known / CODE).read_text("ascii"))

    def verdict(self, folder: Path, code: int, said: str) -> proof.Verdict:
        """What a proof left behind, kept where it is a plan or that there is none."""
        known = self._place(folder)
        if code in (SOLVED, INFEASIBLE) and not known.exists():
            # Whole or not at all: another process may look for it, or keep its own.
            made = Path(tempfile.mkdtemp(dir=self.folder))
            shutil.copytree(folder / "plan", made / "plan")
            (made / CODE).write_text(str(code), "ascii")
            with contextlib.suppress(OSError):
                made.rename(known)
                self.proven += 1
        return verdict(folder, code, said)

    def _known(self, command: list[str], folder: Path) -> Path | None:
        """Where the plan of a command is kept; None for another command than a proof, and for a proof that is new."""
        known = self._place(folder)
        return known if command[:2] == ["solve", str(folder / "scenario")] and known.is_dir() else None

    def _place(self, folder: Path) -> Path:
        state = hashlib.sha256()
        for path in sorted((folder / "scenario").glob("*")):
            state.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return self.folder / state.hexdigest()
