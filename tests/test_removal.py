"""Every place that `tests.removal` takes out is there, and so is the test that sees it."""

import pytest

from tests.removal import PLACES, ROOT


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.addition}-{place.file}")
def test_a_place_and_its_test_are_there(place):
    assert place.old in (ROOT / place.file).read_text(encoding="utf-8")
    file, _, name = place.test.partition("::")
    assert (ROOT / file).exists()
    assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
