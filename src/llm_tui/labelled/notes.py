"""What is said about a file that was read: what was understood, what was left out, and what looks odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from llm_tui import i18n
from llm_tui.i18n import Text
from llm_tui.labelled.columns import LONGEST_SHOWN, Columns
from llm_tui.labelled.row import Row
from llm_tui.visible import shortened

MOST_CLASSES = 6
"""Classes that are named in one line."""
MOST_NAMED = 3
"""Lines that are named one by one."""


def grouped(number: int, language: str) -> str:
    """5,574 in English, 5574 and 12 345 in Spanish, with a space that does not break."""
    return i18n.number(number).within(language)


def counted(counts: Mapping[str, int], language: str) -> str:
    """`ham 4,827, spam 747`, the largest first."""
    largest = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{_short(label)} {grouped(n, language)}" for label, n in largest[:MOST_CLASSES])
    more = len(largest) - MOST_CLASSES
    if more <= 0:
        return shown
    return shown + (f", … {more} more" if language == "en" else f", … {more} más")


def understood(name: str, rows: Sequence[Row], separator: Text, columns: Columns, first_line: int) -> Text:
    """One line: rows, classes, what parts the cells, and which columns hold what."""
    counts = Counter(row.label for row in rows if row.label)
    unmarked = len(rows) - counts.total()

    def within(language: str) -> str:
        en = language == "en"
        n, k = grouped(len(rows), language), len(counts)
        classes = ("1 class" if k == 1 else f"{k} classes") if en else ("1 clase" if k == 1 else f"{k} clases")
        parts = [
            f"{n} {'rows' if en else 'filas'}",
            f"{classes} ({counted(counts, language)})" if counts else classes,
            *([f"{grouped(unmarked, language)} {'unmarked' if en else 'sin marcar'}"] if unmarked else []),
            separator.within(language),
            _columns(columns, en),
            (f"header in line {first_line}" if en else f"encabezado en la línea {first_line}")
            if columns.names
            else ("no header" if en else "sin encabezado"),
        ]
        return f"{name}: {', '.join(parts)}."

    return Text(within("en"), within("es"))


def _columns(columns: Columns, en: bool) -> str:
    roles = [(columns.label, "label" if en else "etiqueta")]
    roles += [(i, "text" if en else "texto") for i in columns.texts]
    roles += [(columns.kind, "kind" if en else "tipo")] if columns.kind is not None else []
    said = [f"{i + 1}{_name(columns, i, en)} ({role})" for i, role in sorted(roles)]
    return f"{'columns' if en else 'columnas'} {', '.join(said[:-1])} {'and' if en else 'y'} {said[-1]}"


def _name(columns: Columns, i: int, en: bool) -> str:
    name = _short(columns.names[i].strip()) if columns.names else ""
    return (f" “{name}”" if en else f" «{name}»") if name else ""


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), LONGEST_SHOWN)


def supposed_header(name: str, columns: Columns, line: int) -> Iterator[Text]:
    """That the first row was taken for a header, where it may be a row."""
    if columns.supposed:
        yield Text(
            "{name}: line {line} was taken for a header, for no other row has the label “{label}”.",
            "{name}: la línea {line} se tomó por un encabezado, pues ninguna otra fila tiene la etiqueta «{label}».",
        ).format(name=name, line=line, label=_short(columns.names[columns.label].strip()))


def left_out(name: str, why: Mapping[str, Sequence[int]]) -> Iterator[Text]:
    """What of a file was not read, with the lines."""
    for reason, lines in why.items():
        if lines:
            yield _LEFT_OUT[reason].format(name=name, n=len(lines), lines=_lines(lines))


_LEFT_OUT = {
    "nameless": Text(
        "{name}: rows that go on in a column without a name, which was not read: {n} (line {lines}).",
        "{name}: filas que siguen en una columna sin nombre, que no se leyó: {n} (línea {lines}).",
    ),
    "blank": Text(
        "{name}: empty rows, left out: {n} (line {lines}).", "{name}: filas vacías, no leídas: {n} (línea {lines})."
    ),
    "repeated": Text(
        "{name}: repeated headers, left out: {n} (line {lines}).",
        "{name}: encabezados repetidos, no leídos: {n} (línea {lines}).",
    ),
    "textless": Text(
        "{name}: rows with a label and no text, left out: {n} (line {lines}).",
        "{name}: filas con etiqueta y sin texto, no leídas: {n} (línea {lines}).",
    ),
}


def _lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:MOST_NAMED])) + (", …" if len(lines) > MOST_NAMED else "")


def odd(rows: Sequence[Row]) -> Iterator[Text]:
    """Labels that may be slips: of one row alone, or alike but for capitals."""
    counts = Counter(row.label for row in rows)
    single = {label for label, n in counts.items() if n == 1}
    if single and len(rows) > len(counts):
        one = Text("“{label}” ({line})", "«{label}» ({line})")
        named = [row for row in rows if row.label in single][:MOST_NAMED]
        shown = Text(", ", ", ").join(one.format(label=_short(row.label), line=row.line) for row in named)
        more = ", …" if len(single) > MOST_NAMED else ""
        yield Text(
            "Classes of one row alone, with its line: {shown}{more}.",
            "Clases de una sola fila, con su línea: {shown}{more}.",
        ).format(shown=shown, more=more)
    alike: dict[str, list[str]] = {}
    for label in counts:
        alike.setdefault(label.casefold(), []).append(label)
    for several in alike.values():
        if len(several) > 1:
            yield Text(
                "Classes that differ in capitals alone: {shown}.", "Clases que solo difieren en mayúsculas: {shown}."
            ).format(shown=", ".join(several))
