"""The models of the course and of the hub's cache: what is there, what fits; fetch and remove."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static
from textual.widgets.option_list import Option

from llm_tui.engine.events import ENDINGS, Failed, Finished
from llm_tui.engine.job import Job
from llm_tui.foundation.models import ListModels, ModelState, PlanPull, PullModel, RemoveModel
from llm_tui.hub.packaged import PACKAGED
from llm_tui.hub.plan import Plan
from llm_tui.i18n import Text, tr
from llm_tui.keys import ADD, CHOOSE, CLOSE, DROP, bindings
from llm_tui.playground import registry
from llm_tui.screens.leaving import Dialog
from llm_tui.visible import visible
from llm_tui.widgets.host import Host, JobEvents, host
from llm_tui.widgets.option_list import OptionList


class ModelsDialog(Dialog[str | None]):
    """Enter gives the chosen model back, for the task that is open; escape gives None.

    A fetch goes on when this is closed: it belongs to the app, and the job bar shows it.
    """

    AUTO_FOCUS = "#models"
    NAME = Text("Models", "Modelos")
    KEYS = (
        replace(CHOOSE, label=Text("use", "usar")),
        replace(ADD, action="fetch", label=Text("fetch", "descargar")),
        replace(DROP, action="remove"),
        replace(CLOSE, label=Text("leave", "salir")),
    )
    BINDINGS = bindings(KEYS)

    def __init__(self) -> None:
        super().__init__()
        self._models: tuple[ModelState, ...] = ()
        self._asked: dict[int, Job] = {}
        self._planning = False

    @property
    def host(self) -> Host:
        return host(self)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = str(self.NAME)
            box.border_subtitle = ", ".join(f"{key.shown}: {key.label}" for key in self.KEYS)
            yield Static(tr("looking…", "buscando…"), id="said", markup=False)
            yield OptionList(markup=False, id="models")
            with VerticalScroll(id="why"):
                yield Static(id="reason", markup=False)

    def on_mount(self) -> None:
        self._submit(ListModels(registry.offered(), of_servers=registry.of_servers()))

    def _submit(self, job: Job) -> None:
        self._asked[self.host.submit(job, self)] = job

    def on_job_events(self, message: JobEvents) -> None:
        for event in message.events:
            job = self._asked.get(event.job_id)
            if isinstance(job, PlanPull) and isinstance(event, ENDINGS):
                self._planning = False
                self._show(self._models)
            if isinstance(event, Finished) and isinstance(job, ListModels):
                self._show(event.result)
            elif isinstance(event, Finished) and isinstance(job, PlanPull):
                self._ask(event.result)
            elif isinstance(event, Finished) and job:
                self._submit(ListModels(registry.offered(), of_servers=registry.of_servers()))
            elif isinstance(event, Failed) and isinstance(job, PlanPull | PullModel):
                self._show(self._models)
            elif isinstance(event, Failed):
                self.app.notify(event.message, severity="error", markup=False)

    def _show(self, models: tuple[ModelState, ...]) -> None:
        models_list = self.query_one("#models", OptionList)
        self._models = models
        failed = self.host.not_fetched
        lines = (Option(_line(model, model.name in failed), id=model.name) for model in models)
        models_list.put(lines, [model.name for model in models])
        models_list.highlighted = models_list.highlighted or 0
        own = [model for model in models if not model.served]
        here = sum(model.usable for model in own)
        self.query_one("#said", Static).update(
            tr(f"{here} of {len(own)} on this machine", f"{here} de {len(own)} en este equipo") + self._read_only()
        )
        self._show_reason()

    def _read_only(self) -> str:
        environment = self.host.machine.environment
        if environment is None or not environment.unwritable:
            return ""
        return visible(
            tr(
                f"; the cache {environment.cache} can only be read",
                f"; la caché {environment.cache} solo se puede leer",
            )
        )

    def _show_reason(self) -> None:
        """Of the model that is chosen: why it could not be fetched, for as long as it is not fetched."""
        model = self._current()
        reason = self.host.not_fetched.get(model.name, "") if model else ""
        self.set_class(bool(reason), "-failed")
        self.query_one("#reason", Static).update(visible(reason))

    def on_option_list_option_highlighted(self) -> None:
        self._show_reason()

    def _current(self) -> ModelState | None:
        row = self.query_one("#models", OptionList).highlighted
        return None if row is None or row >= len(self._models) else self._models[row]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_fetch(self) -> None:
        if (model := self._current()) and not (model.served or self._planning):
            self._planning = True
            self._submit(PlanPull(model.name))
            self.query_one("#said", Static).update(
                tr(f"asking for {visible(model.name)}…", f"preguntando por {visible(model.name)}…")
            )

    def _ask(self, plan: Plan) -> None:
        """Say what would be fetched; where it has no room, offer the place that has."""
        from llm_tui.screens.dialogs import ConfirmDialog

        there = plan.other and str(plan.other.folder)
        if plan.held:
            self.app.notify(plan.said(), markup=False)
        elif not plan.possible and not there:
            self.host.not_fetched[plan.model] = plan.said()
            self._show(self._models)
        else:
            to = "" if plan.possible else str(there)
            yes = tr("Fetch there", "Descargar allí") if to else tr("Fetch", "Descargar")
            self.host.open_late(ConfirmDialog(plan.said(), yes), partial(self._fetch, plan.model, to))

    def _fetch(self, model: str, to: str, yes: bool | None) -> None:
        if yes:
            self._submit(PullModel(model, to))
            self.app.notify(tr(f"Fetching {model}…", f"Descargando {model}…"), markup=False)

    def action_remove(self) -> None:
        from llm_tui.screens.dialogs import ConfirmDialog

        model = self._current()
        if model is None or not model.bytes:
            return

        def remove(yes: bool | None) -> None:
            if yes:
                self._submit(RemoveModel(model.name))

        question = tr(
            f"Delete {model.name} from the cache ({model.bytes / 1e6:.0f} MB)?",
            f"¿Borrar {model.name} de la caché ({model.bytes / 1e6:.0f} MB)?",
        )
        self.app.push_screen(ConfirmDialog(question, tr("Delete", "Borrar")), remove)


def _line(model: ModelState, failed: bool) -> str:
    """Mark, name, tasks, and whether it could not be fetched; of one that is here its size, weights, licence, and
    whether it fits; of one that is not, how much comes through pip where it needs no hub.
    """
    mark = "●" if model.usable else "✗" if failed else "○"
    parts = [f"{mark} {visible(model.name)}", ", ".join(registry.titles(model.tasks))]
    if failed:
        parts.append(tr("not fetched", "no se descargó"))
    if model.served:
        parts.append(tr(f"served by {model.served}", f"servido por {model.served}"))
    elif model.usable:
        fits = {True: "", False: tr("does not fit the memory", "no cabe en la memoria"), None: ""}[model.fits]
        facts = [f"{model.bytes / 1e6:.0f} MB", model.revision[:7], model.weights, visible(model.licence), fits]
        parts.append(" ".join(filter(None, facts)))
    elif packaged := PACKAGED.get(model.name):
        size = f"{packaged.bytes / 1e6:.0f} MB"
        parts.append(tr(f"{size} through pip, without a hub", f"{size} mediante pip, sin hub"))
    return "  ".join(filter(None, parts))
