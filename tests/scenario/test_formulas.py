"""No text of a result runs in a spreadsheet, and all of it reads back."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scenario.files.formulas import escaped, escaped_table, unescaped


@given(st.text(alphabet="'=+-@\t\r＝aP1 ", max_size=6))
def test_text_reads_back_and_never_starts_as_a_formula(text):
    assert unescaped(escaped(text)) == text
    assert escaped(text)[:1] not in set("=+-@\t\r＝＋－＠")


@pytest.mark.parametrize("text", ["P-1", "1+1", "'tis", "", "007"])
def test_other_text_stays_as_it_is(text):
    assert escaped(text) == text


def test_numbers_of_a_table_stay_numbers():
    frame = pd.DataFrame({"product": ["=A", None, "B"], "cost": [-1.0, 2.0, float("nan")]})
    safe = escaped_table(frame)
    assert safe["product"].tolist()[0] == "'=A"
    assert safe["product"].isna().tolist() == [False, True, False]
    pd.testing.assert_series_equal(safe["cost"], frame["cost"])
