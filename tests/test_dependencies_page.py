"""docs/dependencies.md has each package that codp asks for, under its heading, with its reason."""

import re

from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.test_packaging import PROJECT

HEADINGS = {
    "To run": "",
    "For a cluster": "cluster",
    "To develop": "dev",
    "To build the documentation": "docs",
    "To measure the tests": "measure",
}


def asked(extra: str) -> set[str]:
    lines = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    names = {re.match(r"[\w.-]+(\[\w+\])?", line)[0] for line in lines}
    return {canonicalize_name(name) for name in names if not name.startswith("codp[")}


def test_each_package_has_its_reason_and_no_other_does():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = {}
    for section in page.split("\n## ")[1:]:
        heading = next(name for name in HEADINGS if section.startswith(name))
        rows = re.findall(r"^\| ([\w.-]+) \| (.+?) \|", section, re.MULTILINE)[1:]
        assert all(len(reason) > 4 for _, reason in rows)
        told[HEADINGS[heading]] = {canonicalize_name(name) for name, _ in rows}
    assert told == {extra: asked(extra) for extra in ("", *PROJECT["optional-dependencies"])}
