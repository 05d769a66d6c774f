"""Tables of results: a title and a format for every column, codes in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from engine.ui.language import language, t
from engine.ui.words import strategy_mark

# How a column is shown, by its name in the tables of the engine; the title is the text ``column.<name>``.
_MONEY, _SHARE, _COUNT, _NUMBER = "localized", "%.1f%%", "%d", "%.3g"
_SIGNED = "%+.1f%%"
FORMATS = {
    "cost_per_year": _MONEY, "difference_per_year": _MONEY, "inventory_value": _MONEY, "low": _MONEY, "high": _MONEY,
    "over_plan_per_year": _MONEY, "cost_first_per_year": _MONEY, "planned_cost_per_year": _MONEY,
    "simulated_cost_per_year": _MONEY, "half_width": _MONEY, "advantage_per_year": _MONEY,
    "regret": _MONEY, "lead_time": "%.1f",
    "expected_regret_per_year": _MONEY, "value_of_knowing_per_year": _MONEY, "value_per_year": _MONEY,
    "promised_per_year": _MONEY, "held_out_per_year": _MONEY, "saving_per_year": _MONEY, "together_per_year": _MONEY,
    "on_time": _SHARE, "planned_on_time": _SHARE, "simulated_on_time": _SHARE, "planned_otif": _SHARE,
    "simulated_otif": _SHARE, "cost_deviation": _SIGNED,
    "deviation": _SIGNED, "confidence": _SHARE, "gap_high_share": _SHARE, "uncertainty": _SHARE, "share": _SHARE,
    "relative": _SHARE, "MTS": _COUNT, "ATO": _COUNT, "MTO": _COUNT, "samples": _COUNT, "products_depending": _COUNT,
    "replaced": _COUNT, "other_than_plan": _COUNT, "products": _COUNT, "at_least": _COUNT, "point": _COUNT,
    "regret_so_far": _MONEY, "planned_per_week": _NUMBER, "level_per_week": _NUMBER, "level_low": _NUMBER,
    "level_high": _NUMBER,
    "wave": _COUNT, "month": _COUNT, "switches": _COUNT, "change_cost": _MONEY, "wave_saving_per_year": _MONEY,
    "saving_so_far": _MONEY, "inventory_released": _MONEY, "inventory_built": _MONEY, "stranded_value": _MONEY,
    "lead_time_target_days": _NUMBER, "lead_time_days": "%.1f",
    "payback_months": "%.1f", "promised_lead_time_days": "%.1f", "marginal_cost": _NUMBER,
}  # fmt: skip
_STRATEGIES = {"strategy", "strategy_first", "strategy_from", "strategy_to", "current_strategy", "rival",
               "strategy_again"}
_WHOLE = {_MONEY}
# Sentences and lists.
_LONG = {"likely_cause", "depends_on"}


def frame_view(
    frame: pd.DataFrame,
    columns: list[str],
    *,
    alt: str,
    codes: Mapping[str, Callable[[str], str]] | None = None,
    key: str | None = None,
    height: int | None = None,
    on_row: Callable[[int], None] | None = None,
) -> None:
    """Draw some columns of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : list of str
        In this order; those that the table lacks are left out.
    alt : str
        For who cannot see it.
    codes : mapping, optional
        Column to what turns its codes into words.
    key, height
        Of the widget.
    on_row : callable, optional
        Told the row that is selected.
    """
    names = [name for name in columns if name in frame]
    shown, spoken = frame[names].reset_index(drop=True).copy(), language()
    config = {}
    for name in names:
        title = t(f"strategy.{name}") if name in ("MTS", "ATO", "MTO") else t(f"column.{name}")
        form = FORMATS.get(name)
        if form is None:
            turn = (codes or {}).get(name)
            if name in _STRATEGIES:
                shown[name] = [t("ledgers.total") if k == "all" else strategy_mark(str(k), spoken) for k in shown[name]]
            elif turn is not None:
                # A column of which every cell is blank was read as numbers.
                shown[name] = [turn(str(value)) for value in shown[name].astype(object).fillna("")]
            config[name] = st.column_config.TextColumn(title, width="large" if name in _LONG else None)
        else:
            shown[name] = pd.to_numeric(shown[name], errors="coerce")
            if form in (_SHARE, _SIGNED):
                # The format "percent" shows two decimals, which no share here deserves.
                shown[name] = (shown[name] * 100.0).round(1)
            shown[name] = shown[name].round(0) if form in _WHOLE else shown[name]
            config[name] = st.column_config.NumberColumn(title, format=form)
    if on_row is None or key is None:
        st.dataframe(shown, hide_index=True, placeholder="", alt=alt, column_config=config, key=key,
                     height=height or "auto")  # fmt: skip
        return

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            on_row(rows[0])

    st.dataframe(shown, hide_index=True, placeholder="", alt=alt, column_config=config, key=key, on_select=picked,
                 selection_mode="single-row", height=height or "auto")  # fmt: skip
