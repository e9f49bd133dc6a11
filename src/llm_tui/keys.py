"""The one table of keys: bindings, key bar, palette, jump letters and help are all made from it."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Key:
    """One key that means the same everywhere.

    `action` is an action of the app, or with the prefix `screen.` one that each screen has or has not. `letter` reaches
    it through the jump key, where a terminal or a multiplexer swallows `key`. `priority` keys work in text fields too.
    """

    id: str
    key: str
    action: str
    letter: str
    label: Text
    help: Text
    group: Text
    in_bar: bool = False
    priority: bool = True

    @property
    def shown(self) -> str:
        """As the key bar writes it: ^R, F1."""
        return self.key.replace("ctrl+", "^").upper().replace("QUESTION_MARK", "?").replace("SLASH", "/")


_GO, _JOB, _EXERCISE, _APP = (
    Text("Go to", "Ir a"),
    Text("Job", "Trabajo"),
    Text("Exercise", "Ejercicio"),
    Text("Program", "Programa"),
)


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the six main screens."""

    name: str
    key: str
    letter: str
    tab: Text
    purpose: Text


MODES = (
    Mode(
        "home",
        "f2",
        "h",
        Text("Home", "Inicio"),
        Text("the environment and the seven exercises", "el entorno y los siete ejercicios"),
    ),
    Mode(
        "train",
        "f3",
        "t",
        Text("Train", "Entrenar"),
        Text("train the news classifier (exercise 1)", "entrenar el clasificador de noticias (ejercicio 1)"),
    ),
    Mode(
        "play",
        "f4",
        "p",
        Text("Play", "Probar"),
        Text("prompts to pretrained models (exercises 3 to 6)", "modelos preentrenados (ejercicios 3 a 6)"),
    ),
    Mode(
        "tokens",
        "f5",
        "k",
        Text("Tokens", "Tokens"),
        Text("compare tokenizers (exercise 2)", "comparar tokenizadores (ejercicio 2)"),
    ),
    Mode(
        "ethics",
        "f6",
        "i",
        Text("Ethics", "Ética"),
        Text("the ethics checklist (exercise 7)", "la lista de comprobación ética (ejercicio 7)"),
    ),
    Mode(
        "report",
        "f7",
        "d",
        Text("Report", "Informe"),
        Text("the document to hand in", "el documento que se entrega"),
    ),
)

PLAY_MODES = ("flows", "sheet-3", "sheet-4", "sheet-5", "sheet-6")
"""Screens that belong to the playground."""

KEYS = (
    Key(
        "run", "ctrl+r", "screen.run", "r", Text("run", "ejecutar"),
        Text("Start what this screen does.", "Inicia lo que hace esta pantalla."), _JOB, in_bar=True,
    ),
    Key(
        "stop", "ctrl+x", "stop", "x", Text("stop", "detener"),
        Text("Stop what runs and what waits; what is done so far is kept.",
             "Detiene lo que corre y lo que espera; lo hecho hasta ahora se conserva."), _JOB, in_bar=True,
    ),
    Key(
        "export", "ctrl+e", "screen.export", "e", Text("export", "exportar"),
        Text("Write this exercise to the lab as Markdown.", "Escribe este ejercicio en el laboratorio, en Markdown."),
        _EXERCISE, in_bar=True,
    ),
    Key(
        "copy", "ctrl+y", "screen.copy", "y", Text("copy", "copiar"),
        Text("Copy this exercise's table, as Markdown, to the terminal's clipboard (OSC 52).",
             "Copia la tabla de este ejercicio, en Markdown, al portapapeles de la terminal (OSC 52)."), _EXERCISE,
    ),
    Key(
        "undo", "ctrl+z", "screen.undo", "b", Text("undo", "deshacer"),
        Text("Take back what was written, marked or deleted last on this screen.",
             "Deshace lo último que se escribió, marcó o borró en esta pantalla."), _EXERCISE, priority=False,
    ),
    Key(
        "redo", "ctrl+t", "screen.redo", "w", Text("redo", "rehacer"),
        Text("Do again what was taken back.", "Rehace lo que se deshizo."), _EXERCISE, priority=False,
    ),
    Key(
        "open", "ctrl+l", "screen.open", "f", Text("open", "abrir"),
        Text("Open a file for this screen.", "Abre un archivo para esta pantalla."), _EXERCISE, in_bar=True,
    ),
    Key(
        "search", "slash", "screen.search", "/", Text("search", "buscar"),
        Text("Filter the list of this screen.", "Filtra la lista de esta pantalla."), _EXERCISE, priority=False,
    ),
    Key(
        "definitions", "question_mark", "screen.definitions", "?", Text("definitions", "definiciones"),
        Text("What the numbers of this screen mean.", "Qué significan los números de esta pantalla."), _EXERCISE,
        priority=False,
    ),
    Key(
        "leave", "escape", "leave", "u", Text("leave the field", "salir del campo"),
        Text("Leave a text field; what was typed stays.", "Sale de un campo de texto; lo escrito se queda."), _APP,
        priority=False,
    ),
    Key(
        "help", "f1", "help", "a", Text("help", "ayuda"),
        Text("The keys and this screen.", "Las teclas y esta pantalla."), _APP, in_bar=True,
    ),
    Key(
        "jump", "ctrl+o", "jump", "o", Text("go", "ir"),
        Text("Then a letter: any key of this table without its control or function key.",
             "Después una letra: cualquier tecla de esta tabla sin control ni función."), _APP, in_bar=True,
    ),
    Key(
        "log", "f8", "log", "l", Text("log", "registro"),
        Text("What libraries wrote while the screen was in use.",
             "Lo que escribieron las bibliotecas mientras se usaba la pantalla."), _APP,
    ),
    Key(
        "zoom", "f9", "screen.zoom", "z", Text("zoom", "ampliar"),
        Text("Give the panel that you are in the whole screen; again, or escape, and it is back in its place.",
             "Da toda la pantalla al panel donde está; otra vez, o escape, y vuelve a su sitio."), _APP, in_bar=True,
    ),
    Key(
        "quit", "ctrl+q", "quit", "q", Text("quit", "salir"),
        Text("Leave the program; what runs is stopped, everything is kept.",
             "Sale del programa; lo que corre se detiene, todo se conserva."), _APP, in_bar=True,
    ),
    Key(
        "guide", "ctrl+g", "screen.guide", "g", Text("guide", "guía"),
        Text("What this exercise asks for.", "Qué pide este ejercicio."), _EXERCISE, in_bar=True,
    ),
    Key(
        "palette", "ctrl+p", "command_palette", "m", Text("palette", "paleta"),
        Text("Find any command by its name.", "Busca cualquier orden por su nombre."), _APP, in_bar=True,
    ),
    *(
        Key(mode.name, mode.key, f"switch_mode('{mode.name}')", mode.letter, mode.tab, mode.purpose, _GO)
        for mode in MODES
    ),
)  # fmt: skip
