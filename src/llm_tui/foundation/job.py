"""What can be asked of pretrained models, and what comes back; classifiers apart, see `labels_job`. Light: no torch
before a job runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from llm_tui.engine.energy import Energy
from llm_tui.errors import UserError
from llm_tui.foundation.alternatives import Piece
from llm_tui.i18n import Text, tr
from llm_tui.marks import Name
from llm_tui.serving.address import address, is_address, short
from llm_tui.serving.job import Served

TEXT_MODEL = "google/flan-t5-small"

LEAD = "lead-3"
"""A summarizer without a model, named where a model is: the first three sentences of the text."""

PRECISIONS = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model by hub id or folder, where it runs and in which precision: `auto` is bfloat16 on a GPU that has it,
    float32 elsewhere. It is opened once `wait_for_room` GB are free there. One behind an address runs where its server
    does. With a `revision` it is that one of the hub's, else the newest that is here.
    """

    name: Name
    device: Name = "auto"
    precision: Name = "auto"
    revision: Name = ""
    wait_for_room: float = field(default=0.0, compare=False)

    @property
    def served(self) -> bool:
        return is_address(self.name)


def packages_for(*models: ModelChoice, beside: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What is loaded before a job asks these models."""
    here = ("torch", "transformers") if any(not model.served for model in models) else ()
    return (*here, *beside, *(("httpx",) if any(model.served for model in models) else ()))


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an answer, for the line under it: the model and its revision, device, precision, and the time that
    the model worked, in seconds, with the energy that went into it. `parameters` are the model's. Of a server's answer
    the revision is what it calls its model and the day, the device its address, the time all that passed. `version` is
    llm-tui's. What a file of an earlier version does not say is empty, or None.
    """

    model: str
    revision: str = ""
    device: str = ""
    precision: str = ""
    parameters: int | None = None
    seconds: float | None = None
    served: Served | None = None
    energy: Energy | None = None
    version: str = ""

    @property
    def maker(self) -> tuple[str, ...]:
        """What is the same of answers that were made alike."""
        return self.model, self.revision, self.device, self.precision, self.version

    @property
    def scored(self) -> bool:
        """Whether labels have scores: not where a server's answer alone named them."""
        return self.served is None or "answer" not in self.served.labelled_by

    def after(self, before: Provenance | None) -> Provenance:
        """With time and energy of an answer of the same maker before this one added; None where either is not known."""
        if before is None:
            return self
        seconds = None if self.seconds is None or before.seconds is None else self.seconds + before.seconds
        energy = None if self.energy is None or before.energy is None else self.energy + before.energy
        served = self.served.after(before.served) if self.served and before.served else self.served
        return replace(self, seconds=seconds, energy=energy, served=served)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an answer is generated. The defaults are greedy decoding, which repeats exactly.

    Without `sample`, temperature, top_p, top_k and seed do nothing. With more than one beam nothing can be shown
    before the end.
    """

    max_new_tokens: int = 128
    sample: bool = False
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 50
    seed: int = 0
    beams: int = 1
    repetition_penalty: float = 1.0


@dataclass(frozen=True, slots=True)
class Asking:
    """How models are asked, whichever they are: where they run, how many texts at a time, how they generate."""

    device: str = "auto"
    precision: str = "auto"
    batch_size: int = 16
    settings: Settings = Settings()
    wait_for_room: float = 0.0

    def model(self, name: str) -> ModelChoice:
        """The model that a person named.

        Raises:
            UserError: none is named, or an address that is none.
        """
        if not name.strip():
            raise UserError(
                tr(
                    "No model is named: write a hub id, a folder, or the address of one that is served.",
                    "No se indicó el modelo: escriba un id del hub, una carpeta o la dirección de uno servido.",
                )
            )
        if is_address(name):
            address(name)
        return ModelChoice(name.strip(), self.device, self.precision, wait_for_room=self.wait_for_room)


TRANSLATE_ES_EN, TRANSLATE_EN_ES, SUMMARIZE, PROMPT = "translate_es_en", "translate_en_es", "summarize", "prompt"


@dataclass(frozen=True, slots=True)
class Answer:
    """The text that a model made of one input. `source` is what the model was given, prefix and template included.

    `input_pieces` and `output_pieces` count pieces, without the end of sequence; `cut` says that the input was longer
    than the model takes and its end was left out, `complete` that the model itself came to an end. `lost` are the
    characters of the input that its vocabulary does not have. Of a server there are only the counts that it gives, and
    nothing is lost that anybody here could know of. `broken` says why the server ended before the answer did.
    """

    text: str
    source: str
    input_pieces: int | None
    output_pieces: int | None
    cut: bool
    complete: bool
    lost: str
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Generated:
    """`pieces` are those of the one answer, where they were asked for and can be had: with beams there are none."""

    answers: tuple[Answer, ...]
    made_by: Provenance
    pieces: tuple[Piece, ...] = field(default=(), repr=False, compare=False)

    @property
    def broken(self) -> str:
        """Why one of the answers is not whole; empty where all are."""
        return next((answer.broken for answer in self.answers if answer.broken), "")


@dataclass(frozen=True, slots=True)
class Generate:
    """Translate, summarize or answer each of `texts`. One text alone is told piece by piece while it is made.

    `task` is one of `translate_es_en`, `translate_en_es`, `summarize`, `prompt`. `examples` are solved ones, an input
    and its answer, that stand before each text; see `few_shot`. With `pieces` the answer to one text alone comes with
    its pieces, and what might have been written in their place; it is the same answer.
    """

    kind: ClassVar[str] = "generation"
    name: ClassVar[Text] = Text("generation", "generación de texto")

    task: Name
    texts: tuple[str, ...]
    model: ModelChoice = ModelChoice(TEXT_MODEL)
    settings: Settings = Settings()
    batch_size: int = 8
    examples: tuple[tuple[str, str], ...] = ()
    pieces: bool = field(default=False, compare=False)

    @property
    def imports(self) -> tuple[str, ...]:
        return packages_for(self.model)

    @property
    def elsewhere(self) -> bool:
        return self.model.served

    @property
    def runner(self) -> str:
        if self.model.served:
            return "llm_tui.foundation.served:generate"
        lead = self.model.name == LEAD
        return "llm_tui.foundation.lead:lead" if lead else "llm_tui.foundation.generation:generate"

    def title(self) -> str:
        return tr(f"asking {short(self.model.name)}", f"preguntando a {short(self.model.name)}")


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """A translation, and what became of it on the way back. `chrf` compares the way back with the original, 0 to 100
    (Popović 2015); `signature` is sacrebleu's, which says how it was counted.
    """

    there: Answer
    back: Answer
    chrf: float
    signature: str
    made_by: Provenance
    back_by: Provenance

    @property
    def broken(self) -> str:
        """Why one of the ways is not whole; empty where both are."""
        return self.there.broken or self.back.broken


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Translate `text`, and the translation back with the model `back`. `task` is one of `translate_es_en` and
    `translate_en_es`.
    """

    kind: ClassVar[str] = "round-trip"
    name: ClassVar[Text] = Text("translation there and back", "traducción de ida y vuelta")
    runner: ClassVar[str] = "llm_tui.foundation.round_trip:translate"

    task: Name
    text: str
    model: ModelChoice = ModelChoice(TEXT_MODEL)
    back: ModelChoice = ModelChoice(TEXT_MODEL)
    settings: Settings = Settings()

    @property
    def imports(self) -> tuple[str, ...]:
        return packages_for(self.model, self.back, beside=("sacrebleu",))

    @property
    def elsewhere(self) -> bool:
        return self.model.served and self.back.served

    def title(self) -> str:
        return tr("translating there and back", "traduciendo de ida y vuelta")


@dataclass(frozen=True, slots=True)
class Score:
    """Compare each of `texts` with a reference: ROUGE on Unicode words and as the usual package counts, and chrF."""

    kind: ClassVar[str] = "score"
    name: ClassVar[Text] = Text("comparison with a reference", "comparación con una referencia")
    runner: ClassVar[str] = "llm_tui.foundation.overlap:score"
    imports: ClassVar[tuple[str, ...]] = ("sacrebleu",)
    only_looks: ClassVar[bool] = True

    texts: tuple[str, ...]
    reference: str

    def title(self) -> str:
        return tr("comparing with the reference", "comparando con la referencia")
