"""What stays open from one job to the next: found again, bounded, closed when it is let go and when the engine ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from llm_tui.engine.engine import Engine
from llm_tui.engine.events import Event, Finished
from llm_tui.engine.job import Context
from llm_tui.engine.models import ModelCache
from llm_tui.i18n import Text

LONG = 60.0


class Model:
    closed = False

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True)
class Open:
    """A job that opens a model where none is open under its name, and returns it."""

    kind: ClassVar[str] = "open"
    runner: ClassVar[str] = f"{__name__}:opened"
    imports: ClassVar[tuple[str, ...]] = ()

    name: ClassVar[Text] = Text("open", "abrir")

    model: str

    def title(self) -> str:
        return "open"


def opened(job: Open, context: Context) -> Model:
    key = ("model", job.model)
    if (model := context.models.find(key)) is None:
        context.models.keep(key, model := Model())
    return model


def results(engine: Engine, *names: str) -> list[Any]:
    events: list[Event] = []
    for name in names:
        engine.submit(Open(name), events.append)
    assert engine.wait(LONG)
    return [event.result for event in events if isinstance(event, Finished)]


def test_a_job_finds_what_the_one_before_left_open() -> None:
    with Engine() as engine:
        first, other, again = results(engine, "a", "b", "a")
    assert first is again
    assert first is not other


def test_nothing_is_open_after_the_engine_and_no_engine_sees_what_another_has() -> None:
    engine = Engine()
    (model,) = results(engine, "a")
    with Engine() as other:
        assert results(other, "a") != [model]
    assert not model.closed
    assert engine.close(LONG)
    assert model.closed


def test_the_least_recently_used_of_a_kind_goes_first() -> None:
    cache = ModelCache()
    models = [Model() for _ in range(4)]
    cache.keep(("corpus", 0), "another kind")
    for number, model in enumerate(models[:3]):
        cache.keep(("model", number), model, 3)
    assert cache.find(("model", 0)) is models[0]
    cache.keep(("model", 3), models[3], 3)
    assert cache.of("model") == [models[2], models[0], models[3]]
    assert [model.closed for model in models] == [False, True, False, False]
    assert cache.find(("model", 1)) is None
    assert cache.of("corpus") == ["another kind"]


def test_what_is_let_go_is_closed_and_gone() -> None:
    cache = ModelCache()
    model, other = Model(), Model()
    cache.keep(("model", 1), model)
    cache.keep(("model", 2), other)
    cache.close(("model", 1))
    assert (model.closed, other.closed) == (True, False)
    cache.close_all()
    assert other.closed
    assert cache.of("model") == []
