"""What was almost said: the pieces of an answer, what might have stood in the place of each, and what other settings
would have made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from llm_tui.attribution.piece_heats import cut_anew
from llm_tui.attribution.piece_job import Trace
from llm_tui.errors import UserError
from llm_tui.export.heat import Heat
from llm_tui.fields import Field, Values, read
from llm_tui.foundation import alternatives
from llm_tui.foundation.alternatives import BEAMS, NO_PIECES, Alternative, Piece
from llm_tui.foundation.job import LEAD, Generate, Generated
from llm_tui.foundation.pieces_table import labels, pieces_heat
from llm_tui.foundation.settings import TEMPERATURE, TOP_K, TOP_P
from llm_tui.foundation.tables import how
from llm_tui.i18n import Text, number, tr
from llm_tui.keys import SETUP, Bar, Key, bindings
from llm_tui.visible import visible
from llm_tui.widgets.form import Form
from llm_tui.widgets.piece_strip import PieceStrip
from llm_tui.widgets.why.alternatives import AlternativesView, share
from llm_tui.widgets.why.pane import WhyPane

if TYPE_CHECKING:
    from llm_tui.foundation.moved import Moved

ALL = replace(TOP_K, least=0, default="0")
"""0 keeps all."""

FIELDS: tuple[Field[Any], ...] = (TEMPERATURE, ALL, TOP_P)


class PiecesPane(WhyPane):
    NAME = Text("Pieces", "Piezas")
    DEFINITIONS = alternatives.DEFINITIONS
    KEYS = (
        Key("alternative-up", "up", "alternative(-1)", Text("the alternative above", "la alternativa de arriba"),
            bar=Bar.NEVER),
        Key("alternative-down", "down", "alternative(1)", Text("the alternative below", "la alternativa de abajo"),
            bar=Bar.NEVER),
        Key("alternative-take", "enter", "take_alternative", Text("go on from it", "seguir desde ella"),
            Text("Take the alternative that the cursor is on in the place of the piece, and go on from there.",
                 "Toma la alternativa del cursor en lugar de la pieza y sigue desde ahí.")),
        replace(SETUP, action="settings", label=Text("other settings", "otros ajustes"),
                help=Text("Temperature, top-k and top-p: what they would do to this distribution.",
                          "Temperatura, top-k y top-p: qué le harían a esta distribución.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    @dataclass
    class Taken(Message):
        """A person wants the answer to go on from `alternative` in the place of the piece of this number, from 0."""

        job: Generate
        result: Generated
        number: int
        alternative: Alternative

    def __init__(self, job: Generate, result: Generated | None):
        """Without a result the model is asked again; without its pieces, it goes through the answer as it stands."""
        super().__init__()
        self._job = replace(job, texts=job.texts[:1], pieces=True)
        self._result = result
        self._values = _begin_with(job)
        self._settings: Values | None = read(FIELDS, self._values)

    def body(self) -> Iterable[Widget]:
        yield PieceStrip()
        yield Static(classes="head", markup=False)
        with Horizontal():
            with VerticalScroll(classes="alternatives", can_focus=False):
                yield AlternativesView()
            yield Form(FIELDS, self._values, id="moved")

    def begin(self) -> None:
        if self._job.settings.beams > 1:
            self._nothing(BEAMS)
        elif self._result is None:
            self.ask(self._job)
        elif self._result.pieces or self._result.made_by.served:
            self._show()
        else:
            answer = self._result.answers[0]
            self.ask(Trace(self._job, answer.text, count=answer.output_pieces))

    def came(self, job: Generate | Trace, result: Generated) -> None:
        self._result = result
        self._show()
        if isinstance(job, Trace):
            self.say(str(cut_anew(job, result)))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self._result.pieces if self._result else ()

    # What is shown.

    def _nothing(self, said: Text) -> None:
        self.query_one(Horizontal).display = self.query_one(PieceStrip).display = False
        self.query_one(".head", Static).update(str(said))

    def _show(self) -> None:
        if not self.pieces or self._result is None:
            self._nothing(NO_PIECES)
            return
        self.query_one(PieceStrip).show(self.pieces, self._result.answers[0].text)
        self.query_one(Form).display = any(piece.scores for piece in self.pieces)
        if self.display:  # another pane may be in front by now
            self.screen.set_focus(self.query_one(PieceStrip))

    def on_piece_strip_selected(self, message: PieceStrip.Selected) -> None:
        message.stop()
        self._look()

    def _look(self) -> None:
        """At the piece that the cursor is on, with the settings of the fields."""
        if self._result is None or not self.pieces:
            return
        place = self.query_one(PieceStrip).selected
        piece, then = self.pieces[place], self._moved(self.pieces[place])
        self.query_one(AlternativesView).show(piece, then)
        label = labels(self.pieces, self._result.answers[0].text)[place]
        self.query_one(".head", Static).update(_head(piece, label, place, len(self.pieces), then))

    def _moved(self, piece: Piece) -> Moved | None:
        """None where the settings change nothing."""
        values = self._settings
        if not piece.scores or values is None or (values[TEMPERATURE], values[ALL], values[TOP_P]) == (1.0, 0, 1.0):
            return None
        from llm_tui.foundation.moved import moved  # not at the top: it imports numpy, which the answer's job has done

        return moved(piece, values[TEMPERATURE], values[ALL], values[TOP_P])

    # What a person does.

    def on_form_changed(self, message: Form.Changed) -> None:
        message.stop()
        try:
            self._settings = read(FIELDS, message.form.values)
            self.say("")
        except UserError as error:
            self._settings = None
            self.say(str(error), error=True)
        self._look()

    def action_settings(self) -> None:
        form = self.query_one(Form)
        if form.display:
            form.focus_field(TEMPERATURE.name)
        else:
            self.notify(tr("The whole distribution is not here.", "La distribución entera no está aquí."))

    def action_alternative(self, by: int) -> None:
        self.query_one(AlternativesView).step(by)

    def action_take_alternative(self) -> None:
        taken, place = self.query_one(AlternativesView).alternative, self.query_one(PieceStrip).selected
        if taken is None or self._result is None or taken == self.pieces[place].chosen:
            self.notify(tr("Choose another piece than the one that stands there.",
                           "Elija una pieza distinta de la que está ahí."))  # fmt: skip
        elif taken.id is None:
            self.notify(tr("A server cannot go on from a piece.", "Un servidor no puede seguir desde una pieza."))
        else:
            self.post_message(self.Taken(self._job, self._result, place, taken))

    def heats(self) -> Sequence[Heat]:
        if self._result is None or not self.pieces:
            return ()
        text, by = self._result.answers[0].text, self._result.made_by
        return (pieces_heat(self.pieces, text, by, how(self._job.settings, by)),)


def _begin_with(job: Generate) -> dict[str, str]:
    """The settings from which the answer was drawn; of a greedy one those that change nothing."""
    settings = job.settings
    if not settings.sample:
        return {TEMPERATURE.name: "1.0", ALL.name: "0", TOP_P.name: "1.0"}
    return {TEMPERATURE.name: str(settings.temperature), ALL.name: str(settings.top_k), TOP_P.name: str(settings.top_p)}


def _head(piece: Piece, label: str, place: int, count: int, then: Moved | None) -> Content:
    said = [f"p {share(piece.chosen.probability).strip()}"]
    said.append(tr("surprise ", "sorpresa ") + f"{number(piece.surprise, 2)} nats")
    if piece.entropy is not None:
        said.append(tr("entropy ", "entropía ") + f"{number(piece.entropy, 2)} nats")
    rank = piece.rank
    said.append(tr("not among these", "no está entre estas") if rank is None else tr(f"rank {rank}", f"puesto {rank}"))
    lines = [Content.assemble((f"“{visible(label)}”", "bold"), f" {place + 1}/{count}: {', '.join(said)}")]
    if piece.first is not None:
        first = f"“{visible(piece.first.shown)}” (p {share(piece.first.probability).strip()})"
        lines.append(Content(tr(
            f"Of itself the model would have put {first} first: a penalty or its own settings put another there.",
            f"Por sí mismo el modelo pondría primero {first}: una penalización o sus propios ajustes pusieron otra.",
        )))  # fmt: skip
    if then is not None:
        lines.append(Content(tr(
            f"With these settings pieces that can be drawn: {then.left}; this one with p {share(then.chosen).strip()}; "
            f"entropy {number(then.entropy, 2)} nats.",
            f"Con estos ajustes, piezas que se pueden sortear: {then.left}; esta con p {share(then.chosen).strip()}; "
            f"entropía {number(then.entropy, 2)} nats.",
        )))  # fmt: skip
    return Content("\n").join(lines)


def panes(job: Generate, result: object) -> list[WhyPane]:
    """For the answer to the first text; none where no model wrote it."""
    given = result if isinstance(result, Generated) and len(job.texts) == 1 else None
    return [] if job.model.name == LEAD else [PiecesPane(job, given)]
