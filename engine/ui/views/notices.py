"""What was read of a scenario otherwise than it stands, and products without demand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from engine.decision.plan import Plan
from engine.notices import notice_of
from engine.scenario.locks import expired_locks
from engine.scenario.no_demand import no_demand_table
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.layout import in_place
from engine.ui.state.memo import steep_seasons_of

_COLUMNS = ("place", "found", "done", "right")


@in_place
def notices_view(
    scenario: Scenario, *, key: str, today: dt.date | None = None, plan: Plan | None = None
) -> None:
    """Warnings and products without demand, folded; nothing where there are none.

    Parameters
    ----------
    scenario : Scenario
    key : str
        Of the elements, one for each place.
    today : datetime.date, optional
        By default that of the server's clock; locks that ended before are told.
    plan : Plan, optional
        What is told of it, too.
    """
    day = this_day() if today is None else today
    scenario = scenario.with_notices((*expired_locks(scenario, day), *steep_seasons_of(scenario)))
    if plan is not None:
        scenario = scenario.with_notices(tuple(map(notice_of, plan.summary.get("warnings") or ())))
    if scenario.notices:
        rows = [(notice.place, *notice.words(language())) for notice in scenario.notices]
        table = pd.DataFrame(rows, columns=list(_COLUMNS))
        count = len(table)
        with st.expander(t("notices.all", count=count)):
            st.dataframe(
                table, hide_index=True, placeholder="", alt=t("notices.alt", count=count), key=f"notices_{key}",
                column_config={name: st.column_config.TextColumn(t(f"notices.{name}")) for name in _COLUMNS},
            )  # fmt: skip
            # The same as text, for keyboards and screen readers.
            st.text(
                "\n".join(f"{place}: {finding}; {done}; {right}".rstrip("; ") for place, finding, done, right in rows)
            )
    idle = no_demand_table(scenario)
    if len(idle):
        with st.expander(t("idle.found", count=len(idle))):
            st.dataframe(
                idle[["product", "name", "stock_on_hand", "inventory_value"]], hide_index=True, placeholder="",
                alt=t("idle.found", count=len(idle)), key=f"idle_{key}",
                column_config={
                    name: st.column_config.Column(t(f"idle.{name}"))
                    for name in ("product", "name", "stock_on_hand", "inventory_value")
                },
            )  # fmt: skip


def this_day() -> dt.date:
    """The day it is where the app runs."""
    return dt.datetime.now().astimezone().date()
