"""The example scenarios: in an installed package beside this file, in a checkout at its top."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.errors import EngineError
from engine.scenario.files.whole import whole
from engine.scenario.settings import nearest
from engine.words.reason import cause

_HERE = Path(__file__).resolve()


def examples_folder() -> Path:
    """The folder whose folders are the examples."""
    # A build copies them in, so that they stand once in the repository.
    installed = _HERE.parent / "bundled"
    return installed if installed.is_dir() else _HERE.parents[2] / "scenarios"


def example_names() -> tuple[str, ...]:
    """Names of the examples."""
    return tuple(sorted(path.parent.name for path in examples_folder().glob("*/scenario.yaml")))


def example(name: str) -> Path:
    """Folder of an example scenario, to read; not to write into.

    Raises
    ------
    EngineError
        Where there is none of this name.

    Examples
    --------
    >>> from engine import read_scenario
    >>> read_scenario(example("tiny")).products["product"].tolist()
    ['STOOL', 'CHAIR', 'SOFA']
    """
    names = example_names()
    if name not in names:
        raise EngineError(cause("example_none", name=name, near=nearest(name, list(names))))
    return examples_folder() / name


def copy_example(name: str, folder: str | Path) -> None:
    """Copy an example into a new folder, to change at will.

    Raises
    ------
    EngineError
        Where there is no such example, something is in the folder already, or the disk refuses.
    """
    source, target = example(name), Path(folder)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise EngineError(cause("folder_already", path=str(target)))
    with whole(target) as fresh:
        fresh.mkdir()
        for path in sorted(source.rglob("*")):
            place = fresh / path.relative_to(source)
            if path.is_dir():
                place.mkdir()
            else:
                shutil.copyfile(path, place)
