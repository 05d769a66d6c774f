"""The pages in the order of the menu; every file under `pages` stands here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One page.

    Parameters
    ----------
    name : str
        Of the file, the address and the text key ``page.<name>``.
    """

    name: str

    @property
    def path(self) -> Path:
        """Where the page's file is."""
        return FOLDER / f"{self.name}.py"


PAGES = (PageFile(name="decide"),)
