"""CSV files of a catalogue: a declared separator, two bytes a letter, and readers that let go before a program ends."""

import weakref

import pytest

from engine.catalog.intake import csv_files
from engine.catalog.intake.csv_files import open_csv
from engine.catalog.intake.fitted import fit_catalogue
from engine.scenario.settings import Format
from tests.catalog.catalogues import decisions, run, write
from tests.catalog.test_fitted import case, products_of


@pytest.mark.parametrize(
    ("text", "encoding", "row"),
    [("a,b\n1,2\n3,4,5\n", "utf-8", 3), ("sep=;\na;b\n1;2\n3;4;5\n", "utf-8-sig", 4),
     ("a;b\n1;2\n3;4;5\n", "utf-16", 3), ("sep=\t\na\tb\n1\t2\n3\t4\t5\n", "utf-16", 4)],
)  # fmt: skip
def test_what_a_file_declares_counts_before_the_settings(tmp_path, text, encoding, row):
    path, bad = tmp_path / "x.csv", []
    path.write_bytes(text.encode(encoding))
    form = Format(delimiter=";") if encoding == "utf-16" else Format()
    with open_csv(path, form, {}, bad) as rows:
        found = [batch.to_pydict() for batch in rows]
    assert found == [{"a": [1], "b": [2]}]
    assert [fault.row for fault in bad] == [row]


@pytest.mark.parametrize("head", ["sep=,\n", ""])
def test_a_catalogue_and_its_lines_are_read_with_their_own_separator_line(tmp_path, head):
    catalogue, lines = case(tmp_path / "case", text=True)
    expected = products_of(fit_catalogue(catalogue, lines, tmp_path / "plain").out)
    for path in (lines, catalogue / "products.csv", catalogue / "bom.csv"):
        path.write_text(head + path.read_text("utf-8"), encoding="utf-8")
    lines.write_text(lines.read_text("utf-8").replace("2023-01-09", "the ninth", 1), encoding="utf-8")
    with pytest.raises(Exception, match="the ninth") as told:
        fit_catalogue(catalogue, lines, tmp_path / "faulty")
    # The row is that of the file as a spreadsheet shows it.
    wrong = next(k for k, row in enumerate(lines.read_text("utf-8").splitlines(), start=1) if "the ninth" in row)
    assert told.value.issues[0].row == wrong
    lines.write_text(lines.read_text("utf-8").replace("the ninth", "2023-01-09", 1), encoding="utf-8")
    assert products_of(fit_catalogue(catalogue, lines, tmp_path / "own").out).equals(expected)


def test_a_run_reads_its_own_separator_line(tmp_path):
    plain = write(tmp_path / "plain", text=True)
    other = write(tmp_path / "other", text=True)
    for path in other.glob("*.csv"):
        path.write_text("sep=;\n" + path.read_text("utf-8").replace(",", ";"), encoding="utf-8")
    runs = [decisions(run(folder, folder.with_suffix(".out")).out) for folder in (plain, other)]
    assert runs[0].equals(runs[1])


@pytest.mark.parametrize("faulty", [False, True])
def test_nothing_of_a_reader_is_left_behind_it(tmp_path, monkeypatch, faulty):
    """Whatever ends it: a thread that lets go of it after the interpreter has ended would abort the program."""
    readers = []

    class Ragged(csv_files._Ragged):
        def __init__(self, *of):
            super().__init__(*of)
            readers.append(weakref.ref(self))

    monkeypatch.setattr(csv_files, "_Ragged", Ragged)
    monkeypatch.setattr(csv_files, "_PATIENCE", 60.0)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" * 4_000_000, encoding="utf-8")

    def read():
        with open_csv(path, Format(), {}, None) as rows:
            next(iter(rows))
            if faulty:
                raise ValueError(rows)

    if faulty:
        with pytest.raises(ValueError, match="Batches"):
            read()
    else:
        read()
    assert [one() for one in readers] == [None]
