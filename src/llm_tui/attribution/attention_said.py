"""What is said of attention: which it is, where a piece looks, a table, a figure, and a caution. Light."""

from __future__ import annotations

from itertools import accumulate

from llm_tui.attribution.attention_job import MEAN, SIDES, Attended, Side, Weights
from llm_tui.export.heat import Heat, Mark
from llm_tui.export.shades import MOST, Shades
from llm_tui.export.table import Cell, Column, Table
from llm_tui.foundation.tables import made_by, model_name
from llm_tui.i18n import Text

FIRST = 5
"""Of so many pieces it is said that a piece looks at them."""

STRONGEST = 20
"""Rows of a table."""

LACKS = 0.05
"""A row that lacks more than this to 1 has a sink: half precision rounds by less."""

CAUTION = Text(
    "Where a model looks is no explanation of what it answers (Jain and Wallace 2019, Attention is not Explanation). "
    "Much of the weight lies on the first and on special pieces, where nothing is to be read: attention sinks (Xiao et "
    "al. 2023).",
    "Dónde mira un modelo no explica lo que responde (Jain y Wallace 2019, Attention is not Explanation). Mucho peso "
    "cae en la primera pieza y en las especiales, donde no hay nada que leer: sumideros de atención (Xiao et al. "
    "2023).",
)
SHORT = Text(
    "Attention is no explanation (Jain & Wallace 2019); sinks: Xiao et al. 2023.",
    "La atención no explica (Jain y Wallace 2019); sumideros: Xiao et al. 2023.",
)
"""For the screen, whose `?` has it at length."""

DEFINITIONS = Text(
    """\
- **attention**: each piece (row) takes a weighted mean of what the pieces (columns) hold; the weights of this mean are
  the row, and sum to 1 (Vaswani et al. 2017). Calculated in one pass over what the model read, and wrote, in the
  precision in which it answered.
- **layer, head**: every layer has several heads, each with weights of its own. The mean of the heads comes first; it is
  a summary, and no head of the model looks like it.
- **self-attention** is over the text itself. In a decoder a piece sees only itself and what stands before it, and its
  row is what it looked at to predict the **next** piece. **cross-attention**: from the pieces that were written to the
  source.
- **no explanation**: other weights can give the same answer (Jain and Wallace 2019; Wiegreffe and Pinter 2019 argue
  against it).
- **attention sink**: a head that has nothing to do puts its weight on the first piece or on special ones (Xiao et al.
  2023; Clark et al. 2019). Some models have a sink of their own besides: their rows sum to less than 1.
""",
    """\
- **atención**: cada pieza (fila) toma una media ponderada de lo que contienen las piezas (columnas); los pesos de esa
  media son la fila y suman 1 (Vaswani et al. 2017). Se calcula en una pasada por lo que el modelo leyó, y escribió, con
  la precisión con que respondió.
- **capa, cabeza**: cada capa tiene varias cabezas, con pesos propios. Primero va la media de las cabezas; es un
  resumen, y ninguna cabeza del modelo es así.
- **autoatención** es la que va sobre el propio texto. En un decodificador una pieza solo se ve a sí misma y lo que está
  antes, y su fila es lo que miró para predecir la pieza **siguiente**. **atención cruzada**: de las piezas escritas a
  la fuente.
- **no es una explicación**: otros pesos pueden dar la misma respuesta (Jain y Wallace 2019; Wiegreffe y Pinter 2019
  argumentan en contra).
- **sumidero de atención**: una cabeza que no tiene nada que hacer pone su peso en la primera pieza o en las especiales
  (Xiao et al. 2023; Clark et al. 2019). Algunos modelos tienen además un sumidero propio: sus filas suman menos de 1.
""",
)


def which(side: Side, layer: int, head: int) -> Text:
    """The side, the layer and the head in words; both count from 1, head 0 is the mean."""
    weights = next(weights for weights in side.layers if weights)
    said = Text("{side}; layer {layer} of {layers}; {head}", "{side}; capa {layer} de {layers}; {head}")
    mean = Text("mean of {heads} heads", "media de {heads} cabezas")
    one = Text("head {head} of {heads}", "cabeza {head} de {heads}")
    of_head = (mean if head == MEAN else one).format(head=head, heads=weights.heads)
    return said.format(side=SIDES[side.name], layer=layer, layers=len(side.layers), head=of_head)


def pair(side: Side, weights: Weights, head: int, row: int, column: int) -> str:
    """Who looks at whom, and how much."""
    return f"{side.rows[row]} → {side.columns[column]}  {weights.at(head, row, column):.3f}"


def looks_at(side: Side, weights: Weights, head: int, row: int) -> Text:
    """What a piece looks at most, and of a model that writes, to predict which."""
    values = weights.row(head, row)
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)[:FIRST]
    most = ", ".join(f"{side.columns[column]} {values[column]:.2f}" for column in order)
    said = Text("{piece} looks at: {most}", "{piece} mira: {most}").format(piece=side.rows[row], most=most)
    if side.writes and row + 1 < len(side.rows):
        written = Text("{said}, to predict {next}", "{said}, para predecir {next}")
        said = written.format(said=said, next=side.rows[row + 1])
    if (rest := 1 - sum(values)) > LACKS:
        sink = Text("; the sink of its own {rest}", "; el sumidero propio {rest}").format(rest=f"{rest:.2f}")
        said = Text("", "").join([said, sink])
    return said


def table(attended: Attended, side: Side, layer: int, head: int, most: int = STRONGEST) -> Table:
    """The pairs with the most weight in a layer that is there, with what is said of them below."""
    columns = (
        Column("from", Text("piece", "pieza")),
        Column("from_place", Text("place", "lugar"), numeric=True),
        Column("to", Text("looks at", "mira a")),
        Column("to_place", Text("its place", "su lugar"), numeric=True),
        Column("weight", Text("weight", "peso"), numeric=True),
    )
    strongest = side.strongest(layer, head, most)
    rows = tuple((side.rows[i], i + 1, side.columns[j], j + 1, value) for value, i, j in strongest)
    title = Text("Attention: {which}", "Atención: {which}").format(which=which(side, layer, head))
    return Table(columns, rows, caption(attended, side), title=title)


def whole(attended: Attended, side: Side, layer: int, head: int) -> Table:
    """All weights of a layer that is there: a row for each piece that looks, a column for each that is looked at."""
    weights = side.weights(layer)
    looked_at = (Column(f"{j}: {name}", Text(name, name)) for j, name in enumerate(side.columns, start=1))
    columns = (Column("piece", Text("piece", "pieza")), *(_with_digits(column) for column in looked_at))
    rows: tuple[tuple[Cell, ...], ...] = tuple((name, *weights.row(head, i)) for i, name in enumerate(side.rows))
    return Table(columns, rows, caption(attended, side), title=which(side, layer, head))


def _with_digits(column: Column) -> Column:
    return Column(column.key, column.head, numeric=True, digits=6)


def caption(attended: Attended, side: Side) -> tuple[Text, ...]:
    """What made it, what it leaves out, and the caution."""
    said = [CAUTION]
    if side.writes:
        said.append(
            Text(
                "The row of a piece is what the model looked at to predict the next one.",
                "La fila de una pieza es lo que el modelo miró para predecir la siguiente.",
            )
        )
    return (*said, *left_out(attended, side), made_by(attended.made_by))


def left_out(attended: Attended, side: Side) -> list[Text]:
    """What of the text, or of the layers, is not there."""
    said = []
    if attended.cut:
        said.append(Text("The model did not read the text to its end.", "El modelo no leyó el texto hasta el final."))
    if attended.hybrid:
        hybrid = Text(
            "{some} of the model's {all} layers have attention; they are counted here.",
            "{some} de las {all} capas del modelo tienen atención; aquí se cuentan esas.",
        )
        said.append(hybrid.format(some=len(side.layers), all=attended.hybrid))
    return said


def row_heat(attended: Attended, side: Side, layer: int, head: int, at: tuple[int, int]) -> Heat:
    """What the piece of a row looks at, in a layer that is there, as heat on the pieces; its figure is the matrix, of a
    large one the part around the row and the column.
    """
    row = at[0]
    weights = side.weights(layer)
    ends = list(accumulate(len(name) + 1 for name in side.columns))
    values = zip(side.columns, ends, weights.row(head, row), strict=True)
    marks = tuple(Mark(end - 1 - len(name), end - 1, value) for name, end, value in values if name)
    title = Text("“{piece}” ({place}) looks at: {which}", "«{piece}» ({place}) mira: {which}")
    said = title.format(piece=side.rows[row], place=row + 1, which=which(side, layer, head))
    unit, plus = Text("of the weight", "del peso"), Text("it looks there", "mira ahí")
    matrix = figure(attended, side, layer, head, at)
    return Heat(said, " ".join(side.columns), marks, unit, caption(attended, side), plus=plus, matrix=matrix)


def figure(attended: Attended, side: Side, layer: int, head: int, at: tuple[int, int] = (0, 0)) -> Shades:
    """A layer that is there as a figure; of a large matrix the part around a row and a column."""
    weights = side.weights(layer)
    rows, columns = (_around(place, len(names)) for place, names in zip(at, (side.rows, side.columns), strict=True))
    name = model_name(attended.made_by.model)
    title = Text("Attention of {name}: {which}", "Atención de {name}: {which}")
    axes = Text("looks ↓   at →", "mira ↓   a →")
    if len(rows) < len(side.rows) or len(columns) < len(side.columns):
        part = Text(
            "looks ↓ ({first} to {last} of {all})   at → ({from_} to {to} of {whole})",
            "mira ↓ ({first} a {last} de {all})   a → ({from_} a {to} de {whole})",
        )
        axes = part.format(first=rows.start + 1, last=rows.stop, all=len(side.rows),
                           from_=columns.start + 1, to=columns.stop, whole=len(side.columns))  # fmt: skip
    beside = table(attended, side, layer, head)
    told = Text("{title}. Strongest: {pairs}", "{title}. Los mayores: {pairs}")
    pairs = ", ".join(f"{a} → {b} {value:.2f}" for a, _, b, _, value in beside.rows[:FIRST])
    said = title.format(name=name, which=which(side, layer, head))
    shares = tuple(tuple(weights.row(head, i)[columns.start : columns.stop]) for i in rows)
    return Shades(
        said,
        side.rows[rows.start : rows.stop],
        side.columns[columns.start : columns.stop],
        shares,
        told.format(title=said, pairs=pairs),
        axes,
        beside,
    )


def _around(place: int, length: int) -> range:
    first = max(0, min(place - MOST // 2, length - MOST))
    return range(first, min(first + MOST, length))
