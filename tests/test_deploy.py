"""What is under deploy/, without Docker: it parses, holds what docs/deploy.md promises, names only what is there."""

import configparser
import json
import re
import tomllib

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
NGINX = (DEPLOY / "proxy" / "codp.conf").read_text(encoding="utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
yaml = YAML(typ="safe")
COMPOSE = yaml.load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def instructions():
    """Instruction and its words, lines that go on being one."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


def stages():
    found = []
    for name, words in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, words))
    return found


def of(stage, name):
    return [words for instruction, words in stage if instruction == name]


def test_every_instruction_is_one():
    known = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "LABEL", "VOLUME", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert {name for name, _ in instructions()} <= known


def test_the_image_is_slim_named_by_version_and_made_in_two_stages():
    images = [words.split()[0] for words in (of(stage, "FROM")[0] for stage in stages())]
    assert len(images) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", image) for image in images)


def test_the_last_stage_needs_no_network_and_no_compiler():
    last = " ".join(of(stages()[-1], "RUN"))
    assert not re.search(r"\b(pip|apt|apt-get|curl|wget|git)\b", last)


def test_it_runs_as_nobody_in_particular_and_says_whether_it_lives():
    last = stages()[-1]
    user = of(last, "USER")
    assert user == ["10001:10001"]
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("CMD")
    assert "/_stcore/health" in of(last, "HEALTHCHECK")[0]
    assert of(last, "CMD") == ['["codp", "app", "--port", "8501"]']
    assert json.loads(re.search(r"CMD (\[.*\])$", of(last, "HEALTHCHECK")[0])[1])[0] == "python"


def test_all_that_is_copied_is_there_and_not_ignored():
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        source.removeprefix("./")
        for words in of(stages()[0], "COPY")
        for source in words.split()[:-1]
    ]  # fmt: skip
    assert len(copied) > 8
    assert sorted(copied) == sorted(allowed)
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_what_is_needed_to_build_the_wheel_is_copied():
    copied = " ".join(of(stages()[0], "COPY"))
    for line in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").split():
        if line not in {"include", "graft"}:
            assert line.split("/")[0] in copied, line


def test_no_image_is_the_latest_and_ours_has_our_version():
    images = {service["image"] for service in SERVICES.values()}
    assert all(re.search(r":\d+\.\d+\.\d+", image) for image in images)
    assert f"codp:{VERSION}" in images
    assert f"codp:{VERSION}" in DOCKERFILE
    assert f"codp:{VERSION}" in (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == VERSION


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_held(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "healthcheck" if name != "app" else "build"} <= set(service)
    assert "privileged" not in service
    assert "/var/run/docker.sock" not in str(service)
    if name != "proxy":
        assert service["user"] == "10001:10001"


def test_the_network_reaches_the_proxy_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(service["networks"] == ["inside"] for name, service in SERVICES.items() if name != "proxy")


def test_all_that_is_named_is_declared():
    for name, service in SERVICES.items():
        for other in service.get("depends_on", {}):
            assert other in SERVICES, name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"], volume
    known = {"name", "services", "networks", "volumes"}
    assert {key for key in COMPOSE if not key.startswith("x-")} == known


@pytest.mark.parametrize("name", ["scheduler", "worker", "batch"])
def test_the_cluster_speaks_through_tls_alone(name):
    environment = SERVICES[name]["environment"]
    assert environment["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "true"
    assert all(path.startswith("/cluster/") for key, path in environment.items() if "__TLS__" in key)
    assert "tcp://" not in str(SERVICES[name])
    assert "./cluster:/cluster:ro" in SERVICES[name]["volumes"]


def test_dask_knows_the_settings_by_these_names():
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    assert distributed
    for name in SERVICES["worker"]["environment"]:
        if name.startswith("DASK_"):
            key = name.removeprefix("DASK_").lower().replace("__", ".").replace("_", "-")
            assert dask.config.get(key, "unknown") != "unknown", key


def test_the_proxys_braces_close_and_every_directive_ends():
    text = re.sub(r"(^|\s)#.*", "", NGINX)
    text = re.sub(r"\"[^\"]*\"|'[^']*'", "''", text)
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    statements = re.split(r"[{};]", text)
    assert statements[-1].strip() == ""
    directives = {statement.split()[0] for statement in statements if statement.strip()}
    known = (
        "limit_req_zone limit_conn_zone log_format map default upgrade server listen server_name server_tokens return "
        "http2 access_log ssl_certificate ssl_certificate_key ssl_protocols ssl_session_tickets auth_basic "
        "auth_basic_user_file client_max_body_size client_body_timeout limit_conn add_header location limit_req "
        "proxy_pass proxy_http_version proxy_set_header proxy_read_timeout proxy_send_timeout '' "
    )
    assert [name for name in directives if f"{name} " not in known] == []


def test_the_proxy_has_tls_a_login_and_its_headers():
    assert "ssl_protocols       TLSv1.2 TLSv1.3;" in NGINX
    assert "auth_basic_user_file /etc/nginx/users;" in NGINX
    headers = dict(re.findall(r'^\s*add_header ([\w-]+)\s+"(.*)" always;$', NGINX, re.MULTILINE))
    assert {"Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
            "Content-Security-Policy", "Permissions-Policy"} == set(headers)  # fmt: skip
    policy = dict(part.strip().split(maxsplit=1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["img-src"] == "'self' data: blob:", "a product's name fetches no picture elsewhere"
    assert policy["frame-ancestors"] == "'none'"
    assert "http:" not in headers["Content-Security-Policy"]
    for variable in ("$args", "$request ", "$query_string"):
        assert variable not in re.search(r"log_format .*?;", NGINX, re.DOTALL)[0], "links are keys"


def test_the_proxy_takes_what_the_app_takes():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1])
    assert settings["server"]["maxUploadSize"] < megabytes <= settings["server"]["maxUploadSize"] + 5


def test_the_unit_is_one_and_gives_the_app_nothing_it_does_not_need():
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read(DEPLOY / "codp.service", encoding="utf-8")
    service = unit["Service"]
    assert service["ExecStart"].endswith("/codp app --port 8501")
    assert service["DynamicUser"] == "yes"
    held = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
            "PrivateDevices": "yes", "CapabilityBoundingSet": "", "IPAddressDeny": "any"}  # fmt: skip
    assert {name: service[name] for name in held} == held
    assert "MemoryMax" in service
    text = (DEPLOY / "codp.service").read_text(encoding="utf-8")
    assert "STREAMLIT_SERVER_ADDRESS=127.0.0.1" in text
    host = re.search(r"server_name (codp\.\w+);", NGINX)[1]
    assert f"STREAMLIT_SERVER_ALLOWED_HOSTS={host} localhost" in text
    assert SERVICES["app"]["environment"]["STREAMLIT_SERVER_ALLOWED_HOSTS"].split()[0] == host
    assert set(unit.sections()) == {"Unit", "Service", "Install"}


def test_the_citation_has_what_it_must():
    found = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "license", "version"} <= set(found)


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_each_issue_form_can_be_filled_in(form):
    found = yaml.load(form.read_text(encoding="utf-8"))
    if form.stem == "config":
        assert all({"name", "url", "about"} == set(link) for link in found["contact_links"])
        return
    assert {"name", "description", "body"} <= set(found)
    ids = [part["id"] for part in found["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0
    for part in found["body"]:
        assert part["type"] in {"markdown", "textarea", "input", "dropdown", "checkboxes"}
        assert part["type"] == "markdown" or part["attributes"]["label"]
