"""Write a report in the format that its file's ending names."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EngineError
from engine.report.content import Report
from engine.report.texts.text import Language
from engine.words.reason import cause, quoted


def write_report(report: Report, out: str | Path, language: Language = "en") -> None:
    """Write a report as a workbook (.xlsx), a page (.html) or a deck (.pptx).

    Parameters
    ----------
    report : Report
    out : str or Path
        Its ending decides; its folder is made where it is missing.
    language : str

    Raises
    ------
    EngineError
        Where the ending is another one, or the disk refuses.
    """
    path = Path(out)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(cause("unmade", path=str(path.parent), error=quoted(str(error.strerror or error)))) from error
    # Each format's library is loaded only where it is written.
    if path.suffix.lower() == ".xlsx":
        from engine.report.workbook.book import write_workbook  # noqa: PLC0415

        write_workbook(report, path, language)
    elif path.suffix.lower() == ".html":
        from engine.report.page.document import write_page  # noqa: PLC0415

        write_page(report, path, language)
    elif path.suffix.lower() == ".pptx":
        from engine.report.deck.slides import write_deck  # noqa: PLC0415

        write_deck(report, path, language)
    else:
        raise EngineError(cause("report_ending", path=str(path)))
