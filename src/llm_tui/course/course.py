"""What exercises begin with: a course's own material, else what comes with the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from llm_tui.course import in_use
from llm_tui.decoding import from_toml
from llm_tui.i18n import Text
from llm_tui.visible import shortened


@dataclass(frozen=True, slots=True)
class _Material:
    """What comes with the program for exercises 3 to 6."""

    moderation: tuple[tuple[str, str, str], ...]
    spanish_sentences: tuple[str, ...]
    english_sentences: tuple[str, ...]
    source_text: str
    source_text_en: str
    paragraph: str


_MATERIAL = from_toml((Path(__file__).parent / "material.toml").read_bytes(), _Material)


@dataclass(frozen=True, slots=True)
class BatchSizes:
    question: Text | None = None


@dataclass(frozen=True, slots=True)
class Subwords:
    question: Text | None = None
    text: str = (
        "La observabilidad de arquitecturas serverless requiere métricas y logs estructurados. Mañana desplegaremos el "
        "microservicio de autenticación, ¿qué trazas conviene guardar?"
    )
    tokenizers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moderation:
    """`texts` are text, true label (empty where students mark it) and kind."""

    question: Text | None = None
    labels: tuple[str, ...] = ("permitido", "spam", "odio", "sensibles")
    key_label: str = "spam"
    hypothesis: str = "Este texto es {}."
    model: str = ""
    texts: tuple[tuple[str, str, str], ...] = _MATERIAL.moderation


@dataclass(frozen=True, slots=True)
class Translation:
    """Technical sentences for each way."""

    question: Text | None = None
    model: str = ""
    spanish: tuple[str, ...] = _MATERIAL.spanish_sentences
    english: tuple[str, ...] = _MATERIAL.english_sentences


@dataclass(frozen=True, slots=True)
class Summaries:
    """`source_en` is the source in English, for systems that know no other language; empty where there is none."""

    question: Text | None = None
    systems: tuple[str, ...] = ()
    fallback: str = ""
    source: str = _MATERIAL.source_text
    source_en: str = _MATERIAL.source_text_en


@dataclass(frozen=True, slots=True)
class Prompting:
    """`labels` are those that the classification may answer; it, the `terms` and the `rewriting` are instructions."""

    question: Text | None = None
    model: str = ""
    labels: tuple[str, ...] = ("DevOps", "Seguridad", "Observabilidad")
    classification: str = "¿A qué tema pertenece? Responde solo con una palabra: DevOps, Seguridad u Observabilidad."
    terms: str = "Devuelve 5 términos clave del texto, en español, separados por comas."
    rewriting: str = "Reescribe el texto en estilo académico breve, en 2 o 3 frases."
    paragraph: str = _MATERIAL.paragraph


@dataclass(frozen=True, slots=True)
class Item:
    """One more question for the checklist of exercise 7."""

    question: Text
    topic: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Ethics:
    question: Text | None = None
    checklist: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """`digest` is the beginning of the SHA-256 of its file; empty where there is none, and all is the program's.
    `models` are those of the playground by the task's name. Where models or questions are empty, the exercise's or the
    task's own hold. Folders of models are absolute.
    """

    title: str = ""
    language: str = ""
    due: date | None = None
    digest: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    batch_sizes: BatchSizes = BatchSizes()
    subwords: Subwords = Subwords()
    moderation: Moderation = Moderation()
    translation: Translation = Translation()
    summaries: Summaries = Summaries()
    prompting: Prompting = Prompting()
    ethics: Ethics = Ethics()

    def question(self, exercise: int | str) -> Text | None:
        """The guiding question of an exercise, by its number; None where the course brings none."""
        parts = (self.batch_sizes, self.subwords, self.moderation, self.translation, self.summaries, self.prompting,
                 self.ethics)  # fmt: skip
        return parts[exercise - 1].question if isinstance(exercise, int) and exercise <= len(parts) else None

    @property
    def name(self) -> str:
        """What a report calls it."""
        return self.title or "course.toml"

    def line(self, today: date) -> Text:
        """Its title and when it is due, for a person; empty where there is no course."""
        short = shortened(self.title, 40)
        parts = [Text(short, short)] if short else []
        if self.due:
            days = (self.due - today).days
            said = {
                0: Text("due today ({d})", "entrega hoy ({d})"),
                1: Text("due tomorrow ({d})", "entrega mañana ({d})"),
            }
            late = Text("was due {d}: nothing is locked", "la entrega era el {d}: nada se bloquea")
            other = Text("due {d}, in {n} days", "entrega el {d}, en {n} días") if days > 0 else late
            parts.append(said.get(days, other).format(d=self.due.isoformat(), n=days))
        return Text(" · ", " · ").join(parts) if parts else Text("", "")


_PROGRAMS = Course()


def current() -> Course:
    return in_use.given() or _PROGRAMS
