"""What a screen does with the runs and curves that it shows: how runs are told apart, and pictures of them."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import replace

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import heats
from llm_tui.export import figure
from llm_tui.i18n import tr
from llm_tui.keys import HEAT
from llm_tui.lab.lab import Lab
from llm_tui.screens.dialogs import AskDialog
from llm_tui.screens.lab_runs import LabRuns
from llm_tui.screens.setting_up import SetsUp
from llm_tui.visible import visible
from llm_tui.widgets.curves import Curves
from llm_tui.widgets.run_list import RunList


class ShowsCurves(SetsUp):
    @abstractmethod
    def draw(self) -> None:
        """Draw the curves anew."""

    def show(self) -> None:
        """As the screen does; where a run has another name, is hidden or pinned, the curves and the list too."""
        super().show()
        listed, looks = self.query_one(LabRuns), self.answers.looks
        before = listed.looks
        if looks == before:
            return
        listed.look(looks)
        self.know()
        self.draw()
        if looks.pin != before.pin:
            listed.load()  # its curve may not have been read

    def on_run_list_look_asked(self, message: RunList.LookAsked) -> None:
        run, looks = message.run.id, self.answers.looks

        def named(name: str | None) -> None:
            if name is not None:
                self.change(replace(self.answers, looks=self.answers.looks.named(run, name)))

        match message.what:
            case "hide":
                self.change(replace(self.answers, looks=looks.turned(run)))
            case "pin":
                self.change(replace(self.answers, looks=looks.pinned(run)))
            case "name":
                title = tr("A name for this run; none takes it away", "Un nombre para esta ejecución; vacío lo quita")
                self.app.push_screen(AskDialog(title, text=visible(looks.names.get(run, ""))), named)

    @property
    def _curves(self) -> Curves:
        return self.query_one(Curves)

    def action_examples(self) -> None:
        if missing := self._curves.turn():
            self.notify(str(missing), markup=False)

    async def action_export(self) -> None:
        """In the curves: pictures of them as they are looked at. Elsewhere: the exercise."""
        if not self._curves.has_focus_within:
            return await super().action_export()
        for shown in self._shown():
            name, svg = f"curves-{'loss' if shown.y.en.startswith('loss') else 'accuracy'}", _svg(shown)
            if await self.write_export(f"{name}.svg", svg):
                await self.write_export(f"{name}.png", await asyncio.to_thread(_png, svg, shown.width))

    async def action_heat(self) -> None:
        """The curves that a person looks at go into the hand-in, or out of it."""
        if shown := self._shown():
            try:
                there = await asyncio.to_thread(_turned, self.host.lab, self.NUMBER, shown)
            except UserError as error:
                self.notify(str(error), severity="error", markup=False)
                return
            key = HEAT.spoken
            self.notify(
                tr(f"The curves stand in the report as they are looked at; {key} takes them out.",
                   f"Las curvas están en el informe tal como se miran; {key} las saca.")
                if there
                else tr("The curves were taken out of the report.", "Se sacaron las curvas del informe.")
            )  # fmt: skip

    def _shown(self) -> list[figure.Curves]:
        shown = self._curves.figures()
        if not shown:
            self.notify(tr("There are no curves yet.", "Aún no hay curvas."))
        return shown


def _svg(shown: figure.Curves) -> str:
    return shown.svg(i18n.export_language())


def _png(svg: str, width: int) -> bytes:
    from llm_tui.export.pdf import to_png

    return to_png(svg, width)


def _turned(lab: Lab, exercise: int | str, shown: list[figure.Curves]) -> bool:
    """Put curves into the hand-in of an exercise, or take them out; whether they are there now.

    Raises:
        UserError: it cannot be written, or there are as many as may be.
    """
    before = lab.answers_anew(heats.NAME, heats.Heats)
    after = before.with_curves(exercise, shown)
    lab.save_answers(heats.NAME, after)
    return len(after.curves.get(str(exercise), ())) >= len(before.curves.get(str(exercise), ()))
