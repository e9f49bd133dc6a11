"""What a model would see of an input, before it is asked."""

from __future__ import annotations

import json
from bisect import bisect_left

import pytest
from transformers import AutoTokenizer

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.inspection import Inspect
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.labels_job import Sentiment

pytestmark = pytest.mark.usefixtures("no_hub")


@pytest.mark.parametrize("family", ["t5", "bart", "marian", "gpt2", "llama", "distilbert"])
@pytest.mark.parametrize("text", ["Mañana veremos las películas.", "", "Hola\n\notra línea 😀"])
def test_pieces_are_counted_as_the_models_own_tokenizer_does(family, text, folders, context: Context):
    aid = run_job(Inspect(text, str(folders[family])), context)
    own = AutoTokenizer.from_pretrained(folders[family])
    assert aid is not None
    assert aid.pieces == len(own(text, add_special_tokens=False).input_ids)


def test_a_seq2seq_model_with_a_chat_template_is_shown_as_it_gets_the_text(folders, copy, context: Context):
    folder = copy("t5")
    (folder / "chat_template.jinja").write_text("Q: {{ messages[0]['content'] }}</s>")
    aid = run_job(Inspect("A film.", str(folder), whole=True), context)
    assert aid is not None
    assert aid.source == "Q: A film.</s>"


def test_what_the_vocabulary_lacks_is_found_where_it_stands(folders, context: Context):
    text = "Ana vio 日本 y volvió."
    aid = run_job(Inspect(text, str(folders["t5"])), context)
    assert aid is not None
    assert "日本" in "".join(text[start:end] for start, end in aid.lost)


def test_the_longest_input_is_the_least_that_the_files_say(folders, tmp_path, context: Context):
    folder = tmp_path / "model"
    folder.mkdir()
    for file in folders["distilbert"].glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    for name, key in (("config.json", "max_position_embeddings"), ("tokenizer_config.json", "model_max_length")):
        content = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**content, key: 77 if name == "config.json" else 10**30}))
    aid = run_job(Inspect("hola", str(folder)), context)
    assert aid is not None
    assert aid.most == 77 - len(AutoTokenizer.from_pretrained(folder)("").input_ids)


@pytest.mark.parametrize("family", ["gpt2", "llama", "t5"])
def test_what_is_told_to_have_room_is_not_cut(family, folders, context: Context):
    def told(words: int):
        return run_job(Inspect("sol " * words, str(folders[family]), whole=True, answer=40), context)

    first = bisect_left(range(300), True, key=lambda words: told(words).pieces > told(words).most)
    model, settings = ModelChoice(str(folders[family]), "cpu"), Settings(max_new_tokens=40)
    asked = Generate(PROMPT, ("sol " * (first - 1), "sol " * first), model, settings)
    assert [answer.cut for answer in run_job(asked, context).answers] == [False, True]


def test_of_what_is_classified_no_room_is_left_for_an_answer(folders, context: Context):
    model = ModelChoice(str(folders["roberta-nli"]), "cpu")
    texts = tuple("sol " * words for words in range(1, 80))
    aids = [run_job(Inspect(text, model.name), context) for text in texts]
    judged = run_job(Sentiment(texts, model), context)
    assert [aid.pieces > aid.most for aid in aids] == [steps.cut for steps in judged.texts]
    assert any(steps.cut for steps in judged.texts)


@pytest.mark.parametrize("model", ["nobody/nothing", "/no/such/folder", "a b c"])
def test_nothing_is_fetched_for_it(model, context: Context):
    assert run_job(Inspect("hola", model), context) is None
