"""The keys of the playground; each task has a digit."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.i18n import Text
from llm_tui.keys import ADD, CHOOSE, EARLIER, FLOWS, LIST, REDACT, SETUP, TEACHING, TEXT, WAY_BACK, Bar, Key, Place
from llm_tui.playground import registry

SETTINGS_PART, HISTORY_PART = "#settings Input", "#history"

IN_TASKS = Place("tasks", Text("In the tasks", "En las tareas"))
IN_HISTORY = Place("history", Text("In the answers of this session", "En las respuestas de esta sesión"))

KEYS = (
    *(
        Key(f"task-{number}", str(number), f"task({number - 1})", task.title,
            Text(f"The task “{task.title.en}”.", f"La tarea «{task.title.es}»."), Bar.NEVER)
        for number, task in enumerate(registry.tasks()[:9], start=1)
    ),
    Key("sheet", "x", "sheet", Text("exercise", "ejercicio"),
        Text("Open the exercise that is done with this task.", "Abre el ejercicio que se hace con esta tarea.")),
    TEACHING,
    replace(ADD, action="send", label=Text("add to exercise", "añadir al ejercicio"),
            help=Text("Add what was asked to the exercise.", "Añade al ejercicio lo que se preguntó.")),
    Key("compare", "c", "compare", Text("keep beside", "dejar al lado"),
        Text("Keep the answer beside the next one, to compare models, settings or wordings; again, take it away.",
             "Deja la respuesta al lado de la siguiente, para comparar modelos, ajustes o redacciones; otra vez, "
             "la quita.")),
    Key("models", "m", "models", Text("models", "modelos"),
        Text("The models: what is here, what fits; fetch, remove, use.",
             "Los modelos: cuáles están, cuáles caben; descargar, borrar, usar.")),
    Key("few-shot", "F,shift+f", "few_shot", Text("examples", "ejemplos"),
        Text("Solved examples before the prompt (few-shot), and what they do to the accuracy.",
             "Ejemplos resueltos antes de la instrucción (few-shot), y su efecto en la exactitud.")),
    Key("templates", "j", "templates", Text("templates", "plantillas"),
        Text("Templates of prompts: questions about a text, explanation, rewriting, extraction.",
             "Plantillas de instrucciones: preguntas sobre un texto, explicación, reescritura, extracción.")),
    FLOWS,
    replace(WAY_BACK, action="way_back", label=Text("translate back", "traducir de vuelta"),
            help=Text("Translate the answer back.", "Traduce de vuelta la respuesta.")),
    REDACT,
    replace(CHOOSE, where=IN_TASKS, label=Text("write", "escribir"),
            help=Text("Write this task's input.", "Escribe la entrada de esta tarea.")),
    replace(CHOOSE, where=IN_HISTORY, label=Text("put back", "reponer"),
            help=Text("Put an answer back, with its input and settings.",
                      "Repone una respuesta, con su entrada y sus ajustes.")),
    replace(TEXT, action="go('#input')", label=Text("input", "entrada")),
    replace(SETUP, action="go('#fields Input')", label=Text("model", "modelo"),
            help=Text("To the model and what else the task has; a hub id, a folder or the address of a served model.",
                      "Al modelo y a lo demás de la tarea; un id del hub, una carpeta o la dirección de uno servido.")),
    Key("settings", "e", f"go('{SETTINGS_PART}')", Text("settings", "ajustes"),
        Text("To the settings of the generation; the definitions say what each does.",
             "A los ajustes de la generación; las definiciones dicen qué hace cada uno."), Bar.PART),
    replace(LIST, action="go('#tasks')", label=Text("tasks", "tareas")),
    replace(EARLIER, action=f"go('{HISTORY_PART}')", label=Text("session", "sesión"),
            help=Text("To the answers of this session; exporting from there writes all of them.",
                      "A las respuestas de esta sesión; exportar desde allí las escribe todas.")),
)  # fmt: skip
