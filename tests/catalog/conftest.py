"""A small run that several files of tests read."""

import pytest

from tests.catalog.catalogues import SMALL, run, write


@pytest.fixture(scope="session")
def out(tmp_path_factory):
    """Results of the small catalogue; nobody writes there."""
    folder = tmp_path_factory.mktemp("case")
    run(write(folder / "catalogue"), folder / "out", options=SMALL)
    return folder / "out"
