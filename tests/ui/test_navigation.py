"""Every page file is in the menu, and every menu entry has its file and its name in both languages."""

from engine.ui.navigation import FOLDER, PAGES
from engine.ui.text import CATALOGUE


def test_menu_and_files_agree() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {page.name for page in PAGES}
    assert all(f"page.{page.name}" in CATALOGUE for page in PAGES)
