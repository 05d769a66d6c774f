"""What a run is, and what of it is finished: `manifest.json` and `ledger.jsonl`.

The manifest says what the result depends on; a run that is resumed must match it. The ledger has a line per finished
partition, written and forced to the disk after the partition's files are in place; only files in it are trusted.
"""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from engine.catalog.intake.source import Catalogue, file_sha256
from engine.catalog.options import BatchOptions
from engine.errors import EngineError
from engine.words.reason import Reason, cause, quoted

MANIFEST, LEDGER, LOCK = "manifest.json", "ledger.jsonl", "lock"
Receipt = dict[str, Any]


def identity(catalogue: Catalogue, options: BatchOptions) -> dict[str, Any]:
    """Everything that the result depends on."""
    packages = {"python": platform.python_version()}
    for name in ("codp", "highspy", "numpy", "pandas", "pyarrow", "scipy"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "unknown"
    return {
        "input_sha256": catalogue.digests(),
        "settings": catalogue.settings.model_dump(mode="json", by_alias=True),
        "options": options.as_dict(),
        "versions": packages,
    }


def differences(before: dict[str, Any], now: dict[str, Any]) -> tuple[Reason, ...]:
    """What changed between two identities, in words, one below the other."""
    reasons: list[Reason] = []
    for part in ("input_sha256", "settings", "options", "versions"):
        old, new = before.get(part, {}), now.get(part, {})
        for name in sorted(set(old) | set(new)):
            if old.get(name) == new.get(name):
                continue
            if part == "input_sha256":
                kind = "was_added" if name not in old else "is_gone" if name not in new else "was_changed"
                reasons.append(cause(kind, name=name))
            else:
                label = {"settings": f"scenario.yaml: {name}", "options": f"--{name.replace('_', '-')}"}.get(part)
                shown = label or cause("version_of", name=name)
                reasons.append(cause("was_now", name=shown, before=_said(old.get(name)), now=_said(new.get(name))))
    return tuple(cause("change", change=change) for change in reasons)


def _said(value: object) -> str | Reason:
    return cause("not_given") if value is None else str(value)


def agree(out: Path, now: dict[str, Any]) -> bool:
    """Whether there is a run to resume; one that is another's is refused with what changed."""
    path = out / MANIFEST
    if not path.exists():
        return False
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(cause("manifest_unreadable", path=str(path), error=quoted(str(error)))) from error
    changed = differences(before, now)
    if changed:
        head = cause("run_of_else", folder=str(out))
        raise EngineError(cause("run_changed", changed=cause("listed", head=head, faults=changed)))
    return True


def write_json(path: Path, values: dict[str, Any]) -> None:
    """Write under a temporary name, force to the disk, rename."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with scratch.open("w", encoding="utf-8") as file:
            json.dump(values, file, indent=2, ensure_ascii=False, allow_nan=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise


@dataclass(slots=True)
class Ledger:
    """Receipts of finished partitions.

    Parameters
    ----------
    path : Path
    """

    path: Path

    def read(self, *, verify: bool = False) -> dict[int, Receipt]:
        """Receipts by partition; a torn last line, and with `verify` a partition whose files changed, do not count."""
        receipts: dict[int, Receipt] = {}
        if not self.path.exists():
            return receipts
        for line in self.path.read_bytes().split(b"\n"):
            try:
                receipt = json.loads(line)
            except ValueError:
                continue
            receipts[int(receipt["partition"])] = receipt
        if not verify:
            return receipts
        return {number: receipt for number, receipt in receipts.items() if self._intact(receipt)}

    def _intact(self, receipt: Receipt) -> bool:
        folder = self.path.parent
        return all(
            (folder / name).is_file() and file_sha256(folder / name) == sha for name, sha in receipt["files"].items()
        )

    def _torn(self) -> bool:
        """Whether the last line was cut off by a kill."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"

    def add(self, receipt: Receipt) -> None:
        """Add a line and force it to the disk."""
        torn = self._torn()
        with self.path.open("ab") as file:
            line = json.dumps(receipt, ensure_ascii=False, allow_nan=False)
            file.write((("\n" if torn else "") + line + "\n").encode())
            file.flush()
            os.fsync(file.fileno())


class RunLock:
    """One driver at a time; the system lets go of it when the driver dies, however it dies.

    Parameters
    ----------
    out : Path
    """

    def __init__(self, out: Path) -> None:
        self.path = out / LOCK
        self.file: IO[str] | None = None

    def __enter__(self) -> Self:
        self.file = self.path.open("a")
        try:
            _lock(self.file)
        except OSError as error:
            self.file.close()
            raise EngineError(cause("batch_running", folder=str(self.path.parent))) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.file is not None:
            self.file.close()


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl  # noqa: PLC0415

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
