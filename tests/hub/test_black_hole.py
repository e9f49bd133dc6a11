"""The real program in a network that drops every packet, and says nothing: no refusal, no name is looked up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llm_tui.hub.shipped import shipped

pytestmark = pytest.mark.slow

NAME = "google/flan-t5-small"
INSIDE = """
set -e
ip link set lo up
ip link add hole type veth peer name nowhere
ip address add 10.99.0.1/24 dev hole
ip link set hole up
ip link set nowhere up
ip neighbour add 10.99.0.2 lladdr 02:00:00:00:00:02 dev hole  # of nobody: or the system would say so after 3 s
ip route add default via 10.99.0.2
mount --bind "$1" "$(readlink -f /etc/resolv.conf)"
shift
exec "$@"
"""
FETCHES = """
import json, sys, threading, time
from llm_tui.engine.job import Context
from llm_tui.errors import Unavailable
from llm_tui.hub.fetching import fetch_model, fetch_tokenizer, plan_model
from llm_tui.hub.places import locate

context = Context(1, lambda event: None, threading.Event())
told = []
for fetch in (fetch_tokenizer, fetch_model, locate, plan_model):
    began = time.monotonic()
    try:
        fetch("google/flan-t5-small", context)
    except Unavailable as error:
        told.append((time.monotonic() - began, str(error)))
print(json.dumps(told))
"""


def in_a_hole(tmp_path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    if (
        shutil.which("unshare") is None
        or subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True).returncode
    ):
        pytest.skip("no network of its own can be had here")
    names = tmp_path / "resolv.conf"
    names.write_text("nameserver 10.100.0.53\n")
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    clean.pop("HF_HUB_OFFLINE", None)
    folders = {name: str(tmp_path / name) for name in ("HF_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LLM_TUI_LAB")}
    return subprocess.run(
        ["unshare", "-n", "-m", "sh", "-c", INSIDE, "sh", names, *command],
        env=clean | folders | {"LANG": "C.UTF-8"} | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({}, "huggingface.co"),  # nobody looks up its name
        ({"HF_ENDPOINT": "http://10.100.0.7"}, "10.100.0.7"),  # what is sent there vanishes
        ({"HF_ENDPOINT": "http://10.99.0.7"}, "10.99.0.7"),  # a machine beside this one, which is off
        ({"HTTPS_PROXY": "http://10.100.0.8:3128"}, "huggingface.co through the proxy http://10.100.0.8:3128"),
    ],
    ids=["name", "address", "off", "proxy"],
)
def test_nobody_waits_longer_than_three_seconds_and_nobody_twice(
    tmp_path: Path, variables: dict[str, str], where: str
) -> None:
    done = in_a_hole(tmp_path, sys.executable, "-c", FETCHES, **variables)
    assert done.returncode == 0, done.stderr
    (first, said), *others = json.loads(done.stdout)
    assert f"no answer from {where}" in said
    assert 2.5 < first < 6, "the machine may be busy"
    for seconds, then in others[:2]:
        assert f"{where} was silent; fetching a model from the list asks it again" in then
        assert seconds < first / 3
    again, then = others[2]
    assert f"no answer from {where}" in then and 2.5 < again < 15


def test_a_model_that_is_here_is_used_as_without_a_network(tmp_path: Path) -> None:
    snapshot = tmp_path / "HF_HOME" / "hub" / f"models--{NAME.replace('/', '--')}" / "snapshots" / ("a" * 40)
    shutil.copytree(shipped()["llm-tui/teaching-t5"], snapshot)
    refs = snapshot.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text("a" * 40)
    command = (sys.executable, "-m", "llm_tui", "ask", "hola", "--model", NAME, "--max-new-tokens", "3", "--lang", "en")
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-e", "trace=connect", "-o", str(trace)) if shutil.which("strace") else ()
    done = in_a_hole(tmp_path, *strace, *command)
    assert done.returncode == 0, done.stderr
    if strace:
        assert "AF_INET" not in trace.read_text()


def test_the_command_line_ends_with_its_sentence(tmp_path: Path) -> None:
    for command in ("ask hola --model", "models pull", "tokens hola --tokenizer"):
        done = in_a_hole(tmp_path, sys.executable, "-m", "llm_tui", *command.split(), NAME, "--lang", "en")
        assert done.returncode == 2
        assert "no answer from huggingface.co within 3 s" in done.stderr and "Traceback" not in done.stderr
