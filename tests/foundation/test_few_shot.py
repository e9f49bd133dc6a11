"""Solved examples before a question: as messages of a chat model, as one text of another, and on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from transformers import AutoTokenizer

from llm_tui.cli import cli
from llm_tui.engine.job import run_job
from llm_tui.errors import UserError
from llm_tui.foundation.few_shot import Example, one_text, pairs, typed
from llm_tui.foundation.inspection import Inspect
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.served import question
from llm_tui.serving.address import address

EXAMPLES = (("El niño soñaba.", "sí"), ("La montaña nieva.", "no"))


def asked(folder, texts=("Mañana veremos.",)):
    model = ModelChoice(str(folder), "cpu")
    return Generate(PROMPT, texts, model, Settings(max_new_tokens=4), examples=EXAMPLES)


def test_a_chat_model_gets_examples_as_messages_by_its_own_template(folders, context):
    tokenizer = AutoTokenizer.from_pretrained(folders["llama"])
    turns = [
        {"role": role, "content": said}
        for pair in EXAMPLES
        for role, said in zip(("user", "assistant"), pair, strict=True)
    ]
    turns.append({"role": "user", "content": "Mañana veremos."})
    text = str(tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False))
    answer = run_job(asked(folders["llama"]), context).answers[0]
    assert answer.source == text
    assert answer.input_pieces == len(tokenizer(text, add_special_tokens=False).input_ids)
    aid = run_job(Inspect("Mañana veremos.", str(folders["llama"]), EXAMPLES, whole=True), context)
    assert (aid.source, aid.pieces) == (text, answer.input_pieces)


def test_a_server_gets_the_same_messages():
    asked = question(address("http://127.0.0.1:1/v1#m"), "Mañana veremos.", {"seed": 1}, EXAMPLES)
    assert [turn["role"] for turn in asked["messages"]] == ["user", "assistant", "user", "assistant", "user"]
    assert asked["messages"][1]["content"] == "sí" and asked["messages"][-1]["content"] == "Mañana veremos."


def test_another_model_gets_one_text_that_ends_where_the_answer_begins(folders, context):
    answer = run_job(asked(folders["t5"]), context).answers[0]
    assert answer.source == one_text(EXAMPLES, "Mañana veremos.")
    assert answer.source.startswith("Q: El niño soñaba.\nA: sí\n\nQ: ") and answer.source.endswith("\nA:")
    aid = run_job(Inspect("Mañana veremos.", str(folders["t5"]), EXAMPLES, whole=True), context)
    assert aid.source == answer.source


def test_of_what_is_too_long_the_question_loses_its_end_and_the_examples_stay(folders, context):
    answer = run_job(asked(folders["gpt2"], ("palabra " * 400,)), context).answers[0]
    assert answer.cut
    assert answer.source.startswith(one_text(EXAMPLES, "palabra ")[:40])
    assert answer.source.endswith("\nA:")


def test_without_examples_nothing_is_put_around_a_question():
    assert one_text((), "¿Qué?") == "¿Qué?"


def test_what_is_off_or_lacks_a_part_is_not_given():
    assert pairs([Example("a", "b"), Example("c", "d", on=False), Example("e", " ")]) == (("a", "b"),)


def test_an_example_is_typed_in_one_line_and_its_last_sign_counts():
    assert typed("x => y => z") == Example("x => y", "z")
    for wrong in ("x", "=> y", "x =>", ""):
        with pytest.raises(UserError):
            typed(wrong)


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(part) for part in arguments], prog_name="llm-tui", catch_exceptions=False)


@pytest.mark.usefixtures("own_folders")
def test_examples_templates_and_a_set_on_the_command_line(folders, tmp_path):
    here = ("--model", folders["t5"], "--max-new-tokens", 3, "--format", "json")
    done = run("ask", "uno", "--instruction", "Di.", "--example", "a => b", *here)
    (row,) = json.loads(done.stdout)["rows"]
    assert row["text"] == "Di.\n\nuno" and "1" in json.loads(done.stdout)["footer"][0]
    passage = tmp_path / "passage.txt"
    passage.write_text("The dog sat on the {question}.", encoding="utf-8")
    done = run("ask", "--template", "qa", "--passage", passage, "--question", "Where?", *here)
    (row,) = json.loads(done.stdout)["rows"]
    assert "Text: The dog sat on the {question}.\n\nQuestion: Where?" in row["text"]
    table = tmp_path / "set.csv"
    table.write_text("entrada,salida\nuno,one\ndos,two\na,b\n", encoding="utf-8")
    done = run("ask", "--evaluate", table, "--example", "a => b", *here)
    rows = json.loads(done.stdout)["rows"]
    assert [(row["examples"], row["rows"]) for row in rows] == [(0, 2), (1, 2)]
    refused = run("ask", "--template", "rewrite", "--question", "x", "y", *here)
    assert refused.exit_code == 2 and "no blank question" in refused.stderr
    refused = run("ask", "--template", "rewrite", passage, *here)
    assert refused.exit_code == 2 and f"--file {passage}" in refused.stderr
