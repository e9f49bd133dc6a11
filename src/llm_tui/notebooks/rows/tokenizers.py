"""Tokenizers, and what is generated."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.notebooks import find, special
from llm_tui.notebooks.rows.said import IGNORED, NO_METHOD, V5, instead
from llm_tui.notebooks.table import Row

ROWS = (
    Row(
        "encode_plus, batch_encode_plus",
        V5,
        NO_METHOD,
        find.method("encode_plus", "batch_encode_plus", mend=special.without_method),
        Text("the tokenizer itself is called", "se llama al propio tokenizador"),
    ),
    Row(
        "prepare_seq2seq_batch",
        V5,
        NO_METHOD,
        find.method("prepare_seq2seq_batch", mend=special.from_seq2seq_batch),
        Text("the tokenizer itself is called, with text_target", "se llama al propio tokenizador, con text_target"),
        Text("call the tokenizer twice", "llame al tokenizador dos veces"),
    ),
    Row(
        "as_target_tokenizer",
        V5,
        NO_METHOD,
        special.target_tokenizer,
        Text("text_target says that the texts are targets", "text_target indica que los textos son de destino"),
        instead("tokenizer(text_target=...)"),
    ),
    Row(
        "pad_to_max_length",
        V5,
        IGNORED,
        find.argument("pad_to_max_length", mend=find.becomes("padding", '"max_length"', "False")),
        instead("padding"),
    ),
    Row(
        "additional_special_tokens",
        V5,
        Text("AttributeError: it has another name", "AttributeError: tiene otro nombre"),
        find.attribute("additional_special_tokens", "extra_special_tokens"),
        instead("extra_special_tokens"),
    ),
    Row(
        "apply_chat_template",
        V5,
        Text("it gives a dictionary now, where it gave the ids", "ahora da un diccionario, donde daba los ids"),
        special.call_without("apply_chat_template", "return_dict=False", ("return_dict", "tokenize")),
        Text("return_dict=False gives the ids", "return_dict=False da los ids"),
    ),
    *(
        Row(
            word,
            "transformers 4.57",
            Text("this way of searching is code on the hub now", "esta forma de búsqueda es ahora código en el hub"),
            find.argument(word, mend=find.left),
            left=Text("use num_beams or do_sample", "use num_beams o do_sample"),
        )
        for word in ("num_beam_groups", "penalty_alpha", "force_words_ids", "constraints")
    ),
    Row(
        "generate without max_new_tokens",
        "transformers 5.0",
        Text(
            "it runs, and stops after some 20 pieces where the model's settings say no other number, with a warning",
            "funciona, y se detiene tras unas 20 piezas si los ajustes del modelo no dicen otro número, con un aviso",
        ),
        special.call_without(
            "generate",
            "",
            ("max_new_tokens", "max_length", "generation_config", "stopping_criteria"),
        ),
        left=Text("say max_new_tokens", "indique max_new_tokens"),
    ),
)
