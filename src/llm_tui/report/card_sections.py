"""The sections of a model card that are made of the run, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from llm_tui.classifier.job import BASIC_ENGLISH, Predict, Training, TrainingResult
from llm_tui.errors import UserError
from llm_tui.exercises.agreement import wilson
from llm_tui.exercises.counts import or_dash
from llm_tui.exercises.trained_with import vocabulary
from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text, number
from llm_tui.lab.runs import Run
from llm_tui.lab.whose import Whose
from llm_tui.snippets.snippet import snippet

FEW = 30
"""Test rows of a class below which its figures are hardly any."""

SENTENCE = "The stock market fell after the bank's report."


def about(run: Run, whose: Whose, language: str) -> str:
    """What it is, and who made it when."""
    said = Text(
        "The mean of the word embeddings and one linear layer on it (`EmbeddingBag`, after Joulin et al. 2016), "
        "trained from nothing for a course's exercise. It gives one of {n} classes: {classes}.",
        "La media de los embeddings de las palabras y, sobre ella, una capa lineal (`EmbeddingBag`, según Joulin et "
        "al. 2016), entrenada desde cero en un ejercicio de un curso. Da una de {n} clases: {classes}.",
    )
    classes = _result(run).classes
    first = said.format(n=len(classes), classes=", ".join(map(escape_markdown, classes))).within(language)
    made = [(head.within(language), text) for head, text in whose.lines() if text]
    made.append((Text("run", "ejecución").within(language), f"{run.id}, {run.config.started[:16].replace('T', ' ')}"))
    return "\n".join([first, "", *(f"- {head}: {escape_markdown(text)}" for head, text in made)])


def data(run: Run, whose: Whose, language: str) -> str:
    """What it has learnt from, and on what it was tested."""
    result = _result(run)
    rows = Text(
        "{data}{synthetic}: {train} training rows and {test} test rows, {order}.",
        "{data}{synthetic}: {train} filas de entrenamiento y {test} de prueba, {order}.",
    ).format(
        data=escape_markdown(result.data_name),
        synthetic=Text(" (synthetic texts)", " (textos sintéticos)") if result.synthetic else "",
        train=number(result.train_rows),
        test=number(result.test_rows),
        order=_order(run),
    )
    said = [rows, _licence(run.job), *result.notes]
    return "\n\n".join([rows.within(language), *(escape_markdown(text.within(language)) for text in said[1:])])


def _order(run: Run) -> Text:
    job = run.job
    if job.data == "sample":
        return Text("composed by the program", "compuestas por el programa")
    if job.shuffle:
        return Text("the first of each file after one shuffle", "las primeras de cada archivo tras barajarlo una vez")
    if job.has_splits(run.config.stamp):
        return Text("the first of each split", "las primeras de cada partición")
    return Text("of one file, shuffled once", "de un solo archivo, barajado una vez")


def _licence(job: Training) -> Text:
    if job.data == "ag_news":
        return Text(
            "Licence of the data: AG's corpus is offered for research and other non-commercial use; the hub names no "
            "licence (unknown).",
            "Licencia de los datos: el corpus de AG se ofrece para investigación y otros usos no comerciales; el hub "
            "no indica licencia (unknown).",
        )
    if job.data == "sample":
        return Text(
            "Licence of the data: that of llm-tui, which composes them.",
            "Licencia de los datos: la de llm-tui, que los compone.",
        )
    return Text(
        "Licence of the data: the program does not know it; whoever gave you the file does.",
        "Licencia de los datos: el programa no la conoce; quien le dio el archivo, sí.",
    )


def training(run: Run, whose: Whose, language: str) -> str:
    """With which settings, on what, how long, and with how much energy."""
    job, result = run.job, _result(run)
    energy = result.energy
    facts: list[tuple[Text, object]] = [
        (Text("tokenizer", "tokenizador"), Path(job.tokenizer).name if _is_path(job.tokenizer) else job.tokenizer),
        (Text("embedding size", "tamaño de embedding"), job.embed_dim),
        (Text("parameters", "parámetros"), number(_parameters(job, result)).within(language)),
        (Text("batch size", "tamaño de lote"), job.batch_size),
        (Text("epochs", "épocas"), job.epochs),
        (Text("learning rate", "tasa de aprendizaje"), f"{job.lr:g} (SGD, StepLR gamma {job.gamma:g})"),
        (Text("seed", "semilla"), job.seed),
        (Text("steps", "pasos"), result.steps),
        (Text("time of the training loop", "tiempo del bucle de entrenamiento"), f"{result.seconds:.2f} s"),
        (Text("energy", "energía"), energy.said() if energy and energy.measured
         else Text("not measured", "no medida").within(language)),
        (Text("device", "dispositivo"), result.device),
        (Text("versions", "versiones"), f"torch {result.torch}, llm-tui {run.config.version}"),
    ]  # fmt: skip
    rows = tuple((head.within(language), str(value)) for head, value in facts)
    columns = (Column("setting", Text("setting", "ajuste")), Column("value", Text("value", "valor")))
    return to_markdown(Table(columns, rows, tuple(vocabulary(job, result))), language)


def results(run: Run, whose: Whose, language: str) -> str:
    """Accuracy with its interval, each class, and the confusion matrix."""
    result = _result(run)
    hits = sum(result.confusion[i][i] for i in range(len(result.classes)))
    low, high = wilson(hits, result.test_rows) or (0.0, 1.0)
    first = Text(
        "On the {n} test rows: accuracy {accuracy:.3f} (95 % interval {low:.3f} to {high:.3f}, Wilson), macro F1 "
        "{f1:.3f}, cross-entropy {loss:.3f}.",
        "En las {n} filas de prueba: exactitud {accuracy:.3f} (intervalo del 95 % de {low:.3f} a {high:.3f}, Wilson), "
        "F1 macro {f1:.3f}, entropía cruzada {loss:.3f}.",
    ).format(n=number(result.test_rows), accuracy=result.accuracy, low=low, high=high, f1=result.macro_f1(),
             loss=result.test_loss)  # fmt: skip
    return "\n".join([first.within(language), "", to_markdown(_classes(result), language),
                      to_markdown(_confusion(result), language)])  # fmt: skip


def _classes(result: TrainingResult) -> Table:
    columns = (
        Column("class", Text("class", "clase")),
        Column("precision", Text("precision", "precisión"), numeric=True),
        Column("recall", Text("recall", "exhaustividad"), numeric=True),
        Column("f1", Text("F1", "F1"), numeric=True),
        Column("support", Text("test rows", "filas de prueba"), numeric=True),
    )
    rows = tuple((s.name, *map(or_dash, s.scores), s.support) for s in result.per_class())
    return Table(columns, rows)


def _confusion(result: TrainingResult) -> Table:
    columns = (
        Column("class", Text("true class \\ predicted", "clase verdadera \\ predicha")),
        *(Column(f"predicted {i}", Text(name, name), numeric=True) for i, name in enumerate(result.classes)),
    )
    rows: list[tuple[Cell, ...]] = [(name, *row) for name, row in zip(result.classes, result.confusion, strict=True)]
    return Table(columns, tuple(rows), title=Text("Confusion matrix", "Matriz de confusión"))


def limits(run: Run, whose: Whose, language: str) -> str:
    """What the figures alone say of its limits."""
    return "\n".join(f"- {escape_markdown(said.within(language))}" for said in _limits(run))


def _limits(run: Run) -> Iterator[Text]:
    job, result = run.job, _result(run)
    if result.synthetic:
        yield Text(
            "It has learnt from synthetic texts: of real news its figures say nothing.",
            "Aprendió de textos sintéticos: de noticias reales sus cifras no dicen nada.",
        )
    yield Text(
        "It does not know the order of words: “not good, bad” and “not bad, good” are one text to it.",
        "No conoce el orden de las palabras: «no bueno, malo» y «no malo, bueno» son para él un mismo texto.",
    )
    if job.tokenizer == BASIC_ENGLISH:
        yield Text(
            "Its tokenizer, basic_english, is made for English; words that the vocabulary lacks count as <unk>.",
            "Su tokenizador, basic_english, está hecho para el inglés; las palabras que faltan en el vocabulario "
            "cuentan como <unk>.",
        )
    yield Text(
        "It gives one of its classes to every text, also to one that belongs to none of them.",
        "Da una de sus clases a cualquier texto, también al que no es de ninguna.",
    )
    for worst in sorted((score for score in result.per_class() if score.counts), key=lambda score: score.f1)[:1]:
        said = Text(
            "It does worst on the class {name} (F1 {f1:.3f}).", "Donde peor va es en la clase {name} (F1 {f1:.3f})."
        )
        yield said.format(name=worst.name, f1=worst.f1)
    if few := [score.name for score in result.per_class() if score.support < FEW]:
        said = Text(
            "Classes with fewer than {n} test rows: {names}.", "Clases con menos de {n} filas de prueba: {names}."
        )
        yield said.format(n=FEW, names=", ".join(few))
    yield Text(
        "One run with one seed: another seed gives another accuracy.",
        "Una ejecución con una semilla: con otra, la exactitud es otra.",
    )


def use(run: Run, whose: Whose, language: str) -> str:
    """The plain program for a sentence, beside the card."""
    try:
        text = snippet(Predict(str(run.folder), SENTENCE), language).text
    except UserError:
        return Text(
            "The weights of this run were not kept: train it again to use it.",
            "Los pesos de esta ejecución no se conservaron: entrénela de nuevo para usarla.",
        ).within(language)
    here = re.sub(r"^folder = .*$", 'folder = Path(".")', text, flags=re.MULTILINE)
    said = Text(
        "Beside `model.safetensors` and `vocab.json`, with torch, safetensors and torchtext 0.6 (or tokenizers):",
        "Junto a `model.safetensors` y `vocab.json`, con torch, safetensors y torchtext 0.6 (o tokenizers):",
    )
    return f"{said.within(language)}\n\n{_fenced(here)}"


def _fenced(code: str) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in _backticks(code)))
    return f"{fence}python\n{code.strip()}\n{fence}"


def _backticks(code: str) -> Iterable[str]:
    return re.findall("`+", code) or ["`"]


def _parameters(job: Training, result: TrainingResult) -> int:
    classes = len(result.classes)
    return result.vocabulary_size * job.embed_dim + job.embed_dim * classes + classes


def _is_path(name: str) -> bool:
    return Path(name).is_absolute()


def _result(run: Run) -> TrainingResult:
    assert run.result is not None
    return run.result
