"""What a model is opened for is said once, and holds of what transformers and the program have."""

from __future__ import annotations

import json

import pytest
import transformers

from llm_tui.engine.job import Context
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.loading import load
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS, Purpose
from llm_tui.playground import registry

PURPOSES = (GENERATE, SEQUENCE, TOKENS)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_what_stands_in_is_opened_by_the_class_that_is_named(purpose: Purpose, context: Context):
    for model in purpose.stand_ins:
        config = json.loads((model.folder / "config.json").read_text(encoding="utf-8"))
        (architecture,) = config["architectures"]
        assert architecture.endswith(purpose.endings)
        auto = getattr(transformers, purpose.auto_class(config.get("is_encoder_decoder", False)))
        assert type(load(ModelChoice(model.name, "cpu"), purpose, context).model) in auto._model_mapping.values()
        for language in ("en", "es"):
            assert model.name in purpose.instead().within(language)


def test_every_task_has_one_that_serves_a_purpose():
    assert {task.stand_in for task in registry.tasks()} == {model for each in PURPOSES for model in each.stand_ins}
