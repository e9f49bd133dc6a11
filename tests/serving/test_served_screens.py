"""A served model on the screens, by the real engine: streamed, stopped, a sheet filled, exported."""

from __future__ import annotations

import threading
from pathlib import Path

from driving import eventually, painted, said, screen_of, text_of
from model_server import ModelServer, chunk
from textual.widgets import Input

from llm_tui.app import LabApp
from llm_tui.exercises import prompting
from llm_tui.lab.lab import Lab
from llm_tui.playground.state import Playground
from llm_tui.serving import servers
from llm_tui.serving.address import address
from llm_tui.widgets.prompt_aid import PromptAid

ELSEWHERE = "http://gpu1.example:8000/v1#m"


async def test_the_playground_streams_stops_and_exports(served: ModelServer, lab: Lab):
    goes_on, pieces = threading.Event(), threading.Event()

    def slowly(handler):
        handler.begin()
        handler.event(chunk("First [b]piece"))
        pieces.set()
        while not goes_on.wait(0.02):
            handler.wfile.write(b": wait\n\n")
            handler.wfile.flush()
        handler.event(chunk(" and the rest."))
        handler.event(chunk(finish="stop"))

    served.behaviour = slowly
    servers.keep(address(served.url), served.models)
    lab.save_answers("playground", Playground("prompt").with_model(served.name))
    app = LabApp(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("play")
        await eventually(pilot, lambda: f"goes to the server {served.place}" in text_of(pilot, "#aid"))
        suggester = app.screen.query_one("#field-model", Input).suggester
        assert suggester and await suggester.get_suggestion("http://") == served.name
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: text_of(pilot, "#answer") == "First [b]piece")
        await pilot.press("ctrl+x")
        await eventually(pilot, lambda: text_of(pilot, "#line") == "stopped" and served.hung_up.is_set())
        await pilot.press("ctrl+r")
        goes_on.set()
        await eventually(pilot, lambda: "served by" in text_of(pilot, "#line"))
        assert text_of(pilot, "#answer") == "First [b]piece and the rest."
        assert "pieces in" not in text_of(pilot, "#line")
        await pilot.press("ctrl+e")
        file = lab.folder / "exports" / "play-prompt.md"
        await eventually(pilot, file.exists)
    assert f"servido por http\\://{served.place}/v1" in file.read_text(encoding="utf-8")


async def test_a_server_elsewhere_is_told_of_before_it_is_asked(lab: Lab, engine, notices):
    lab.save_answers("playground", Playground("prompt").with_model(ELSEWHERE))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("play")
        await eventually(pilot, lambda: "The text leaves this machine: it goes to gpu1.example:8000." in painted(pilot))
        await pilot.press("ctrl+r", "ctrl+r")
        await eventually(pilot, lambda: said(notices, "gpu1.example:8000 about leave this machine"))
    assert sum("leave this machine" in notice.message for notice in notices) == 1


async def test_no_line_says_that_another_models_text_goes_to_a_server(lab: Lab, engine):
    lab.save_answers("playground", Playground("prompt").with_model(ELSEWHERE))
    app = LabApp(lab, engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("play")
        goes = "The text leaves this machine: it goes to gpu1.example:8000."
        await eventually(pilot, lambda: text_of(pilot, "#aid") == goes)
        aid = app.screen.query_one("#aid", PromptAid)
        aid.look("Hi", "google/flan-t5-small")
        assert text_of(pilot, "#aid") == ""
        aid.look("Hi", ELSEWHERE)
        assert text_of(pilot, "#aid") == goes


async def test_a_sheet_is_asked_together_each_answer_where_its_instruction_stands(served: ModelServer, lab: Lab):
    together = threading.Barrier(3)

    def three(handler):
        text = handler.asked["messages"][0]["content"]
        handler.begin()
        handler.event(chunk(text[:12]))
        together.wait(60)  # none ends before all three have begun
        handler.event(chunk("."))
        handler.event(chunk(finish="stop"))

    served.behaviour = three
    lab.save_answers(6, prompting.Answers(model=served.name))
    app = LabApp(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.switch_mode("sheet-6")
        await eventually(pilot, lambda: screen_of(app).answers.model == served.name)
        await pilot.press("ctrl+r")
        await eventually(pilot, lambda: all(screen_of(app).answers.prompt(name).run for name in prompting.TITLES))
        await pilot.press("ctrl+e")
        file: Path = lab.folder / "exports" / "exercise-6.md"
        await eventually(pilot, file.exists)
    answers = Lab(lab.folder).answers(6, prompting.Answers)
    for name, instruction in prompting.instructions().items():
        run = answers.prompt(name).run
        assert run and run.output == f"{instruction[:12]}." and run.made_by.served and run.pieces is None
