"""A checklist of the student's own: deon's YAML as it is, or a list of questions in YAML or TOML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from llm_tui.errors import UserError
from llm_tui.exercises.checklist import COURSE_ITEMS, EXTENDED_ITEMS, Item, topic_key
from llm_tui.exercises.textfile import read_text
from llm_tui.i18n import Text, tr

LARGEST = 10**6
"""Characters of a file."""
MOST = 5000
"""Items of a file."""
LONGEST = 2000
"""Characters of a text in it."""

_ABSENT = ("", "~", "null")
"""What a YAML writer leaves where there is nothing."""


def read_items(path: Path) -> tuple[Item, ...]:
    """The items of a checklist: TOML if the file's name ends in .toml, else YAML.

    Either deon's format (https://deon.drivendata.org): `title`, and `sections` of `title` and `lines`, each with
    `line_id`, `line_summary` and `line`. Or `items`, each with a `question` (a text, or one for each of `en` and `es`)
    and, where wanted, `topic`, `id` and `reference`.

    A topic that has the name of one of the course's, in either language, is that one. An item without an id gets one
    from its question, so that its answer stays its own when others are added; an id that is taken gets a number.

    Raises:
        UserError: the file cannot be read, has no items, too many or too long ones, or one that is not as above.
    """
    text = read_text(path)
    if len(text) > LARGEST:
        raise UserError(
            tr(
                f"{path} is larger than 1 MB: give a shorter checklist.",
                f"{path} ocupa más de 1 MB: indique una lista más corta.",
            )
        )
    content = _toml(text, path) if path.suffix.lower() == ".toml" else _yaml(text, path)
    taken = dict.fromkeys((item.id for item in (*COURSE_ITEMS, *EXTENDED_ITEMS)), 1)
    items: list[Item] = []
    for item in _items(content, path):
        if len(items) == MOST:
            raise UserError(
                tr(
                    f"{path} has more than {MOST} items: give a shorter checklist.",
                    f"{path} tiene más de {MOST} elementos: indique una lista más corta.",
                )
            )
        items.append(replace(item, id=_unused(item.id, taken)))
    if not items:
        raise UserError(
            tr(
                f"{path} has no questions: write them under “items”, or under “sections” as deon does.",
                f"{path} no tiene preguntas: escríbalas bajo «items», o bajo «sections» como hace deon.",
            )
        )
    return tuple(items)


def _toml(text: str, path: Path) -> object:
    from llm_tui import toml_lines  # here and below: the first paint of the exercise need not wait for a parser

    try:
        return toml_lines.read(text)
    except toml_lines.NotToml as error:
        line, why = error.line, error.why
        said = Text(f"line {line}: {why.en}", f"línea {line}: {why.es}")
        raise _invalid("TOML", path, said) from error


def _yaml(text: str, path: Path) -> object:
    import yaml

    from llm_tui.exercises.yaml_texts import Texts

    try:
        return yaml.load(text, Loader=Texts)
    except RecursionError as error:
        raise _invalid("YAML", path, _DEEP) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two: \U of a character that is none
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        why = Text(f"line {line}: {problem}", f"línea {line}: {problem}") if mark else Text(problem, problem)
        raise _invalid("YAML", path, why) from error


_DEEP = Text("nested too deeply", "demasiados niveles")


def _invalid(kind: str, path: Path, why: Text) -> UserError:
    return UserError(
        tr(
            f"{path} is not valid {kind} ({why}): correct it and try again.",
            f"{path} no es {kind} válido ({why}): corríjalo e inténtelo de nuevo.",
        )
    )


def _items(content: object, path: Path) -> Iterator[Item]:
    """The items of both formats, with the ids as they are in the file."""
    here = Text(str(path), str(path))
    fields = content if isinstance(content, dict) else {}
    _refuse_other_lists(fields, ("sections", "items"), here)
    title = _text(fields, "title", here)
    stem = _clean(path.stem)
    for number, section in enumerate(_list(fields, "sections", here), 1):
        where = Text(f"section {number} of {path}", f"la sección {number} de {path}")
        section = _mapping(section, where)
        _refuse_other_lists(section, ("lines",), where)
        if section.get("lines", "") in _ABSENT:
            raise _no_lines(where)
        topic = _text(section, "title", where) or title or stem
        for place, line in enumerate(_list(section, "lines", where), 1):
            at = Text(
                f"line {place} of section {number} of {path}", f"la línea {place} de la sección {number} de {path}"
            )
            yield _line(_mapping(line, at), topic, title, stem, at)
    for number, entry in enumerate(_list(fields, "items", here), 1):
        where = Text(f"item {number} of {path}", f"el elemento {number} de {path}")
        yield _own(_mapping(entry, where), title or stem, stem, where)


def _no_lines(where: Text) -> UserError:
    return UserError(
        tr(
            f"In {where} there are no “lines”: write its questions under “lines”, each with “line_id” and “line”.",
            f"En {where} no hay «lines»: escriba sus preguntas bajo «lines», cada una con «line_id» y «line».",
        )
    )


def _refuse_other_lists(fields: dict[str, object], known: tuple[str, ...], where: Text) -> None:
    """Questions under a name that is not read would be dropped without a word. What an alias takes up is read."""
    read = _reached([fields.get(name) for name in known])
    for name, value in fields.items():
        if id(value) not in read and isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
            names = " or ".join(f"“{one}”" for one in known), " o ".join(f"«{one}»" for one in known)
            raise UserError(
                tr(
                    f"In {where}, what stands under “{_clean(name)}” is not read: write the questions under "
                    f"{names[0]}.",
                    f"En {where}, lo que está bajo «{_clean(name)}» no se lee: escriba las preguntas bajo {names[1]}.",
                )
            )


def _reached(values: list[object]) -> set[int]:
    """The ids of all lists and mappings within `values`."""
    reached: set[int] = set()
    while values:
        value = values.pop()
        if isinstance(value, list | dict) and id(value) not in reached:
            reached.add(id(value))
            values += value.values() if isinstance(value, dict) else value
    return reached


def _line(fields: dict[str, object], topic: str, title: str, stem: str, where: Text) -> Item:
    """An item of deon's; its reference is the checklist's title and the line's id."""
    id, summary, line = (_text(fields, key, where) for key in ("line_id", "line_summary", "line"))
    said = ": ".join(text for text in (summary, line) if text)
    question = _asked(Text(said, said), "line", where)
    return Item(id or _id(stem, question), topic_key(topic), question, ", ".join(text for text in (title, id) if text))


def _own(fields: dict[str, object], topic: str, stem: str, where: Text) -> Item:
    value = fields.get("question")
    if isinstance(value, dict):
        en, es = (_text(value, language, where) for language in ("en", "es"))
        question = Text(en or es, es or en)
    else:
        en = _text(fields, "question", where)
        question = Text(en, en)
    question = _asked(question, "question", where)
    id, own_topic, reference = (_text(fields, key, where) for key in ("id", "topic", "reference"))
    return Item(id or _id(stem, question), topic_key(own_topic or topic), question, reference)


def _asked(question: Text, key: str, where: Text) -> Text:
    if question.en:
        return question
    raise UserError(
        tr(
            f"In {where} there is no question: write it as “{key}”.",
            f"En {where} falta la pregunta: escríbala en «{key}».",
        )
    )


def _mapping(value: object, where: Text) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise UserError(
        tr(
            f"In {where} there are no fields: write each as “name: value” (YAML) or “name = 'value'” (TOML).",
            f"En {where} no hay campos: escriba cada uno como «nombre: valor» (YAML) o «nombre = 'valor'» (TOML).",
        )
    )


def _list(fields: dict[str, object], key: str, where: Text) -> list[object]:
    value = fields.get(key)
    if value is None or value in _ABSENT:
        return []
    if isinstance(value, list):
        return value
    raise UserError(
        tr(
            f"In {where}, “{key}” is not a list: write each entry of it behind a hyphen (YAML) or [[{key}]] (TOML).",
            f"En {where}, «{key}» no es una lista: escriba cada entrada tras un guion (YAML) o [[{key}]] (TOML).",
        )
    )


def _text(fields: dict[str, object], key: str, where: Text) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise UserError(
            tr(
                f"In {where}, “{key}” is not a text: write it in quotes.",
                f"En {where}, «{key}» no es un texto: escríbalo entre comillas.",
            )
        )
    # Aliases make thousands of a long text at no cost, and each would be copied.
    if len(value) > LONGEST:
        raise UserError(
            tr(
                f"In {where}, “{key}” has more than {LONGEST} characters: shorten it.",
                f"En {where}, «{key}» tiene más de {LONGEST} caracteres: acórtelo.",
            )
        )
    return "" if value in _ABSENT else _clean(value)


def _clean(text: str) -> str:
    """On one line; surrogate pairs, as JSON writes them, are joined, and lone halves, which no file takes, replaced."""
    return " ".join(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())


def _id(stem: str, question: Text) -> str:
    return f"{stem}-{hashlib.sha256(question.en.encode()).hexdigest()[:8]}"


def _unused(id: str, taken: dict[str, int]) -> str:
    """`id`, or with the next number if it is taken; `taken` holds how often each id was asked for."""
    found = id
    while found in taken:
        taken[id] += 1
        found = f"{id}-{taken[id]}"
    taken[found] = 1
    return found
