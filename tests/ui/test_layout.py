"""What stands on a page keeps its number whatever comes in above it, so that no click on it is lost."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.pages import opened

pytestmark = pytest.mark.usefixtures("shared_proofs")


def place(app: AppTest, key: str) -> tuple[int, ...]:
    """Numbers of the blocks, from the page's own down to the widget."""

    def within(block, path: tuple[int, ...]) -> tuple[int, ...] | None:
        for number, child in block.children.items():
            if getattr(child, "key", None) == key:
                return (*path, number)
            if hasattr(child, "children") and (deeper := within(child, (*path, number))):
                return deeper
        return None

    found = within(app.main, ())
    assert found is not None, key
    return found


def test_the_button_below_keeps_its_place_as_cases_are_added() -> None:
    app = opened(page="compare")
    cases = app.multiselect(key="compare_sides")
    before, lines = place(app, "start_compare"), len(app.markdown)
    cases.set_value(cases.value[:2]).run()
    assert len(app.markdown) < lines
    assert place(app, "start_compare") == before


def test_the_views_of_the_first_page_keep_their_place_as_a_lever_moves() -> None:
    app = opened()
    before = place(app, "decide_view")
    app.slider(key="lever_holding_rate").set_value(25.0).run()
    assert place(app, "decide_view") == before
