"""The page of threats: every attempt names a test that is there."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_the_test_named_is_there(file, test):
    source = (ROOT / file).read_text(encoding="utf-8")
    assert not test or f"def {test}(" in source


def test_every_test_of_security_is_on_the_page():
    tests = {
        (f"tests/security/{path.name}", name)
        for path in (ROOT / "tests" / "security").glob("test_*.py")
        if path.name != "test_page.py"
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    harmless = {("tests/security/test_workbooks.py", "test_a_small_sheet_is_never_taken_for_a_large_one")}
    assert tests - harmless - set(NAMED) == set()
