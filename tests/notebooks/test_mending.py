"""What no longer works in an old notebook is found, said and mended; nothing of it is run, nothing else changes."""

from __future__ import annotations

import ast
import csv
import inspect
import json
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from old_notebooks import EXAMPLES

from llm_tui import i18n
from llm_tui.classifier import ag_news
from llm_tui.cli import cli
from llm_tui.errors import UserError
from llm_tui.hub.shipped import shipped, unpacked
from llm_tui.notebooks.file import Notebook, read_notebook, source
from llm_tui.notebooks.helpers import helper
from llm_tui.notebooks.mending import Looked, look
from llm_tui.notebooks.rows import ROWS

HELPERS = ("ag_news", "vocabulary", "map_style", "seq2seq", "question_answering")


def notebook(*codes: str) -> Notebook:
    cells = [nbformat.v4.new_code_cell(code, id=f"c{i}", execution_count=1) for i, code in enumerate(codes)]
    return Notebook(json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells))))


def copied(looked: Looked) -> list[str]:
    assert looked.copy is not None
    nbformat.validate(nbformat.from_dict(looked.copy.content))
    return [source(cell) for cell in looked.copy.cells]


def test_each_row_has_an_example_and_texts_in_both_languages() -> None:
    assert {row.what for row in ROWS} == set(EXAMPLES)
    for row in ROWS:
        for text in filter(None, (row.why, row.mended, row.left)):
            assert text.en and text.es and not text.en.endswith(".")
        assert row.mended or row.left


@pytest.mark.parametrize("what", EXAMPLES)
def test_what_no_longer_works_is_found_and_mended_in_its_place_or_left(what: str) -> None:
    code, wanted = EXAMPLES[what]
    looked = look(notebook(code), "en")
    found = [finding for finding in looked.findings if finding.row.what == what]
    assert found and all(code.split("\n")[each.line - 1].strip() == each.text for each in found)
    if wanted is None:
        assert not any(each.mended for each in found) and found[0].row.left
        return
    assert all(each.mended for each in found) and found[0].row.mended
    own = copied(looked)[-1]
    assert wanted.replace("{comment}", f"llm-tui: {found[0].row.mended.en}") in own
    # What the copy has in its place is no finding any more.
    assert looked.copy is not None
    assert not [each.row.what for each in look(looked.copy, "en").findings if each.mended]


def test_a_notebook_without_such_things_has_no_copy_and_comments_and_markdown_are_not_read() -> None:
    code = "# use encode_plus\nx = 'tok.encode_plus(a)'\nfrom transformers import AutoTokenizer\nencode_plus = 1\n"
    looked = look(notebook(code), "es")
    assert looked.copy is None and not looked.findings


def test_what_the_person_wrote_stays_but_for_the_places_themselves() -> None:
    code = (
        "%matplotlib inline\r\n!pip list\r\nfiles = !ls\r\n# ñandú · 👍\r\nx = {'a' :1}   # kept\r\n"
        'y = "ñ👍"; e = tok.encode_plus( "ñ" , max_length = 3 ) # why\r\nhelp?\r\ns = """\r\n!not a magic\r\n"""'
    )
    (own,) = copied(look(notebook(code), "en"))
    comment = "# llm-tui: the tokenizer itself is called\n"
    assert own.replace(comment, "").replace("tok(", "tok.encode_plus(") == code
    assert own.count(comment) == 1


def test_an_output_of_other_code_is_taken_away_and_that_of_the_same_code_stays() -> None:
    old = notebook("print(1)", "tok.encode_plus('a')")
    for cell in old.cells:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    copy = look(old, "en").copy
    assert copy is not None
    assert [len(cell["outputs"]) for cell in copy.cells] == [1, 0]
    assert [cell["execution_count"] for cell in copy.cells] == [1, None]


def test_imports_of_one_cell_hold_in_another_and_own_functions_of_the_same_name_are_not_touched() -> None:
    looked = look(notebook("from transformers import pipeline as pp", "p = pp('summarization')"), "en")
    assert copied(looked)[-1].endswith("p = Seq2SeqPipeline('summarization')")
    assert look(notebook("def pipeline(t): ...\np = pipeline('summarization')"), "en").copy is None


def test_the_helper_stands_once_before_the_first_cell_that_needs_it() -> None:
    codes = ["from transformers import pipeline", "a = pipeline('translation')", "b = pipeline('summarization')"]
    sources = copied(look(notebook(*codes), "es"))
    assert len(sources) == 4 and sources[1] == helper("seq2seq", "es")
    assert "hasta" in sources[1] and "# es:" not in sources[1] and "# en:" not in sources[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pipeline('x', return_all_scores=False, device=0)", "pipeline('x', device=0)"),
        ("pipeline('x', return_all_scores=True, top_k=2)", "pipeline('x', top_k=2)"),
        ("p('x', return_all_scores=False)", "p('x')"),
        ("p('x', return_all_scores=True)", None),
        ("pipeline('x', return_all_scores=every)", None),
    ],
)
def test_scores_keep_their_form_or_are_left(old: str, new: str | None) -> None:
    looked = look(notebook(f"from transformers import pipeline\na = {old}"), "en")
    assert [finding.mended for finding in looked.findings] == [new is not None]
    assert looked.copy is None if new is None else copied(looked)[0].endswith(f"\na = {new}")


def test_a_cell_in_another_language_or_with_a_mistake_is_left_and_said() -> None:
    looked = look(notebook("%%bash\npip install x", "tok.encode_plus(1)", "def f(:\n    pass", "(" * 500), "en")
    assert [(cell.cell, cell.line, cell.magic) for cell in looked.unread[:2]] == [(1, 1, "bash"), (3, 1, "")]
    assert len(looked.unread) == 3 and [finding.cell for finding in looked.findings] == [2]


def test_code_that_is_nested_deeper_than_a_person_nests_ends_nothing() -> None:
    deep = "a" + ".b" * 3000
    look(
        notebook(
            f"with {deep}.as_target_tokenizer():\n    {deep}(1)", "x = " + "-" * 5000 + "1", "[" * 199 + "]" * 199
        ),
        "en",
    )


def test_functions_of_ones_own_and_of_other_packages_keep_their_arguments() -> None:
    code = (
        "def train(m, no_cuda=True): ...\ntrain(1, no_cuda=False)\nfrom scipy.optimize import minimize\n"
        "minimize(f, constraints=[])\nfrom diffusers import DiffusionPipeline\n"
        "DiffusionPipeline.from_pretrained('x', torch_dtype=1)\nfrom accelerate import Accelerator\n"
        "Accelerator(logging_dir='x')\nclass Net:\n    def generate(self, n): ...\n"
        "    def encode_plus(self, x): ...\nNet().generate(3)\nNet().encode_plus(1)"
    )
    assert not look(notebook(code), "en").findings
    looked = look(notebook("def load(name, **more): ...\nload('x', use_auth_token=True)"), "en")
    assert copied(looked)[0].endswith("load('x', token=True)")  # which hands it on


LINES = st.sampled_from(
    [*(line for code, _ in EXAMPLES.values() for line in code.split("\n")), "%%time", "if x:", "'''"]
)


@settings(max_examples=30)
@given(st.lists(LINES | st.text(max_size=20), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_code_is_looked_at_and_its_copy_is_no_worse(lines: list[str], end: str) -> None:
    looked = look(notebook(end.join(lines)), "en")
    if looked.copy:
        assert not looked.unread
        again = look(looked.copy, "en")
        assert not again.unread


KEYS = st.sampled_from(["cells", "cell_type", "source", "nbformat", "worksheets", "metadata", "x"])
ANY = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner))


@settings(max_examples=40)
@given(ANY, st.sampled_from([3, 4, 5, None]))
def test_what_is_no_notebook_is_said_to_be_none(tmp_path_factory: Any, content: object, version: int | None) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ipynb"
    if isinstance(content, dict):
        content |= {"nbformat": version}
    path.write_text(json.dumps(content))
    try:
        look(read_notebook(path), "en")
    except UserError as error:
        assert "any.ipynb" in str(error)


def test_files_that_are_no_notebooks(tmp_path: Path) -> None:
    for name, content in (("a", b"\xff\xfe"), ("b", b"[" * 100_000), ("c", b"{}"), ("d", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match="no Jupyter notebook"):
            read_notebook(tmp_path / name)
    for metadata in ({"kernelspec": {"language": "R"}}, {"language_info": {"name": "julia"}}):
        other = {**notebook("x").content, "metadata": metadata}
        (tmp_path / "other").write_text(json.dumps(other))
        with pytest.raises(UserError, match="another language"):
            read_notebook(tmp_path / "other")
    (tmp_path / "large").write_bytes(notebook("x" * 5_000_001).dump())
    with pytest.raises(UserError, match="too large"):
        read_notebook(tmp_path / "large")
    with pytest.raises(UserError, match="could not be read"):
        read_notebook(tmp_path / "none")
    with pytest.raises(UserError, match="could not be read"):
        read_notebook(tmp_path)


@pytest.mark.parametrize("depth", [500, 900, 960, 990, 1500])
def test_a_notebook_that_is_nested_deeply_is_copied_or_none(tmp_path: Path, depth: int) -> None:
    """Whatever can be read can be written, too."""
    text = json.dumps({**notebook("tok.encode_plus(1)").content, "metadata": {"x": "#"}})
    (tmp_path / "deep.ipynb").write_text(text.replace('"#"', "[" * depth + "]" * depth))
    try:
        copy = look(read_notebook(tmp_path / "deep.ipynb"), "en").copy
        assert copy is not None and source(copy.cells[0]).endswith("tok(1)") and b"tok(1)" in copy.dump()
    except UserError as error:
        assert "no Jupyter notebook" in str(error) and depth > 500


def test_a_notebook_of_format_3_is_read(tmp_path: Path) -> None:
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Título"},
            {"cell_type": "code", "collapsed": False, "language": "python", "metadata": {}, "outputs": [],
             "prompt_number": 1, "input": "tok.encode_plus('a')"},
        ]}],
    }  # fmt: skip
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    sources = copied(look(read_notebook(tmp_path / "old.ipynb"), "en"))
    assert sources == ["# Título", "# llm-tui: the tokenizer itself is called\ntok('a')"]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["notebook", *words])


def test_the_command_says_cell_by_cell_and_never_replaces_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "course.ipynb"
    path.write_bytes(notebook("x = 1", "y = tok.encode_plus('\x1b[2J')\nner(ignore_subwords=True)").dump())
    before = path.read_bytes()
    said = run(str(path)).output
    assert "Cell 2" in said and "Cell 1" not in said and "\x1b" not in said
    assert "     1  y = tok.encode_plus('␛[2J')" in said and "Mended: the tokenizer itself is called." in said
    assert "     2  ner(ignore_subwords=True)" in said and "Left: " in said and "Places mended: 1; left: 1." in said
    copy = tmp_path / "course-mended.ipynb"
    assert "tok('\x1b[2J')" in source(read_notebook(copy).cells[1]) and path.read_bytes() == before
    assert run(str(path)).exit_code == 0  # the same copy is there
    copy.write_text("mine")
    assert run(str(path)).exit_code == 2 and copy.read_text() == "mine"
    assert run(str(path), "-o", str(tmp_path / "other.ipynb")).exit_code == 0
    i18n.use("es")
    assert "Celda 2" in run(str(path), "--force").output and "llm-tui: se llama" in source(read_notebook(copy).cells[1])


# What the table says is held against the packages that are installed.


def test_names_and_modules_that_are_said_to_be_gone_are_gone() -> None:
    """Imports of which nothing is left in the copy, and those whose names it puts there itself."""
    first = [code.split("\n")[0] for code, wanted in EXAMPLES.values() if wanted is None]
    imports = [line for line in first if line.startswith(("import ", "from ")) and "pipeline" not in line]
    works = ("torchtext.datasets", "import tensorflow", "TrainingArguments")  # they are there, or another's
    imports = [line for line in imports if not any(each in line for each in works)]
    imports += [f"from transformers import {name}" for name in ("AdamW", "TFAutoModel", "AutoModelForVision2Seq")]
    assert len(imports) > 15
    for statement in imports:
        with pytest.raises(ImportError):
            exec(statement, {})


def test_arguments_and_methods_that_are_said_to_be_gone_are_gone() -> None:
    import transformers

    base = import_module("transformers.tokenization_utils_tokenizers").TokenizersBackend
    for method in ("encode_plus", "batch_encode_plus", "prepare_seq2seq_batch", "as_target_tokenizer"):
        assert not hasattr(base, method)
    arguments = set(inspect.signature(transformers.TrainingArguments.__init__).parameters)
    assert not arguments & {"evaluation_strategy", "no_cuda", "per_gpu_train_batch_size", "overwrite_output_dir"}
    assert {"eval_strategy", "use_cpu", "per_device_train_batch_size"} <= arguments
    trainer = set(inspect.signature(transformers.Trainer.__init__).parameters)
    assert "processing_class" in trainer and "tokenizer" not in trainer
    ner = set(inspect.signature(transformers.TokenClassificationPipeline._sanitize_parameters).parameters)
    assert "aggregation_strategy" in ner and not ner & {"grouped_entities", "ignore_subwords"}
    classes = inspect.signature(transformers.TextClassificationPipeline._sanitize_parameters).parameters
    assert "return_all_scores" not in classes and "top_k" in classes
    chat = inspect.signature(transformers.PreTrainedTokenizerBase.apply_chat_template).parameters
    assert chat["return_dict"].default is True
    for task in (
        "text2text-generation",
        "summarization",
        "translation_en_to_es",
        "question-answering",
        "conversational",
    ):
        with pytest.raises(KeyError):
            transformers.pipelines.check_task(task)


def test_ag_news_comes_from_the_address_that_the_program_uses() -> None:
    found = {node.value for node in ast.walk(ast.parse(helper("ag_news", "en"))) if isinstance(node, ast.Constant)}
    assert ag_news.URL in found and set(ag_news.MD5.values()) <= found


@pytest.mark.parametrize("name", HELPERS)
def test_helpers_are_python_in_both_languages(name: str) -> None:
    assert ast.dump(ast.parse(helper(name, "en"))) == ast.dump(ast.parse(helper(name, "es")))
    assert helper(name, "en") != helper(name, "es")


# What the copy does is what the old notebook did.


def executed(sources: Sequence[str]) -> dict[str, Any]:
    """As Jupyter runs the cells; everything that they need is there, so that nothing is installed."""
    names: dict[str, Any] = {}
    for text in sources:
        exec(compile(text.replace("%pip install -q {requirement}", "raise AssertionError"), "cell", "exec"), names)
    return names


def test_the_copy_of_a_classifier_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ag_news").mkdir()
    for split in ("train", "test"):
        with (tmp_path / "ag_news" / f"{split}.csv").open("w", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
                [(1 + i % 4, f"Title {i}", 'Stocks "fell", sadly') for i in range(8)]
            )
    old = notebook(
        "import torch",
        "from torchtext.datasets import AG_NEWS\nfrom torchtext.data.utils import get_tokenizer\n"
        "from torchtext.vocab import build_vocab_from_iterator\nfrom torchtext.data.functional import "
        "to_map_style_dataset\ncut = get_tokenizer('basic_english')\n"
        "rows = to_map_style_dataset(AG_NEWS(split='train'))\n"
        "vocab = build_vocab_from_iterator(map(cut, (t for _, t in rows)), specials=['<unk>'])\n"
        "vocab.set_default_index(vocab['<unk>'])\nids = vocab(cut('stocks rose'))\nsize = len(vocab)",
        "from transformers import AdamW\nlayer = torch.nn.EmbeddingBag(size, 4)\n"
        "o = AdamW(layer.parameters(), lr=0.1, correct_bias=False)\n"
        "loss = torch.nn.functional.cross_entropy(layer(torch.tensor([ids])), torch.tensor([rows[0][0] - 1]))\n"
        "loss.backward()\no.step()",
    )
    names = executed(copied(look(old, "es")))
    assert names["rows"][1] == (2, 'Title 1 Stocks "fell", sadly')
    assert names["vocab"].lookup_tokens(names["ids"]) == ["stocks", "<unk>"] and "sadly" in names["vocab"]
    assert names["o"].param_groups[0]["weight_decay"] == 0.0


def test_a_damaged_download_of_ag_news_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import urllib.request

    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"1,a,b"))
    names = executed([helper("ag_news", "en")])
    with pytest.raises(OSError, match="MD5"):
        names["AG_NEWS"](str(tmp_path / "data"), split="test")
    assert not (tmp_path / "data").exists()


WORDS = st.lists(st.lists(st.sampled_from(["<unk>", "a", "b", "ñ", "c d"])))


@settings(max_examples=30)
@given(WORDS, st.integers(1, 3), st.booleans(), st.none() | st.integers(2, 6))
def test_the_vocabulary_is_ordered_as_that_of_version_0_18(
    texts: Any, least: int, first: bool, most: int | None
) -> None:
    """By falling frequency, then by the alphabet; its first `max_tokens`, special ones counted."""
    names = executed([helper("vocabulary", "en")])
    vocab = names["build_vocab_from_iterator"](texts, least, ["<unk>"], first, most)
    ordered = sorted(Counter(word for text in texts for word in text).items(), key=lambda item: (-item[1], item[0]))
    kept = [word for word, count in ordered[: most - 1 if most else None] if count >= least and word != "<unk>"]
    assert vocab.get_itos() == (["<unk>", *kept] if first else [*kept, "<unk>"])
    with pytest.raises(RuntimeError):
        vocab["absent"]
    vocab.set_default_index(vocab["<unk>"])
    assert vocab(["absent", "<unk>"]) == [vocab["<unk>"]] * 2


def test_the_copy_of_pipelines_that_are_gone_gives_what_generate_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = str(unpacked(shipped()["llm-tui/teaching-t5"]))
    old = notebook(
        f"from transformers import pipeline\nfolder = {folder!r}",
        "p = pipeline('text2text-generation', model=folder, device_map='auto', num_beams=1)\n"
        "texts = ['translate English to Spanish: the house', 'translate Spanish to English: la mesa']\n"
        "one = p(texts[0], max_new_tokens=5)\nboth = p(texts, max_length=6, batch_size=2)\n"
        "p.model.config.task_specific_params = {'translation_en_to_es': {'prefix': 'translate English to Spanish: '}}\n"
        "t = pipeline('translation_en_to_es', p.model, tokenizer=p.tokenizer)('the house', num_beams=1, max_length=6)",
    )
    names = executed(copied(look(old, "en")))
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSeq2SeqLM.from_pretrained(folder)
    wanted = []
    for text in names["texts"]:
        ids = model.generate(**tokenizer(text, return_tensors="pt"), max_new_tokens=5)[0]
        wanted.append({"generated_text": tokenizer.decode(ids, skip_special_tokens=True)})
    assert names["both"] == wanted and names["one"] == wanted[:1]
    assert names["t"] == [{"translation_text": wanted[0]["generated_text"]}]


@pytest.fixture
def ask() -> Any:
    """Asks a model that knows where to begin and to end: at the question's own words it must not."""
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(shipped()["llm-tui/teaching-sentiment"]))

    class Model(torch.nn.Module):
        device = torch.device("cpu")

        def forward(self, input_ids: torch.Tensor, **more: object) -> Any:
            assert input_ids.shape[1] <= tokenizer.model_max_length
            windows = [tokenizer.convert_ids_to_tokens(ids) for ids in input_ids.tolist()]
            start, end = (
                torch.tensor([[5.0 if piece == word else 0.0 for piece in pieces] for pieces in windows])
                for word in ("casa", "roja")
            )
            return type("Out", (), {"start_logits": start, "end_logits": end})

    names = executed([helper("question_answering", "en")])
    return names["QuestionAnswering"]("question-answering", model=Model(), tokenizer=tokenizer)


def test_the_copy_of_question_answering_finds_a_span_of_the_passage(ask: Any) -> None:
    answer = ask(question="¿qué casa roja?", context="Vi una casa roja ayer.")
    assert answer["answer"] == "casa roja" and answer["start"] == 7 and 0 < answer["score"] < 1


def test_the_copy_of_question_answering_reads_a_long_passage_to_its_end(ask: Any) -> None:
    passage = f"{'El tren llegó tarde. ' * 200}Vi una casa roja ayer."
    answer = ask(question="¿qué casa roja?", context=passage)
    assert answer["answer"] == "casa roja" and answer["start"] == passage.index("casa roja")


def test_the_copy_of_question_answering_takes_no_argument_that_it_does_not_follow(ask: Any) -> None:
    with pytest.raises(TypeError, match="top_k"):
        ask(question="¿qué casa?", context="Vi una casa.", top_k=3)


def test_the_copy_of_a_classifier_of_texts_gives_the_best_label_as_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = str(unpacked(shipped()["llm-tui/teaching-sentiment"]))
    made = f"p = pipeline('sentiment-analysis', model={folder!r}, device=-1, return_all_scores=False)"
    names = executed(copied(look(notebook(f"from transformers import pipeline\n{made}\na = p('Me encantó.')"), "en")))
    (best,) = names["a"]
    assert best["label"] and 0 < best["score"] <= 1
