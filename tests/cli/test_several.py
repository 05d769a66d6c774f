"""Several scenarios in one command: what-ifs of the same products draw their samples once, with the same plans."""

import shutil
from pathlib import Path

import yaml
from typer.testing import CliRunner

from engine.cli import app
from engine.economics.exposure.draw import Draw

TINY = Path("scenarios/tiny")


def dearer(folder: Path) -> Path:
    """Tiny with dearer stock: another cost of the same demand."""
    shutil.copytree(TINY, folder)
    settings = yaml.safe_load((folder / "scenario.yaml").read_text(encoding="utf-8"))
    settings["holding_rate_per_year"] *= 1.5
    (folder / "scenario.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return folder


def solved(out: Path, *scenarios: Path) -> list[bytes]:
    """The decisions of each scenario."""
    options = ["--samples", "150", "--time-limit", "600", "--no-certify", "--brief", "--workers", "1"]
    run = CliRunner().invoke(app, ["solve", *map(str, scenarios), "--out", str(out), *options])
    assert run.exit_code == 0, run.output
    return [place.read_bytes() for place in sorted(out.rglob("decisions.csv"))]


def test_what_ifs_of_the_same_products_draw_once_and_decide_the_same(tmp_path, monkeypatch):
    other = dearer(tmp_path / "zearer")
    alone = [*solved(tmp_path / "a", TINY), *solved(tmp_path / "b", other)]
    drawn, cut = [], Draw._cut

    def counted(self, allowed):
        drawn.append(self.samples)
        return cut(self, allowed)

    monkeypatch.setattr(Draw, "_cut", counted)
    assert solved(tmp_path / "both", TINY, other) == alone
    # A hundred samples tell how long drawing takes, once; then all of them, once.
    assert drawn == [100, 150]
    assert alone[0] != alone[1]
