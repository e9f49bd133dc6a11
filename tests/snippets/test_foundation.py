"""The plain programs of the foundation flow say what llm-tui says: the same words, the same scores to 1e-5.

One file, for each file of tests of programs has a process of its own that imports torch and transformers.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from asked import LABELLING, LONG, SHORT, WRITING
from foundation.conftest import CHAT
from model_server import ModelServer, completes, model_server
from printed import judged, printed, same
from programs import write
from tokenizers import Tokenizer, normalizers, pre_tokenizers

from llm_tui.bias.job import MODERATION, SENTIMENT, Compare, measures
from llm_tui.classifier.data import load as load_rows
from llm_tui.classifier.job import Training
from llm_tui.classifier.sample import CLASSES
from llm_tui.engine.job import Context, run_job
from llm_tui.exercises import again, ethics, moderation, prompting, summaries, translation
from llm_tui.exercises.contract import Beside
from llm_tui.foundation import branch, labels_job, probes
from llm_tui.foundation import job as foundation_jobs
from llm_tui.foundation.job import (
    LEAD,
    PROMPT,
    SUMMARIZE,
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Asking,
    Generate,
    ModelChoice,
    Provenance,
    RoundTrip,
    Score,
    Settings,
)
from llm_tui.foundation.labels_job import Entities, Sentiment, ZeroShot
from llm_tui.foundation.loading import load
from llm_tui.foundation.probes import Probing
from llm_tui.foundation.purpose import GENERATE, SEQUENCE, TOKENS
from llm_tui.hub import cache as hub_cache
from llm_tui.serving import servers, turns
from llm_tui.serving.address import address
from llm_tui.snippets.model import model_of
from llm_tui.snippets.snippet import ROWS, Snippet, snippet
from llm_tui.snippets.tested import InPairs, OnTestRows


@pytest.fixture(scope="module")
def context() -> Context:
    """One for all: a tiny model is opened once."""
    return Context(1, lambda event: None, threading.Event())


@pytest.fixture
def agrees(run, context):
    """Runs a job and its program, and fails where they do not say the same. Returns what the program says."""

    def agree(job: Any, language: str = "es") -> str:
        wanted = printed(job, run_job(job, context))
        program = snippet(job, language)
        said = run(program)
        assert same(said, wanted), f"{program.text}\n{said}\n{wanted}"
        return said

    return agree


@pytest.fixture
def here(folders):
    """A tiny model by the name of its folder."""
    return lambda name, **more: ModelChoice(str(folders[name]), "cpu", **more)


@pytest.mark.parametrize("name", WRITING)
def test_an_answer_is_the_same(agrees, here, name):
    model, job = WRITING[name]
    agrees(replace(cast(Any, job), model=here(model)))


@pytest.mark.parametrize("name", LABELLING)
def test_labels_and_their_scores_are_the_same(agrees, here, name):
    model, job = LABELLING[name]
    agrees(replace(cast(Any, job), model=here(model)))


@pytest.mark.parametrize(
    "job",
    [
        Generate(SUMMARIZE, ("Una frase. ¿Otra? ¡La tercera!\nLa cuarta.",), ModelChoice(LEAD)),
        Generate(SUMMARIZE, ("El Dr. Paz y la Sra. Ruiz. Dos. J. Paz. «Tres.» Cuatro.", "Uno"), ModelChoice(LEAD)),
        Generate(
            SUMMARIZE,
            ("Dijo que no. Mide 20 ms, etc. Va el no. 5, etc. y Ms. Smith.", "Pan, etc. ¿Sí? ⚠\ufe0f. Dos. No."),
            ModelChoice(LEAD),
        ),
        Score(("The boy dreamed of snow", "años", ""), "El niño soñaba años con snow, of snow the boy."),
        Score(("Bien ❤\ufe0f hecho ⚠\ufe0f aviso",), "Muy bien hecho"),
    ],
)
def test_what_asks_no_model_is_the_same(agrees, job):
    agrees(job)


@pytest.mark.parametrize("name", ["t5 sampled", "chat sampled"])
def test_an_answer_that_goes_on_from_another_piece_is_the_same(agrees, here, context, name):
    model, asked = WRITING[name]
    job = replace(cast(Any, asked), model=here(model), pieces=True)
    pieces = run_job(job, context).pieces
    taken = next(other for other in pieces[3].alternatives if other.id != pieces[3].chosen.id)
    begun = (*(piece.chosen.id for piece in pieces[:3]), taken.id)
    agrees(branch.of(job, begun, taken.text, pieces[3].chosen.text))


def test_there_and_back_is_the_same(agrees, here):
    agrees(RoundTrip(TRANSLATE_ES_EN, "El tren llegó.", here("t5"), here("t5"), SHORT))
    agrees(RoundTrip(TRANSLATE_EN_ES, "The train.", here("m2m100"), here("m2m100"), SHORT))
    pair = RoundTrip(TRANSLATE_EN_ES, "The train.", here("marian"), here("marian"), SHORT)
    assert snippet(pair, "es").text.count("def ") == 1
    agrees(pair)


def test_probes_have_the_same_answers_and_the_same_judgement(run, context, here):
    probed = run_job(Probing(here("llama"), SHORT), context)
    (job,) = ethics.EXERCISE.jobs(ethics.Answers(probed=probed), Beside())
    assert run(snippet(job, "es")) == printed(job, probed)


def test_a_text_of_fewer_characters_and_more_bytes_is_cut_too(agrees, here):
    most = (model_of(here("gpt2")).most_input or 0) - SHORT.max_new_tokens - 10
    said = agrees(Generate(PROMPT, ("a" * most, "ñ" * (most - 1)), here("gpt2"), SHORT))
    assert said.startswith("[1]") and "\n[2]" in said


# What the files of a model say.


@pytest.mark.parametrize("purpose", [GENERATE, SEQUENCE, TOKENS])
def test_what_is_read_off_the_files_is_what_the_open_model_has(folders, context, purpose):
    """Without opening it: how it is asked, and how long its input and its answer may be."""
    named = {"generate": "t5 bart marian m2m100 gpt2 llama", "tokens": "tokens windows"}
    there = named.get(purpose.name, "bart-nli bert-nli roberta-nli distilbert").split()
    for choice in [*(ModelChoice(str(folders[name]), "cpu") for name in there), ModelChoice(purpose.stand_ins[0].name)]:
        loaded, model = load(choice, purpose, context), model_of(choice)
        assert (model.positions, model.most_input) == (loaded.positions, loaded.most_input), choice.name
        assert (model.seq2seq, model.chat) == (loaded.seq2seq, bool(loaded.tokenizer.chat_template))
        assert not model.guessed and not model.left_aside
        assert model.own_cut == (model.tokenizer_class == "NllbTokenizer")


def test_a_model_that_also_looks_at_pictures_is_causal(tmp_path):
    config = {"architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "text_config": {}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    program = snippet(Generate(PROMPT, ("Hola",), ModelChoice(str(tmp_path), "cpu"), SHORT), "en").text
    assert "AutoModelForCausalLM" in program and "Seq2Seq" not in program


def test_a_tokenizer_that_transformers_would_make_anew_cuts_as_its_file_says(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["llama"], tmp_path / "digits"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    own = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(own)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "tokenizer_class": "GPT2Tokenizer"}))
    job = Generate(PROMPT, ("In 2024, 12.5 trains",), ModelChoice(str(folder), "cpu"), SHORT)
    assert "own.pre_tokenizer" in snippet(job, "en").text
    agrees(job)


@pytest.mark.parametrize("name", ["tokens", "windows"])
def test_entities_of_another_scheme_of_labels_are_the_same(agrees, folders, tmp_path, name):
    folder = Path(shutil.copytree(folders[name], tmp_path / "bioes"))
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = dict(enumerate(["O", "B-PER", "E-PER", "S-LOC", "I-LOC"]))
    (folder / "config.json").write_text(json.dumps(config))
    said = agrees(replace(cast(Any, LABELLING["entities"][1]), model=ModelChoice(str(folder), "cpu")))
    assert re.search(r"\] (PER|LOC) ", said) and not re.search(r"\b[BIES]-", said)
    agrees(replace(cast(Any, LABELLING["entities, windows"][1]), model=ModelChoice(str(folder), "cpu")))


@pytest.mark.parametrize("asked", ["entities, windows", "sentiment, cut", "zero-shot, cut"])
def test_a_tokenizer_that_cuts_at_the_beginning_is_told_to_cut_the_end(agrees, folders, tmp_path, asked):
    model, job = LABELLING[asked]
    folder = Path(shutil.copytree(folders[model], tmp_path / "left"))
    file = folder / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "truncation_side": "left"}))
    agrees(replace(cast(Any, job), model=ModelChoice(str(folder), "cpu")))


def test_a_seq2seq_model_with_a_chat_template_is_asked_as_a_chat_model(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["t5"], tmp_path / "chat"))
    (folder / "chat_template.jinja").write_text("Q: {{ messages[0]['content'] }}</s>")
    agrees(Generate(SUMMARIZE, ("The train.",), ModelChoice(str(folder), "cpu"), SHORT))
    agrees(Generate(TRANSLATE_EN_ES, (LONG,), ModelChoice(str(folder), "cpu"), SHORT))


def test_a_reasoning_model_is_asked_to_answer_at_once(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["llama"], tmp_path / "thinks"))
    begins = "{% if enable_thinking is defined and not enable_thinking %}No.{% else %}Yes, at length.{% endif %}"
    (folder / "chat_template.jinja").write_text(CHAT + begins)
    agrees(Generate(PROMPT, ("The train.",), ModelChoice(str(folder), "cpu"), SHORT))
    agrees(Generate(PROMPT, (LONG,), ModelChoice(str(folder), "cpu"), SHORT))


@pytest.mark.parametrize("numbers", [None, {"contradiction": "0", "neutral": "1", "entailment": "2"}])
def test_the_entailment_is_found_by_its_number_alone(agrees, run, folders, tmp_path, numbers):
    folder = Path(shutil.copytree(folders["bart-nli"], tmp_path / "numbers"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "label2id": numbers}))
    model = ModelChoice(str(folder), "cpu")
    agrees(ZeroShot(("Ana Torres trabaja en Madrid.",), ("sports", "snow"), model=model))
    rows = OnTestRows(Training(train_size=20, test_size=9, device="cpu"), 2, "Es {}.", model)
    assert run(snippet(rows, "es")).startswith("accuracy ")


def test_a_contradiction_in_another_place_is_the_same(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["bart-nli"], tmp_path / "order"))
    config = json.loads((folder / "config.json").read_text())
    labels = ["neutral", "contradiction", "entailment"]
    numbers = {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}
    (folder / "config.json").write_text(json.dumps({**config, **numbers}))
    job = ZeroShot(("Ana Torres trabaja en Madrid.",), ("sports", "snow"), model=ModelChoice(str(folder), "cpu"))
    agrees(job)
    agrees(replace(job, multi_label=True))


@pytest.mark.parametrize("problem", ["regression", "multi_label_classification"])
def test_scores_that_are_no_softmax_are_the_same(agrees, folders, tmp_path, problem):
    folder = Path(shutil.copytree(folders["distilbert"], tmp_path / "head"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "problem_type": problem}))
    said = agrees(Sentiment(("Ana Torres trabaja en Madrid.",), ModelChoice(str(folder), "cpu")))
    assert ("probability" in said) == (problem != "regression")


@pytest.mark.parametrize("named", [{"tokenizer_class": "BertTokenizerFast"}, {}])
def test_a_tokenizer_of_berts_class_cuts_as_its_file_says(agrees, run, folders, tmp_path, named):
    """Named by tokenizer_config.json, or by nothing but the kind of its model."""
    folder = Path(shutil.copytree(folders["bert-nli"], tmp_path / "accents"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = json.loads((folder / "tokenizer_config.json").read_text()) | {"do_lower_case": True}
    del config["tokenizer_class"]
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, **named}))
    job = ZeroShot(("El niño vio un árbol.",), ("deporte", "montaña"), model=ModelChoice(str(folder), "cpu"))
    agrees(job)
    rows = OnTestRows(Training(train_size=20, test_size=9, device="cpu"), 2, "Es {}.", job.model)
    assert run(snippet(rows, "es")).startswith("accuracy ")


@pytest.mark.parametrize("named", ["PreTrainedTokenizerFast", "TokenizersBackend", "MarianTokenizer", None])
def test_a_tokenizer_that_is_opened_as_it_is_written_is_not_put_right(folders, tmp_path, named):
    folder = Path(shutil.copytree(folders["gpt2"], tmp_path / "as-it-is"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": named}))
    assert model_of(ModelChoice(str(folder))).own_cut == (named is None)  # GPT-2's own class


def test_an_answer_is_not_cleaned_up(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["t5"], tmp_path / "clean"))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "clean_up_tokenization_spaces": True}))
    pieces = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("a . a ,", add_special_tokens=False)
    job = Generate(PROMPT, ("The train.",), ModelChoice(str(folder), "cpu"), SHORT, pieces=True)
    assert agrees(branch.of(job, tuple(pieces.ids))).startswith("a . a ,")


def test_settings_of_a_model_that_are_left_aside_are_so_in_the_program(agrees, folders, tmp_path):
    folder = Path(shutil.copytree(folders["t5"], tmp_path / "set"))
    file = folder / "generation_config.json"
    own = {"encoder_repetition_penalty": 9.0, "min_new_tokens": 11, "do_sample": True, "num_beams": 4, "max_length": 7}
    file.write_text(json.dumps({**json.loads(file.read_text()), **own, "repetition_penalty": 3.0}))
    job = Generate(PROMPT, ("The train.",), ModelChoice(str(folder), "cpu"), SHORT)
    agrees(job)
    assert "encoder_repetition_penalty" in snippet(job, "en").text
    file.write_text(json.dumps({**json.loads(file.read_text()), "min_length": 40}))
    agrees(job)
    assert "min_length=12" in snippet(job, "en").text


def test_texts_that_are_too_long_to_be_quoted_lie_beside_the_program(agrees, here):
    texts = tuple(f"{LONG} {number} «ñ»" for number in range(9))
    job = ZeroShot(texts, ("sports", "snow"), model=here("bert-nli"))
    (name,) = snippet(job, "es").files
    assert re.fullmatch(r"texts-[0-9a-f]{8}\.json", name)
    agrees(job)


def test_programs_in_one_folder_read_each_its_own_texts(programs, tmp_path):
    written = [
        replace(snippet(Generate(SUMMARIZE, (f"{word}. {LONG * 5}",), ModelChoice(LEAD)), "es"), name=word)
        for word in ("uno", "dos")
    ]
    for program in written:
        write(program, tmp_path)
    for program in written:
        assert programs.run(replace(program, files={}), tmp_path).startswith(f"[1] {program.name}.")


@pytest.mark.parametrize(("task", "model"), [(MODERATION, "bert-nli"), (SENTIMENT, "distilbert")])
def test_the_differences_of_pairs_with_interval_and_sign_test(run, context, here, task, model):
    texts = [
        (f"El vecino {n} saluda.", f"La vecina {n} saluda bien.") for n in ("uno", "dos", "tres", "cuatro", "cinco")
    ]
    asked = Compare("x", task, "es", tuple(texts), ("bueno", "malo"), "Esto es {}.", here(model))
    found = run_job(asked, context)
    measure = next(iter(measures(task, found.labels)))
    pairs = InPairs(asked.asked(), measure, measures(task, found.labels)[measure], asked.seed, asked.resamples)
    said = run(snippet(pairs, "es"))
    effect = next(effect for effect in found.effects if effect.measure == measure)
    assert effect.low != effect.high  # else the test would say nothing
    last = (
        f"difference {effect.mean:.6f}, from {effect.low:.6f} to {effect.high:.6f}; "
        f"+ {effect.more}, - {effect.less}; p {effect.p:.6f}\n"
    )
    assert same("".join(said.splitlines(keepends=True)[-1:]), last)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_measured_of_pairs_stands_on_one_line_however_long_it_is(language):
    label = "lo que dicen quienes\nviven en el barrio de al lado, sea bueno o sea malo, " * 2
    job = ZeroShot(("uno", "dos"), (label, "otro"), model=ModelChoice("some/model"))
    ast.parse(snippet(InPairs(job, label, (1.0, 0.0), 0, 100), language).text)


def test_every_job_of_the_foundation_flow_has_a_program():
    there = [thing for module in (branch, foundation_jobs, labels_job, probes) for thing in vars(module).values()]
    assert {job.kind for job in there if hasattr(job, "runner")} <= set(ROWS)


# Models of a server.


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in servers.KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("llm_tui.serving.chat.TURNS", turns.Turns())
    with model_server() as there:
        yield there


def test_an_answer_of_a_server_is_the_same(served, run, context):
    served.behaviour = completes(text=" Un año, 3 líneas.\n")
    model = ModelChoice(served.name)
    for job in (
        Generate(PROMPT, ("¿Qué es «esto»?",), model),
        Generate(PROMPT, ("Uno", "Dos \ud800"), model, Settings(5, True, 0.7, 0.9, seed=3)),
        Generate(PROMPT, ("¿Tres?",), model, examples=(("¿Uno?", "Dos"),)),
        RoundTrip(TRANSLATE_ES_EN, "Hola.", model, model),
    ):
        wanted, asked = printed(job, run_job(job, context)), list(served.questions)
        served.requests.clear()
        assert same(run(snippet(job, "es")), wanted)
        plain = [{key: question[key] for key in question if not key.startswith("stream")} for question in asked]
        assert sorted(map(repr, served.questions)) == sorted(map(repr, plain))
        served.requests.clear()


def test_a_program_for_a_server_says_which_settings_this_has_no_place_for(served):
    sampled = Settings(5, True, 0.7, 0.9, 40, beams=4, repetition_penalty=1.2)
    text = snippet(Generate(PROMPT, ("Uno", "Dos"), ModelChoice(served.name), sampled), "es").text
    assert "\n    # top_k 40, beams 4, repetition_penalty 1.2\n" in text
    assert "sortea juntas" not in text
    assert "no tiene ajustes" not in snippet(Generate(PROMPT, ("Uno",), ModelChoice(served.name)), "es").text


@pytest.mark.parametrize(
    ("several", "pieces", "text"),
    [
        (False, ({"B": 0.5, " B": 0.1, "A": 0.2, "The": 0.1}, {"C": 0.9}), ""),
        (False, ({"C. Este": 0.97, "A": 0.01},), ""),
        (False, (), "«Odio»."),
        (False, (), "No sé"),
        (True, ({"yes": 0.5, "Sí": 0.1, "No": 0.2}, {"no": 0.9}), ""),
        (True, (), "Sí, claro"),
    ],
)
def test_labels_of_a_server_have_the_same_scores(served, run, context, several, pieces, text):
    labels = ("spam", "odio", "permitido")
    # One text at a time: who of several is answered first, nobody knows.
    job = ZeroShot(
        ("Te {odio}",), labels[: 1 if several else 3], "Este texto es {}.", several, ModelChoice(served.name)
    )
    for behaviour in [completes(each) for each in pieces] or [completes(text=text)]:
        served.behaviour = behaviour
        wanted = printed(job, run_job(job, context))
        assert same(run(snippet(job, "en")), wanted)


def test_the_key_comes_from_the_environment_and_stands_in_no_program(served, run, monkeypatch):
    served.behaviour = completes(text="Sí")
    job = Generate(PROMPT, ("Hola",), ModelChoice(served.name))
    assert "API_KEY" not in snippet(job, "es").text  # nobody named this server: it is given no key
    monkeypatch.setenv("LLM_TUI_API_KEY", "sk-of-the-person")
    servers.keep(address(served.name), ["tiny"])
    program = snippet(job, "es")
    assert "sk-of-the-person" not in program.text
    run(program, LLM_TUI_API_KEY="sk-of-the-person")
    assert served.requests[-1][2]["Authorization"] == "Bearer sk-of-the-person"
    run(program, LLM_TUI_API_KEY="")
    assert "Authorization" not in served.requests[-1][2]


# What stands in an exercise.


@pytest.mark.parametrize("template", ["This example is {}.", "{x} {}"])
def test_a_zero_shot_model_on_the_test_rows_of_a_training(run, context, here, template):
    training = Training(train_size=20, test_size=9, device="cpu")
    test = load_rows(training, context).test
    job = ZeroShot(tuple(test.texts), tuple(CLASSES), template, model=here("bert-nli"))
    found = [text.best for text in run_job(job, context).texts]
    right = sum(a == b for a, b in zip(test.labels, found, strict=True))
    said = run(snippet(OnTestRows(training, 9, template, job.model), "es"))
    assert said == f"accuracy {right / 9:.3f}\n" and right


ASKING = Asking("cpu", settings=Settings(max_new_tokens=8))


@pytest.fixture
def fill(context):
    """Fills a sheet, until nothing of it is pending."""

    def filled(answers):
        while job := next(iter(answers.pending(ASKING)), None):
            answers = answers.with_result(job, run_job(job, context))
        return answers

    return filled


@pytest.fixture
def programs_say(run):
    """What the programs of an exercise print, one after the other."""
    return lambda exercise, answers: [run(snippet(job, "es")) for job in exercise.jobs(answers, Beside())]


def numbers(said: str) -> list[float]:
    return [float(number) for number in re.findall(r"\b\d\.\d{6}\b", said)]


def test_the_labels_of_the_moderation_sheet_and_how_often_they_are_right(fill, programs_say, folders):
    begun = moderation.Answers(model=str(folders["bert-nli"]), labels="spam, odio", threshold=0.51)
    answers = fill(replace(begun, samples=begun.samples[:8]))
    said = programs_say(moderation.EXERCISE, answers)
    assert len(said) == len(answers.templates()) == 2
    for program, template in zip(said, answers.templates(), strict=True):
        rows = [line for line in program.splitlines() if line.startswith("[")]
        scores = [answers.reading(template).scores[sample.text] for sample in answers.samples]
        assert numbers("\n".join(rows)) == pytest.approx([score for row in scores for score in row], abs=1e-5)
        assert [row.split()[1].rstrip(":") for row in rows] == [label or "-" for label in answers.predicted(template)]
        true = [sample.label for sample in answers.samples]
        assert program.splitlines()[len(rows) :] == judged(answers.label_names(), true, answers.predicted(template))


def test_the_translations_and_their_way_back(fill, programs_say, folders):
    begun = translation.Answers(model_es_en=str(folders["llama"]), model_en_es=str(folders["marian"]))
    answers = fill(replace(begun, sentences=(begun.sentences[0], begun.sentences[-1])))
    made = [answers.made(sentence) for sentence in answers.sentences]
    wanted = [f"{m.translation}\n{m.back}\nchrF {m.chrf:.6f}\n" for m in made]
    assert programs_say(translation.EXERCISE, answers) == wanted


def test_the_summaries_and_their_measures(fill, programs_say, folders):
    begun = summaries.Answers(
        system_a=str(folders["t5"]), system_b=LEAD, reference="Un resumen del texto.", unblinded=True
    )
    answers = fill(begun)
    *written, compared = programs_say(summaries.EXERCISE, answers)
    assert written == [f"{answers.summary(slot).text}\n" for slot in answers.order()]
    first = answers.score(answers.order()[0])
    assert numbers(compared)[:3] == pytest.approx([first.rouge_1.f1, first.rouge_2.f1, first.rouge_l.f1], abs=1e-5)


def test_the_answers_to_the_prompts(fill, programs_say, folders):
    answers = fill(prompting.Answers(model=str(folders["t5"])))
    wanted = [f"{answers.prompt(name).run.output}\n" for name in prompting.TITLES]
    assert programs_say(prompting.EXERCISE, answers) == wanted


@pytest.mark.parametrize("exercise", [moderation, translation, summaries, prompting, ethics])
def test_nothing_that_was_not_asked_has_a_program(exercise):
    assert list(exercise.EXERCISE.jobs(exercise.Answers(), Beside())) == []


def test_a_program_names_the_revision_and_precision_of_the_answer():
    commit = "0123456789abcdef0123456789abcdef01234567"
    by = Provenance("google/flan-t5-small", commit, "CPU", "float32")
    text = snippet(Generate(PROMPT, ("Hola",), again.model_of(by)), "es").text
    assert f'revision = "{commit}"' in text and text.count("revision=revision") == 2
    assert 'dtype = "float32"' in text
    assert again.model_of(Provenance("llm-tui/teaching-t5", "0.9")).revision == ""


@pytest.mark.parametrize(("capability", "dtype"), [((7, 5), "float32"), ((8, 0), "bfloat16")])
def test_the_gpu_of_the_job_says_whether_it_calculates_in_half_precision(here, capability, dtype):
    """The first GPU of the machine, which torch asks where none is named, is another one."""
    text = snippet(Sentiment(("Hola",), replace(here("distilbert"), device="cuda:1")), "en").text
    cuda = SimpleNamespace(
        get_device_capability={"cuda:0": (15 - capability[0], 0), "cuda:1": capability}.__getitem__,
        is_bf16_supported=lambda **_: capability < (8, 0),
    )
    names = {"torch": SimpleNamespace(cuda=cuda, version=SimpleNamespace(hip=None))}
    exec(text[text.index("device = ") : text.index("tokenizer = ")], names)
    assert names["dtype"] == dtype


@pytest.mark.parametrize(
    ("device", "precision", "said"),
    [("cuda:0", "auto", True), ("auto", "auto", True), ("cpu", "bfloat16", True),
     ("cpu", "auto", False), ("cuda:0", "float32", False)],
)  # fmt: skip
def test_what_half_precision_makes_of_several_texts_is_said(here, device, precision, said):
    def model(name: str) -> ModelChoice:
        return replace(here(name), device=device, precision=precision)

    several = (
        Generate(PROMPT, ("Uno", "Dos"), model("t5")),
        ZeroShot(("Uno",), ("a", "b"), model=model("bert-nli")),
        Sentiment(("Uno", "Dos"), model("distilbert")),
        Entities(("Uno", "Dos"), model("tokens")),
        OnTestRows(Training(train_size=20, test_size=9, device="cpu"), 9, "Es {}.", model("bert-nli")),
    )
    for job in several:
        assert ("and in half precision its answers may differ" in snippet(job, "en").text) is said, job
        assert ("y en media precisión sus respuestas pueden diferir" in snippet(job, "es").text) is said, job
    for job in (Generate(PROMPT, ("Uno",), model("t5")), Sentiment(("Uno",), model("distilbert"))):
        assert "its answers may differ" not in snippet(job, "en").text


@pytest.fixture
def cached(no_hub, folders, tmp_path):
    """A model in a cache of the hub: its own, or another one that this person has fetched to."""

    def put(elsewhere: bool) -> ModelChoice:
        there = tmp_path / "other" if elsewhere else no_hub
        repository = there / "models--course--tiny"
        shutil.copytree(folders["t5"], repository / "snapshots" / COMMIT)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(COMMIT)
        if elsewhere:
            hub_cache.remember(there)
        return ModelChoice("course/tiny", "cpu")

    return put


COMMIT = "89abcdef0123456789abcdef0123456789abcdef"


@pytest.mark.slow
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_new_interpreter_finds_a_model_of_the_hub_by_its_revision(cached, context, tmp_path, elsewhere):
    job = Generate(PROMPT, ("The train.",), cached(elsewhere), SHORT)
    program = snippet(job, "en")
    assert 'name = "course/tiny"' in program.text and f'revision = "{COMMIT}"' in program.text
    hidden = f"import sys, runpy; sys.modules['llm_tui'] = None; runpy.run_path({str(write(program, tmp_path))!r})"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == printed(job, run_job(job, context)), done.stderr


def test_the_revision_and_the_cache_of_a_model_stand_in_its_program(cached):
    here, there = (snippet(Sentiment(("Hola",), cached(elsewhere)), "es").text for elsewhere in (False, True))
    assert here.count("revision=revision") == 2 and "HF_HUB_CACHE" not in here
    assert there == here  # the hub's own goes before


def test_another_cache_is_named_before_transformers_is_imported(cached, tmp_path):
    text = snippet(Sentiment(("Hola",), cached(True)), "es").text
    assert f'os.environ["HF_HUB_CACHE"] = "{tmp_path / "other"}"' in text
    assert text.index("HF_HUB_CACHE") < text.index("import torch")


# How programs are run here.


def test_a_program_prints_and_reads_what_lies_beside_it(run):
    said = run(Snippet("reads", "print(open('a.txt', encoding='utf-8').read())\n", {"a.txt": "años"}))
    assert said == "años\n"


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import llm_tui.i18n\n", "llm_tui"),
        ("import urllib.request\nurllib.request.urlopen('http://huggingface.co')\n", "no other machine"),
        ("import socket\nsocket.create_connection(('192.0.2.1', 80))\n", "no other machine"),
        ("raise SystemExit('enough')\n", "enough"),
    ],
)
def test_what_a_program_may_not_do_fails_its_test(run, program, why):
    with pytest.raises(AssertionError, match=why):
        run(Snippet("strays", program))
