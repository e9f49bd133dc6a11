"""The attention of models that write: over what they were given for a task, and the answer in their own pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_tui.attribution.attention_job import CROSS, DECODER, ENCODER, ITSELF, Attention
from llm_tui.attribution.piece_job import Written
from llm_tui.engine.job import Context, run_job
from llm_tui.errors import UserError
from llm_tui.foundation.job import PROMPT, TRANSLATE_EN_ES, Generate, ModelChoice

Folders = dict[str, Path]


def asked(folder: Path, task: str = PROMPT, answer: str = "Every word.") -> Attention:
    model = ModelChoice(str(folder), "cpu")
    written = Written(Generate(task, ("The little boy.",), model), answer) if answer else None
    return Attention("The little boy.", model, "generate", written=written)


def test_a_chat_model_reads_its_template_and_then_its_answer(folders: Folders, context: Context):
    (side,) = run_job(asked(folders["llama"]), context).sides
    assert side.name == ITSELF and side.rows == side.columns
    said = "".join(side.rows).replace("Ġ", " ")
    assert said == "<|user|>The little boy.<|end|><|assistant|>Every word."


def test_without_an_answer_the_text_is_read_as_it_is(folders: Folders, context: Context):
    (side,) = run_job(asked(folders["llama"], answer=""), context).sides
    assert "".join(side.rows).replace("Ġ", " ") == "The little boy."


@pytest.mark.parametrize(("name", "begins"), [("marian", ["<pad>"]), ("m2m100", ["</s>", "spa_Latn"])])
def test_a_translator_begins_its_answer_with_its_own_pieces(
    folders: Folders, context: Context, name: str, begins: list[str]
):
    sides = run_job(asked(folders[name], TRANSLATE_EN_ES), context).sides
    assert [side.name for side in sides] == [ENCODER, DECODER, CROSS]
    assert list(sides[2].rows[: len(begins)]) == begins
    assert "".join(sides[2].rows[len(begins) :]).replace("▁", " ").strip() == "Every word."
    assert sides[2].columns == sides[0].rows


def test_a_model_is_opened_for_what_its_architecture_says(folders: Folders, context: Context):
    for name in ("bert-nli", "tokens", "gpt2"):
        (side,) = run_job(Attention("The little boy.", ModelChoice(str(folders[name]), "cpu")), context).sides
        assert len(side.layers) == 2
    with pytest.raises(UserError, match="gives only its answers"):
        run_job(Attention("The little boy.", ModelChoice("http://127.0.0.1:1/v1#m")), context)
