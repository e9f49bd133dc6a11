"""What a person can do about the table of exercise 1, said above it where there is something."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from llm_tui.i18n import tr
from llm_tui.keys import GO_ON, TAKE
from llm_tui.lab.sweeps import Standing


class Offers(Static):
    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False

    def show(self, standing: Standing | None, training: bool, stale: bool, marked: bool) -> None:
        """`training` while runs are under way, `stale` where a note was written for other runs than its row shows,
        `marked` where the marked runs could be put into the table.
        """
        said = "\n".join(_sentences(standing, training, stale, marked))
        self.update(Content(said))
        self.display = bool(said)


def _sentences(standing: Standing | None, training: bool, stale: bool, marked: bool) -> Iterator[str]:
    take = TAKE.spoken
    if standing and standing.done < standing.of and not training:
        yield tr(
            f"Sweep unfinished, {standing.done} of {standing.of} runs done: {GO_ON.spoken} goes on.",
            f"Barrido a medias, {standing.done} de {standing.of} hechas: {GO_ON.spoken} continúa.",
        )
    if marked:
        yield tr(f"{take} puts the marked runs into the table.", f"{take} pone en la tabla las ejecuciones marcadas.")
    elif standing and standing.fresh:
        yield (
            tr(f"{take} puts the new run into the table.", f"{take} pone en la tabla la ejecución nueva.")
            if standing.done == 1
            else tr(
                f"{take} puts the {standing.done} new runs into the table.",
                f"{take} pone en la tabla las {standing.done} ejecuciones nuevas.",
            )
        )
    if stale:
        yield tr("Notes of other runs: confirm them with enter.", "Notas de otras ejecuciones: confirme con enter.")
