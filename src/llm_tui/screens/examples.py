"""Few-shot: the solved examples before a prompt, the prompt as the model gets it, and what they do to its accuracy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.engine.events import Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import few_shot
from llm_tui.foundation.few_shot import SIGN, Example, Pair, messages, typed
from llm_tui.foundation.inspection import Aid, Inspect
from llm_tui.foundation.settings import MODEL
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, CLOSE, DROP, EDIT, MARK, REDO, UNDO, Key, bindings, common
from llm_tui.playground.state import Playground
from llm_tui.playground.tasks.prompt import INSTRUCTION
from llm_tui.screens.answers import AnswersScreen, place_of
from llm_tui.screens.leaving import Dialog
from llm_tui.serving.address import is_address
from llm_tui.visible import shortened, visible
from llm_tui.widgets.host import JobEvents, host
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.parts import barred
from llm_tui.widgets.prompt_aid import aid_content, served_content
from llm_tui.widgets.trial import Measured, TrialPane

MOST_SHOWN = 20_000
"""Characters of a prompt that are shown."""


class ExamplesDialog(Dialog[None]):
    """What is done here is done to the playground, which it lies over, and is taken back there."""

    AUTO_FOCUS = "#examples"
    NAME = Text("Examples (few-shot)", "Ejemplos (few-shot)")
    KEYS = (
        replace(MARK, label=Text("on, off", "sí, no")),
        ADD,
        replace(EDIT, action="edit_example"),
        DROP,
        Key("shipped", "A,shift+a", "shipped", Text("shipped", "incluidos"),
            Text("Put in the instruction and the examples that come with the program.",
                 "Pone la instrucción y los ejemplos que trae el programa.")),
        replace(common("run"), label=Text("measure", "medir"),
                help=Text("Measure the accuracy on the set with 0, 1, 2 and 4 examples.",
                          "Mide la exactitud en el conjunto con 0, 1, 2 y 4 ejemplos.")),
        replace(common("stop"), label=Text("stop", "detener")),
        replace(common("open"), help=Text("Measure on a file of your own: two columns, text and answer.",
                                          "Mide con un archivo suyo: dos columnas, texto y respuesta.")),
        replace(UNDO, action="take_back('undo')"),
        replace(REDO, action="take_back('redo')"),
        common("export"),
        common("copy"),
        replace(CLOSE, label=Text("close", "cerrar")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)

    def __init__(self, under: AnswersScreen[Playground], last: Measured | None, keep: Callable[[Measured], None]):
        super().__init__()
        self._under, self._last, self._keep = under, last, keep
        self._looking: tuple[int, Inspect] | None = None
        self._listed: tuple[Example, ...] = ()
        """As they are shown: another program may have written others since."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            shown = [key for key in self.KEYS if key.id in ("mark", "add", "drop", "shipped", "run", "back")]
            box.border_subtitle = ", ".join(f"{key.shown} {key.label}" for key in shown)
            yield OptionList(markup=False, id="examples")
            yield Static(id="given-said", markup=False)
            with barred(VerticalScroll(id="given")):
                yield Static(id="given-text", markup=False)
            yield TrialPane(self._last, self._keep, id="trial")

    def on_mount(self) -> None:
        self._show()

    # The examples.

    @property
    def _playground(self) -> Playground:
        return self._under.answers

    def _row(self) -> int | None:
        row = self.query_one("#examples", OptionList).highlighted
        return row if row is not None and row < len(self._listed) else None

    def _change(self, examples: list[Example], row: int | None = None) -> None:
        self._under.change(replace(self._playground, examples=tuple(examples)))
        self._show(row)

    def _edited(self, row: int, before: Example, after: Example | None) -> None:
        examples = list(self._playground.examples)
        if (at := place_of(before, examples, row)) is None:
            self.app.notify(_gone(before), severity="warning", markup=False)
            self._show()
        else:
            examples[at : at + 1] = [after] if after else []
            self._change(examples, at)

    def action_mark(self) -> None:
        if (row := self._row()) is not None:
            example = self._listed[row]
            self._edited(row, example, replace(example, on=not example.on))

    def action_drop(self) -> None:
        if (row := self._row()) is not None:
            self._edited(row, self._listed[row], None)

    def action_take_back(self, way: str) -> None:
        """What was done last, here or on the screen below."""
        if self._under.check_action(way, ()):
            getattr(self._under, f"action_{way}")()
            self._show()

    def action_add(self) -> None:
        def add(example: Example) -> None:
            there = self._playground.examples
            self._change([*there, example], len(there))

        self._ask("", add)

    def action_edit_example(self) -> None:
        if (row := self._row()) is not None:
            example = self._listed[row]
            line = " ".join(f"{example.input} {SIGN} {example.answer}".split())
            self._ask(line, lambda new: self._edited(row, example, replace(new, on=example.on)))

    def on_option_list_option_selected(self) -> None:
        self.action_edit_example()

    def _ask(self, line: str, take: Callable[[Example], None]) -> None:
        from llm_tui.screens.dialogs import AskDialog

        def asked(written: str | None) -> None:
            if written:
                try:
                    take(typed(written))
                except UserError as error:
                    self.app.notify(str(error), severity="error", markup=False)

        title = tr(f"An example: input {SIGN} answer", f"Un ejemplo: entrada {SIGN} respuesta")
        like = tr(f"Great class! {SIGN} good", f"¡Gran clase! {SIGN} bien")
        self.app.push_screen(AskDialog(title, like, line), asked)

    def action_shipped(self) -> None:
        """Those that are not here yet; the instruction where there is none."""
        given, there = few_shot.shipped(i18n.language()), self._playground
        known = {example.input for example in there.examples}
        more = [example for example in given.with_examples() if example.input not in known]
        values = there.values()
        values[INSTRUCTION.name] = values[INSTRUCTION.name].strip() or given.instruction
        self._under.change(replace(there.with_values(values), examples=(*there.examples, *more)))
        self._under.fill()
        self._show()

    # The prompt.

    def _show(self, row: int | None = None) -> None:
        there, options = self._playground, self.query_one("#examples", OptionList)
        row = options.highlighted if row is None else row
        self._listed = there.examples
        lines = [_line(example) for example in self._listed]
        options.set_options(Option(line) for line in lines or [_none()])
        options.highlighted = min(row or 0, max(0, len(lines) - 1))
        model, (text, examples) = there.values()[MODEL.name].strip(), there.asked()
        plain = "\n\n".join(f"[{turn['role']}]\n{turn['content']}" for turn in messages(examples, text))
        self._show_prompt(served_content(model) if is_address(model) else Content(""), plain)
        if self._looking:
            host(self).engine.cancel(self._looking[0])
        job = Inspect(text, model, examples, whole=True, answer=there.most_written)
        self._looking = None if is_address(model) or not model else (host(self).submit(job, self), job)

    def _show_prompt(self, said: Content, prompt: str) -> None:
        head = tr("What the model gets: ", "Lo que recibe el modelo: ")
        self.query_one("#given-said", Static).update(Content.assemble((head, "bold"), said))
        shown = prompt if len(prompt) <= MOST_SHOWN else f"{prompt[:MOST_SHOWN]}…"
        self.query_one("#given-text", Static).update(visible(shown, keep_newlines=True))

    def _looked(self, job: Inspect, aid: Aid | None) -> None:
        room = 2 * self.query_one("#given-said").size.width
        said = aid_content(aid.source if aid else job.text, job.model, aid, room - 26)
        if aid is None:
            self.query_one("#given-said", Static).update(said)
        else:
            self._show_prompt(said, aid.source)

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if self._looking and event.job_id == self._looking[0]:
                if isinstance(event, Finished):
                    self._looked(self._looking[1], event.result)
                elif isinstance(event, Failed):
                    self.query_one("#given-said", Static).update(visible(event.message))

    # Measuring.

    @property
    def _trial(self) -> TrialPane:
        return self.query_one(TrialPane)

    def action_run(self) -> None:
        self._trial.run(self._playground)

    def action_stop(self) -> None:
        self._trial.stop()

    def action_open(self) -> None:
        def named(path: Path) -> tuple[str, tuple[Pair, ...]]:
            return path.name, few_shot.read_pairs(path)

        title = tr("A table of two columns: text and answer", "Una tabla de dos columnas: texto y respuesta")
        self._under.open_file(title, "~/textos.csv", named, lambda found: self._trial.take(*found))

    async def action_export(self) -> None:
        if document := self._trial.document():
            await self._under.write_export("few-shot.md", document)

    def action_copy(self) -> None:
        if document := self._trial.document():
            host(self).copy(document)


def _line(example: Example) -> str:
    given = shortened(visible(" ".join(example.input.split())), 44)
    return f"[{'x' if example.on else ' '}] {given} {SIGN} {shortened(visible(example.answer), 16)}"


def _gone(example: Example) -> str:
    said = shortened(visible(" ".join(example.input.split())), 44)
    return tr(
        f"The example “{said}” was not changed: it is no longer there, for another program has written the examples. "
        "Choose one that is there.",
        f"No se cambió el ejemplo «{said}»: ya no está, pues otro programa escribió los ejemplos. Elija uno que esté.",
    )


def _none() -> str:
    return tr("No examples yet.", "Aún no hay ejemplos.")
