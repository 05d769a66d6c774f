"""Proofs that tests share: of the same scenario they are the same to the byte, and each takes a process of seconds."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from engine.ui.work import jobs, proof
from engine.ui.work.jobs import INFEASIBLE, SOLVED

start_codp, verdict = jobs.start_codp, proof.verdict
COPY = "import shutil, sys; shutil.copytree(sys.argv[1], sys.argv[2]); sys.exit(int(sys.argv[3]))"


class SharedProofs:
    """What proofs of scenarios ended with before, in a folder.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.taken = folder, 0
        self.codes: dict[Path, int] = {}

    @property
    def proven(self) -> int:
        """Scenarios of which the end is known."""
        return len(self.codes)

    def start(self, command: list[str], folder: Path, *, niceness: int) -> subprocess.Popen[bytes]:
        """The process of a job: a copy of what is known, else what the app would start."""
        known = self._place(folder)
        if command[:2] != ["solve", str(folder / "scenario")] or known not in self.codes:
            return start_codp(command, folder, niceness=niceness)
        self.taken += 1
        (folder / "stderr").touch()
        code = str(self.codes[known])
        return subprocess.Popen([sys.executable, "-I", "-S", "-c", COPY, known, folder / "plan", code])

    def verdict(self, folder: Path, code: int, said: str) -> proof.Verdict:
        """What a proof left behind, kept where it is a plan or that there is none."""
        known = self._place(folder)
        if code in (SOLVED, INFEASIBLE) and known not in self.codes:
            shutil.copytree(folder / "plan", known)
            self.codes[known] = code
        return verdict(folder, code, said)

    def _place(self, folder: Path) -> Path:
        state = hashlib.sha256()
        for path in sorted((folder / "scenario").glob("*")):
            state.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return self.folder / state.hexdigest()
