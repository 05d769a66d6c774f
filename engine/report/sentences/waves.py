"""Waves of switches as readers see them: the table, who is to agree to what, one sentence."""

from __future__ import annotations

import pandas as pd

from engine.report.numbers import Numbers
from engine.report.texts.text import Language, text

# A wave's saving is not that of a product by itself.
_CALLED = {"saving_per_year": "wave_saving_per_year"}
WAVES = ("wave", "month", "switches", "change_cost", "wave_saving_per_year", "payback_months", "saving_so_far",
         "inventory_value", "inventory_released", "inventory_built", "stranded_value")  # fmt: skip
# The last column is left blank, for who agrees.
TO_SIGN = ("wave", "product", "strategy_from", "strategy_to", "change_cost", "agreed")


def shown_waves(waves: pd.DataFrame) -> pd.DataFrame:
    """The waves themselves, without today, in the columns of `WAVES`.

    Parameters
    ----------
    waves : pandas.DataFrame
        As ``waves.csv``.
    """
    table = waves[waves["wave"] > 0].rename(columns=_CALLED)
    return table[[name for name in WAVES if name in table]].reset_index(drop=True)


def to_sign(switches: pd.DataFrame) -> pd.DataFrame:
    """Who switches in which wave, with room for who agrees, in the columns of `TO_SIGN`.

    Parameters
    ----------
    switches : pandas.DataFrame
        As ``switches.csv`` of ``codp waves``.
    """
    return switches.assign(agreed="")[list(TO_SIGN)].reset_index(drop=True)


def waves_sentence(table: pd.DataFrame, numbers: Numbers, language: Language) -> str:
    """What the first wave saves of the whole, and what all of them cost once.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `shown_waves`, at least one row.
    numbers : Numbers
    language : str
    """
    first, last = table.iloc[0], table.iloc[-1]
    told = {"switches": numbers.count(int(table["switches"].sum())), "waves": numbers.count(len(table)),
            "first": numbers.count(int(first["switches"])), "saving": numbers.money(float(first["saving_so_far"])),
            "whole": numbers.money(float(last["saving_so_far"])),
            "once": numbers.money(float(table["change_cost"].sum()))}  # fmt: skip
    return text("waves.found" if len(table) > 1 else "waves.one", language, **told)
