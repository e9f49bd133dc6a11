"""The shares of a text's words as heat, tables and sentences: what a window, a command and an export show alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_tui.classifier.job import Mistake
from llm_tui.classifier.why_job import Explained, Near, Place, Plane, Scores, Telling, WordShare
from llm_tui.export.heat import Heat, Mark, signed
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, number, percent
from llm_tui.visible import visible

LOGIT = Text("logit", "logit")
WORD = Column("word", Text("word", "palabra"))
COUNT = Column("count", Text("in training", "en el entrenam."), numeric=True)

LEAST_KEPT = 400
"""Characters of a mistake that every version kept."""

SHARES = Text(
    "A word's share is W_c · e_i / n: its vector times the weights of the class, by the number of words. Where a "
    "tokenizer cuts words into pieces, that is the share of a piece, n is the number of pieces, and a word has the sum "
    "of its own. Bias and shares are the logit, exactly: the model is a mean and a linear layer.",
    "El aporte de una palabra es W_c · e_i / n: su vector por los pesos de la clase, entre el número de palabras. Si "
    "un tokenizador corta las palabras en piezas, ese es el aporte de una pieza, n es el número de piezas y una "
    "palabra tiene la suma de las suyas. El sesgo y los aportes son el logit, exactamente: el modelo es una media y "
    "una capa lineal.",
)
RELATIVE = Text(
    "W_c · e_i minus the mean of it over the classes: only what is more or less than for the others changes an answer. "
    "A rare word has moved little from the vector that it was given by chance.",
    "W_c · e_i menos su media entre las clases: solo lo que es más o menos que en las demás cambia una respuesta. Una "
    "palabra rara se ha movido poco del vector que le tocó por azar.",
)
RAW = Text(
    "W_c · e_i alone: a word may speak for several classes at once.",
    "W_c · e_i solo: una palabra puede hablar a la vez a favor de varias clases.",
)
COSINE = Text(
    "The cosine of two vectors: 1 in the same direction, 0 at right angles. They began by chance and were trained only "
    "to tell these classes apart: what is near speaks for the same class, and need not mean the same.",
    "El coseno de dos vectores: 1 en la misma dirección, 0 en ángulo recto. Empezaron al azar y se entrenaron solo "
    "para distinguir estas clases: lo cercano habla a favor de la misma clase, y no tiene por qué significar lo mismo.",
)
DIRECTIONS = Text(
    "the two directions in which the vectors of the most frequent words differ most (principal component analysis of "
    "these vectors, less their mean). The letter is the class with the largest W_c · e_i. Two words that lie near each "
    "other may still differ in all other directions; which side is left or up has no meaning.",
    "las dos direcciones en que más difieren los vectores de las palabras más frecuentes (análisis de componentes "
    "principales de estos vectores, menos su media). La letra es la clase con el mayor W_c · e_i. Dos palabras "
    "cercanas pueden diferir en todas las demás direcciones; qué lado queda a la izquierda o arriba no significa nada.",
)


def heat(told: Explained, classes: Sequence[str], of: int, rival: int | None, against: bool = False) -> Heat:
    """The text with the share of each word in the logit of a class, or, `against` its rival, in the difference."""
    rows = {number: row for row, number in enumerate(_order(told, of, rival if against else None))}
    minus = rival if against else None
    marks = tuple(
        Mark(place.start, place.end, _difference(place.shares, of, minus), _said(told, place), rows[place.word])
        for place in told.places
        if place.start < place.end
    )
    name = visible(classes[of])
    title = Text(f"{name}: share of the logit", f"{name}: aporte al logit")
    if minus is not None:
        other = visible(classes[minus])
        title = Text(f"{name} minus {other}: share of the difference",
                     f"{name} menos {other}: aporte a la diferencia")  # fmt: skip
    caption = (summed(told, classes, of), *unknown(told), SHARES)
    return Heat(title, told.text, marks, LOGIT, caption, shares(told, classes, of, rival, against))


def shares(told: Explained, classes: Sequence[str], of: int, rival: int | None, against: bool = False) -> Table:
    """A row for each word of a text, the largest share first, then the bias and the logit: what they add up to."""
    columns = [
        WORD,
        Column("times", Text("times", "veces"), numeric=True),
        Column("share", _named(classes[of]), numeric=True),
    ]
    if rival is not None:
        name = visible(classes[rival])
        columns.append(Column("difference", Text(f"minus {name}", f"menos {name}"), numeric=True))

    def row(word: str, times: int | None, each: Sequence[float]) -> tuple[Cell, ...]:
        difference = [] if rival is None else [each[of] - each[rival]]
        return (word, times, each[of], *difference)

    words = [told.words[number] for number in _order(told, of, rival if against else None)]
    rows = [row(f"{w.word} → {told.unknown_as}" if w.unknown else w.word, w.times, w.shares) for w in words]
    rows += [row("+ bias", None, told.bias), row("= logit", told.pieces, told.logits)]
    return Table(tuple(columns), tuple(rows))


def summed(told: Explained, classes: Sequence[str], of: int) -> Text:
    """Bias and shares, the logit that they are, and what the softmax makes of it."""
    return Text(
        "{name}: bias {bias}, shares {shares}: logit {logit}, softmax {probability}.",
        "{name}: sesgo {bias}, aportes {shares}: logit {logit}, softmax {probability}.",
    ).format(
        name=visible(classes[of]),
        bias=signed(told.bias[of]),
        shares=signed(told.logits[of] - told.bias[of]),
        logit=signed(told.logits[of]),
        probability=f"{told.probabilities[of]:.3f}",
    )


def unknown(told: Explained) -> list[Text]:
    """Which words the vocabulary lacks, and what they do all the same; then those that nobody trained."""
    said = []
    if lacking := [word for word in told.words if word.unknown]:
        trained = Text("", "")
        if all(word.untrained for word in lacking):
            trained = Text(
                " In training it never came: its vector is as it was drawn, and what it says is chance.",
                " No apareció nunca en el entrenamiento: su vector es el que salió al azar, y lo que dice es azar.",
            )
        said.append(
            Text(
                "Not in the vocabulary: {words}. They are counted as the unknown word, which has a share like any "
                "other.{trained}",
                "No están en el vocabulario: {words}. Cuentan como la palabra desconocida, que aporta como cualquier "
                "otra.{trained}",
            ).format(words=_listed(lacking), trained=trained)
        )
    if drawn := [word for word in told.words if word.untrained and not word.unknown]:
        said.append(
            Text(
                "In the vocabulary, but in no training text: {words}. Their vectors are as they were drawn.",
                "En el vocabulario, pero en ningún texto de entrenamiento: {words}. Sus vectores son los que salieron "
                "al azar.",
            ).format(words=_listed(drawn))
        )
    return said


def cut(told: Explained, mistake: Mistake) -> list[Text]:
    """Of a mistake, that it was longer than what the run has kept of it: earlier versions kept less."""
    same = abs(told.probabilities[mistake.predicted] - mistake.confidence) < 0.005
    if same or len(mistake.text) < LEAST_KEPT:
        return []
    said = Text(
        "The run kept only the beginning of this text: the whole was put there with {confidence}.",
        "La ejecución solo guardó el principio de este texto: el texto entero quedó allí con {confidence}.",
    )
    return [said.format(confidence=f"{mistake.confidence:.3f}")]


def telling(scores: Scores, classes: Sequence[str], of: int, relative: bool, least: int, most: int) -> Table:
    """The words that speak most for a class, and most against it, side by side, `most` of each."""
    count = scores.counts is not None
    rows = tuple(
        (*_told(good), *_told(bad)) for good, bad in zip(*scores.telling(of, relative, least, most), strict=True)
    )
    name = visible(classes[of])
    columns = [
        *_columns("for", Text(f"for {name}", f"a favor de {name}"), relative, count),
        *_columns("against", Text("against", "en contra"), relative, count),
    ]
    notes = [RELATIVE if relative else RAW]
    if not count:
        notes.append(
            Text(
                "How often a word came in training was not kept by the version that trained this run.",
                "La versión que entrenó esta ejecución no guardó cuántas veces apareció cada palabra.",
            )
        )
    return Table(tuple(columns), rows, tuple(notes), title=Text(f"Words of {name}", f"Palabras de {name}"))


def together(tables: Sequence[Table], classes: Sequence[str]) -> Table:
    """Those of several classes as one, with the class in front."""
    rows = tuple((name, *row) for name, table in zip(classes, tables, strict=True) for row in table.rows)
    for_it = replace(tables[0].columns[0], head=Text("for", "a favor"))
    return Table((Column("class", Text("class", "clase")), for_it, *tables[0].columns[1:]), rows, tables[0].footer)


def _columns(key: str, head: Text, relative: bool, count: bool) -> list[Column]:
    value = Text("W·e - mean", "W·e - media") if relative else Text("W·e", "W·e")
    columns = [Column(key, head), Column(f"{key}_value", value, numeric=True)]
    return [*columns, Column(f"{key}_count", Text("came", "veces"), numeric=True)] if count else columns


def _told(one: Telling) -> tuple[Cell, ...]:
    return (one.word, one.value) if one.count is None else (one.word, one.value, one.count)


def nearest(near: Near, word: str) -> Table:
    """The words around one, or, where the vocabulary lacks it, that it does."""
    title = Text("Nearest to {word}", "Más cercanas a {word}").format(word=visible(near.entry or word))
    columns = [WORD, Column("cosine", Text("cosine", "coseno"), numeric=True)]
    if near.count is not None:
        columns.append(COUNT)
    rows = tuple((one.word, one.cosine, one.count)[: len(columns)] for one in near.nearest)
    said: list[Text] = []
    if near.count is not None:
        said.append(Text("{word} came {count} times in training.", "{word} apareció {count} veces en el entrenamiento.")
                    .format(word=visible(near.entry or word), count=near.count))  # fmt: skip
    if (chance := near.by_chance) is not None:
        would = Text(
            "Of {among} vectors drawn by chance in {dimensions} dimensions the nearest would have about {cosine}: what "
            "is not well above that is near by chance.",
            "De {among} vectores sacados al azar en {dimensions} dimensiones, el más cercano tendría cerca de "
            "{cosine}: lo que no pasa bastante de ahí está cerca por azar.",
        )
        said.append(would.format(among=number(near.among), dimensions=near.dimensions, cosine=f"{chance:.3f}"))
    return Table(tuple(columns), rows, (*said, COSINE), title=title)


def directions(plane: Plane, classes: Sequence[str]) -> Table:
    """A row for each word of the plane, the most frequent first."""
    columns = (
        WORD,
        Column("x", Text("first direction", "primera dirección"), numeric=True),
        Column("y", Text("second direction", "segunda dirección"), numeric=True),
        Column("class", Text("speaks for", "a favor de")),
    )
    each = zip(plane.words, plane.points, plane.speaks_for, strict=True)
    rows = tuple((word, x, y, visible(classes[of])) for word, (x, y), of in each)
    said = Text("{share} of the variance of these vectors.", "{share} de la varianza de estos vectores.")
    return Table(columns, rows, (said.format(share=percent(plane.shown)),))


def lacks(word: str) -> Text:
    """Of a word that has no vector of its own."""
    return Text(
        "The vocabulary of this run does not have {word} as one entry: write one word of its training texts.",
        "El vocabulario de esta ejecución no tiene {word} como una entrada: escriba una palabra de sus textos de "
        "entrenamiento.",
    ).format(word=f"“{visible(word)}”")


def _order(told: Explained, of: int, minus: int | None) -> list[int]:
    """The numbers of the words, the largest value first."""
    return sorted(range(len(told.words)), key=lambda i: -abs(_difference(told.words[i].shares, of, minus)))


def _difference(each: Sequence[float], of: int, rival: int | None) -> float:
    return each[of] if rival is None else each[of] - each[rival]


def _said(told: Explained, place: Place) -> Text:
    word = told.words[place.word]
    if word.unknown:
        return Text(f"counted as {told.unknown_as}", f"cuenta como {told.unknown_as}")
    return Text("never trained", "sin entrenar") if word.untrained else Text("", "")


def _named(name: str) -> Text:
    return Text(visible(name), visible(name))


def _listed(words: Sequence[WordShare]) -> str:
    return ", ".join(dict.fromkeys(visible(word.word) for word in words))
