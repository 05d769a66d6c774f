"""The commands of batch runs: a partition that fails, tables and a database of the results; and who a host is."""

import socket
import sqlite3

import pytest
from typer.testing import CliRunner

from engine.catalog.cluster import check_address
from engine.cli import app
from engine.errors import EngineError
from tests.catalog.catalogues import tables, write


def command(*words):
    return CliRunner().invoke(app, ["batch", *map(str, words)])


def test_a_partition_that_fails_is_named_and_what_is_finished_can_be_told_after_it_is_mended(tmp_path):
    catalogue, out = write(tmp_path / "catalogue", tables(products=6, groups=(2, 2, 2))), tmp_path / "out"
    words = ("run", catalogue, "--out", out, "--workers", 0, "--partitions", 3, "--bundle-products", 1, "--quiet")
    first = command(*words)
    assert first.exit_code == 0, first.output
    staged = out / "plan" / "00001.products.arrow"
    sound = staged.read_bytes()
    (out / "ledger.jsonl").unlink()
    # As long as it was: what is shorter is written anew.
    staged.write_bytes(bytes(len(sound)))
    failed = command(*words)
    assert failed.exit_code == 1
    assert "partition 1 of 3 failed: its rows cannot be read" in failed.output
    assert "2 partitions are finished and kept; the same command tries the others again" in failed.output
    staged.write_bytes(sound)
    again = command(*words)
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    told = command("report", out, "--top", 3, "--tables", tmp_path / "told", "--sqlite", tmp_path / "run.sqlite")
    assert told.exit_code == 0, told.output
    assert f"6 decisions written to {tmp_path / 'run.sqlite'}" in told.stdout
    assert list((tmp_path / "told").glob("*.csv"))
    with sqlite3.connect(tmp_path / "run.sqlite") as database:
        assert database.execute("select count(*) from decisions").fetchone() == (6,)
    database.close()


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [(["127.0.0.1", "::1"], False), (["127.0.0.1", "198.51.100.7"], True), ([], True), (None, True)],
)
def test_a_host_by_name_is_this_one_where_all_its_addresses_are(monkeypatch, addresses, refused):
    """A name that leads elsewhere, too, or nowhere, may lead whoever listens there to run code."""

    def found(host, port):
        if addresses is None:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    if not refused:
        check_address("tcp://planning:8786", insecure_tcp=False)
        return
    with pytest.raises(EngineError, match="can run any code there"):
        check_address("tcp://planning:8786", insecure_tcp=False)


def test_a_port_that_is_no_number_is_no_address():
    with pytest.raises(EngineError, match="write tls://host:port"):
        check_address("tls://host:eight", insecure_tcp=False)
