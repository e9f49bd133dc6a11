"""The program on a machine with GPUs: pynvml and its library are real ones, torch sees what the library has."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from driving import eventually, said, text_of
from fakes import with_gpus
from fakes.gpus import GB, Fail, FakeGpu, Machine
from textual.widgets import Input

from llm_tui import i18n
from llm_tui.app import LabApp
from llm_tui.classifier.job import Training
from llm_tui.cli import cli
from llm_tui.config import give
from llm_tui.engine import devices, gpus, room
from llm_tui.engine.devices import Device
from llm_tui.engine.events import Finished, Log, Placed, Progress, Started
from llm_tui.engine.holders import Holder
from llm_tui.engine.job import Context
from llm_tui.environment import Environment, survey
from llm_tui.survey import Survey
from llm_tui.widgets.bars import JobBar, TopBar

BUSY = FakeGpu("GPU-aa", "NVIDIA H200", 141 * GB, 98 * GB, load=93, processes=((4242, 97 * GB),))
FREE = FakeGpu("GPU-bb", "NVIDIA H200", 141 * GB, 2 * GB)


@pytest.fixture(autouse=True)
def machine(gpu_machine: Machine, monkeypatch) -> Machine:
    """Two GPUs, of which another user has one."""
    gpu_machine.write(BUSY, FREE)
    monkeypatch.setattr(gpus, "seen", with_gpus.seen)
    monkeypatch.setattr(gpus, "holders", lambda pids: {pid: Holder(pid, "ana", "python") for pid in pids})
    monkeypatch.setattr(devices, "_taken", "")
    monkeypatch.setattr(room, "SECONDS", 0.05)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with_gpus.stay_on_the_cpu(monkeypatch.setattr)
    return gpu_machine


def train(lab: Path, *options: str) -> Result:
    asked = ["train", "--lab", str(lab), "--train-size", "200", "--test-size", "50", "--batch-size", "32", *options]
    return CliRunner().invoke(cli, asked, catch_exceptions=False)


def runs(lab: Path, name: str = "config.json") -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(lab.glob(f"runs/*/{name}"))]


def test_auto_trains_on_the_gpu_that_nobody_holds_and_the_run_says_which_and_why(tmp_path: Path):
    done = train(tmp_path / "lab")
    assert done.exit_code == 0
    assert "cuda:1 NVIDIA H200: 139.0 GB free, the most of 2 GPUs" in done.stderr
    assert "dispositivo cuda:1 NVIDIA H200;" in done.stdout
    (config,), (result,) = runs(tmp_path / "lab"), runs(tmp_path / "lab", "result.json")
    assert config["device"] == {
        "name": "cuda:1", "label": "cuda:1 NVIDIA H200", "uuid": "bb", "why": "139.0 GB free, the most of 2 GPUs"
    }  # fmt: skip
    assert result["result"]["device"] == "cuda:1 NVIDIA H200"  # type: ignore[index]


def test_cuda_visible_devices_is_obeyed(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-aa")
    assert train(tmp_path / "lab").exit_code == 0
    assert [run["device"]["uuid"] for run in runs(tmp_path / "lab")] == ["aa"]  # type: ignore[index]
    told = CliRunner().invoke(cli, ["doctor", "--lab", str(tmp_path / "lab")], catch_exceptions=False).stdout
    assert re.search(r"^GPU 1 +H200, 139.0 free of 141.0 GB, .*; hidden from this program$", told, re.MULTILINE)
    assert "; CUDA_VISIBLE_DEVICES=GPU-aa (1 of 2 GPUs)" in told
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    refused = train(tmp_path / "lab", "--device", "cuda")
    assert "device cuda is not there (CUDA_VISIBLE_DEVICES=-1 hides every GPU): choose auto or cpu." in refused.stderr
    assert train(tmp_path / "other").exit_code == 0
    assert runs(tmp_path / "other")[0]["device"]["name"] == "cpu"  # type: ignore[index]


@pytest.mark.parametrize("after", [0, 6, 18])
def test_a_driver_that_fails_in_mid_run_leaves_the_run_as_it_is(tmp_path: Path, machine: Machine, after: int):
    machine.write(BUSY, FREE, fails=(Fail(15, after),))
    done = train(tmp_path / "lab", "--batch-size", "32,64,128")
    assert (done.exit_code, "Traceback" in done.stderr) == (0, False)
    assert len(runs(tmp_path / "lab", "result.json")) == 3


def test_a_training_waits_until_others_make_room(tmp_path: Path, machine: Machine, monkeypatch):
    machine.write(BUSY, replace(FREE, used=130 * GB))
    waits = threading.Event()
    pause = Context.pause

    def noted(self: Context, seconds: float) -> None:
        waits.set()
        pause(self, seconds)

    def leave() -> None:
        assert waits.wait(60)
        machine.write(replace(BUSY, used=1 * GB, processes=()), FREE)

    monkeypatch.setattr(Context, "pause", noted)
    other = threading.Thread(target=leave)
    other.start()
    done = train(tmp_path / "lab", "--wait-for-room", "60,5")
    other.join()
    assert done.exit_code == 0
    assert "waiting for 60.5 GB on cuda:0: 43.0 GB free; 97.0 GB held by ana: python (4242)" in done.stderr
    assert "cuda:0 NVIDIA H200: 140.0 GB free, the most of 2 GPUs" in done.stderr
    assert runs(tmp_path / "lab")[0]["job"]["wait_for_room"] == 60.5  # type: ignore[index]


@pytest.mark.parametrize("gigabytes", ["-1", "nan", "much", "1e9"])
def test_what_is_no_number_of_gigabytes_is_refused(tmp_path: Path, gigabytes: str):
    refused = train(tmp_path / "lab", "--wait-for-room", gigabytes)
    assert refused.exit_code == 2
    assert f"--wait-for-room is “{gigabytes}”: write a number from 0 to 100000." in refused.stderr


def test_whether_room_was_waited_for_makes_no_other_run():
    assert Training(wait_for_room=3) == Training()


# On the screen.


def surveyed() -> Environment:
    found: Environment = survey(Survey(), Context(1, lambda event: None, threading.Event()))
    return found


async def at_home(app: LabApp, pilot, engine) -> None:
    await eventually(pilot, lambda: bool(engine.numbers(Survey)))
    engine.end(Finished(engine.numbers(Survey)[0], surveyed()))
    await eventually(pilot, lambda: app.machine.environment is not None)


def top(app: LabApp) -> str:
    return str(app.screen.query_one(TopBar).render())


@pytest.mark.parametrize(("language", "free"), [("en", "free of"), ("es", "libres de")])
async def test_home_shows_each_gpu_and_the_top_line_the_one_that_auto_would_take(lab, engine, language, free):
    i18n.use(language)
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_home(app, pilot, engine)
        await eventually(pilot, lambda: "ana" in text_of(pilot, "#environment"))
        first, second, third = text_of(pilot, "#environment").splitlines()[:3]
        assert re.fullmatch(rf"cuda:0\s+H200, 43\.0 {free} 141\.0 GB, .* 93 %, 30 °C, 70 W", first)
        assert second.strip() == "ana: python (4242), 97.0 GB"
        assert third.startswith("cuda:1")
        assert top(app).endswith(" cuda:1 H200 2.0/141 GB" if language == "en" else " cuda:1 2.0/141 GB")


@pytest.mark.parametrize(
    ("device", "shown"), [("cpu", "cpu"), ("cuda:0", "cuda:0 H200 98.0/141 GB"), ("cuda:7", "cuda:7")]
)
def test_where_models_would_run_is_what_the_person_has_set(device: str, shown: str):
    give([f"device={device}"])
    assert surveyed().device()[0] == shown


async def test_figures_are_read_again_when_they_may_have_changed_and_never_on_an_idle_screen(lab, engine, machine):
    app = LabApp(lab, engine)
    readings: list[int] = []
    look = gpus.look

    def counted(seen: tuple[gpus.Seen, ...]) -> gpus.Gpus:
        readings.append(1)
        return look(seen)

    patch = pytest.MonkeyPatch()
    patch.setattr("llm_tui.engine.gpus.look", counted)
    with patch.context():
        async with app.run_test(size=(120, 40)) as pilot:
            await at_home(app, pilot, engine)
            await eventually(pilot, lambda: bool(text_of(pilot, "#recent")))
            before = len(readings)
            await pilot.pause(0.3)
            assert len(readings) == before
            machine.write(BUSY, replace(FREE, used=20 * GB))
            await pilot.press("f3")
            await pilot.press("f2")
            await eventually(pilot, lambda: "cuda:1 H200 20.0/141 GB" in top(app))  # entering Home
            job = engine.submit(Training(), *app.lab.listeners(Training()))
            machine.write(BUSY, replace(FREE, used=30 * GB))
            app.delivery._take_in(Started(job))
            app.delivery._take_in(Placed(job, Device("cuda:1", "cuda:1 NVIDIA H200", "bb", "most free")))
            await eventually(pilot, lambda: "cuda:1 H200 30.0/141 GB" in top(app))  # a job has begun
            machine.write(BUSY, FREE)
            app.delivery._take_in(Finished(job, None))
            await eventually(pilot, lambda: "cuda:1 H200 2.0/141 GB" in top(app))  # and ended
            before = len(readings)
            await pilot.pause(0.3)
            assert len(readings) == before
    patch.undo()


async def test_the_job_bar_says_where_a_job_runs_and_why_as_far_as_there_is_room(lab, engine):
    app = LabApp(lab, engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await at_home(app, pilot, engine)
        job = engine.submit(Training(), app.delivery._take_in)
        engine.tell(Started(job), Progress(job, 1, 10, "training, batch 64, seed 0"))
        engine.tell(Placed(job, Device("cuda:0", "cuda:0 NVIDIA H200", "aa", "43.0 GB free, the most of 2 GPUs")))

        def bar() -> str:
            return str(app.screen.query_one(JobBar).render())

        await eventually(pilot, lambda: "seed 0 · cuda:0: 43.0 GB free, the most of 2 GPUs  ━" in bar())
        assert top(app).endswith("cuda:0 H200 98.0/141 GB")  # where it is, not where auto would go
        await pilot.resize_terminal(80, 24)
        await eventually(pilot, lambda: "seed 0 · cuda:0  ━" in bar())
        await pilot.resize_terminal(50, 24)
        await eventually(pilot, lambda: "training, batch 64, seed 0  ━" in bar())


async def test_what_a_job_cannot_know_is_told_on_whatever_screen(lab, engine, notices):
    app = LabApp(lab, engine)
    async with app.run_test() as pilot:
        job = engine.submit(Training(), app.delivery._take_in)
        engine.tell(Started(job), Log(job, "What is free on cuda:0 cannot be known: \x1b[2J"))
        await eventually(pilot, lambda: said(notices, "cannot be known: ␛[2J"))


async def test_a_device_is_chosen_from_the_list_of_all_with_who_holds_them(lab, engine, machine, notices):
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_home(app, pilot, engine)
        await pilot.press("f3")
        await eventually(pilot, lambda: bool(app.screen.query("#field-device")))
        machine.write(BUSY, replace(FREE, used=139 * GB))
        shown = _options(app)
        await pilot.press("ctrl+o", "G")
        await eventually(pilot, lambda: any("H200, 2.0 free" in option for option in shown()))
        assert [option.split()[0] for option in shown()] == ["auto", "cpu", "cuda:0", "cuda:1"]
        assert "ana: python (4242), 97.0 GB" in shown()[2]
        await pilot.press("down", "down", "down", "enter")
        await eventually(pilot, lambda: said(notices, "The device is cuda:1 now."))
        assert app.screen.query_one("#field-device", Input).value == "cuda:1"


def _options(app: LabApp) -> Callable[[], list[str]]:
    from textual.widgets import OptionList

    def shown() -> list[str]:
        lists = app.screen.query(OptionList) if "Dialog" in type(app.screen).__name__ else ()
        return [str(option.prompt) for one in lists for option in one.options]

    return shown
