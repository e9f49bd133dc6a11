"""What the tests of the comparison share: five small tokenizers, each of another family, trained here in a second."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

from llm_tui.engine.job import Context, run_job
from llm_tui.engine.models import ModelCache
from llm_tui.tokenization.job import Compare, Comparison

SENTENCES = """\
La observabilidad de un sistema se mide con registros y métricas.
Mañana veremos las películas que nos recomendó el señor Núñez.
¿Qué hora es? Son las tres y media de la tarde.
El niño pequeño soñaba con una montaña cubierta de nieve.
Los pingüinos caminan despacio sobre el hielo del sur.
Cada palabra se corta en piezas, y cada pieza tiene un número.
El tren de las ocho llegó a la estación con doce minutos de retraso.
En la cocina hay pan, aceite, tomates y un poco de sal.
No sabía que el camino hasta el pueblo fuera tan largo.
La profesora explicó la lección y después hizo una pregunta difícil.
¡Qué alegría verte por aquí otra vez, querida amiga!
El precio subió de 12,5 a 13,75 euros en pocas semanas.
Mi hermano trabaja en una empresa de transporte cerca del puerto.
Las arquitecturas modernas reparten el trabajo entre muchos servicios.
Un buen jardín necesita agua, sol, paciencia y cuidado.
Quien mucho abarca, poco aprieta, decía siempre mi abuela.
La lluvia cayó durante toda la noche sobre los tejados.
Compramos dos entradas para el concierto del viernes.
El médico le pidió que caminara todos los días un rato.
Las ventanas del salón dan a una plaza con árboles y bancos.
The observability of a system is measured with logs and metrics.
Tomorrow we will watch the films that Mr. Brown told us about.
What time is it? It is half past three in the afternoon.
The little boy dreamed of a mountain covered in snow.
Penguins walk slowly over the ice of the south.
Every word is cut into pieces, and every piece has a number.
The eight o'clock train reached the station twelve minutes late.
In the kitchen there is bread, oil, tomatoes and a little salt.
I did not know that the road to the village was so long.
The teacher explained the lesson and then asked a hard question.
How good it is to see you here again, my dear friend!
The price rose from 12.5 to 13.75 in a few weeks.
My brother works for a transport company near the harbour.
Modern architectures share the work among many small services.
A good garden needs water, sun, patience and care.
Don't count your chickens before they're hatched, she used to say.
The rain fell all night long upon the roofs.
We bought two tickets for the concert on Friday.
The doctor asked him to go for a walk every day.
The windows of the living room look onto a square with trees and benches.
""".splitlines()

PLAIN_SENTENCES = [sentence for sentence in SENTENCES if sentence.isascii()]
"""Those in English: a vocabulary that is learned from them has no ñ, no í and no ¿."""

FAST = ("wordpiece", "unigram", "ascii", "bytes")
BY_TEXT = ("marian", "lone")
FAMILIES = FAST + BY_TEXT

Told = Callable[..., Comparison]


OPEN = ModelCache()
"""What the tests leave open for each other: some vocabularies take seconds to open."""


def silent() -> Context:
    """A context for a job that nobody watches."""
    return Context(0, lambda event: None, threading.Event(), OPEN)


def write(folder: Path, tokenizer: Tokenizer, **config: object) -> Path:
    """The folder of a tokenizer as the hub has them."""
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    configure(folder, tokenizer_class="PreTrainedTokenizerFast", **config)
    return folder


def configure(folder: Path, **config: object) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def wordpiece() -> Tokenizer:
    """Like BERT's: ## before what continues a word, [UNK] for a word with a letter that it never saw."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(
        SENTENCES, trainers.WordPieceTrainer(vocab_size=600, special_tokens=special, show_progress=False)
    )
    begin, end = (tokenizer.token_to_id(name) or 0 for name in ("[CLS]", "[SEP]"))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", end), ("[CLS]", begin))
    return tokenizer


def unigram(sentences: list[str]) -> Tokenizer:
    """Like T5's: sentencepiece's ▁ before a word, compatibility forms, <unk> for the letters that it never saw."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(" {2,}", " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.train_from_iterator(
        sentences,
        trainers.UnigramTrainer(
            vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
        ),
    )
    return tokenizer


def byte_level() -> Tokenizer:
    """Like GPT-2's: it cuts bytes, so that nothing is unknown."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.train_from_iterator(
        SENTENCES,
        trainers.BpeTrainer(
            vocab_size=500,
            special_tokens=["<|endoftext|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return tokenizer


def sentencepiece_model(target: Path) -> Path:
    """A model file of the sentencepiece library itself."""
    prefix = target.with_suffix("")
    SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_prefix=str(prefix),
        vocab_size=250,
        model_type="unigram",
        hard_vocab_limit=False,
        minloglevel=2,
    )
    prefix.with_suffix(".vocab").unlink()
    prefix.with_suffix(".model").replace(target)
    return target


def marian(folder: Path, model: Path) -> Path:
    """Like opus-mt's: a tokenizer in Python, that gives no offsets, over two sentencepiece models."""
    folder.mkdir(parents=True)
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(model, folder / name)
    processor = SentencePieceProcessor(model_file=str(model))
    ids = {"</s>": 0, "<unk>": 1}
    for number in range(processor.get_piece_size()):
        ids.setdefault(processor.id_to_piece(number), len(ids))
    ids["<pad>"] = len(ids)
    (folder / "vocab.json").write_text(json.dumps(ids), encoding="utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "marian"}), encoding="utf-8")
    configure(folder, tokenizer_class="MarianTokenizer", source_lang="es", target_lang="en", model_max_length=512)
    return folder


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each family: WordPiece; Unigram over both languages; Unigram over English; byte-level BPE; Marian;
    a lone sentencepiece model.
    """
    root = tmp_path_factory.mktemp("tokenizers")
    lone = root / "lone"
    lone.mkdir()
    model = sentencepiece_model(lone / "spiece.model")
    special = {"unk_token": "<unk>", "eos_token": "</s>", "pad_token": "<pad>"}
    return {
        "wordpiece": write(
            root / "wordpiece", wordpiece(), unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
            pad_token="[PAD]", mask_token="[MASK]",
        ),
        "unigram": write(root / "unigram", unigram(SENTENCES), **special),
        "ascii": write(root / "ascii", unigram(PLAIN_SENTENCES), **special),
        "bytes": write(root / "bytes", byte_level(), unk_token="<|endoftext|>", eos_token="<|endoftext|>"),
        "marian": marian(root / "marian", model),
        "lone": lone,
    }  # fmt: skip


@pytest.fixture(scope="session")
def originals(folders: dict[str, Path]) -> dict[str, Any]:
    """The same tokenizers as the libraries open them."""
    opened: dict[str, Any] = {name: AutoTokenizer.from_pretrained(folders[name]) for name in (*FAST, "marian")}
    return opened | {"lone": SentencePieceProcessor(model_file=str(folders["lone"] / "spiece.model"))}


@pytest.fixture(scope="session")
def told(folders: dict[str, Path]) -> Told:
    """The comparison of a text under some of the families (all, unless named), as the job gives it back."""

    def compare(text: str, *families: str, translation: str = "", phrases: tuple[str, ...] = ()) -> Comparison:
        names = tuple(str(folders[family]) for family in families or FAMILIES)
        return run_job(Compare(text, names, translation, phrases), silent())

    return compare
