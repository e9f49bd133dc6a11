"""What a plain program has to know of a pretrained model: how it is named, opened and asked. Read off the files of its
folder, without a library: light.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_tui import files
from llm_tui.foundation.instructions import CODES, DIRECTIONS, INSTRUCTIONS, LANGUAGES, PREFIXES, T5, code_of
from llm_tui.foundation.job import ModelChoice
from llm_tui.foundation.labels_job import activation, in_place, inference_sides
from llm_tui.foundation.thinking import CLOSE
from llm_tui.hub import cache
from llm_tui.hub.folder import LARGEST, read_json
from llm_tui.hub.places import without_hub
from llm_tui.hub.shipped import shipped, unpacked
from llm_tui.snippets.home import at_home
from llm_tui.snippets.tokenizer import leaves_out_the_beginning, made_anew

NO_LIMIT = 10**6
"""Tokenizers that know of no limit give a huge number."""

AROUND, AROUND_CHAT = 8, 128
"""Pieces that a tokenizer, or a chat template, puts around a text, at the most."""

_COMMIT = re.compile(r"[0-9a-f]{40}")

_PADDED_POSITIONS = {"roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "longformer", "xmod", "mpnet"}
"""Their table of positions begins behind the number of the padding."""

_CUT_AT_BORDERS = {"bert", "distilbert", "electra", "mobilebert"}
"""Their pieces never have the space before a word in them."""

_SPOKEN = ("Nllb", "MBart", "M2M100")
"""Tokenizers that begin a text with the token of its language, as `LANGUAGES` has them."""

_PARTS = ("encoder", "decoder", "text_config")
"""What the configuration of a model that is made of others has others in."""

_LEFT_ASIDE = (
    "min_p", "top_h", "typical_p", "epsilon_cutoff", "eta_cutoff", "min_new_tokens", "encoder_repetition_penalty",
    "exponential_decay_length_penalty", "guidance_scale", "sequence_bias", "stop_strings", "max_time",
    "penalty_alpha", "dola_layers", "num_return_sequences", "num_beam_groups", "diversity_penalty", "constraints",
    "force_words_ids", "watermarking_config", "prompt_lookup_num_tokens", "return_dict_in_generate",
    "forced_decoder_ids", "remove_invalid_values",
)  # fmt: skip
"""Settings of a generation_config.json that change an answer, and that the program leaves aside."""

_SEQ2SEQ_NAMES = ("t5", "opus-mt", "bart", "pegasus", "nllb", "m2m100", "madlad", "marian")


@dataclass(frozen=True, slots=True)
class Model:
    """`name` is a hub id or a folder, `revision` the commit of the hub, `cache` a cache of the hub other than its own.

    `positions` is how many pieces the model has positions for, `most_input` how many it takes at most; None where no
    limit is known. `guessed` says that it is not on this machine: what it is was taken from its name. `other_tags` says
    that its labels of tokens are of another scheme than BIO, `by_numbers` that its classes have names by their numbers
    and no numbers by their names, `order` how they would have to stand for the pipeline; `activation` is what makes
    scores of its logits. `thinks` says that it may write what it thinks before its answer, `from_the_left` that its
    tokenizer would leave out the beginning of a long text. `codes` are the pieces of its vocabulary that tell it a
    language, `writes` is that which it writes alone.
    """

    name: str
    revision: str
    cache: str
    device: str
    precision: str
    guessed: bool
    seq2seq: bool
    t5: bool
    codes: tuple[str, ...]
    writes: str
    chat: bool
    thinks: bool
    tokenizer_class: str
    positions: int | None
    most_input: int | None
    own_cut: bool
    by_numbers: bool
    order: tuple[int, ...]
    from_the_left: bool
    other_tags: bool
    activation: str
    spaces: bool
    left_aside: tuple[str, ...]
    min_length: int

    def instruction(self, task: str) -> str:
        """What it is told to do, before the text."""
        if not self.seq2seq or self.chat:
            return INSTRUCTIONS[task]
        code = code_of(task, self.codes.__contains__, self.writes)
        return f"{code} " if code else PREFIXES[task] if self.t5 else ""

    def language(self, task: str, side: int) -> str:
        """The token of the language that a task translates from (`side` 0) or into (1); empty for most models."""
        column = next((i for i, kind in enumerate(_SPOKEN) if kind in self.tokenizer_class), None)
        if column is None or task not in DIRECTIONS or not self.seq2seq:
            return ""
        return LANGUAGES[DIRECTIONS[task][side]][column]

    def most_output(self, wanted: int) -> int:
        """How many pieces an answer has at most; a decoder has positions of its own."""
        return min(wanted, self.positions - 1) if self.seq2seq and self.positions else wanted

    @property
    def renumbered(self) -> bool:
        """Whether the pipeline of zero-shot classification wants other numbers of its classes."""
        return self.by_numbers or bool(self.order)

    @property
    def in_home(self) -> bool:
        """Whether it is a folder in somebody's home, which its name does not tell."""
        return self.name.startswith("~")

    @property
    def wants_torch(self) -> bool:
        """Whether the program asks torch for the device, or for what it can do."""
        return self.device == "auto" or (self.precision == "auto" and self.device != "cpu")

    @property
    def may_be_half(self) -> bool:
        """Whether it may be asked in half precision."""
        return self.precision != "float32" and (self.precision != "auto" or self.device != "cpu")

    def may_cut(self, text: str, room: int | None = None) -> bool:
        """Whether a text may have more pieces than there is room for: each takes a byte at least, and around the text
        there are a few.
        """
        room = room or self.most_input
        around = AROUND_CHAT if self.chat else AROUND
        return room is not None and len(text.encode(errors="surrogatepass")) + around > room


def model_of(choice: ModelChoice) -> Model:
    """The model that a job asked.

    Raises:
        UserError: it comes with a package and was not fetched yet, or cannot be unpacked.
    """
    name, revision, elsewhere, folder = _place(choice.name, choice.revision)
    config = read_json(folder / "config.json") if folder else {}
    tokenizer = read_json(folder / "tokenizer_config.json") if folder else {}
    generation = {**config, **(read_json(folder / "generation_config.json") if folder else {})}
    kind = str(config.get("model_type") or ("t5" if "t5" in name.lower() else ""))
    positions = _positions(config, kind)
    limits = [limit for limit in (positions, _limit(tokenizer.get("model_max_length"))) if limit]
    seq2seq = _seq2seq(config) if config else any(part in name.lower() for part in _SEQ2SEQ_NAMES)
    return Model(
        name=name,
        revision=revision,
        cache=elsewhere,
        device=choice.device,
        precision=choice.precision,
        guessed=folder is None,
        seq2seq=seq2seq,
        t5=kind in T5,
        codes=_codes(folder, kind) if folder else (),
        writes=str(tokenizer.get("target_lang", "")),
        chat=_has_template(folder, tokenizer) if folder else not seq2seq and "gpt2" not in name.lower(),
        thinks=folder is not None and _thinks(folder, tokenizer),
        tokenizer_class=str(tokenizer.get("tokenizer_class") or {"mbart": "MBart", "m2m_100": "M2M100"}.get(kind, "")),
        positions=positions,
        most_input=min(limits, default=None),
        own_cut=folder is not None and made_anew(folder),
        by_numbers=_by_numbers(config),
        order=_order(config),
        from_the_left=folder is not None and leaves_out_the_beginning(folder),
        other_tags=_other_tags(config.get("id2label")),
        activation=_activation(config),
        spaces=kind not in _CUT_AT_BORDERS,
        min_length=_limit(generation.get("min_length")) or 0,
        left_aside=tuple(key for key in _LEFT_ASIDE if generation.get(key) not in (None, False)),
    )


def _place(name: str, wanted: str) -> tuple[str, str, str, Path | None]:
    """How a program names the model, its revision and cache, and the folder with its files, None where it has none."""
    if there := without_hub(name):
        folder = unpacked(there[0]) if there[0] in shipped().values() else there[0]
        return at_home(folder), "", "", folder
    from llm_tui.hub.repository import TOKENIZER_FILES  # not at the top: it brings the hub's library

    snapshot = cache.cached(name, TOKENIZER_FILES, wanted) if wanted else cache.cached_model(name)
    if snapshot is None:
        return name, wanted, "", None
    revision = snapshot.name if _COMMIT.fullmatch(snapshot.name) else ""
    where = snapshot.parents[2]
    return name, revision, "" if where == cache.hub_cache() else str(where), snapshot


def _seq2seq(config: Mapping[str, Any]) -> bool:
    said = config.get("is_encoder_decoder")
    if isinstance(said, bool):
        return said
    # Gemma 3 and others that look at pictures call themselves so too, and are causal.
    looks = config.keys() & {"text_config", "vision_config"}
    written = [str(architecture) for architecture in config.get("architectures") or []]
    return not looks and any(a.endswith(("ForConditionalGeneration", "MTModel")) for a in written)


def _codes(folder: Path, kind: str) -> tuple[str, ...]:
    """Which of the pieces that tell a translator its language are in its vocabulary."""
    if kind not in T5 | {"marian"}:
        return ()
    there = [folder / name for name in ("vocab.json", "tokenizer.json", "spiece.model") if (folder / name).is_file()]
    words = b"".join(files.read(file, LARGEST) for file in there)
    return tuple(code for codes in CODES.values() for code in codes if code.encode() in words)


def _positions(config: Mapping[str, Any], kind: str) -> int | None:
    names = ("max_encoder_position_embeddings", "max_position_embeddings", "n_positions")
    for part in (config, *(inner for name in _PARTS if isinstance(inner := config.get(name), dict))):
        if positions := next((limit for name in names if (limit := _limit(part.get(name)))), None):
            padded = str(part.get("model_type") or kind) in _PADDED_POSITIONS
            return positions - int(part.get("pad_token_id") or 1) - 1 if padded else positions
    return None


def _limit(said: Any) -> int | None:
    return int(said) if isinstance(said, int | float) and 0 < said < NO_LIMIT else None


def _other_tags(labels: Any) -> bool:
    return isinstance(labels, dict) and any(re.match("[ESLUM]-", str(label)) for label in labels.values())


def _activation(config: Mapping[str, Any]) -> str:
    named = config.get("id2label")
    labels = len(named) if isinstance(named, dict) else config.get("num_labels", 2)
    return activation(config.get("problem_type"), labels)


def _by_numbers(config: Mapping[str, Any]) -> bool:
    """Whether only the names of its classes by their numbers say which is the entailment."""
    given, named = (said if isinstance(said := config.get(key), dict) else {} for key in ("label2id", "id2label"))
    numbered = (label for label, number in given.items() if isinstance(number, int))
    there, wanted = (any(str(label).lower().startswith("entail") for label in of) for of in (numbered, named.values()))
    return wanted and not there


def _order(config: Mapping[str, Any]) -> tuple[int, ...]:
    """The classes of a model for inference with its contradiction first, where the pipeline would take another."""
    given, named = (said if isinstance(said := config.get(key), dict) else {} for key in ("label2id", "id2label"))
    found = inference_sides([str(named.get(str(number), "")) for number in range(len(named))], given)
    if found is None or found[1] == in_place(found[0], len(named)):
        return ()
    return found[1], *(number for number in range(len(named)) if number != found[1])


def _thinks(folder: Path, tokenizer: Mapping[str, Any]) -> bool:
    """Whether its chat template knows of thinking: a reasoning model's."""
    try:
        written = files.read(folder / "chat_template.jinja", LARGEST).decode(errors="replace")
    except OSError:
        written = str(tokenizer.get("chat_template"))
    return "enable_thinking" in written or CLOSE in written


def _has_template(folder: Path, tokenizer: Mapping[str, Any]) -> bool:
    return bool(tokenizer.get("chat_template")) or (folder / "chat_template.jinja").exists()
