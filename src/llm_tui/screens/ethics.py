"""Exercise 7: the checklist with its evidence, and the paragraph with what it still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static, TextArea

from llm_tui import i18n
from llm_tui.engine.events import Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import ethics
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.contract import Beside
from llm_tui.exercises.ethics import Answers, Entry
from llm_tui.exercises.rerun import Rerun
from llm_tui.foundation.probes import ProbeReport, Probing
from llm_tui.i18n import Text, tr
from llm_tui.keys import bindings
from llm_tui.report.evidence import Fact
from llm_tui.report.known import in_pairs
from llm_tui.screens.bias_keys import ToThePairs
from llm_tui.screens.ethics_keys import KEYS, PANES
from llm_tui.screens.evidence import Known, choose, look_up
from llm_tui.screens.exercise import ExerciseScreen
from llm_tui.screens.probing import ask_model, told
from llm_tui.screens.redacting import to_the_entities
from llm_tui.screens.rerunning import Rerunning
from llm_tui.widgets.checklist import Checklist, checks_content, meters_content
from llm_tui.widgets.entry_editor import EntryEditor
from llm_tui.widgets.fitted import Fitted
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.outside import rewrite_outside
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.parts import ruled
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField


class EthicsScreen(ToThePairs, ExerciseScreen[Answers]):
    CSS_PATH = stylesheet("ethics.tcss")
    NAME = Text("Ethics", "Ética")
    KEYS = KEYS
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#items"
    EXERCISE = ethics.EXERCISE
    ABOUT = Text(
        "The checklist of exercise 7, and the paragraph that you hand in. Run tests a model with jailbreaks and escape "
        "sequences; open adds a checklist of your own.",
        "La lista de comprobación del ejercicio 7, y el párrafo que se entrega. Ejecutar prueba un modelo con intentos "
        "de jailbreak y secuencias de escape; abrir añade una lista suya.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self._asked: set[int] = set()
        self._rerunning = Rerunning(self, lambda job: self.host.submit(job, self), self._keep_rerun)

    def body(self) -> Iterable[Widget]:
        checklist = Horizontal(ruled(Checklist(id="items")), EntryEditor(id="entry"), id="checklist")
        paragraph = Horizontal(
            TextField(id="text"),
            VerticalScroll(Static(id="checks", markup=False), id="beside", can_focus=False),
            id="paragraph",
        )
        yield Fitted(id="meters")
        yield Panes(
            [Pane(label, widget) for (_, label), widget in zip(PANES, (checklist, paragraph), strict=True)],
            id="panes",
        )

    def on_screen_resume(self) -> None:
        look_up(self)

    def on_known(self, message: Known) -> None:
        self._facts = message.facts
        self.query_one(EntryEditor).know({fact.key: str(fact.said) for fact in message.facts})

    def leave_field(self) -> None:
        """From an answer back to the questions: the next one is a key away."""
        self.set_focus(self.query_one("#items") if self.query_one("#checklist").display else None)

    # Changing.

    def fill(self) -> None:
        self.query_one("#text", TextField).put(self.answers.answer)
        self._relist()

    @property
    def _list(self) -> Checklist:
        return self.query_one(Checklist)

    @property
    def _item(self) -> Item | None:
        return self._list.item

    def _entry(self, item: Item | None) -> Entry:
        return self.answers.entry(item.id) if item else Entry()

    def _change_entry(self, item: Item | None, entry: Entry) -> None:
        if item is not None and entry != self._entry(item):
            self.change(self.answers.with_entry(item.id, entry))
            self._show_entry()

    def action_state(self, state: str) -> None:
        """The question is in this state; the same key again, and it is open."""
        entry = self._entry(self._item)
        self._change_entry(self._item, replace(entry, state="open" if entry.state == state else state))

    # Showing.

    def _show_entry(self) -> None:
        self.query_one(EntryEditor).show(self._item, self._entry(self._item))

    def show(self) -> None:
        answers = self.answers
        self.query_one("#meters", Fitted).fit(lambda room: meters_content(answers, room))
        self.query_one("#checks", Static).update(checks_content(answers.answer))
        self._list.draw(answers)

    def on_checklist_moved(self) -> None:
        self._show_entry()

    def _relist(self) -> None:
        self._list.list(self.answers)
        self._show_entry()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "items":
            self.set_focus(self.query_one("#said"))

    def action_filter_topic(self) -> None:
        self._list.next_topic()
        self._show_entry()

    def action_filter_state(self) -> None:
        self._list.next_state()
        self._show_entry()

    def action_search(self) -> None:
        self.action_go("#items")
        self._list.action_search()

    # What a person writes.

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        area = message.text_area
        if area.id == "text" and area.text != self.answers.answer:
            self.change(self.answers.with_answer(area.text), typing="paragraph")

    def on_entry_editor_changed(self, message: EntryEditor.Changed) -> None:
        changed = self.answers.with_entry(message.item.id, message.entry)
        self.change(changed, typing=f"item {message.item.id}")

    def action_evidence(self) -> None:
        """A fact of the lab, put to the answer; one that is there already is taken away. While the lab is looked
        through another question may be chosen; the key that came last counts.
        """
        item = self._item
        asking = choose(self, item, lambda: self._entry(item), partial(self._change_entry, item))
        self.run_worker(asking, group="evidence", exclusive=True)

    def action_more(self) -> None:
        self.change(replace(self.answers, extended=not self.answers.extended))
        self._relist()

    def action_draft(self) -> None:
        """The draft goes before what stands there already: nothing of the student's is replaced."""
        draft = ethics.draft(self.answers, i18n.export_language())
        if not draft:
            self.notify(tr("Answer some questions first.", "Responda antes algunas preguntas."))
            return
        self.action_go("#text")
        area = self.query_one("#text", TextArea)
        area.insert(draft if not area.text.strip() else f"{draft}\n\n", (0, 0))
        area.move_cursor(area.document.end)

    def action_editor(self) -> None:
        """The answer, or the paragraph, in the person's own editor."""
        name = "#text" if self.query_one(Panes).query_one("#paragraph").display else "#said"
        try:
            rewrite_outside(self.query_one(name, TextArea))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)

    def action_open(self) -> None:
        from llm_tui.exercises.checklist_file import read_items
        from llm_tui.paths.kinds import CHECKLIST

        title = tr("Open a checklist (YAML, TOML)", "Abrir una lista (YAML, TOML)")
        self.open_file(title, "~/lista.yml", read_items, self._take_items, CHECKLIST)

    def _take_items(self, items: Iterable[Item]) -> None:
        before = len(self.answers.own)
        self.change(self.answers.with_own(items))
        self._relist()
        fresh = len(self.answers.own) - before
        self.notify(tr(f"{fresh} questions added.", f"{fresh} preguntas añadidas."))

    # The test of a model.

    def action_run(self) -> None:
        ask_model(self.app, self.answers.model, lambda model: self.run_worker(self._probe(model)))

    async def _probe(self, model: str) -> None:
        try:
            job = Probing((await self.asking()).model(model))
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.change(replace(self.answers, model=model))
        self._asked.add(self.host.submit(job, self))

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            if self._rerunning.hear(event):
                continue
            if isinstance(event, Failed):
                self.notify(event.message, severity="error", markup=False)
            elif isinstance(event, Finished) and event.job_id in self._asked:
                self.run_worker(self._keep_probed(event.result))

    async def _keep_probed(self, report: ProbeReport) -> None:
        self.learn(lambda answers: replace(answers, probed=report))
        self.notify(told(report))
        await self._flush()

    async def action_redact(self) -> None:
        await to_the_entities(self)

    def action_rerun(self) -> None:
        self.run_worker(self._rerunning.choose())

    def _keep_rerun(self, found: Rerun) -> None:
        self.learn(lambda answers: replace(answers, rerun=found))
        self.run_worker(self._flush())

    async def _flush(self) -> None:
        await self._save.flush()
        look_up(self)

    def known(self) -> Beside:
        facts = {fact.key: fact.said for fact in self._facts}
        return Beside(facts=lambda: facts, pairs=lambda language: in_pairs(self.host.lab, language))
