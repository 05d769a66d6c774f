"""What is wrong with what was given, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.errors import EngineError, Fault, ScenarioError
from engine.ui.language import language, t
from engine.words.reason import cause


def faults_of(error: EngineError) -> tuple[Fault, ...]:
    """Every fault of an error; one that names no cell where it tells of none."""
    if isinstance(error, ScenarioError):
        return error.issues
    return (Fault(file="", cause=error.cause or cause("plain", text=str(error))),)


def faults_table(faults: Sequence[Fault]) -> None:
    """Draw every fault with its cell."""
    spoken = language()
    st.error(t("faults.found", count=len(faults)))
    cells = [(fault.file, fault.row, fault.column or "", fault.words(spoken)) for fault in faults]
    table = pd.DataFrame(cells, columns=["file", "row", "column", "message"])
    table["row"] = table["row"].astype("Int64")
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    st.dataframe(
        table, hide_index=True, placeholder="", alt=t("faults.alt", count=len(faults)), key="faults",
        column_config={
            "file": text(t("faults.file")), "row": number(t("faults.row"), format="%d"),
            "column": text(t("faults.column")), "message": text(t("faults.message"), width="large"),
        },
    )  # fmt: skip
    # The same as text, for keyboards and screen readers.
    with st.expander(t("faults.list")):
        st.text("\n".join(fault.told(spoken) for fault in faults))
