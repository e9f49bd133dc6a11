"""The keys of exercise 1, and what F1 says of it."""

from __future__ import annotations

from dataclasses import replace

from llm_tui.i18n import Text
from llm_tui.keys import GO_ON, HEAT, LIST, SETUP, TAKE, TEXT, Key, panes
from llm_tui.widgets.run_panes import PANES

KEYS = (
    *panes(PANES),
    GO_ON,
    TAKE,
    replace(TEXT, action="go('#try Input')", label=Text("sentence", "oración"),
            help=Text("Try a sentence.", "Prueba una oración.")),
    SETUP.goes("go('#setup Input')"),
    replace(LIST, action="go('#runs OptionList')", label=Text("runs", "ejecuciones")),
    Key("examples", "X,shift+x", "examples", Text("by examples", "por ejemplos"),
        Text("The curves over the steps, the examples seen, or the seconds: batch sizes are compared by examples.",
             "Las curvas según los pasos, los ejemplos vistos o los segundos: los lotes se comparan por ejemplos.")),
    replace(HEAT, label=Text("curves to the report", "curvas al informe"),
            help=Text("Put the curves, as they are looked at, as figures into the exercise that is handed in; again, "
                      "take them out. In the curves, export writes them as SVG and PNG.",
                      "Pone las curvas, tal como se miran, como figuras en el ejercicio que se entrega; otra vez, las "
                      "quita. En las curvas, exportar las escribe como SVG y PNG.")),
    Key("model-card", "T,shift+t", "card", Text("model card", "ficha del modelo"),
        Text("The model card of the run that you look at: its figures, and your words.",
             "La ficha (model card) de la ejecución que mira: sus cifras y las palabras de usted.")),
    Key("energy", "W,shift+w", "energy", Text("energy", "energía"),
        Text("A column for the energy of each training, in the exports too; again, and it is gone.",
             "Una columna para la energía de cada entrenamiento, también al exportar; otra vez, y se quita.")),
)  # fmt: skip

ABOUT = Text(
    "Fill in the setup, or leave it, and run: one run for each batch size and seed. The curves, the progress "
    "and the table fill as it goes. The table keeps its runs until those of a new sweep are taken.\n\n"
    "The data may be the path of a table of your own (CSV, TSV, JSON lines), or of a folder with train.csv and "
    "test.csv. Where it cannot be told which column is which, you are asked; what was understood is said.",
    "Rellene la configuración, o déjela, y ejecute: una ejecución por tamaño de lote y semilla. Las curvas, el "
    "avance y la tabla se llenan mientras tanto. La tabla conserva sus ejecuciones hasta que "
    "se usan las de un barrido nuevo.\n\n"
    "Los datos pueden ser la ruta de una tabla suya (CSV, TSV, líneas JSON), o de una carpeta con train.csv y "
    "test.csv. Si no se sabe qué columna es cuál, se le pregunta; y se dice qué se entendió.",
)
