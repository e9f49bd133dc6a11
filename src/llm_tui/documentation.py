"""The README, part by part: what `llm-tui help` prints and the palette opens. The text is in the README alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from llm_tui import i18n
from llm_tui.i18n import Text
from llm_tui.visible import folded

SPANISH = "\n# Español\n"
"""Where the English half ends. Both have the same parts, which a test holds."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the README: what a person types for it, its heading, one line of what is in it, and other words that
    are typed for it.
    """

    name: Text
    head: Text
    said: Text
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name.en, self.name.es, *self.also)

    def __str__(self) -> str:
        return self.within(i18n.language())

    def within(self, language: str) -> str:
        """The part in Markdown, with its heading; without pictures and what only the README's makers read."""
        return parts(language)[self.head.within(language)]


TOPICS = (
    Topic(Text("about", "que-es"), Text("What it is for", "Para qué sirve"),
          Text("the seven exercises, and for whom", "los siete ejercicios, y para quién")),
    Topic(Text("install", "instalar"), Text("Install and start", "Instalar e iniciar"),
          Text("the two commands", "las dos órdenes"), ("start", "iniciar", "pip")),
    Topic(Text("tour", "recorrido"), Text("A tour of five minutes", "Un recorrido de cinco minutos"),
          Text("exercise 1 by its keys, and what comes then", "el ejercicio 1 con sus teclas, y lo que sigue")),
    Topic(Text("screens", "pantallas"), Text("The screens", "Las pantallas"),
          Text("what each of them is for", "para qué es cada una"),
          ("themes", "theme", "temas", "colours", "colores")),
    Topic(Text("keys", "teclas"), Text("Keys", "Teclas"),
          Text("all of them, and keys of your own", "todas, y las suyas propias"), ("keymap",)),
    Topic(Text("exercises", "ejercicios"), Text("The exercises", "Los ejercicios"),
          Text("sheets, ethics, the two flows, the report", "hojas, ética, los dos flujos, el informe"),
          ("ethics", "etica", "flows", "flujos", "report", "informe")),
    Topic(Text("data", "datos"), Text("Data and tokenizers", "Datos y tokenizadores"),
          Text("what can be trained on, how a file is read", "con qué se puede entrenar, cómo se lee un archivo"),
          ("csv", "tokenizers", "tokenizadores")),
    Topic(Text("models", "modelos"), Text("Models", "Modelos"),
          Text("tasks, fetching, few-shot, teaching models", "tareas, descargas, few-shot, modelos didácticos"),
          ("tasks", "tareas", "playground", "teaching", "didacticos")),
    Topic(Text("why", "por-que"), Text("Why this answer", "Por qué esta respuesta"),
          Text("what explains an answer, and what does not", "qué explica una respuesta, y qué no")),
    Topic(Text("commands", "ordenes"), Text("Command line", "Línea de órdenes"),
          Text("every exercise without the app", "todos los ejercicios sin la aplicación"), ("cli", "plain")),
    Topic(Text("offline", "sin-conexion"), Text("Offline", "Sin conexión"),
          Text("without a network, behind a proxy", "sin red, tras un proxy"), ("hub", "proxy")),
    Topic(Text("gpu", "gpu"), Text("GPU and SSH", "GPU y SSH"),
          Text("beside other people, lines that drop, energy", "junto a otras personas, cortes de conexión, energía"),
          ("ssh", "cuda", "energy", "energia", "tmux")),
    Topic(Text("server", "servidor"), Text("Scheduler and server", "Planificador y servidor"),
          Text("SLURM, and one model server for all", "SLURM, y un servidor de modelos para todos"),
          ("slurm", "scheduler", "planificador")),
    Topic(Text("lab", "laboratorio"), Text("The lab folder", "La carpeta del laboratorio"),
          Text("what is kept where, the log, personal data", "qué se guarda dónde, el registro, los datos personales"),
          ("privacy", "privacidad")),
    Topic(Text("course", "curso"), Text("For instructors", "Para quien enseña"),
          Text("a course's own material in one file", "el material propio de un curso en un archivo"),
          ("instructors", "docentes")),
    Topic(Text("configuration", "configuracion"), Text("Configuration", "Configuración"),
          Text("config.toml and the environment", "config.toml y el entorno"), ("config", "environment", "entorno")),
    Topic(Text("troubleshooting", "problemas"), Text("Troubleshooting", "Si algo falla"),
          Text("by what you see", "según lo que se ve"), ("trouble", "errors", "errores")),
    Topic(Text("developers", "desarrollo"), Text("For developers", "Para quien desarrolla"),
          Text("the house, and how something is added to it", "la casa, y cómo se le añade algo"),
          ("development",)),
)  # fmt: skip


def bare(said: str) -> str:
    """A word as it is looked for: without accents, in small letters, its spaces as hyphens."""
    return re.sub(r"[\s_]+", "-", folded(said.strip()))


def topic(said: str) -> Topic | None:
    """The part that a word names, in either language."""
    return next((topic for topic in TOPICS if bare(said) in topic.names), None)


def speaking_of(said: str) -> Iterator[Topic]:
    """The parts, in the language of the screen, in whose text a word stands."""
    word = re.compile(rf"\b{re.escape(bare(said))}\b")
    return (topic for topic in TOPICS if word.search(bare(str(topic))))


@cache
def parts(language: str) -> dict[str, str]:
    """Each part of one half of the README under its heading.

    Raises:
        OSError: it cannot be read.
    """
    english, _, spanish = _readme().read_text(encoding="utf-8").partition(SPANISH)
    half = spanish if language == "es" else english
    text = re.sub(r"(?m)^(<!--.*-->|!\[.*\]\(.*\)|---)\n\n?", "", f"{half.rstrip()}\n")
    found = re.split(r"(?m)^## (.+)\n", text)[1:]
    return {head: f"## {head}\n{body}" for head, body in zip(found[::2], found[1::2], strict=True)}


def _readme() -> Path:
    """A wheel carries it in the package; an editable install reads the checkout's own."""
    package = Path(__file__).parent
    installed = package / "README.md"
    return installed if installed.is_file() else package.parents[1] / "README.md"
