import gzip

import pytest

from engine.errors import EngineError
from engine.scenario.importers.source import SourceTable, read_source

TABLE = SourceTable(
    file="t.csv", columns={"key": "text", "x": "number", "day": "date"}, required=frozenset(("key", "x"))
)


def test_cells_are_typed_and_text_stays_text(tmp_path):
    (tmp_path / "t.csv").write_text("key,x,day,other\n007,1.5,2020-05-31,?\nNA, 2,,\n", encoding="utf-8")
    frame = read_source(tmp_path, {"t": TABLE})["t"]
    assert frame["key"].tolist() == ["007", "NA"]
    assert frame["x"].tolist() == [1.5, 2.0]
    assert frame["day"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2020-05-31", ""]
    assert list(frame.columns) == ["key", "x", "day"]


def test_a_table_without_headings_and_the_rest_of_the_columns(tmp_path):
    (tmp_path / "v.csv").write_text("a\t3\t1\nb\t\t2\n", encoding="utf-8")
    bare = SourceTable(
        file="v.csv", separator="\t", headings=("key", "x", "y"), columns={"key": "text"}, rest="number"
    )
    frame = read_source(tmp_path, {"v": bare})["v"]
    assert frame["y"].tolist() == [1.0, 2.0]
    assert frame["x"].isna().tolist() == [False, True]


def test_all_faults_are_told_at_once(tmp_path):
    (tmp_path / "t.csv").write_text("key,x\na,many\n,1\nb,inf\nc,\n", encoding="utf-8")
    (tmp_path / "broken.csv.gz").write_bytes(b"not packed")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"key,x\n" * 1000)[:20])
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    files = ("t.csv", "gone.csv", "broken.csv.gz", "cut.csv.gz", "empty.csv")
    tables = {name: SourceTable(file=name, columns=TABLE.columns, required=TABLE.required) for name in files}
    with pytest.raises(EngineError) as caught:
        read_source(tmp_path, tables)
    told = str(caught.value)
    for part in (
        "t.csv: the column day is missing",
        "t.csv: row 2, x: 'many' is not a number",
        "t.csv: row 3, key: is blank; text is needed",
        "t.csv: row 4, x: 'inf' is not a number",
        "t.csv: row 5, x: is blank; a number is needed",
        "gone.csv: this file is missing",
        "broken.csv.gz: cannot be read as a table",
        "cut.csv.gz: cannot be read as a table",
        "empty.csv: cannot be read as a table",
    ):
        assert part in told


def test_many_faults_are_cut_short_with_their_number(tmp_path):
    (tmp_path / "t.csv").write_text("key,x,day\n" + "a,?,\n" * 50, encoding="utf-8")
    with pytest.raises(EngineError, match="and 30 more"):
        read_source(tmp_path, {"t": TABLE})


def test_a_missing_folder(tmp_path):
    with pytest.raises(EngineError, match="there is no such folder"):
        read_source(tmp_path / "nowhere", {"t": TABLE})
