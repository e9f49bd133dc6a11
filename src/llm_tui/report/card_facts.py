"""What a model card says to programs: its YAML, made and checked by the hub's own classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llm_tui.errors import UserError
from llm_tui.export.markdown import escape_markdown
from llm_tui.i18n import Text, tr
from llm_tui.lab.runs import Run
from llm_tui.visible import visible

HUB_ID = "fancyzhx/ag_news"
"""Of AG_NEWS among the hub's data sets."""


def title(run: Run, language: str) -> str:
    """The card's first heading."""
    said = Text(
        "Text classifier: {data}, batch size {batch}, seed {seed}",
        "Clasificador de textos: {data}, tamaño de lote {batch}, semilla {seed}",
    )
    name = run.result.data_name if run.result else ""
    return escape_markdown(
        said.format(data=name, batch=run.job.batch_size, seed=run.job.seed).within(language)
    ).replace("<!--", "<!-")


def metadata(run: Run, before: Mapping[str, Any]) -> str:
    """The YAML of a card; entries of `before` stay, but for what was measured.

    Raises:
        UserError: the hub's classes do not take it, or it is nested too deeply.
    """
    from huggingface_hub import ModelCardData  # not at the top: it takes half a second

    made = _of_run(run).to_dict()
    try:
        whole = ModelCardData(**{**made, **before, "model-index": made["model-index"]})
        return whole.to_yaml()
    except (TypeError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise UserError(
            tr(
                f"The hub would not take what stands between the two lines --- ({why}).",
                f"El hub no aceptaría lo que está entre las dos líneas --- ({why}).",
            )
        ) from error


def _of_run(run: Run) -> Any:
    from huggingface_hub import EvalResult, ModelCardData

    result = run.result
    assert result is not None
    of_news, name = run.job.data == "ag_news", visible(result.data_name)
    about: dict[str, Any] = {
        "task_type": "text-classification",
        "dataset_type": HUB_ID if of_news else name,
        "dataset_name": name,
        "dataset_split": "test",
    }
    measured = (
        ("accuracy", "Accuracy", result.accuracy),
        ("f1", "Macro F1", result.macro_f1()),
        ("loss", "Cross-entropy", result.test_loss),
    )
    more: dict[str, Any] = {"datasets": [HUB_ID]} if of_news else {}
    return ModelCardData(
        model_name=f"llm-tui-{run.id}",
        library_name="pytorch",
        pipeline_tag="text-classification",
        tags=["embedding-bag", "llm-tui"],
        metrics=["accuracy", "f1"],
        language="en" if of_news or result.synthetic else None,
        eval_results=[
            EvalResult(**about, metric_type=kind, metric_name=said, metric_value=round(value, 6))
            for kind, said, value in measured
        ],
        **more,
    )
