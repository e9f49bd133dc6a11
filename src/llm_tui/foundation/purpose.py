"""What a pretrained model is opened for. Light: no torch before one is opened."""

from __future__ import annotations

from dataclasses import dataclass

from llm_tui.foundation import teaching
from llm_tui.foundation.teaching import Teaching
from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """`wanted` says in words which models serve it, `endings` how the names of their architectures end.

    `auto` names the auto class of transformers that opens them, `auto_with_encoder` the one for encoder-decoder models
    where it is another. `writes` says that they generate text. Where a model is not to be had, one of `stand_ins` is
    offered, with the `caveat`.
    """

    name: str
    wanted: Text
    endings: tuple[str, ...]
    auto: str
    stand_ins: tuple[Teaching, ...]
    auto_with_encoder: str = ""
    caveat: Text | None = None
    writes: bool = False

    def auto_class(self, is_encoder_decoder: bool) -> str:
        return self.auto_with_encoder if is_encoder_decoder and self.auto_with_encoder else self.auto

    def instead(self) -> Text:
        """Which models there are that come with the program."""
        names = " / ".join(model.name for model in self.stand_ins)
        said = Text("Or use {names}, which comes with llm-tui.", "O use {names}, que viene con llm-tui.")
        return Text(" ", " ").join([said.format(names=names), *([self.caveat] if self.caveat else [])])


GENERATE = Purpose(
    "generate",
    Text("a model that writes text", "un modelo que escribe texto"),
    ("ForConditionalGeneration", "LMHeadModel", "ForCausalLM", "MTModel", "EncoderDecoderModel"),
    auto="AutoModelForCausalLM",
    auto_with_encoder="AutoModelForSeq2SeqLM",
    stand_ins=(teaching.T5,),
    caveat=Text("It is small, and its summaries are weak.", "Es pequeño y resume mal."),
    writes=True,
)
SEQUENCE = Purpose(
    "sequence",
    Text("a model that classifies texts", "un modelo que clasifica textos"),
    ("ForSequenceClassification",),
    auto="AutoModelForSequenceClassification",
    stand_ins=(teaching.ZERO_SHOT, teaching.SENTIMENT),
)
TOKENS = Purpose(
    "tokens",
    Text("a model that labels tokens", "un modelo que etiqueta tokens"),
    ("ForTokenClassification",),
    auto="AutoModelForTokenClassification",
    stand_ins=(teaching.ENTITIES,),
)
