"""The environment is pinned whole, so that two installations are the same."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


# What the documentation needs, and what that needs, beyond what is there for other reasons.
DOCUMENTATION = {
    "asttokens", "backrefs", "beautifulsoup4", "bleach", "colorama", "comm", "debugpy", "defusedxml", "duckdb",
    "executing", "fastjsonschema", "ghp-import", "griffelib", "ipykernel", "ipython", "ipython-pygments-lexers",
    "jedi", "jupyter-client", "jupyter-core", "jupyterlab-pygments", "jupytext", "markdown", "matplotlib-inline",
    "mdit-py-plugins", "mergedeep", "mistune", "mkdocs", "mkdocs-autorefs", "mkdocs-get-deps", "mkdocs-jupyter",
    "mkdocs-material", "mkdocs-material-extensions", "mkdocstrings", "mkdocstrings-python", "nbclient", "nbconvert",
    "nbformat", "nest-asyncio2", "paginate", "pandocfilters", "parso", "pexpect", "platformdirs", "prompt-toolkit",
    "ptyprocess", "pure-eval", "pymdown-extensions", "pyyaml-env-tag", "pyzmq", "soupsieve", "stack-data", "tinycss2",
    "traitlets", "wcwidth", "webencodings",
}  # fmt: skip
# What measuring the tests needs beyond that.
MEASURING = {
    "aiohappyeyeballs", "aiohttp", "aiosignal", "anybadge", "cosmic-ray", "coverage", "decorator", "exit-codes",
    "frozenlist", "gitdb", "gitpython", "multidict", "parso", "propcache", "pytest-cov", "smmap", "sqlalchemy",
    "stevedore", "toml", "yarl", "yattag",
}  # fmt: skip


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        if not line.startswith("#"):
            name, version = re.fullmatch(r"([\w.-]+)==(\S+)", line).groups()
            found[canonicalize_name(name)] = Version(version)
    return found


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def declared() -> list[Requirement]:
    optional = PROJECT["optional-dependencies"].values()
    everything = [*PROJECT["dependencies"], *(line for group in optional for line in group)]
    return [found for found in map(Requirement, everything) if found.name != PROJECT["name"]]


def test_each_pin_is_accepted_by_the_project():
    pinned = pins()
    refused = [str(need) for need in declared() if pinned[canonicalize_name(need.name)] not in need.specifier]
    assert refused == []


def test_each_requirement_is_bounded_above():
    unbounded = [str(need) for need in declared() if need.specifier.contains("9999")]
    assert unbounded == []


def test_what_a_pinned_package_needs_is_pinned():
    pinned = pins()
    # `make docs`, `make coverage` and `make mutants` alone install what they need.
    there = {name for name in pinned if installed(name)}
    assert set(pinned) - there <= DOCUMENTATION | MEASURING
    unpinned = {
        f"{name}: {need.name}"
        for name in there
        for need in map(Requirement, requires(name) or [])
        if need.marker is None or need.marker.evaluate({"extra": ""})
        if canonicalize_name(need.name) not in pinned
    }
    assert unpinned == set()
