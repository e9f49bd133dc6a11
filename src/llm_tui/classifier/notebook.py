"""The training of the course's notebook, as values of the setup's fields. Light."""

from __future__ import annotations

from collections.abc import Container

from llm_tui.classifier.ag_news_cache import ag_news_fetched
from llm_tui.classifier.job import BASIC_ENGLISH, GAMMA
from llm_tui.classifier.setup import FIELDS
from llm_tui.i18n import tr

NUMBERS = {
    "train_size": "2000",
    "test_size": "1000",
    "tokenizer": BASIC_ENGLISH,
    "vocabulary": "split",
    "batch_size": "64",
    "embed_dim": "64",
    "epochs": "1",
    "lr": "4.0",
    "shuffle": "no",
}
"""Everything but the data. Its `StepLR` multiplies the rate by `GAMMA` after each epoch, as all trainings here do."""


def values(data: str, own: Container[str] = ()) -> tuple[dict[str, str], str]:
    """The values of the fields, and what is to be said of them. `data` is what stands there now: a person's own data
    stay, and the sample gives way to AG_NEWS where that is in the cache or can be fetched, which may take a few seconds
    to find out. Fields in `own` stay too.
    """
    found, why = {name: text for name, text in NUMBERS.items() if name not in own}, ""
    if "data" in own:
        pass
    elif data.strip() == "sample" and (ag_news_fetched() or _can_be_fetched()):
        found["data"] = "ag_news"
    elif data.strip() == "sample":
        why = tr(
            "AG_NEWS, which the notebook has, is not in the cache and cannot be fetched now: the data stay “sample”.",
            "AG_NEWS, que es lo que usa el cuaderno, no está en la caché ni se puede descargar ahora: los datos siguen "
            "siendo «sample».",
        )
    elif data.strip() != "ag_news":
        why = tr(
            "The data stay yours; the notebook has AG_NEWS.",
            "Los datos siguen siendo los suyos; el cuaderno usa AG_NEWS.",
        )
    set_to = ", ".join(f"{field.label} {found[field.name]}" for field in FIELDS if field.name in found)
    said = tr(f"As in the notebook: {set_to}, gamma {GAMMA}.", f"Como en el cuaderno: {set_to}, gamma {GAMMA}.")
    return found, " ".join(filter(None, [said, why]))


def _can_be_fetched() -> bool:
    from llm_tui.classifier.ag_news import answers

    return answers()
