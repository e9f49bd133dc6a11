"""The table of keys: what a row is, the rows that mean the same everywhere, and the bindings that are made of them.

Every screen and widget of ours that has keys lists its rows in `KEYS`, its own and those of here that it answers to.
Bindings, key bar, help, palette and jump letters are all made from these rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from textual.binding import Binding, BindingType
from textual.keys import format_key

from llm_tui.i18n import Text
from llm_tui.modes import MODES


class Bar(IntEnum):
    """Where a row stands in the key bar, which folds from its end."""

    FIRST = 0
    """What the screen is there for, and the way out of a field."""
    HERE = 1
    """What else can be done here."""
    COMMON = 2
    PART = 3
    """The ways to the parts of the screen."""
    PINNED = 4
    """Stays when all others have folded away."""
    NEVER = 5
    """Is known, or written on the screen already."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a screen that has keys of its own: the id of its widget, and its name as a head in the help."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Key:
    """One row. `id` is the same wherever the key means the same.

    `key` is in Textual's words; where it names several, the first is shown. `action` is of the screen or widget that
    lists the row. `where` is the part of the screen that must have the focus. `letter` reaches a common key through the
    jump key, where a terminal or a multiplexer swallows `key`. `priority` keys work in text fields too.
    """

    id: str
    key: str
    action: str
    label: Text
    help: Text | None = None
    bar: Bar = Bar.HERE
    where: Place | None = None
    group: Text | None = None
    letter: str = ""
    priority: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """What is pressed for it: the person's own keys, else `key`."""
        return tuple(_own.get(self.id, self.key).split(","))

    @property
    def shown(self) -> str:
        """As a person reads it: ^R, F1, x."""
        return shown_as(self.keys[0])

    @property
    def spoken(self) -> str:
        """As a sentence says it: ctrl+r, F1, x."""
        return _spoken_as(self.keys[0])

    @property
    def said(self) -> str:
        """What it does, in a sentence."""
        said = str(self.help or self.label).removesuffix(".")
        return f"{said[:1].upper()}{said[1:]}."

    def goes(self, action: str) -> Key:
        """The same key where it calls another action."""
        return replace(self, action=action)


_own: dict[str, str] = {}


def use(own: Mapping[str, str]) -> None:
    """Have these keys, by the ids of their rows, in place of the standard ones: wherever a row is shown or said."""
    _own.clear()
    _own.update(own)


def shown_as(key: str) -> str:
    """Textual's name of a key as it stands on a keyboard."""
    *modifiers, name = key.split("+")
    shown = str(_NAMES.get(name) or format_key(name))
    if modifiers == ["ctrl"]:
        return f"^{shown.upper()}"
    if re.fullmatch(r"f\d+", name):
        shown = shown.upper()
    return "+".join([*(str(_NAMES.get(modifier, modifier)) for modifier in modifiers), shown])


def _spoken_as(key: str) -> str:
    shown = shown_as(key)
    return f"ctrl+{shown[1:].lower()}" if len(shown) > 1 and shown[0] == "^" else shown


def retold(text: str, rows: Iterable[Key]) -> str:
    """A text of this program's that names keys of `rows` as `x`, with the person's own keys where they have some."""
    own = {_spoken_as(row.key.split(",")[0]): row.spoken for row in rows if row.id in _own}
    return re.sub(r"`([^`\n]+)`", lambda found: f"`{own.get(found[1], found[1])}`", text) if own else text


_NAMES = {
    "enter": Text("enter", "enter"),
    "space": Text("space", "espacio"),
    "backspace": Text("backspace", "retroceso"),
    "home": Text("home", "inicio"),
    "end": Text("end", "fin"),
    "pageup": Text("page up", "re pág"),
    "pagedown": Text("page down", "av pág"),
    "shift": Text("shift", "mayús"),
}


def bindings(keys: Iterable[Key]) -> list[BindingType]:
    """For the `BINDINGS` of the class that lists the rows."""
    return [Binding(key.key, key.action, key.id, show=False, priority=key.priority, id=key.id) for key in keys]


_GO, _JOB, _EXERCISE, _APP = (
    Text("Go to", "Ir a"),
    Text("Job", "Trabajo"),
    Text("Exercise", "Ejercicio"),
    Text("Program", "Programa"),
)

UNDO = Key(
    "undo", "ctrl+z,u", "undo", Text("undo", "deshacer"),
    Text("Take back what was written, marked or deleted last on this screen.",
         "Deshace lo último que se escribió, marcó o borró en esta pantalla."),
    Bar.COMMON, group=_EXERCISE, letter="u",
)  # fmt: skip
REDO = Key(
    "redo", "ctrl+t,U,shift+u", "redo", Text("redo", "rehacer"),
    Text("Do again what was taken back.", "Rehace lo que se deshizo."),
    Bar.COMMON, group=_EXERCISE, letter="U",
)  # fmt: skip

# What every screen has or has not: those for which it defines `action_...`.

SCREEN_KEYS = (
    Key(
        "enter", "enter", "enter", Text("go into the pane", "entrar en el panel"),
        Text("Into the pane that is shown, to write or to scroll.",
             "Entra en el panel que se muestra, para escribir o recorrerlo."),
        Bar.FIRST, group=_EXERCISE, letter="n",
    ),
    Key(
        "run", "ctrl+r", "run", Text("run", "ejecutar"),
        Text("Start what this screen does.", "Inicia lo que hace esta pantalla."),
        Bar.FIRST, group=_JOB, letter="r", priority=True,
    ),
    Key(
        "zoom", "f9", "zoom", Text("zoom", "ampliar"),
        Text("Give the panel that you are in the whole screen; again, or esc, and it is back in its place.",
             "Da toda la pantalla al panel donde está; otra vez, o esc, y vuelve a su sitio."),
        Bar.FIRST, group=_APP, letter="b", priority=True,
    ),
    Key(
        "export", "ctrl+e", "export", Text("export", "exportar"),
        Text("Write this exercise to the lab as Markdown.", "Escribe este ejercicio en el laboratorio, en Markdown."),
        Bar.COMMON, group=_EXERCISE, letter="e", priority=True,
    ),
    Key(
        "copy", "ctrl+y", "copy", Text("copy", "copiar"),
        Text("Copy this exercise's table, as Markdown, to the terminal's clipboard (OSC 52).",
             "Copia la tabla de este ejercicio, en Markdown, al portapapeles de la terminal (OSC 52)."),
        Bar.COMMON, group=_EXERCISE, letter="y", priority=True,
    ),
    UNDO,
    REDO,
    Key(
        "open", "ctrl+l", "open", Text("open", "abrir"),
        Text("Open a file for this screen.", "Abre un archivo para esta pantalla."),
        Bar.COMMON, group=_EXERCISE, letter="f", priority=True,
    ),
    Key(
        "devices", "G,shift+g", "devices", Text("devices", "dispositivos"),
        Text("What is free on each GPU, who holds it, and which to take.",
             "Qué hay libre en cada GPU, quién la ocupa y cuál se toma."),
        Bar.NEVER, group=_JOB, letter="G",
    ),
    Key(
        "search", "slash", "search", Text("search", "buscar"),
        Text("Filter the list of this screen.", "Filtra la lista de esta pantalla."),
        Bar.COMMON, group=_EXERCISE, letter="/",
    ),
    Key(
        "guide", "ctrl+g", "guide", Text("guide", "guía"),
        Text("What this exercise asks for.", "Qué pide este ejercicio."),
        Bar.COMMON, group=_EXERCISE, letter="g", priority=True,
    ),
    Key(
        "definitions", "question_mark", "definitions", Text("definitions", "definiciones"),
        Text("What the numbers of this screen mean.", "Qué significan los números de esta pantalla."),
        Bar.COMMON, group=_EXERCISE, letter="?",
    ),
    Key(
        "code", "C,shift+c", "code", Text("code", "código"),
        Text("Show the plain program that does what was just done here.",
             "Muestra el programa sencillo que hace lo que se acaba de hacer aquí."),
        Bar.COMMON, group=_EXERCISE, letter="C",
    ),
    Key(
        "why", "w", "why", Text("why", "por qué"),
        Text("Why this answer: what its words did for it, what was almost said.",
             "Por qué esta respuesta: qué hicieron sus palabras, qué estuvo a punto de decirse."),
        Bar.COMMON, group=_EXERCISE, letter="w",
    ),
)  # fmt: skip

APP_KEYS = (
    Key(
        "stop", "ctrl+x", "stop", Text("stop", "detener"),
        Text("Stop what runs and what waits; what is done so far is kept.",
             "Detiene lo que corre y lo que espera; lo hecho hasta ahora se conserva."),
        Bar.NEVER, group=_JOB, letter="x", priority=True,
    ),
    Key(
        "close-notices", "escape", "close_notices", Text("close the notice", "cerrar el aviso"),
        Text("Close what notices say.", "Cierra los avisos."), Bar.FIRST, group=_APP, priority=True,
    ),
    Key(
        "leave", "escape", "leave", Text("leave the field", "salir del campo"),
        Text("Leave a text field; what was typed stays.", "Sale de un campo de texto; lo escrito se queda."),
        Bar.FIRST, group=_APP, letter="c",
    ),
    Key(
        "end-tour", "escape", "end_tour", Text("end the tour", "terminar el recorrido"),
        Text("End the tour; what you did stays.", "Termina el recorrido; lo que hizo se queda."),
        Bar.FIRST, group=_APP, priority=True,
    ),
    Key(
        "jump", "ctrl+o", "jump", Text("go", "ir"),
        Text("Then a letter, for all keys that a terminal may swallow.",
             "Después una letra, para toda tecla que una terminal pueda tragarse."),
        Bar.COMMON, group=_APP, letter="o", priority=True,
    ),
    Key(
        "quit", "ctrl+q", "quit", Text("quit", "salir"),
        Text("Leave the program; what runs is stopped, everything is kept.",
             "Sale del programa; lo que corre se detiene, todo se conserva."),
        Bar.COMMON, group=_APP, letter="q", priority=True,
    ),
    Key(
        "log", "f8", "log", Text("messages", "mensajes"),
        Text("All that was said since the start, whole, and the log behind it.",
             "Todo lo dicho desde el inicio, entero, y el registro que hay detrás."),
        Bar.NEVER, group=_APP, letter="l", priority=True,
    ),
    Key(
        "redraw", "ctrl+backslash", "redraw", Text("redraw", "redibujar"),
        Text("Draw the whole screen anew, where another program has written over it.",
             "Dibuja de nuevo toda la pantalla, si otro programa escribió encima."),
        Bar.NEVER, group=_APP, letter="z", priority=True,
    ),
    *(
        Key(mode.name, mode.key, f"switch_mode('{mode.name}')", mode.tab, mode.purpose, Bar.NEVER, group=_GO,
            letter=mode.letter, priority=True)
        for mode in MODES
    ),
    Key(
        "help", "f1", "help", Text("help", "ayuda"),
        Text("The keys of this screen, and all others.", "Las teclas de esta pantalla, y las demás."),
        Bar.PINNED, group=_APP, letter="a", priority=True,
    ),
    Key(
        "palette", "ctrl+p", "command_palette", Text("palette", "paleta"),
        Text("Find anything that is possible here by its name.", "Busca por su nombre todo lo que aquí es posible."),
        Bar.PINNED, group=_APP, letter="m", priority=True,
    ),
)  # fmt: skip

KEYS = (*SCREEN_KEYS, *APP_KEYS)
"""The keys that mean the same everywhere."""

# The letters, each with one meaning on all the screens that have it; a screen says what it calls.

LIST = Key("list", "l", "", Text("list", "lista"), bar=Bar.PART)
TEXT = Key("text", "t", "", Text("text", "texto"), bar=Bar.PART)
SETUP = Key("setup", "s", "", Text("setup", "configuración"), bar=Bar.PART)
"""To the fields of a screen."""
TABLE = Key("table", "n", "", Text("table", "tabla"), Text("To your notes in the table.", "A sus notas en la tabla."),
            Bar.PART)  # fmt: skip
ANSWER = Key("answer", "Q,shift+q", "", Text("answer", "respuesta"),
             Text("To your answer to the exercise's question.", "A su respuesta a la pregunta del ejercicio."),
             Bar.PART)  # fmt: skip
EARLIER = Key("earlier", "v", "", Text("earlier", "anteriores"), bar=Bar.PART)
ADD = Key("add", "a", "add", Text("add", "añadir"))
DROP = Key("drop", "d,delete", "drop", Text("delete", "borrar"))
MARK = Key("mark", "space", "mark", Text("mark", "marcar"))
EDIT = Key("edit", "enter", "edit", Text("edit", "editar"))
CHOOSE = Key("choose", "enter", "focused.select", Text("choose", "elegir"))
NEXT = Key("next", "k", "", Text("next", "siguiente"))
BEFORE = Key("before", "K,shift+k", "", Text("before", "anterior"))
GO_ON = Key("go-on", "i", "go_on", Text("go on", "continuar"),
            Text("Go on with a sweep that was interrupted.", "Continúa un barrido interrumpido."))  # fmt: skip
TAKE = Key(
    "take", "r", "take", Text("take these runs", "usar estas ejecuciones"),
    Text("Put the marked runs, or the new sweep's, into the table, in place of its own; undo brings them back.",
         "Pone en la tabla las ejecuciones marcadas, o las del barrido nuevo, en lugar de las suyas; deshacer las "
         "repone."),
)  # fmt: skip
TEACHING = Key(
    "teaching", "z", "teaching", Text("teaching", "didáctico"),
    Text("Ask the teaching model that comes with the program instead of the course's; again, the course's.",
         "Pregunta al modelo didáctico que trae el programa en lugar de al del curso; otra vez, al del curso."),
)  # fmt: skip
REDACT = Key(
    "redact", "O,shift+o", "redact", Text("redact", "ocultar datos"),
    Text("Take personal data out of a text: the names that the model for entities finds, numbers and addresses.",
         "Quita de un texto los datos personales: nombres que halla el modelo de entidades, números y direcciones."),
)  # fmt: skip
HEAT = Key(
    "heat", "H,shift+h", "heat", Text("to the report", "al informe"),
    Text("Put this heat as a figure into the exercise that is handed in; again, take it out.",
         "Pone este mapa de calor como figura en el ejercicio que se entrega; otra vez, lo quita."),
)  # fmt: skip
AGAINST = Key(
    "against", "equals_sign", "against", Text("difference", "diferencia"),
    Text("The difference to the other classes, or what is said of the class alone.",
         "La diferencia con las otras clases, o lo que se dice de la clase sola."),
)  # fmt: skip
BACK = Key("back", "escape,q", "back", Text("back", "volver"), Text("Back to where it was opened.",
                                                                    "Vuelve a donde se abrió."))  # fmt: skip
CLOSE = replace(BACK, action="dismiss", label=Text("leave it", "dejarlo"))
"""A window."""
EDITOR = Key("editor", "E,shift+e", "editor", Text("editor", "editor"))
FLOWS = Key(
    "flows", "f", "app.switch_mode('flows')", Text("two flows", "dos flujos"),
    Text("Compare the classifier of exercise 1 with a zero-shot model.",
         "Compara el clasificador del ejercicio 1 con un modelo zero-shot."),
)  # fmt: skip
WAY_BACK = Key("way-back", "b", "", Text("way back", "vuelta"))


# Of a matrix of attention, where letters move as they do in an editor; they mean something else where there is none.

LAYERS = (
    Key("next-layer", "j", "layer(1)", Text("next layer", "capa siguiente")),
    Key("layer-before", "k", "layer(-1)", Text("layer before", "capa anterior")),
)
HEADS = (
    Key("next-head", "l", "head(1)", Text("next head", "cabeza siguiente"),
        Text("The next head; their mean comes first.", "La cabeza siguiente; primero va la media de todas.")),
    Key("head-before", "h", "head(-1)", Text("head before", "cabeza anterior")),
)  # fmt: skip

# Of a window whose fields are lines.

FIELD_KEYS = (
    Key("field-before", "up", "app.focus_previous", Text("the field before", "el campo anterior")),
    Key("next-field", "down", "app.focus_next", Text("the next field", "el campo siguiente")),
)


def common(id: str) -> Key:
    """A row that every screen has."""
    return next(key for key in KEYS if key.id == id)


def spoken(id: str) -> str:
    """How a sentence says the key of a row that every screen has."""
    return common(id).spoken


def _showing(label: Text) -> Text:
    return Text(f"Show the pane “{label.en}”.", f"Muestra el panel «{label.es}».")


def panes(names: Iterable[tuple[str, Text]]) -> tuple[Key, ...]:
    """A digit for each pane of a screen, which shows it by its action `pane`."""
    return tuple(
        Key(f"pane-{number}", str(number), f"pane('{name}')", label, _showing(label), bar=Bar.NEVER)
        for number, (name, label) in enumerate(names, start=1)
    )
