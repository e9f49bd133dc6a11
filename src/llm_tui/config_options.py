"""Every option of the program that a person may set, a row each: the file that documents itself, what is checked in it,
the variables of the environment, and what `llm-tui config show` tells are made of these rows. Light.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llm_tui.colours import THEMES
from llm_tui.i18n import LANGUAGES, Text

Read = Callable[[object], object | None]
"""What a value of the file is understood as; None where it cannot be one."""


@dataclass(frozen=True, slots=True)
class Option:
    """`name` stands in the file, and behind `--set`; one of a table has a dot in it. `standard` holds where nobody says
    anything; `wanted` says what a value may be, `variable` is that of the environment, `flag` a shorter way on the
    command line. `example` stands in the file where the standard is empty.
    """

    name: str
    standard: object
    help: Text
    wanted: Text
    read: Read
    variable: str
    flag: str = ""
    example: object = None

    def from_text(self, text: str) -> object | None:
        """A value as the environment or the command line has it."""
        if isinstance(self.standard, bool):
            return _SWITCH.get(text.strip().lower())
        if isinstance(self.standard, tuple):
            return self.read([part.strip() for part in text.split(",") if part.strip()])
        return self.read(text)


_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _switch(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _line(value: object) -> str | None:
    """One line of text, without what no terminal should be sent."""
    return value.strip() if isinstance(value, str) and value.strip() and value.isprintable() else None


def _of(names: Sequence[str]) -> Read:
    return lambda value: value if value in names else None


def _device(value: object) -> str | None:
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if re.fullmatch(r"auto|cpu|cuda(:\d{1,3})?", text) else None


def _lines(value: object) -> tuple[str, ...] | None:
    parts = [_line(part) for part in value] if isinstance(value, list) else [None]
    return None if None in parts else tuple(part for part in parts if part is not None)


ON_OR_OFF = Text("true or false", "true o false")
A_LINE = Text("a text in quotes", "un texto entre comillas")

TASKS = ("zero-shot", "translation", "summary", "entities", "prompt", "sentiment")


def _one_of(names: Sequence[str]) -> Text:
    *first, last = (f'"{name}"' for name in names)
    return Text(f"{', '.join(first)} or {last}", f"{', '.join(first)} o {last}")


OPTIONS: tuple[Option, ...] = (
    Option(
        "language", "", Text("The language of all that is said.", "El idioma de todo lo que se dice."),
        _one_of(LANGUAGES), _of(LANGUAGES), "LLM_TUI_LANG", "--lang", "es",
    ),
    Option(
        "theme", "dark", Text("The colours.", "Los colores."), _one_of(tuple(THEMES)), _of(tuple(THEMES)),
        "LLM_TUI_THEME",
    ),
    Option(
        "plain", False,
        Text("Line by line, without a screen.", "Línea por línea, sin pantalla."),
        ON_OR_OFF, _switch, "LLM_TUI_PLAIN", "--plain",
    ),
    Option(
        "mouse", True,
        Text("Whether the app takes the mouse; without it the terminal's own selection works.",
             "Si la aplicación usa el ratón; sin él funciona la selección propia de la terminal."),
        ON_OR_OFF, _switch, "LLM_TUI_MOUSE", "--no-mouse",
    ),
    Option(
        "bell", True,
        Text("Ring when long work ends while you look at something else.",
             "Suena cuando termina un trabajo largo mientras se mira otra cosa."),
        ON_OR_OFF, _switch, "LLM_TUI_BELL",
    ),
    Option(
        "lab", "",
        Text("The lab folder, where no other is named.", "La carpeta del laboratorio, si no se indica otra."),
        A_LINE, _line, "LLM_TUI_LAB", "--lab", "~/llm-lab",
    ),
    Option(
        "device", "auto",
        Text("What “auto” stands for: a device by torch's name, or the GPU with the most free memory.",
             "Lo que significa «auto»: un dispositivo por su nombre en torch, o la GPU con más memoria libre."),
        Text('"auto", "cpu", "cuda" or "cuda:1"', '"auto", "cpu", "cuda" o "cuda:1"'),
        _device, "LLM_TUI_DEVICE", "--device",
    ),
    Option(
        "offline", False,
        Text("Ask the hub for nothing.", "No pedir nada al hub."), ON_OR_OFF, _switch, "HF_HUB_OFFLINE",
    ),
    Option(
        "cache", "",
        Text("The folder of models, in place of the hub library's own.",
             "La carpeta de modelos, en lugar de la propia de la biblioteca del hub."),
        A_LINE, _line, "HF_HOME", "", "/scratch/models",
    ),
    Option(
        "servers", (),
        Text("Addresses of model servers that may be given your key, beside those of llm-tui models add-server.",
             "Direcciones de servidores de modelos que pueden recibir su clave, además de los de llm-tui models "
             "add-server."),
        Text('a list such as ["http://host:8000/v1"]', 'una lista como ["http://host:8000/v1"]'),
        _lines, "LLM_TUI_SERVERS", "", ["http://host:8000/v1"],
    ),
    Option(
        "log_texts", False,
        Text("Whether the log of a new lab has the texts that models are given; else their hash alone. It stands in "
             "the lab's lab.toml then.",
             "Si el registro de un laboratorio nuevo tiene los textos que se dan a los modelos; si no, solo su hash. "
             "Después está en su lab.toml."),
        ON_OR_OFF, _switch, "LLM_TUI_LOG_TEXTS",
    ),
    Option(
        "keep_running", True,
        Text("What runs when your line drops goes on without a terminal.",
             "Lo que está en marcha cuando se corta la conexión sigue sin terminal."),
        ON_OR_OFF, _switch, "LLM_TUI_KEEP_RUNNING",
    ),
    *(
        Option(
            f"models.{task}", "",
            Text(f"The model of the task {task}; a course file names another.",
                 f"El modelo de la tarea {task}; un archivo de curso indica otro."),
            A_LINE, _line, f"LLM_TUI_MODEL_{task.upper().replace('-', '_')}", "--model", f"llm-tui/teaching-{example}",
        )
        for task, example in zip(TASKS, ("zero-shot", "t5", "t5", "entities", "t5", "sentiment"), strict=True)
    ),
)  # fmt: skip

TABLES: Mapping[str, Text] = {
    "models": Text("The model of each task of the playground.", "El modelo de cada tarea del banco de pruebas."),
    "keys": Text('Keys of your own, by the names in the README: run = "f10".',
                 'Teclas propias, por los nombres del README: run = "f10".'),
    "slurm": Text('What is asked of SLURM: partition = "gpu", time = "02:00:00", gpus = 1.',
                  'Lo que se pide a SLURM: partition = "gpu", time = "02:00:00", gpus = 1.'),
}  # fmt: skip
"""What has names of its own in it."""


def option(name: str) -> Option:
    return next(one for one in OPTIONS if one.name == name)
