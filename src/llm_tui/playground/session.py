"""What was asked in the playground since the program began, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llm_tui.engine.events import Cancelled, Event, Failed, Finished, Token
from llm_tui.engine.failures import GpuFailed, GpuLost
from llm_tui.engine.job import Job
from llm_tui.errors import OutOfMemory, Unavailable
from llm_tui.export.markdown import to_markdown
from llm_tui.foundation.alternatives import without_scores
from llm_tui.foundation.branch import Branch
from llm_tui.foundation.job import Generated
from llm_tui.foundation.settings import BATCH_SIZE, DEVICE, PRECISION
from llm_tui.i18n import Text, tr
from llm_tui.playground.registry import AnyTask
from llm_tui.playground.state import Playground
from llm_tui.visible import shortened, visible

SHORT = 50
"""Characters of an answer or a question where many stand in a list."""


EASIER = {
    BATCH_SIZE.name: Text("half the batch size", "la mitad del tamaño de lote"),
    PRECISION.name: Text("half precision (bfloat16)", "media precisión (bfloat16)"),
    DEVICE.name: Text("on the CPU", "en la CPU"),
}
"""What takes less memory, by the setting that it changes."""

_NO_GPU = {
    GpuLost.__name__: Text("The GPU is lost", "Se perdió la GPU"),
    GpuFailed.__name__: Text("The GPU cannot be used", "La GPU no se puede usar"),
}
"""What is said where the CPU may do what the GPU did not, by the kind of the error."""


@dataclass(eq=False)
class Asked:
    """One question: what stood in the fields, its job, what has been written of the answer, and how it ended. `of` is
    the answer that it branches off.
    """

    playground: Playground
    job: Job
    written: str = ""
    result: object = None
    ending: str = ""
    of: Asked | None = None

    @property
    def task(self) -> AnyTask:
        return self.playground.current

    @property
    def answered(self) -> bool:
        return self.result is not None

    def line(self) -> str:
        """The answer in a few words, or the text that was written."""
        return self.task.line(self.job, self.result)

    def listed(self) -> str:
        """The task and the answer, for a list; a branch stands behind what it branches off."""
        if self.of is not None and isinstance(self.job, Branch):
            depth, place = self._depth(), tr(f"piece {self.job.place}", f"pieza {self.job.place}")
            return f"{'  ' * (depth - 1)}└ {place}: {_short(self.line())}"
        return f"{self.task.title}: {_short(self.line())}"

    def _depth(self) -> int:
        return 0 if self.of is None else self.of._depth() + 1

    def question(self) -> str:
        """The input in one short line."""
        return _short(self.playground.input)

    def otherwise(self, kind: str) -> tuple[Text, list[tuple[Text, Playground]]]:
        """What else could be asked where it failed for want of memory, of the GPU or of the model: why, and each way in
        words, with the fields that ask so. `kind` is the error's.
        """
        if kind == OutOfMemory.__name__:
            eased = [(said, self.playground.eased(setting)) for setting, said in EASIER.items()]
            return Text("Not enough memory", "Falta memoria"), eased
        if kind in _NO_GPU:
            return _NO_GPU[kind], [(EASIER[DEVICE.name], self.playground.eased(DEVICE.name))]
        if kind == Unavailable.__name__:
            stand_in = self.playground.with_model(self.task.stand_in.name)
            return Text("The model is not here", "El modelo no está aquí"), [(self.task.quality(), stand_in)]
        return Text("", ""), []

    def document(self, language: str) -> str:
        table = to_markdown(self.task.table(self.job, self.result), language)
        return f"**{self.task.title.within(language)}**\n\n{table}"


class Session:
    """`past` has what was answered, the newest first, branches behind what they branch off; `shown` is what the screen
    shows. The newest answer alone keeps the whole distributions of its pieces, which take much memory.
    """

    def __init__(self) -> None:
        self.past: list[Asked] = []
        self.shown: Asked | None = None
        self._waiting: dict[int, Asked] = {}

    def ask(self, number: int, asked: Asked) -> None:
        """The question has been given to the engine under this number."""
        self._waiting[number] = self.shown = asked

    def hear(self, event: Event) -> Asked | None:
        """Whose event it is, after what it tells has been taken over; None of what was not asked here."""
        asked = self._waiting.get(event.job_id)
        if asked is None:
            return None
        match event:
            case Token():
                asked.written += event.text
            case Finished():
                for earlier in self.past:
                    earlier.result = _lighter(earlier.result)
                asked.result = event.result
                self.past.insert(self.past.index(asked.of) + 1 if asked.of in self.past else 0, asked)
            case Failed():
                asked.ending = event.message
            case Cancelled():
                asked.ending = tr("stopped", "detenida")
        if isinstance(event, Finished | Failed | Cancelled):
            del self._waiting[event.job_id]
        return asked

    def document(self, language: str) -> str:
        """All answers in the order in which they came, each with its branches behind it."""
        threads: list[list[Asked]] = []
        for asked in self.past:
            if asked.of is None:
                threads.append([])
            threads[-1].append(asked)
        return "\n".join(asked.document(language) for thread in reversed(threads) for asked in thread)


def _lighter(result: object) -> object:
    """An answer without the whole distributions of its pieces."""
    if not isinstance(result, Generated) or not any(piece.scores for piece in result.pieces):
        return result
    return replace(result, pieces=without_scores(result.pieces))


def _short(text: str) -> str:
    return shortened(visible(" ".join(text.split())), SHORT)
