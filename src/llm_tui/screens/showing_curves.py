"""What a screen does with the curves that it shows: over what they stand, pictures of them, some for the report."""

from __future__ import annotations

import asyncio

from llm_tui import i18n
from llm_tui.errors import UserError
from llm_tui.exercises import heats
from llm_tui.exercises.batch_sizes import Answers
from llm_tui.export import figure
from llm_tui.i18n import tr
from llm_tui.keys import HEAT
from llm_tui.lab.lab import Lab
from llm_tui.screens.exercise import TableScreen
from llm_tui.widgets.curves import Curves


class ShowsCurves(TableScreen[Answers]):
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
