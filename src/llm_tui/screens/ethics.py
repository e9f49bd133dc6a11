"""Exercise 7: the checklist with its evidence, and the paragraph with what it still lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.option_list import Option

from llm_tui import i18n
from llm_tui.engine.events import Failed, Finished
from llm_tui.errors import UserError
from llm_tui.exercises import ethics
from llm_tui.exercises.checklist import Item
from llm_tui.exercises.ethics import STATES, Answers, Entry, checks, meters, topic_name
from llm_tui.foundation.job import TEXT_MODEL
from llm_tui.foundation.probes import ProbeReport, Probing
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, ANSWER, CHOOSE, LIST, MARK, NEXT, SETUP, TEXT, Key, Place, bindings, panes
from llm_tui.report.evidence import Fact, facts
from llm_tui.screens.answers import AnswersScreen
from llm_tui.visible import visible
from llm_tui.widgets.entry_editor import EntryEditor
from llm_tui.widgets.fitted import Fitted, flowing
from llm_tui.widgets.host import JobEvents
from llm_tui.widgets.option_list import OptionList
from llm_tui.widgets.outside import edit_outside
from llm_tui.widgets.panes import Pane, Panes
from llm_tui.widgets.styles import stylesheet
from llm_tui.widgets.text_field import TextField

STATE_KEYS = {"p": "partly", "exclamation_mark": "not_met", "minus": "not_applicable"}

PANES = (("checklist", Text("Checklist", "Lista de comprobación")), ("paragraph", Text("Paragraph", "Párrafo")))

IN_ITEMS = Place("items", Text("In the questions", "En las preguntas"))


class EthicsScreen(AnswersScreen[Answers]):
    CSS_PATH = stylesheet("ethics.tcss")
    NAME = Text("Ethics", "Ética")
    KEYS = (
        *panes(PANES),
        replace(MARK, action="state('met')", label=STATES["met"][1]),
        *(Key(state, key, f"state('{state}')", STATES[state][1]) for key, state in STATE_KEYS.items()),
        replace(ADD, action="evidence", label=Text("evidence", "evidencia"),
            help=Text("Add a fact of your lab to the answer, or take it away.",
                 "Añade a la respuesta un hecho de su laboratorio, o lo quita.")),
        Key("draft", "g", "draft", Text("draft", "redactar"),
            Text("Draft the paragraph from your answers.", "Redacta el párrafo con sus respuestas.")),
        replace(NEXT, action="filter_topic", label=Text("topic", "tema"),
            help=Text("Show the next topic alone.", "Muestra solo el tema siguiente.")),
        Key("state", "S,shift+s", "filter_state", Text("state", "estado"),
            Text("Show the next state alone.", "Muestra solo el estado siguiente.")),
        Key("more", "plus", "more", Text("more questions", "más preguntas"),
            Text("Add the second set of questions, or take it away.",
                 "Añade el segundo conjunto de preguntas, o lo quita.")),
        Key("editor", "E,shift+e", "editor", Text("editor", "editor"),
            Text("Open the answer, or the paragraph, in $EDITOR.", "Abre la respuesta, o el párrafo, en $EDITOR.")),
        replace(CHOOSE, where=IN_ITEMS, label=Text("answer", "responder")),
        replace(LIST, action="go('#items')", label=Text("questions", "preguntas")),
        replace(TEXT, action="go('#said')", label=Text("answer", "respuesta")),
        replace(SETUP, action="go('#fields Input')", label=Text("mitigation", "mitigación"),
                help=Text("To mitigation, severity, owner and date.", "A mitigación, gravedad, responsable y fecha.")),
        replace(ANSWER, action="go('#text')", label=Text("paragraph", "párrafo"),
                help=Text("To the paragraph that you hand in.", "Al párrafo que se entrega.")),
    )  # fmt: skip
    BINDINGS = bindings(KEYS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    AUTO_FOCUS = "#items"
    NUMBER = ethics.NUMBER
    GUIDE = ethics.GUIDE
    DEFINITIONS = ethics.DEFINITIONS
    ABOUT = Text(
        "The checklist of exercise 7, and the paragraph that you hand in. Run tests a model with jailbreaks and escape "
        "sequences; open adds a checklist of your own.",
        "La lista de comprobación del ejercicio 7, y el párrafo que se entrega. Ejecutar prueba un modelo con intentos "
        "de jailbreak y secuencias de escape; abrir añade una lista suya.",
    )

    def __init__(self) -> None:
        super().__init__(Answers())
        self._topic = ""
        self._state = ""
        self._shown: list[Item] = []
        self._item: Item | None = None
        self._facts: tuple[Fact, ...] = ()
        self._asked: set[int] = set()

    def body(self) -> Iterable[Widget]:
        checklist = Horizontal(
            OptionList(id="items", markup=False),
            EntryEditor(id="entry"),
            id="checklist",
        )
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

    def on_mount(self) -> None:
        self.read_answers()
        self.fill()
        self.show()

    def on_screen_resume(self) -> None:
        self.run_worker(self._look, thread=True, exclusive=True, group="facts")

    def _look(self) -> None:
        """On a thread: what the lab knows now; the lab may be on a slow file system."""
        try:
            found = facts(self.host.lab)
        except UserError:
            return
        self.app.call_from_thread(self._take_facts, found)

    def _take_facts(self, found: tuple[Fact, ...]) -> None:
        self._facts = found
        self.query_one(EntryEditor).know({fact.key: str(fact.said) for fact in found})

    def leave_field(self) -> None:
        """From an answer back to the questions: the next one is a key away."""
        self.set_focus(self.query_one("#items") if self.query_one("#checklist").display else None)

    # Changing.

    def fill(self) -> None:
        self.query_one("#text", TextField).put(self.answers.answer)
        self._list()

    @property
    def _entry(self) -> Entry:
        return self.answers.entry(self._item.id) if self._item else Entry()

    def _change_entry(self, entry: Entry) -> None:
        if self._item is not None and entry != self._entry:
            self.change(self.answers.with_entry(self._item.id, entry))
            self._show_entry()

    def action_state(self, state: str) -> None:
        """The question is in this state; the same key again, and it is open."""
        state = "open" if self._entry.state == state else state
        self._change_entry(replace(self._entry, state=state))

    # Showing.

    def _list(self) -> None:
        """The items of the chosen topic and state, the highlighted one kept where it is still there."""
        items = self.query_one("#items", OptionList)
        wanted = self._item.id if self._item else ""
        self._shown = [
            item
            for item in self.answers.items()
            if self._topic in ("", item.topic) and self._state in ("", self.answers.entry(item.id).state)
        ]
        items.set_options(Option(self._line(item)) for item in self._shown)
        row = next((i for i, item in enumerate(self._shown) if item.id == wanted), 0)
        items.highlighted = row if self._shown else None
        self._item = self._shown[row] if self._shown else None
        chosen = [str(topic_name(self._topic))] if self._topic else []
        chosen += [str(STATES[self._state][1])] if self._state else []
        items.border_title = " · ".join(chosen) or tr("All questions", "Todas las preguntas")
        self._show_entry()

    def _line(self, item: Item) -> Content:
        mark, _ = STATES.get(self.answers.entry(item.id).state, STATES["open"])
        return Content(visible(f"{mark} {item.question}"))

    def _show_entry(self) -> None:
        self.query_one(EntryEditor).show(self._item, self._entry)

    def show(self) -> None:
        self.query_one("#meters", Fitted).fit(self._meters)
        lines = [
            Content.styled(f"{'✓' if check.passed else '✗'} {check.said}", "$success" if check.passed else "$warning")
            for check in checks(self.answers.answer)
        ]
        self.query_one("#checks", Static).update(Content("\n").join(lines))
        items = self.query_one("#items", OptionList)
        if self._item in self._shown and self._item is not None:
            items.replace_option_prompt_at_index(self._shown.index(self._item), self._line(self._item))

    def _meters(self, room: int) -> Content:
        """The topics with what is done of each, none of them broken by the end of a line."""
        parts = []
        for topic, done, of in meters(self.answers):
            style = "bold $success" if done == of else ""
            parts.append(
                Content.assemble((visible(str(topic_name(topic))), style), (f" {done}/{of}", style or "$text-muted"))
            )
        return flowing(parts, room)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        row = event.option_index
        stale = event.option_list.highlighted != row or row >= len(self._shown)
        if event.option_list.id == "items" and not stale and self._shown[row] is not self._item:
            self._item = self._shown[row]
            self._show_entry()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "items":
            self.set_focus(self.query_one("#said"))

    def action_filter_topic(self) -> None:
        topics = ["", *dict.fromkeys(item.topic for item in self.answers.items())]
        self._topic = topics[(topics.index(self._topic) + 1) % len(topics)] if self._topic in topics else ""
        self._list()

    def action_filter_state(self) -> None:
        states = ["", *STATES]
        self._state = states[(states.index(self._state) + 1) % len(states)]
        self._list()

    def action_search(self) -> None:
        from llm_tui.screens.dialogs import AskDialog

        def search(wanted: str | None) -> None:
            start = self._shown.index(self._item) + 1 if self._item in self._shown and self._item else 0
            following = [*self._shown[start:], *self._shown[:start]]
            found = next((i for i in following if wanted and wanted.casefold() in str(i.question).casefold()), None)
            if found is not None:
                self.query_one("#items", OptionList).highlighted = self._shown.index(found)
            elif wanted:
                self.notify(tr(f"No question has “{wanted}”.", f"Ninguna pregunta tiene «{wanted}»."), markup=False)
            self.action_go("#items")

        self.app.push_screen(AskDialog(tr("Find a question", "Buscar una pregunta")), search)

    # What a person writes.

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        area = message.text_area
        if area.id == "text" and area.text != self.answers.answer:
            self.change(self.answers.with_answer(area.text), typing="paragraph")

    def on_entry_editor_changed(self, message: EntryEditor.Changed) -> None:
        changed = self.answers.with_entry(message.item.id, message.entry)
        self.change(changed, typing=f"item {message.item.id}")

    def action_evidence(self) -> None:
        """A fact of the lab, put to the answer; one that is there already is taken away."""
        from llm_tui.screens.dialogs import ChoiceDialog

        known = self._facts
        if not known or self._item is None:
            self.notify(
                tr(
                    "The lab has no facts yet: do an exercise.",
                    "El laboratorio aún no tiene hechos: haga un ejercicio.",
                )
            )
            return
        order = sorted(known, key=lambda fact: self._item is not None and fact.topic != self._item.topic)

        def take(row: int | None) -> None:
            if row is not None:
                key, entry = order[row].key, self._entry
                kept = tuple(other for other in entry.evidence if other != key)
                self._change_entry(replace(entry, evidence=kept if key in entry.evidence else (*kept, key)))

        title = tr("Evidence from this lab", "Evidencia de este laboratorio")
        self.app.push_screen(ChoiceDialog(title, str(self._item.question), [str(fact.said) for fact in order]), take)

    def action_more(self) -> None:
        self.change(replace(self.answers, extended=not self.answers.extended))
        self._list()

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
        area = self.query_one(name, TextArea)
        try:
            text = edit_outside(self.app, area.text)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if text != area.text.rstrip("\n"):
            area.replace(text, (0, 0), area.document.end)

    def action_open(self) -> None:
        from llm_tui.screens.dialogs import AskDialog

        def read(path: str | None) -> None:
            if path:
                self.run_worker(self._read(Path(path)))

        self.app.push_screen(
            AskDialog(tr("Open a checklist (YAML, TOML)", "Abrir una lista (YAML, TOML)"), "~/lista.yml"), read
        )

    async def _read(self, path: Path) -> None:
        from llm_tui.exercises.checklist_file import read_items

        try:
            items = await asyncio.to_thread(read_items, path)
        except UserError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        taken = {item.id for item in self.answers.items()}
        fresh = tuple(item for item in items if item.id not in taken)
        self.change(replace(self.answers, own=(*self.answers.own, *fresh)))
        self._list()
        self.notify(tr(f"{len(fresh)} questions added.", f"{len(fresh)} preguntas añadidas."))

    # The test of a model.

    def action_run(self) -> None:
        from llm_tui.screens.dialogs import AskDialog

        def ask(model: str | None) -> None:
            if model is not None:
                self.run_worker(self._probe(model))

        title = tr("Test which model? (hub id or folder)", "¿Qué modelo se prueba? (id del hub o carpeta)")
        self.app.push_screen(AskDialog(title, TEXT_MODEL, self.answers.model or TEXT_MODEL), ask)

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
            if isinstance(event, Failed):
                self.notify(event.message, severity="error", markup=False)
            elif isinstance(event, Finished) and event.job_id in self._asked:
                self._keep_probed(event.result)
                failed = sum(not probed.passed for probed in event.result.results)
                of = len(event.result.results)
                said = tr(
                    f"The test is done: the model failed {failed} of its {of} attempts; a adds it as evidence.",
                    f"La prueba terminó: el modelo falló en {failed} de los {of} intentos; a la añade como evidencia.",
                )
                self.notify(said)
                self.run_worker(self._look_after_saving())

    def _keep_probed(self, report: ProbeReport) -> None:
        self.learn(lambda answers: replace(answers, probed=report))

    async def _look_after_saving(self) -> None:
        await self._save.flush()
        self.run_worker(self._look, thread=True, exclusive=True, group="facts")

    # Export, copy.

    def _document(self) -> str:
        language = i18n.export_language()
        said = {fact.key: fact.said.within(language) for fact in self._facts}
        return ethics.document(self.answers, language, said)

    async def action_export(self) -> None:
        await self._save.flush()
        await self.write_export(f"exercise-{ethics.NUMBER}.md", self._document())

    def action_copy(self) -> None:
        self.host.copy(self._document())
