"""What a model would see of an input, before it is asked."""

from __future__ import annotations

import json

import pytest
from transformers import AutoTokenizer

from llm_tui.engine.job import Context, run_job
from llm_tui.foundation.inspection import Inspect

pytestmark = pytest.mark.usefixtures("no_hub")


@pytest.mark.parametrize("family", ["t5", "bart", "marian", "gpt2", "llama", "distilbert"])
@pytest.mark.parametrize("text", ["Mañana veremos las películas.", "", "Hola\n\notra línea 😀"])
def test_pieces_are_counted_as_the_models_own_tokenizer_does(family, text, folders, context: Context):
    aid = run_job(Inspect(text, str(folders[family])), context)
    own = AutoTokenizer.from_pretrained(folders[family])
    assert aid is not None
    assert aid.pieces == len(own(text, add_special_tokens=False).input_ids)


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
    assert aid.most == 77


@pytest.mark.parametrize("model", ["nobody/nothing", "/no/such/folder", "a b c"])
def test_nothing_is_fetched_for_it(model, context: Context):
    assert run_job(Inspect("hola", model), context) is None
