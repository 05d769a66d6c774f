"""Hostile requests to the server itself, as a stranger on this machine or a page of another site would send them."""

import http.client
import re

import pytest

from engine.ui.serve import allowed_hosts
from tests.browser.conftest import served
from tests.patience import PATIENCE_SECONDS

SOCKET = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as url:
        yield re.search(r"//([\w.]+):(\d+)", url).groups()


@pytest.fixture
def ask(server):
    host, port = server

    def asked(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = {"Host": f"localhost:{port}", "Content-Length": str(len(body or b"")), **headers}
            for name, value in sent.items():
                connection.putheader(name.replace("_", "-"), value.replace("PORT", port))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, b"" if answer.status == 101 else answer.read()
        finally:
            connection.close()

    return asked


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/app/static/../../etc/passwd", "/media/../../../etc/passwd", "/component/../../etc/passwd",
        "/.streamlit/config.toml", "/engine/__init__.py", "/_stcore/agent/interact",
    ],
)  # fmt: skip
def test_no_path_reads_a_file(ask, path):
    _, body = ask(path)
    assert b"root:" not in body
    assert b"gatherUsageStats" not in body
    assert b'"""codp' not in body


def test_an_upload_without_the_pages_own_token_is_refused(ask):
    status, _ = ask("/_stcore/upload_file/some/where", "PUT", b"x", Content_Type="multipart/form-data; boundary=x")
    assert status == 403


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:PORT", "http://localhost:PORT", 101),
        ("127.0.0.1:PORT", "http://127.0.0.1:PORT", 101),
        ("localhost:PORT", "https://evil.example", 403),
        # Its name was made to point to this machine: to a browser all is of one origin.
        ("evil.example:PORT", "http://evil.example:PORT", 403),
        ("evil.example", "http://evil.example", 403),
    ],
)
def test_a_page_of_another_site_does_not_drive_the_app(ask, host, origin, status):
    assert ask("/_stcore/stream", Host=host, Origin=origin, **SOCKET)[0] == status


def test_no_other_site_reads_an_answer(server):
    host, port = server
    connection = http.client.HTTPConnection(host, int(port), timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/_stcore/host-config", headers={"Origin": "https://evil.example"})
        assert connection.getresponse().getheader("Access-Control-Allow-Origin") is None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("arguments", "environment", "held"),
    [
        ([], {}, True),
        (["--server.port", "8600"], {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}, True),
        ([], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, False),
        (["--server.address", "0.0.0.0"], {}, False),
        (["--server.address=0.0.0.0"], {}, False),
        (["--server.allowedHosts", "codp.example"], {}, False),
        ([], {"STREAMLIT_SERVER_ALLOWED_HOSTS": "codp.example"}, False),
    ],
)
def test_names_are_held_to_this_machine_unless_somebody_chose(arguments, environment, held):
    assert bool(allowed_hosts(arguments, environment)) is held
