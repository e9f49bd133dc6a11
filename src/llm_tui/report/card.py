"""The model card of a student's own classifier: what the run measured, beside the student's own words.

A card is Markdown with YAML before it, as the hub has them. What is made of the run stands between two comments,
`<!-- llm-tui: results -->` and `<!-- llm-tui: end -->`, and is made anew there; all else is the student's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from llm_tui.errors import UserError
from llm_tui.i18n import Text, tr
from llm_tui.lab.runs import Run
from llm_tui.lab.whose import Whose
from llm_tui.report import card_sections as sections
from llm_tui.report.card_facts import metadata, title

END = "<!-- llm-tui: end -->"
_MADE = re.compile(r"<!-- llm-tui: (\w+) -->\n((?:(?!<!-- llm-tui:).)*?)" + re.escape(END), re.DOTALL)
_FRONT = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

OWN: tuple[tuple[Text, Text], ...] = (
    (
        Text("Intended use", "Uso previsto"),
        Text("For what, and for whom? Write below.", "¿Para qué y para quién? Escriba debajo."),
    ),
    (
        Text("Uses that it is not fit for", "Usos para los que no sirve"),
        Text("Other languages, other topics, decisions on people ...?",
             "¿Otros idiomas, otros temas, decisiones sobre personas ...?"),
    ),
    (
        Text("Limits and biases", "Límites y sesgos"),
        Text("What did you see in the mistakes and in the confusion matrix? Whom would they harm?",
             "¿Qué vio en los errores y en la matriz de confusión? ¿A quién perjudicarían?"),
    ),
    (
        Text("Recommendations", "Recomendaciones"),
        Text("What should who uses it do: review, monitoring, rollback ...?",
             "¿Qué debe hacer quien lo use: revisión, monitoreo, rollback ...?"),
    ),
)  # fmt: skip
"""The sections that are the student's: their heads, and what is asked there."""

_Section = Callable[[Run, Whose, str], str]
SECTIONS: Mapping[str, _Section] = {
    "about": sections.about,
    "data": sections.data,
    "training": sections.training,
    "results": sections.results,
    "limits": sections.limits,
    "use": sections.use,
}


def fresh(run: Run, whose: Whose, language: str) -> str:
    """A card in which the student's sections are still empty.

    Raises:
        UserError: the run has not come to a result.
    """
    _check(run)
    intended, unfit, limits, advice = ([f"## {head.within(language)}", "", f"<!-- {asked.within(language)} -->", ""]
                                       for head, asked in OWN)  # fmt: skip

    def made(name: str, head: Text | None = None) -> list[str]:
        above = [f"## {head.within(language)}", ""] if head else []
        return [*above, _made(name, run, whose, language), ""]

    lines = [f"# {title(run, language)}", "", *made("about"), *intended, "", *unfit, ""]
    lines += made("data", Text("Data", "Datos"))
    lines += made("training", Text("Training", "Entrenamiento"))
    lines += made("results", Text("Results", "Resultados"))
    lines += [*limits[:2], *made("limits"), *limits[2:], "", *advice, ""]
    lines += made("use", Text("How to use it", "Cómo usarlo"))
    return f"---\n{metadata(run, {})}\n---\n\n" + "\n".join(lines)


def renewed(text: str, run: Run, whose: Whose, language: str) -> str:
    """A card with what is made of the run made anew; the student's words, and their own entries in the YAML, stay.

    Raises:
        UserError: the YAML cannot be read, or the run has no result.
    """
    import yaml

    _check(run)
    front = _FRONT.match(text)
    try:
        before = yaml.safe_load(front[1]) if front else {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no_yaml(error) from error
    if not isinstance(before or {}, dict):
        raise _no_yaml(None)
    body = text[front.end() :] if front else f"\n{text}"

    def anew(found: re.Match[str]) -> str:
        return _made(found[1], run, whose, language) if found[1] in SECTIONS else found[0]

    return f"---\n{metadata(run, before or {})}\n---\n{_MADE.sub(anew, body)}"


def _check(run: Run) -> None:
    if run.result is None:
        raise UserError(
            tr(
                f"The run {run.id} has no result, so there is no card of it: choose one that has finished.",
                f"La ejecución {run.id} no tiene resultado, así que no tiene ficha (model card): elija una terminada.",
            )
        )


def filled(text: str) -> list[Text]:
    """The heads of the student's sections in which they have written something."""
    own = _COMMENT.sub("", _MADE.sub("", text))
    written: dict[str, str] = {}
    for part in re.split(r"^## ", own, flags=re.MULTILINE)[1:]:
        head, _, words = part.partition("\n")
        written[head.strip()] = written.get(head.strip(), "") + words.strip()
    return [head for head, _ in OWN if written.get(head.en) or written.get(head.es)]


def _made(name: str, run: Run, whose: Whose, language: str) -> str:
    content = SECTIONS[name](run, whose, language).strip().replace("<!-- llm-tui:", "<!--llm-tui:")
    return f"<!-- llm-tui: {name} -->\n{content}\n{END}"


def _no_yaml(error: Exception | None) -> UserError:
    mark = getattr(error, "problem_mark", None)
    where = Text("line {n}", "línea {n}").format(n=mark.line + 2) if mark else Text("the first lines", "el comienzo")
    return UserError(
        tr(
            f"What stands between the two lines --- is not YAML of the form name: value ({where}): mend it first.",
            f"Lo que está entre las dos líneas --- no es YAML de la forma nombre: valor ({where}): corríjalo antes.",
        )
    )
