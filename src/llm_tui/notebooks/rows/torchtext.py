"""The classic flow: torchtext 0.18, which no longer imports, and 0.6.0, which does."""

from __future__ import annotations

from llm_tui.i18n import Text
from llm_tui.notebooks import find, special
from llm_tui.notebooks.rows.said import NO_SUCH
from llm_tui.notebooks.table import Row

ROWS = (
    Row(
        "torchtext 0.18",
        "torch 2.4",
        Text(
            "the last torchtext, 0.18, raises OSError on import: its compiled part is of torch 2.3",
            "el último torchtext, 0.18, da OSError al importarlo: su parte compilada es de torch 2.3",
        ),
        find.used("torchtext"),
        Text("torchtext 0.6.0, in pure Python", "torchtext 0.6.0, solo en Python"),
        needs=("torchtext==0.6.0",),
    ),
    Row(
        "torchtext.datasets.AG_NEWS",
        "torchtext 0.6.0",
        Text(
            "that of 0.6.0 asks for other arguments, and its address is dead",
            "el de 0.6.0 pide otros argumentos, y su dirección ya no existe",
        ),
        find.name("torchtext.datasets.AG_NEWS", helper="ag_news"),
        Text("AG_NEWS is in the cell above, from its CSV files", "AG_NEWS está en la celda de arriba, desde sus CSV"),
    ),
    Row(
        "build_vocab_from_iterator",
        "torchtext 0.6.0",
        Text(
            "that of 0.6.0 knows no specials and no min_freq, and its vocabulary has no set_default_index",
            "el de 0.6.0 no admite specials ni min_freq, y su vocabulario no tiene set_default_index",
        ),
        find.name("torchtext.vocab.build_vocab_from_iterator", helper="vocabulary"),
        Text(
            "build_vocab_from_iterator is in the cell above, over Vocab(Counter)",
            "build_vocab_from_iterator está en la celda de arriba, sobre Vocab(Counter)",
        ),
    ),
    Row(
        "torchtext.vocab.vocab",
        "torchtext 0.6.0",
        NO_SUCH,
        find.name("torchtext.vocab.vocab", becomes="vocab_from_counts", helper="vocabulary"),
        Text("vocab_from_counts, in the cell above", "vocab_from_counts, en la celda de arriba"),
    ),
    *(
        Row(
            "to_map_style_dataset",
            "torchtext 0.6.0",
            NO_SUCH,
            find.name(f"{place}.to_map_style_dataset", helper="map_style"),
            Text(
                "to_map_style_dataset is in the cell above: a list",
                "to_map_style_dataset está en la celda de arriba: una lista",
            ),
        )
        for place in ("torchtext.data.functional", "torchtext.data")
    ),
    Row(
        "disable_torchtext_deprecation_warning",
        "torchtext 0.6.0",
        NO_SUCH,
        special.nothing("torchtext.disable_torchtext_deprecation_warning"),
        Text("taken out: 0.6.0 gives no such warning", "quitado: 0.6.0 no da ese aviso"),
    ),
    Row(
        "torchtext.legacy",
        "torchtext 0.12",
        Text("the module is gone; 0.6.0 has what was in it", "el módulo ya no existe; 0.6.0 tiene lo que había en él"),
        find.module("torchtext.legacy", "torchtext"),
        Text("torchtext without legacy", "torchtext sin legacy"),
        Text("write torchtext in place of torchtext.legacy", "escriba torchtext en lugar de torchtext.legacy"),
    ),
    *(
        Row(
            f"torchtext.{place}",
            "torchtext 0.6.0",
            Text("0.6.0 has no such module", "0.6.0 no tiene ese módulo"),
            find.module(f"torchtext.{place}"),
            left=Text("use a tokenizer of transformers", "use un tokenizador de transformers"),
        )
        for place in ("transforms", "functional", "models", "prototype")
    ),
    Row(
        "torchtext.datasets",
        "torchtext 0.6.0",
        Text(
            "the loader of 0.6.0 has other arguments, and addresses that no longer answer",
            "el cargador de 0.6.0 tiene otros argumentos, y direcciones que ya no responden",
        ),
        special.gone(
            "torchtext.datasets",
            "AmazonReviewFull",
            "AmazonReviewPolarity",
            "DBpedia",
            "IMDB",
            "Multi30k",
            "SST2",
            "SogouNews",
            "WikiText2",
            "WikiText103",
            "YahooAnswers",
            "YelpReviewFull",
            "YelpReviewPolarity",
        ),
        left=Text("read the rows from a file, or with datasets", "lea las filas de un archivo, o con datasets"),
    ),
)
