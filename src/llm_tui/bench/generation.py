"""Greedy answers beside transformers' own `generate`, on the CPU: the same weights, precision and texts."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from llm_tui.bench import spanish
from llm_tui.bench.asked import Asked
from llm_tui.bench.figure import Figure, compared
from llm_tui.bench.measure import by_turns
from llm_tui.engine.job import Context, run_job
from llm_tui.engine.prepare import prepare
from llm_tui.foundation import teaching
from llm_tui.foundation.instructions import PREFIXES
from llm_tui.foundation.job import PROMPT, TRANSLATE_ES_EN, Generate, Generated, ModelChoice, Settings
from llm_tui.hub.packaged import PACKAGED
from llm_tui.hub.shipped import unpacked
from llm_tui.i18n import Text

TIMES_FASTER = 1.3
MOST_WITH_PIECES = 1.05
MANY = 16
TOPICS = (
    *("bread", "rain", "the moon", "chess", "a river", "trains", "salt", "bees", "paper", "a bridge", "coffee"),
    *("glass", "winter", "a violin", "maps", "the sea"),
)


@dataclass(frozen=True)
class Writer:
    """A model in its folder, what it is asked, and how many pieces an answer has at most."""

    name: Text
    folder: Path
    task: str
    texts: tuple[str, ...]
    most: int

    def job(self, texts: Sequence[str], pieces: bool = False) -> Generate:
        model = ModelChoice(str(self.folder), "cpu", "float32")
        return Generate(self.task, tuple(texts), model, Settings(self.most), MANY, pieces=pieces)


def measure(asked: Asked) -> Iterator[Figure]:
    """One text, and 16 in a batch, with one thread and with two; the answers end where the model ends them. Then one
    text with what was almost said, beside the same without.
    """
    prepare(("torch", "transformers"), lambda what: None)
    import torch

    context = Context(0, lambda event: None, threading.Event())
    for writer in _writers(asked):
        reference = Reference(writer)
        for threads, count in itertools.product((1,) if asked.small else (1, 2), (1, MANY)):
            torch.set_num_threads(threads)
            yield _beside_generate(writer, reference, count, threads, context, asked.pairs)
        torch.set_num_threads(1)
        yield _with_pieces(writer, context, asked.pairs)


def _writers(asked: Asked) -> Iterator[Writer]:
    most, of_chat = (
        (4, 4) if asked.small else (64, 32)
    )  # with 64, and weights of half a GB, the subject takes 10 minutes
    spanish_lines = tuple(itertools.islice(spanish.lines(2), MANY))
    name = Text("the teaching T5 translates", "el T5 didáctico traduce")
    yield Writer(name, unpacked(teaching.T5.folder), TRANSLATE_ES_EN, spanish_lines, most)
    chat = PACKAGED["smollm2-135m-instruct"]
    questions = tuple(f"Explain {topic} in one sentence." for topic in TOPICS)
    if chat.present and not asked.small:
        yield Writer(Text(f"{chat.name} answers", f"{chat.name} responde"), chat.folder, PROMPT, questions, of_chat)
    else:
        name = Text("random weights of SmolLM2's shape write", "pesos al azar con la forma de SmolLM2 escriben")
        yield Writer(name, _random(asked), PROMPT, questions, of_chat)


def _beside_generate(
    writer: Writer, reference: Reference, count: int, threads: int, context: Context, pairs: int
) -> Figure:
    texts = writer.texts[-count:]
    made: list[Generated] = []
    expected: list[list[str]] = []
    turns = by_turns(
        lambda: made.append(run_job(writer.job(texts), context)),
        lambda: expected.append(reference.write(texts)),
        pairs,
    )
    same = sum(one.text == other for one, other in zip(made[0].answers, expected[0], strict=True))
    lengths = [answer.output_pieces or 0 for answer in made[0].answers]
    return compared(
        Text("{name}, batch {n}, {t} thread(s)", "{name}, lote de {n}, {t} hilo(s)").format(
            name=writer.name, n=count, t=threads
        ),
        Text("plain generate", "generate a secas"),
        *turns,
        TIMES_FASTER,
        clock="cpu" if threads == 1 else "wall",
        at_least=True,
        note=Text(
            f"{same} of {count} answers the same; {min(lengths)} to {max(lengths)} pieces",
            f"{same} de {count} respuestas iguales; de {min(lengths)} a {max(lengths)} piezas",
        ),
    )


def _with_pieces(writer: Writer, context: Context, pairs: int) -> Figure:
    text = writer.texts[-1:]
    ours = partial(run_job, writer.job(text, pieces=True), context)
    return compared(
        Text("{name}, with what was almost said", "{name}, con lo que casi dijo").format(name=writer.name),
        Text("the same without", "lo mismo sin ello"),
        *by_turns(ours, partial(run_job, writer.job(text), context), pairs),
        MOST_WITH_PIECES,
    )


class Reference:
    """What one writes after the manual: tokenizer, `generate`, `batch_decode`."""

    def __init__(self, writer: Writer):
        from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

        seq2seq = writer.task != PROMPT
        self._tokenizer = AutoTokenizer.from_pretrained(writer.folder, padding_side="right" if seq2seq else "left")
        auto: Any = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
        self._model: Any = auto.from_pretrained(writer.folder, dtype="float32").eval()
        self._prefix = PREFIXES[writer.task]
        self._most = writer.most
        self._seq2seq = seq2seq

    def write(self, texts: Sequence[str]) -> list[str]:
        given = [self._given(text) for text in texts]
        templated = self._tokenizer.chat_template is not None
        batch = self._tokenizer(given, return_tensors="pt", padding=True, add_special_tokens=not templated)
        rows = self._model.generate(**batch, max_new_tokens=self._most, do_sample=False)
        begin = 0 if self._seq2seq else batch["input_ids"].shape[1]
        decode = partial(self._tokenizer.batch_decode, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return [text.strip() for text in decode(rows[:, begin:])]

    def _given(self, text: str) -> str:
        if self._tokenizer.chat_template is None:
            return self._prefix + text
        turn = [{"role": "user", "content": text}]
        return str(self._tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False))


def _random(asked: Asked) -> Path:
    """A causal model that ends no answer, with the teaching T5's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = asked.folder / "causal"
    width, layers, vocabulary = (64, 1, 8000) if asked.small else (576, 30, 49152)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=width * 8 // 3, num_hidden_layers=layers,
        num_attention_heads=width // 64, num_key_value_heads=max(1, width // 192), max_position_embeddings=8192,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    for file in teaching.T5.folder.glob("*token*.json"):
        shutil.copy(file, folder)
    return folder
