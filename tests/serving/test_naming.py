"""Servers are named on the command line, offered where a model is named, and told of wherever a text goes to one."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from model_server import ModelServer, streams

from llm_tui import i18n
from llm_tui.cli import cli
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.exercises import prompting
from llm_tui.foundation.job import PROMPT, Asking, Generate, ModelChoice, RoundTrip
from llm_tui.foundation.models import ListModels, RemoveModel
from llm_tui.lab.lab import Lab
from llm_tui.report.document import Report
from llm_tui.serving import servers
from llm_tui.serving.address import address, is_address, is_here, short, shown
from llm_tui.serving.told import Told


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="llm-tui", catch_exceptions=False)


# Addresses.


@pytest.mark.parametrize(
    ("typed", "server", "model"),
    [
        ("http://gpu1:8000/v1#Qwen/Qwen2.5-7B", "http://gpu1:8000/v1", "Qwen/Qwen2.5-7B"),
        (" HTTPS://API.Example.org/v1/#m ", "https://api.example.org:443/v1", "m"),
        ("http://localhost:11434#llama3.2:1b", "http://localhost:11434/v1", "llama3.2:1b"),
        ("http://[::1]:8000/openai/v1#a#b", "http://[::1]:8000/openai/v1", "a#b"),
        ("http://h:1/v1", "http://h:1/v1", ""),
    ],
)
def test_an_address_is_read(typed, server, model):
    there = address(typed)
    assert (there.server, there.model) == (server, model)
    assert address(there.name) == there


@pytest.mark.parametrize(
    "typed", ["http://", "http:///v1#m", "http://h:99999/v1#m", "http://h:x#m", "http://a b/v1#m", "http://[x/v1#m"]
)
def test_what_is_no_address_is_said(typed):
    with pytest.raises(UserError, match="is no address of a model"):
        address(typed)


@pytest.mark.parametrize("typed", ["http://me:s3cret@h:1/v1#m", "http://h:1/v1?key=s3cret#m", "http://s3cret@h/v1#m"])
def test_a_key_in_an_address_is_refused_and_shown_nowhere(typed, lab: Lab):
    with pytest.raises(UserError, match="LLM_TUI_API_KEY") as refused:
        Asking().model(typed)
    assert "s3cret" not in str(refused.value) + shown(typed) + short(typed)
    job = Generate(PROMPT, ("x",), ModelChoice(typed))
    for listener in lab.listeners(job):
        _ends(listener)
    assert "s3cret" not in (lab.folder / "audit.jsonl").read_text(encoding="utf-8")


def _ends(listener) -> None:
    from llm_tui.engine.events import Failed, Started

    listener(Started(1))
    listener(Failed(1, "no", "UserError"))


@given(st.text())
def test_whatever_is_typed_is_an_address_or_a_sentence(text):
    for typed in (text, f"http://{text}", f"http://h:1/{text}", f"https://h#{text}"):
        if is_address(typed):
            try:
                there = address(typed)
            except UserError:
                continue
            assert there.model == typed.strip().partition("#")[2].strip() and there.host and 0 < there.port < 65_536


@pytest.mark.parametrize(
    ("server", "here"),
    [("http://localhost:1", True), ("http://127.3.2.1:1", True), ("http://[::1]:1", True),
     ("http://gpu1:1", False), ("http://10.0.0.1:1", False), ("http://localhost.example.org:1", False)],
)  # fmt: skip
def test_what_stays_on_this_machine(server, here):
    assert is_here(server) is here


# What is said of it.


def test_that_texts_leave_the_machine_is_said_once_for_each_server_elsewhere(monkeypatch):
    far, near = ModelChoice("http://gpu1:8000/v1#m"), ModelChoice("http://localhost:1/v1#m")
    told = Told()
    assert told.sentences(Generate(PROMPT, ("x",), near)) == told.sentences(Generate(PROMPT, ("x",))) == []
    (said,) = told.sentences(RoundTrip("translate_es_en", "x", near, far))
    assert said.startswith("Texts that you ask gpu1:8000 about leave this machine")
    assert told.sentences(Generate(PROMPT, ("y",), far)) == []
    i18n.use("es")
    assert "salen de este equipo" in Told().sentences(Generate(PROMPT, ("x",), far))[0]
    monkeypatch.setenv("LLM_TUI_API_KEY", "k")
    servers.keep(address("http://gpu1:8000/v1"), [])
    assert "tampoco su clave" in Told().sentences(Generate(PROMPT, ("x",), far))[0]


def test_the_log_and_the_report_say_where_texts_went(served: ModelServer, tmp_path: Path):
    lab = tmp_path / "lab"
    asked = run("ask", "--lab", str(lab), "--model", served.name, "--format", "md", "--lang", "es", "Hola")
    assert f"servido por http\\://{served.place}/v1 (como «tiny-2-q4»" in asked.stdout
    served.behaviour = lambda handler: handler.send(500, b"")
    assert run("ask", "--lab", str(lab), "--model", served.name, "Hola").exit_code == 2
    for line in (lab / "audit.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        assert entry["sent_to"] == [served.place]
        assert entry["settings"]["model"]["name"] == served.name and "Hola" not in line
    report = Report.of(Lab(lab), "en")
    assert report.tables()["appendix-servers"].rows == ((served.place, "this machine", 2),)
    assert served.place in report.markdown()
    (model,) = report.tables()["appendix-models"].rows
    assert model[0] == served.name and model[1].startswith("tiny-2-q4 2") and model[3] == served.url


def test_half_of_an_answer_is_printed_and_the_exit_code_says_so(served: ModelServer, tmp_path: Path):
    served.behaviour = streams("Half of it", finish=None)
    done = run("ask", "--lab", str(tmp_path), "--model", served.name, "Hola")
    assert (done.exit_code, done.stdout) == (2, "Half of it\n")
    assert "ended in mid-answer" in done.stderr
    table = run("ask", "--lab", str(tmp_path), "--model", served.name, "--format", "md", "a", "b")
    assert "Incompletas, pues el servidor se cortó a mitad de la respuesta: 1, 2." in table.stdout


def test_a_sheet_on_the_command_line_is_asked_together_too(served: ModelServer, tmp_path: Path):
    together = threading.Barrier(3)

    def three(handler):
        together.wait(60)  # none is answered before all three have come
        streams(handler.asked["messages"][0]["content"][:8])(handler)

    served.behaviour = three
    done = run("exercise", "6", "--lab", str(tmp_path / "lab"), "--model", served.name)
    assert done.exit_code == 0 and served.most_open == 3
    assert done.stdout.count(f"servido por http\\://{served.place}/v1") == 1
    answers = Lab(tmp_path / "lab").answers(6, prompting.Answers)
    runs = [answers.prompt(name).run for name in prompting.TITLES]
    assert [run and run.output for run in runs] == [text[:8].strip() for text in prompting.instructions().values()]


# Naming servers.


def test_a_server_is_named_listed_offered_and_forgotten(served: ModelServer, context: Context):
    served.models = ("tiny", "org/big:7b")
    done = run("models", "add-server", f"http://{served.place}")
    names = (f"{served.url}#tiny", f"{served.url}#org/big:7b")
    assert (done.exit_code, tuple(done.stdout.split())) == (0, names) and servers.names() == names
    assert oct(servers.path().stat().st_mode & 0o777) == "0o600"
    listed = [m for m in run_job(ListModels((), "cpu", ("prompt",)), context) if m.served]
    assert [(m.name, m.tasks, m.served, m.usable) for m in listed] == [
        (n, ("prompt",), served.place, True) for n in names
    ]
    assert "forgotten" in run("models", "rm", served.url).stdout
    assert servers.names() == ()
    with pytest.raises(UserError):
        run_job(RemoveModel(served.url), context)


def test_a_server_that_cannot_be_asked_is_not_kept(served: ModelServer, monkeypatch):
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-mine")
    served.bare, served.behaviour = True, lambda handler: handler.send(401, b"{}")
    done = run("models", "add-server", served.url)
    assert done.exit_code == 2 and "it refuses it" in done.stderr and "sk-mine" not in done.stderr
    assert servers.kept() == ()


@pytest.mark.parametrize(
    "content", ["", "{}", "[", '[{"address": "http://me:pw@h/v1"}]', '[{"address": 3}]', "[" * 9999]
)
def test_a_damaged_list_of_servers_is_an_empty_one(content):
    servers.path().parent.mkdir(parents=True)
    servers.path().write_text(content, encoding="utf-8")
    assert servers.kept() == ()
    servers.keep(address("http://h:1/v1"), ["m"])
    assert servers.names() == ("http://h:1/v1#m",)
