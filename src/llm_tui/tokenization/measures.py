"""What is measured of a tokenizer over a text: the counts, the shares that follow, and where each was defined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llm_tui.export.table import Cell, Column, Table
from llm_tui.i18n import Text


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts of one tokenizer over one text, without special tokens, and what follows from them.

    `word_pieces` of the `pieces` belong to a word; `continued` words have two pieces or more, `whole` ones exactly
    one, which is known. `lost` counts characters, the commonest of them in `lost_most`. `bytes` (UTF-8) are those of
    the text without its line ends. `parallel` is the number of pieces of the translation. A share of nothing is None,
    and so is a count that the file of a lab does not have.
    """

    words: int | None = None
    pieces: int | None = None
    word_pieces: int | None = None
    continued: int | None = None
    whole: int | None = None
    unknown: int | None = None
    lost: int | None = None
    lost_most: tuple[tuple[str, int], ...] = ()
    bytes: int | None = None
    parallel: int | None = None

    @property
    def complete(self) -> bool:
        """Whether all is known that each text has."""
        return None not in (self.words, self.pieces, self.word_pieces, self.continued, self.whole, self.unknown,
                            self.lost, self.bytes)  # fmt: skip

    @property
    def fertility(self) -> float | None:
        return _over(self.word_pieces, self.words)

    @property
    def continued_share(self) -> float | None:
        return _over(self.continued, self.words)

    @property
    def whole_share(self) -> float | None:
        return _over(self.whole, self.words)

    @property
    def bytes_per_piece(self) -> float | None:
        return _over(self.bytes, self.pieces)

    @property
    def premium(self) -> float | None:
        return _over(self.pieces, self.parallel)


def _over(count: int | None, of: int | None) -> float | None:
    """A share, where both counts are known and there is something to share."""
    return count / of if count is not None and of else None


@dataclass(frozen=True, slots=True)
class Kind:
    """One measure: how it is read off, its definition, and whether `more` of it or less is better for the reader of
    the text (None: neither).
    """

    column: Column
    of: Callable[[Measures], Cell]
    definition: Text
    more: bool | None = None


def _kind(
    key: str, head: Text, of: Callable[[Measures], Cell], definition: Text, more: bool | None = None, digits: int = 2
) -> Kind:
    return Kind(Column(key, head, numeric=True, digits=digits), of, definition, more)


KINDS = (
    _kind(
        "words", Text("words", "palabras"), lambda m: m.words,
        Text("Words of the text, the same for every tokenizer.",
             "Palabras del texto, las mismas para todos los tokenizadores."),
    ),
    _kind(
        "pieces", Text("pieces", "piezas"), lambda m: m.pieces,
        Text("All pieces of the text, without special tokens.", "Todas las piezas del texto, sin tokens especiales."),
        more=False,
    ),
    _kind(
        "fertility", Text("fertility", "fertilidad"), lambda m: m.fertility,
        Text("Pieces that belong to a word, per word (Ács 2019; Rust et al. 2021): 1 where each word is one piece; "
             "less where a piece spans several.",
             "Piezas que pertenecen a una palabra, por palabra (Ács 2019; Rust et al. 2021): 1 si cada palabra es una "
             "pieza; menos si una pieza abarca varias."),
        more=False,
    ),
    _kind(
        "continued_share", Text("continued words", "palabras partidas"), lambda m: m.continued_share,
        Text("Share of words that are cut into two pieces or more (Rust et al. 2021: proportion of continued words).",
             "Proporción de palabras cortadas en dos piezas o más (Rust et al. 2021: «continued words»)."),
        more=False,
    ),
    _kind(
        "whole_share", Text("whole words", "palabras enteras"), lambda m: m.whole_share,
        Text("Share of words that are exactly one piece, and a known one.",
             "Proporción de palabras que son exactamente una pieza, y conocida."),
        more=True,
    ),
    _kind(
        "unknown", Text("unknown pieces", "piezas desconocidas"), lambda m: m.unknown,
        Text("Pieces whose id is the one for “unknown”: the model sees nothing of what they stood for.",
             "Piezas cuyo id es el de «desconocido»: el modelo no ve nada de lo que había en su lugar."),
        more=False,
    ),
    _kind(
        "lost", Text("lost characters", "caracteres perdidos"), lambda m: m.lost,
        Text("Characters, white space aside, that no piece stands for: an unknown piece covers them, or none.",
             "Caracteres, sin contar espacios, que ninguna pieza representa: los cubre una desconocida, o ninguna."),
        more=False,
    ),
    _kind(
        "bytes_per_piece", Text("bytes per piece", "bytes por pieza"), lambda m: m.bytes_per_piece,
        Text("UTF-8 bytes of the text, without line ends, over its pieces: how much a context of fixed length holds.",
             "Bytes UTF-8 del texto, sin fines de línea, entre sus piezas: cuánto cabe en un contexto de largo fijo."),
        more=True,
    ),
    _kind(
        "premium", Text("premium over English", "sobrecoste frente al inglés"), lambda m: m.premium,
        Text("Pieces of the text over pieces of its English translation (Petrov et al. 2023); empty without one.",
             "Piezas del texto entre piezas de su traducción al inglés (Petrov et al. 2023); vacío si no la hay."),
        more=False,
    ),
)  # fmt: skip

SOURCES = (
    "Judit Ács (2019), Exploring BERT's Vocabulary.",
    "Phillip Rust et al. (2021), How Good is Your Tokenizer? On the Monolingual Performance of Multilingual Language "
    "Models, ACL-IJCNLP 2021.",
    "Aleksandar Petrov et al. (2023), Language Model Tokenizers Introduce Unfairness Between Languages, NeurIPS 2023.",
)


def best(kind: Kind, measured: Sequence[Measures]) -> list[bool]:
    """Which of several tokenizers have the best value of a measure; none where all have the same."""
    values = [value for m in measured if isinstance(value := kind.of(m), int | float)]
    if kind.more is None or len(set(values)) < 2:
        return [False] * len(measured)
    wanted = max(values) if kind.more else min(values)
    return [kind.of(m) == wanted for m in measured]


def summary(names: Sequence[str], measured: Sequence[Measures], footer: tuple[Text, ...] = ()) -> Table:
    """One row per tokenizer, one column per measure."""
    columns = (Column("tokenizer", Text("tokenizer", "tokenizador")), *(kind.column for kind in KINDS))
    rows = tuple((name, *(kind.of(m) for kind in KINDS)) for name, m in zip(names, measured, strict=True))
    return Table(columns, rows, footer)
