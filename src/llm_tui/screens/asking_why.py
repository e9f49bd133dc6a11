"""The key that asks why: on every main screen, of what was done there and is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llm_tui.i18n import tr
from llm_tui.keys import spoken
from llm_tui.screens.why_panes import panes_of
from llm_tui.widgets.zoom import ZoomScreen

if TYPE_CHECKING:
    from llm_tui.foundation.branch import Branch
    from llm_tui.snippets.snippet import Done
    from llm_tui.widgets.why.pane import WhyPane


class AsksWhy(ZoomScreen):
    """A screen says what was done on it (`code_jobs`), or, where it knows the result too, what explains it (`why`)."""

    def code_jobs(self) -> Sequence[Done]:
        """What was just done here, first what a person looks at: plain programs are written of it, panes explain it."""
        return ()

    def explains(self) -> bool:
        """Whether there is something to explain here, now or at another time."""
        return type(self).code_jobs is not AsksWhy.code_jobs or type(self).why is not AsksWhy.why

    def why(self) -> Sequence[WhyPane]:
        """The panes that explain what a person looks at, made anew each time; empty where there are none."""
        return panes_of(self.code_jobs()[0]) if self.code_jobs() else ()

    def why_exercise(self) -> int | str | None:
        """The exercise that a heat goes into; None where none takes it."""
        return getattr(self, "NUMBER", None)

    def no_why(self) -> str:
        """Why there is nothing to explain, and what to do."""
        jobs = self.code_jobs()
        if not jobs:
            run = spoken("run")
            return tr(
                f"There is no whole answer here yet: {run} asks.",
                f"Aquí aún no hay una respuesta completa: {run} pregunta.",
            )
        return tr(f"Nothing explains this: {jobs[0].name}.", f"De esto no hay explicación: {jobs[0].name}.")

    def branch_off(self, job: Branch) -> None:
        """An answer is to go on from another piece than the one that was written."""
        self.notify(
            tr(
                "What stands in an exercise is not changed: ask it in the playground, and let it go on there.",
                "Lo que está en un ejercicio no se cambia: pregúntelo en el banco de pruebas y siga allí.",
            )
        )

    def action_why(self) -> None:
        from llm_tui.screens.why import WhyScreen

        def left(job: Branch | None) -> None:
            if job is not None:
                self.branch_off(job)

        if panes := self.why():
            self.app.push_screen(WhyScreen(panes, self.why_exercise()), left)
        else:
            self.notify(self.no_why(), markup=False)
