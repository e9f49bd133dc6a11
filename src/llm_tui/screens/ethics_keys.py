"""The keys of the ethics screen; the states of a question have one each."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.exercises.ethics import STATES
from llm_tui.i18n import Text
from llm_tui.keys import ADD, ANSWER, CHOOSE, EDITOR, LIST, MARK, NEXT, REDACT, SETUP, TEXT, Key, Place, panes

STATE_KEYS = {"p": "partly", "exclamation_mark": "not_met", "minus": "not_applicable"}

PANES = (("checklist", Text("Checklist", "Lista de comprobación")), ("paragraph", Text("Paragraph", "Párrafo")))

IN_ITEMS = Place("items", Text("In the questions", "En las preguntas"))

KEYS = (
    *panes(PANES),
    replace(MARK, action="state('met')", label=STATES["met"][1]),
    *(Key(state, key, f"state('{state}')", STATES[state][1]) for key, state in STATE_KEYS.items()),
    replace(ADD, action="evidence", label=Text("evidence", "evidencia"),
        help=Text("Add a fact of your lab to the answer, or take it away.",
             "Añade a la respuesta un hecho de su laboratorio, o lo quita.")),
    Key("draft", "g", "draft", Text("draft", "redactar"),
        Text("Draft the paragraph from your answers.", "Redacta el párrafo con sus respuestas.")),
    replace(NEXT, action="filter_topic", label=Text("topic", "tema"),
        help=Text("Show the next topic alone.", "Muestra solo el tema siguiente.")),
    Key("state", "S,shift+s", "filter_state", Text("state", "estado"),
        Text("Show the next state alone.", "Muestra solo el estado siguiente.")),
    Key("more", "plus", "more", Text("more questions", "más preguntas"),
        Text("Add the second set of questions, or take it away.",
             "Añade el segundo conjunto de preguntas, o lo quita.")),
    replace(EDITOR, help=Text("Open the answer, or the paragraph, in $EDITOR.",
                              "Abre la respuesta, o el párrafo, en $EDITOR.")),
    Key("rerun", "R,shift+r", "rerun", Text("rerun", "repetir"),
        Text("Ask again for an answer of the log, at its revision, and compare: evidence of traceability.",
             "Pregunta otra vez lo que dio una respuesta del registro, con su revisión, y compara: es evidencia.")),
    REDACT,
    replace(CHOOSE, where=IN_ITEMS, label=Text("answer", "responder")),
    replace(LIST, action="go('#items')", label=Text("questions", "preguntas")),
    replace(TEXT, action="go('#said')", label=Text("answer", "respuesta")),
    replace(SETUP, action="go('#fields Input')", label=Text("mitigation", "mitigación"),
            help=Text("To mitigation, severity, owner and date.", "A mitigación, gravedad, responsable y fecha.")),
    replace(ANSWER, action="go('#text')", label=Text("paragraph", "párrafo"),
            help=Text("To the paragraph that you hand in.", "Al párrafo que se entrega.")),
)  # fmt: skip
