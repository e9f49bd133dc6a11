"""Who is behind a process number: in /proc of this machine, and in those that other machines would have."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from llm_tui import i18n
from llm_tui.engine import holders
from llm_tui.engine.holders import Holder

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc on this machine")


@pytest.fixture(autouse=True)
def no_container(monkeypatch) -> None:
    """The tests may themselves run in one."""
    monkeypatch.setattr(holders, "contained", lambda: False)


def who(pid: int) -> Holder:
    return holders.holders([pid])[pid]


def test_this_program_knows_itself():
    me = who(os.getpid())
    assert (me.user, me.mine) == (pwd.getpwuid(os.geteuid()).pw_name, True)
    assert me.who() == "this program"


def test_a_process_is_named_with_user_program_and_beginning():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True) as child:
        found = who(child.pid)
        assert found.program.startswith("python") or found.program in sys.executable
        assert found.who() == f"{found.user}: {found.program} ({child.pid})"
        mine = who(os.getpid()).since
        assert mine is None or (found.since is not None and found.since >= mine)
        child.communicate("\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a process of another user")
def test_a_process_of_another_user_has_that_ones_name():
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, user="nobody") as child:
        found = who(child.pid)
        assert (found.user, found.program, found.mine) == ("nobody", "cat", False)


def test_a_process_that_is_gone_is_said_to_be():
    with subprocess.Popen(["true"]) as child:
        pass
    assert who(child.pid) == Holder(child.pid, elsewhere=True)
    assert who(child.pid).who() == f"a process that is gone ({child.pid})"
    i18n.use("es")
    assert who(child.pid).who() == f"un proceso que ya no está ({child.pid})"


def proc(folder: Path, pid: int, name: str = "python", uid: int = 0, opens: str = "") -> None:
    at = folder / str(pid)
    (at / "fd").mkdir(parents=True)
    (at / "status").write_text(f"Name:\t{name}\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
    (at / "stat").write_text(f"{pid} ({name}) S " + " ".join(map(str, range(4, 53))))
    (folder / "stat").write_text("cpu 1\nbtime 1750000000\n")
    if opens:
        (at / "fd" / "7").symlink_to(opens)


def test_what_another_users_process_hides_is_said_to_be_another_users(tmp_path: Path, monkeypatch):
    """hidepid: the folder is not there, and still the process is."""
    monkeypatch.setattr(holders, "PROC", tmp_path)

    def kill(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    assert who(4242) == Holder(4242, hidden=True)
    assert who(4242).who() == "another user (process 4242)"
    i18n.use("es")
    assert who(4242).who() == "otro usuario (proceso 4242)"


def test_a_proc_that_hides_what_others_run_is_read_for_what_it_is():
    """The real thing, where this test may mount one: root's process, looked at by nobody."""
    look = """if True:
        import os, pwd
        from llm_tui.engine.holders import holders
        os.setgid(65534), os.setgroups([]), os.setuid(65534)
        print([(one.user, one.hidden, one.mine) for one in holders([1, os.getpid()]).values()])
    """
    script = 'mount -t proc -o hidepid=2 proc /proc && exec "$0" -c "$1"'
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("only root mounts a /proc of its own")
    done = subprocess.run(
        [unshare, "-m", "sh", "-c", script, sys.executable, look], capture_output=True, text=True, check=False
    )
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no /proc can be mounted here: {done.stderr.strip()}")
    assert done.stdout.startswith("[('', True, False), ")  # in a container this program is not sure of itself


def test_in_a_container_only_a_process_that_has_a_gpu_open_is_taken_for_one_of_ours(tmp_path: Path, monkeypatch):
    """The driver's numbers may be those of the host, and a number in use here too."""
    monkeypatch.setattr(holders, "PROC", tmp_path)
    monkeypatch.setattr(holders, "contained", lambda: True)
    proc(tmp_path, 12, "bash", opens="/dev/pts/0")
    proc(tmp_path, 34, "python", opens="/dev/nvidiactl")
    assert who(12) == Holder(12, elsewhere=True)
    assert who(12).who() == "a process outside this container"
    assert (who(34).program, who(34).elsewhere) == ("python", False)
    i18n.use("es")
    assert who(12).who() == "un proceso de fuera de este contenedor"


def test_names_from_outside_are_safe_to_show_and_may_be_missing(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(holders, "PROC", tmp_path)
    proc(tmp_path, 12, "\x1b[31m) S 1", uid=3_999_999_999)
    assert who(12).who() == "3999999999: ␛[31m) S 1 (12)"
    began = 1_750_000_000 + 22 / os.sysconf("SC_CLK_TCK")
    assert who(12).since == datetime.fromtimestamp(began)  # a name may hold what ends it
    (tmp_path / "12" / "stat").write_text("12 (python")
    (tmp_path / "12" / "status").write_text("")
    assert who(12) == Holder(12)


def test_a_containers_space_of_process_numbers_is_known_by_its_own_number(tmp_path: Path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(holders, "PROC", tmp_path)
    assert not holders.contained()  # no /proc: nothing is known
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to("pid:[4026532291]")
    assert holders.contained()
    (tmp_path / "self" / "ns" / "pid").unlink()
    (tmp_path / "self" / "ns" / "pid").symlink_to("pid:[4026531836]")
    assert not holders.contained()
