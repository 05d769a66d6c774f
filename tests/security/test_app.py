"""Hostile visitors of the app: links, uploads, the store, and what the server is told."""

import base64
import io
import os
import tomllib
import zipfile
import zlib

import pytest

from engine.errors import EngineError
from engine.scenario.read import read_scenario
from engine.ui.language import _plain
from engine.ui.state import link, scenarios, store
from engine.ui.state.link import from_query
from engine.ui.state.scenarios import scenario_names
from engine.ui.state.uploads import Given, read_upload
from engine.ui.work import runs, saved_runs
from engine.ui.work.proof import write_down
from tests.conftest import ROOT
from tests.scenarios import make_scenario
from tests.ui.conftest import _no_proof_unasked, _nothing_left, uploads_folder  # noqa: F401  (fixtures)
from tests.ui.pages import opened, shown

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.usefixtures("uploads_folder")


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()


def test_the_server_is_told_what_holds_a_visitor():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["maxUploadSize"] == 25
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["server"]["enableCORS"] is True
    assert CONFIG["server"]["enableStaticServing"] is False
    assert CONFIG["server"]["enableAgentApi"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "type"
    assert CONFIG["client"]["showErrorLinks"] is False
    assert CONFIG["client"]["disableDataExport"] is True


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc", "..", "tiny/../../..", "up-" + "0" * 32, "up-../../etc/passwd", "\0"]
)
def test_a_link_opens_nothing_but_scenarios(name, tmp_path, monkeypatch):
    write_down(read_scenario(ROOT / "scenarios" / "tiny").with_settings(samples=20), tmp_path / "tiny")
    monkeypatch.setattr(scenarios, "FOLDER", tmp_path)
    assert name not in scenario_names()
    app = opened(name)
    assert not app.exception
    assert "/etc" not in shown(app)


@pytest.mark.parametrize(
    "kept",
    [
        packed("[" * 100_000), packed('{"pins":' * 20_000), packed('{"locks":[[1,2,3],["a","MTS"]],"pins":[[],{}]}'),
        "a" * 50_000, packed('{"pins":{"moved":1e999}}'), packed("1" * 10_000),
    ],
)  # fmt: skip
def test_a_forged_link_is_left_out(kept):
    said = from_query({"scenario": "tiny", "kept": kept})
    assert (said.what_if.scenario, said.pins, said.what_if.locks) == ("tiny", (), ())


def test_a_link_that_unfolds_to_much_is_cut():
    data = zlib.compress(b'{"pins":"' + b"x" * 20_000_000 + b'"}')
    assert len(data) < 60_000
    assert from_query({"kept": base64.urlsafe_b64encode(data).decode()}).pins == ()


def test_a_link_has_few_what_ifs_worked_out():
    many = '{"pins":[' + ",".join(f'{{"name":"p{n}"}}' for n in range(500)) + "]}"
    assert len(from_query({"scenario": "tiny", "kept": packed(many)}).pins) == link._MOST_PINS


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_an_archive_broken_inside_is_told_whatever_its_method(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("products.csv", os.urandom(3000))
    data = bytearray(out.getvalue())
    data[60:400] = bytes(340)
    with pytest.raises(EngineError, match="cannot be unpacked"):
        read_upload([Given(name="a.zip", data=bytes(data))])


def test_an_encrypted_archive_is_told():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("products.csv", "product\n")
    data = bytearray(out.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    with pytest.raises(EngineError, match="encrypted"):
        read_upload([Given(name="a.zip", data=bytes(data))])


def test_a_length_that_lies_unpacks_no_more_than_it_states():
    from tests.security.archives import said_shorter

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scenario.yaml", b"#" * 5_000_000)
    with pytest.raises(EngineError):
        read_upload([Given(name="a.zip", data=said_shorter(out.getvalue(), "scenario.yaml", 10))])


def test_a_link_in_an_archive_is_text_and_names_no_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        item = zipfile.ZipInfo("scenario.yaml")
        item.external_attr = 0o120777 << 16
        archive.writestr(item, "/etc/passwd")
    with pytest.raises(EngineError) as caught:
        read_upload([Given(name="a.zip", data=out.getvalue())])
    assert "root:" not in str(caught.value)


def test_uploads_and_runs_have_names_that_nobody_guesses():
    key = store.keep(make_scenario())
    assert len(key.removeprefix(store.PREFIX)) * 4 >= 128
    run = runs.new_run(make_scenario())
    assert len(run.key.removeprefix("run-")) * 4 >= 128
    assert runs.new_run(make_scenario()).key != run.key
    for guess in ("", "run-", "../" + run.key, run.key.upper(), run.key + "/..", "*"):
        assert runs.run_of(guess) is None
        assert saved_runs.place_of(guess) is None
        assert store.place_of(guess) is None


def test_another_session_sees_no_upload():
    store.keep(make_scenario())
    assert not any(store.is_upload(name) for name in scenario_names())


def test_what_is_kept_is_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("CODP_STORE", str(tmp_path / "kept"))
    store.folder.cache_clear()
    assert store.folder().stat().st_mode & 0o077 == 0


def test_the_store_keeps_below_a_size():
    keys = [store.keep(make_scenario(name=f"case {n}")) for n in range(4)]
    for age, key in enumerate(keys):
        os.utime(store.folder() / key, (age, age))
    store.forget_oldest(store._KEY, most=200, most_bytes=1)
    assert [key for key in keys if store.place_of(key)] == keys[-1:]
    assert store.forget_oldest(store._KEY, most=200, most_bytes=1 << 20) is None
    assert store.place_of(keys[-1])


def test_so_many_runs_go_on_at_once_and_no_more(monkeypatch):
    started = []

    class Going:
        def poll(self):
            return None

        def kill(self):
            pass

        def wait(self):
            pass

    monkeypatch.setattr(runs, "start_codp", lambda *given, **_: started.append(given) or Going())
    registry = runs.Registry()
    for _ in range(runs.MOST_AT_ONCE + 2):
        registry.begin(runs.new_run(make_scenario()))
    assert registry.full()
    assert len(started) == runs.MOST_AT_ONCE


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("![x](https://evil.example/seen.png)", r"!\[x](https://evil.example/seen.png)"),
        ("[click](javascript:alert(1))", r"\[click](javascript:alert(1))"),
        ("Chair [oak], 4 legs", "Chair [oak], 4 legs"),
    ],
)
def test_a_products_name_is_no_picture_and_no_link(name, kept):
    assert _plain(name).replace(r"\]", "]") == kept
    assert _plain(3) == 3
