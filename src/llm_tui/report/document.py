"""The document to hand in: all exercises with their state, and what everything was made with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from llm_tui.export.figure import Figure
from llm_tui.export.formats import to_csv, to_json
from llm_tui.export.html import to_html
from llm_tui.export.markdown import escape_markdown, to_markdown
from llm_tui.export.table import Table
from llm_tui.i18n import Text
from llm_tui.lab import courses
from llm_tui.lab.lab import Lab
from llm_tui.lab.whose import NO_NAME, Whose
from llm_tui.report.appendix import appendix
from llm_tui.report.energies import energies
from llm_tui.report.parts import Part, parts


@dataclass(frozen=True, slots=True)
class Report:
    """All that is handed in, as the lab had it when it was read: `parts` in the course's order, the `appendix`' tables
    by a name for files. The same lab gives the same bytes.
    """

    lab_name: str
    whose: Whose
    course: Text | None
    language: str
    parts: tuple[Part, ...]
    appendix: Mapping[str, Table]

    @classmethod
    def of(cls, lab: Lab, language: str) -> Report:
        found = tuple(parts(lab, language))
        sheets = {part.exercise: part.hand_in.energy for part in found}
        behind = {**appendix(lab, language), **energies(lab, sheets, language)}
        return cls(lab.name, lab.whose, courses.named(lab), language, found, behind)

    def markdown(self) -> str:
        return "\n\n".join(self.sections()) + "\n"

    def sections(self) -> list[str]:
        """In Markdown: what stands above all, a chapter for each of the `parts`, the appendix where there is one."""
        name = escape_markdown(self.lab_name, "#")
        above = "\n\n".join([f"# {self.title()}: {name}", *self._heading()])
        chapters = [_chapter(part, self.language) for part in self.parts]
        behind = Text("Appendix: what it was made with", "Apéndice: con qué se hizo").within(self.language)
        used = [to_markdown(t.for_reading(), self.language).rstrip("\n") for t in self.appendix.values() if t.rows]
        return [above, *chapters, *(["\n\n".join([f"## {behind}", *used])] if used else [])]

    def _heading(self) -> list[str]:
        """Whose it is, a paragraph each; without a name that is said."""
        none = f"*{NO_NAME.within(self.language)}*"
        return [
            f"**{head.within(self.language)}:** {escape_markdown(said) if said else none}"
            for head, said in (*self.whose.lines(), *self._course())
        ]

    def _course(self) -> list[tuple[Text, str]]:
        head = Text("Course file", "Archivo del curso")
        return [(head, self.course.within(self.language))] if self.course else []

    def html(self) -> str:
        return to_html(*self._whole())

    def pdf(self) -> bytes:
        from llm_tui.export.pdf import to_pdf

        return to_pdf(*self._whole())

    def word(self) -> bytes:
        from llm_tui.export.word import to_word

        return to_word(*self._whole())

    def notebook(self) -> str:
        from llm_tui.report.notebook import notebook

        return notebook(self)

    def _whole(self) -> tuple[str, str, str, str, list[Figure]]:
        """What every document is made of: text, language, title, author and figures."""
        figures = [figure for part in self.parts for figure in part.figures()]
        return self.markdown(), self.language, f"{self.title()}: {self.lab_name}", self.whose.name, figures

    def title(self) -> str:
        return Text("LLM practice", "Práctica de LLM").within(self.language)

    def tables(self) -> dict[str, Table]:
        """Every table by a name for files."""
        named = {f"{p.exercise.file}-{name}": table for p in self.parts for name, table in p.tables.items()}
        return named | {f"appendix-{name}": table for name, table in self.appendix.items() if table.rows}

    def csv_files(self) -> dict[str, str]:
        """Every table as a file of its own."""
        return {f"{name}.csv": to_csv(table, self.language) for name, table in self.tables().items()}

    def json(self) -> str:
        """Every table in one object."""
        named = {name: json.loads(to_json(table, self.language)) for name, table in self.tables().items()}
        return json.dumps(named, ensure_ascii=False, indent=2) + "\n"


def _chapter(part: Part, language: str) -> str:
    """An exercise under its own heading."""
    lines = [f"## {part.exercise.heading.within(language)}"]
    state = Text("State", "Estado").within(language)
    lines.append(f"**{state}:** {escape_markdown(part.state().within(language))}")
    if part.begun:
        lines.append(part.document.rstrip("\n"))
    return "\n\n".join(lines)
