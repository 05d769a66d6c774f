"""What was wrong, left by a command for a program that tells it in another language."""

import json
import sys

import pytest

from engine.cli import main
from engine.errors import CAUSE_FILE
from engine.ui.work.jobs import Job, last_words
from engine.words.reason import Reason, reason_of
from tests.scenario.folders import write
from tests.scenarios import write_scenario


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["codp", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_the_cause_of_an_error_is_left_where_it_is_asked_for(tmp_path, monkeypatch, capsys):
    case = write(tmp_path / "case", products=("0.5,100", "0.5,dear"))
    place = tmp_path / "cause.json"
    monkeypatch.setenv(CAUSE_FILE, str(place))
    assert run(monkeypatch, "check", case) == 1
    found = reason_of(json.loads(place.read_text(encoding="utf-8")))
    assert str(found) == capsys.readouterr().err.strip()
    assert "“dear”不是数字；应为不小于 0 的数（金额/件）" in found.words("zh")


@pytest.mark.parametrize("command", [["solve"], ["batch", "run"]])
def test_commands_that_end_by_themselves_leave_their_cause_too(tmp_path, monkeypatch, capsys, command):
    case = write(tmp_path / "case")
    (case / "products.csv").unlink()
    place = tmp_path / "cause.json"
    monkeypatch.setenv(CAUSE_FILE, str(place))
    assert run(monkeypatch, *command, case, "--out", tmp_path / "out") == 1
    found = reason_of(json.loads(place.read_text(encoding="utf-8")))
    assert str(found) == capsys.readouterr().err.strip()
    assert "products" in found.words("zh")
    assert "缺少" in found.words("zh")


@pytest.mark.parametrize("asked", [["--language", "zh"], ["--language=zh"]])
def test_a_command_that_writes_chinese_says_in_chinese_what_is_wrong(tmp_path, monkeypatch, capsys, asked):
    assert run(monkeypatch, "report", tmp_path / "none", "--out", tmp_path / "out.html", *asked) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'none'}：没有这个场景\n"


def test_a_place_that_takes_no_chinese_report_is_told_in_chinese(tmp_path, monkeypatch, capsys):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    assert run(monkeypatch, "report", tmp_path, "--out", taken / "out.html", "--language", "zh") == 1
    assert capsys.readouterr().err == f"--out {taken}：{taken} 是文件；请指明文件夹\n"


def test_a_chinese_report_of_no_plan_names_the_rules_in_chinese(tmp_path, monkeypatch, capsys):
    case = write_scenario(tmp_path / "case", samples=10, limits={"all": {"strategy": "MTS", "at_least": 9}})
    assert run(monkeypatch, "report", case, "--out", tmp_path / "out.html", "--language", "zh") == 3
    head, *rules = capsys.readouterr().err.splitlines()
    assert head.endswith("没有满足所有规则的方案；以下各项一并调整即可：")
    assert rules[0].startswith("  策略数量限制（C11）：限制“all”要求至少 9 个 MTS")


def test_nothing_is_left_where_nobody_asks(tmp_path, monkeypatch):
    monkeypatch.delenv(CAUSE_FILE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "check", tmp_path / "none") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("left", "told"), [
    ({"kind": "path_none", "values": {"path": "x"}}, "x：没有这个场景"),
    ({"kind": "of_tomorrow", "values": {}}, "words"),
    (7, "words"),
])  # fmt: skip
def test_a_cause_without_words_here_is_told_as_it_was_said(tmp_path, left, told):
    job = Job(folder=tmp_path, command=[], read=lambda *_: None)
    (tmp_path / "stderr").write_text("words", encoding="utf-8")
    (tmp_path / "cause.json").write_text(json.dumps(left), encoding="utf-8")
    said = last_words(job)
    assert (said.words("zh") if isinstance(said, Reason) else said) == told
