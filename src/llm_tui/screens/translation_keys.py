"""The keys of exercise 4."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.i18n import Text
from llm_tui.keys import ADD, CHOOSE, DROP, LIST, MARK, SETUP, TEXT, WAY_BACK, Bar, Key, Place, panes

PANES = (("work", Text("Sentences", "Oraciones")), ("setup", Text("Setup", "Configuración")))

IN_SENTENCES = Place("sentences", Text("In the sentences", "En las oraciones"))
IN_TRANSLATION = Place("target", Text("In the translation", "En la traducción"))
IN_MARKS = Place("marks", Text("In the errors marked", "En los errores marcados"))

KEYS = (
    *panes(PANES),
    replace(MARK, label=Text("mark an error", "marcar un error"),
        help=Text("Mark what is selected (shift and the arrow keys), or the word under the cursor, as an error.",
             "Marca como error lo seleccionado (mayús y flechas), o la palabra del cursor."),
        where=IN_TRANSLATION),
    Key("faultless", "0", "faultless", Text("no error", "sin errores"),
        Text("Say that you found no error in this sentence; again, take that back.",
             "Dice que no halló ningún error en esta oración; otra vez lo retira.")),
    replace(DROP, where=IN_MARKS, help=Text("Take this error away.", "Quita este error.")),
    replace(DROP, where=IN_SENTENCES, help=Text("Drop this sentence.", "Quita esta oración.")),
    replace(CHOOSE, where=IN_SENTENCES, label=Text("edit", "editar"),
            help=Text("Edit the sentence.", "Edita la oración.")),
    replace(ADD, help=Text("Add a sentence.", "Añade una oración.")),
    replace(LIST, action="go('#sentences')", label=Text("sentences", "oraciones")),
    Key("original", "o", "go('#source')", Text("original", "original"), bar=Bar.PART),
    replace(TEXT, action="go('#target')", label=Text("translation", "traducción")),
    replace(WAY_BACK, action="go('#found')", bar=Bar.PART,
            help=Text("To the way back and the hints.", "A la vuelta y las pistas.")),
    Key("errors", "M,shift+m", "go('#marks')", Text("errors", "errores"),
        Text("To the errors marked.", "A los errores marcados."), Bar.PART),
    replace(SETUP, action="go('#setup Input')", label=Text("models", "modelos")),
)  # fmt: skip
