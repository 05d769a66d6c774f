"""What terms mean, for who hovers over the words beside them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.ui.language import t
from engine.ui.text import CATALOGUE


def explained(terms: Iterable[str]) -> str | None:
    """One line for each term that the glossary has; None where it has none of them.

    Parameters
    ----------
    terms : iterable of str
        Cost terms, or other keys ``glossary.<term>``.
    """
    lines = [
        t("glossary.line", term=t(f"glossary.name.{one}" if f"glossary.name.{one}" in CATALOGUE else f"term.{one}"),
          said=t(f"glossary.{one}"))
        for one in terms if f"glossary.{one}" in CATALOGUE
    ]  # fmt: skip
    return "\n\n".join(lines) or None
