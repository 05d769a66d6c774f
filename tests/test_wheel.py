"""Wheel and source distribution work where there is no checkout: commands, examples, templates, reports, the app."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app as codp
from tests.conftest import ROOT
from tests.evidence import FULL
from tests.patience import PATIENCE_SECONDS

SOURCES = ("engine", "scenarios", ".streamlit", "docs")
FILES = (
    "pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "constraints.txt", "app.py",
)  # fmt: skip
EXAMPLES = {path.parent.name for path in ROOT.glob("scenarios/*/scenario.yaml")}
# What pip says where it cannot fetch what builds a wheel.
OFFLINE = re.compile("No matching distribution found|Could not find a version|Temporary failure|Network is unreachable")


def pip(*arguments, environment=None):
    """Run pip, or skip where it cannot fetch what builds a wheel."""
    command = [sys.executable, "-m", "pip", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and (OFFLINE.search(done.stderr) or "No module named pip" in done.stderr):
        pytest.skip("no wheel can be built here: pip cannot fetch setuptools, which builds it")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of what wheel and source distribution are made of."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "secrets.toml"))
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """An environment that has what pip would build with."""
    setuptools = tmp_path_factory.mktemp("setuptools")
    (needed,) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    pip("install", "-q", "--target", setuptools, needed)
    return {**os.environ, "PYTHONPATH": str(setuptools)}


@pytest.fixture(scope="module")
def built(sources, builds, tmp_path_factory):
    """Folder of the wheel and the source distribution, built in one process by what pip would build them with."""
    folder = tmp_path_factory.mktemp("built")
    code = f"from setuptools import build_meta as of; of.build_wheel({str(folder)!r}); of.build_sdist({str(folder)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=sources, env=builds, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    """The wheel, built from a copy of the sources."""
    (found,) = built.glob("codp-*.whl")
    return found


@pytest.fixture(scope="module")
def source_distribution(built):
    """The source distribution."""
    (found,) = built.glob("codp-*.tar.gz")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Programs of a new environment that holds the wheel, and of the other packages what this one has."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    paths = {"base": str(folder), "platbase": str(folder)}
    library = Path(sysconfig.get_path("purelib", "venv", paths))
    programs = Path(sysconfig.get_path("scripts", "venv", paths))
    python = programs / ("python.exe" if os.name == "nt" else "python")
    pip("--python", python, "install", "-q", "--no-deps", "--no-index", wheel)
    others = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (library / "others.pth").write_text("\n".join(sorted(others)) + "\n")
    return programs


def away(folder):
    """An environment in which nothing of the checkout is found."""
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "CODP_STORE")
    kept = {
        name: value for name, value in os.environ.items() if name not in hidden and not name.startswith("STREAMLIT")
    }  # fmt: skip
    return {**kept, "HOME": str(folder), "CODP_STORE": str(folder / "store")}


def run(installed, folder, program, *arguments):
    done = subprocess.run(
        [installed / program, *map(str, arguments)], cwd=folder, env=away(folder), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_each(installed, folder, *commands):
    """What commands of the installed engine say, in one process."""
    code = f"from engine.cli import app\nfor command in {commands}:\n    app(command, standalone_mode=False)"
    return run(installed, folder, "python", "-c", code)


def test_the_wheel_carries_each_example_once_and_no_module_beside_the_engine(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    carried = {name.removeprefix("engine/scenario/bundled/") for name in names if "/bundled/" in name}
    examples = ROOT / "scenarios"
    there = {path.relative_to(examples).as_posix() for path in examples.rglob("*") if path.is_file()}
    assert carried == there
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"engine"}
    assert not [name for name in names if "secrets" in name]


def test_the_source_distribution_makes_the_same_wheel(wheel, source_distribution, builds, tmp_path):
    # What pip builds with by itself is what it fetched already; to fetch it again is left to the long form.
    alone = () if FULL else ("--no-build-isolation",)
    made = ("wheel", "-q", *alone, "--no-deps", "-w", tmp_path, source_distribution)
    pip(*made, environment=None if FULL else builds)
    (again,) = tmp_path.glob("codp-*.whl")
    contents = [
        {one.filename: one.CRC for one in zipfile.ZipFile(path).infolist() if not one.filename.endswith("/RECORD")}
        for path in (wheel, again)
    ]
    assert contents[0] == contents[1]


def test_the_source_distribution_carries_documentation_and_no_secrets(source_distribution):
    with tarfile.open(source_distribution) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    documentation = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")}
    assert documentation | {"README.md", "LICENSE", "CHANGELOG.md", "constraints.txt", "app.py"} <= names
    assert not [name for name in names if "secrets" in name]


def test_an_example_is_copied_solved_and_reported_as_in_the_checkout_and_templates_are_written(installed, tmp_path):
    assert set(run(installed, tmp_path, "codp", "example").split()) == EXAMPLES
    solve = ("solve", "mine", "--out", "plan", "--samples", "60")
    names, templates = ("report.xlsx", "report.html", "report.pptx"), ("new.xlsx", "new")
    asked = ("report", "plan", "--scenario", "mine", "--language", "zh", "--out")
    said = run_each(
        installed, tmp_path, ("example", "tiny", "mine"), ("check", "mine"), solve, *((*asked, name) for name in names),
        *(("template", name) for name in templates),
    )  # fmt: skip
    assert "no faults" in said
    here = ["solve", str(ROOT / "scenarios" / "tiny"), "--out", str(tmp_path / "here"), "--samples", "60"]
    assert CliRunner().invoke(codp, here).exit_code == 0
    for name in ("decisions.csv", "components.csv", "ledger.csv"):
        assert (tmp_path / "plan" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert all((tmp_path / name).stat().st_size > 5_000 for name in names)
    assert all((tmp_path / name).exists() for name in templates)


def test_the_app_of_the_installed_engine_draws_its_first_page(installed, tmp_path):
    code = (
        "import engine\n"
        "from streamlit.testing.v1 import AppTest\n"
        "from engine.ui.serve import APP\n"
        "from engine.ui.state.link import VERSION\n"
        "from engine.ui.state.scenarios import scenario_names\n"
        f"page = AppTest.from_file(str(APP), default_timeout={PATIENCE_SECONDS})\n"
        "page.query_params.update({'v': VERSION, 'scenario': 'tiny'})\n"
        "page.run()\n"
        "assert not page.exception, page.exception\n"
        "assert len(page.markdown), page\n"
        "print(engine.__file__, APP, *scenario_names())\n"
    )
    engine, app, *names = run(installed, tmp_path, "python", "-c", code).split()
    assert Path(engine).is_relative_to(installed.parent)
    assert Path(app).is_relative_to(installed.parent)
    assert set(names) == EXAMPLES


def test_the_app_is_served_to_this_machine_and_stops(installed, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [installed / "codp", "app", "--port", str(port)], cwd=tmp_path, env=away(tmp_path), stdout=said,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert healthy(port, server), log.read_text()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_SECONDS) as page:
                assert b'<div id="root">' in page.read()
        finally:
            server.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
            server.wait(timeout=PATIENCE_SECONDS)
    # The settings came along: nobody but this machine is served.
    told = log.read_text()
    assert f"http://localhost:{port}" in told
    assert "127.0.0.1" in told
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def healthy(port, server):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE_SECONDS) as answer:
                if answer.read() == b"ok":
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    return False
