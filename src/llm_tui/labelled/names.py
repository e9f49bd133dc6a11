"""The names of columns, in English and Spanish: which are those of labels, of texts, of an index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Names are compared without accents, case, spaces and what stands in parentheses. Of several the first here is taken.
LABEL_NAMES = (
    *("truelabel", "etiquetaverdadera", "goldlabel", "gold"),
    *("label", "etiqueta", "labels", "etiquetas", "class", "clase", "classindex", "classlabel", "classname"),
    *("category", "categoria", "target", "objetivo", "sentiment", "sentimiento", "polarity", "polaridad"),
    *("emotion", "emocion", "topic", "tema", "intent", "intencion", "tag", "v1", "rating", "stars", "estrellas"),
    *("type", "tipo", "y"),
)
TEXT_NAMES = (
    *("text", "texto", "fulltext", "textocompleto", "sentence", "frase", "oracion", "message", "mensaje", "msg"),
    *("sms", "tweet", "tuit", "content", "contenido", "body", "cuerpo", "review", "resena", "opinion", "post"),
    *("article", "articulo", "news", "noticia", "document", "documento", "abstract", "question", "pregunta"),
    *("utterance", "comment", "comentario", "v2", "texts", "textos", "sentences", "messages", "tweets", "comments"),
    *("description", "descripcion", "shortdescription"),
)
TITLE_NAMES = ("title", "titulo", "headline", "titular")
KIND_NAMES = ("kind", "tipo", "type", "kindoftext", "tipodetexto", "biastype", "tipodesesgo")

# Words of a longer name, such as airline_sentiment; never beside one that makes it another thing, such as tweet_id.
_LABEL_WORDS = {"label", "etiqueta", "class", "clase", "category", "categoria", "sentiment", "sentimiento"}
_TEXT_WORDS = {"text", "texto", "message", "mensaje", "tweet", "tuit", "comment", "comentario", "review", "resena"}
_OTHER_WORDS = {
    *("id", "count", "length", "len", "size", "score", "confidence", "gold", "date", "fecha", "time", "hora", "url"),
    *("user", "usuario", "author", "autor", "name", "nombre", "created", "location", "coord", "lang", "language"),
    *("idioma", "source", "timezone", "number", "num", "likes", "votes", "index", "reason"),
}

LONGEST_NAME = 100
MOST_WORDS = 4
"""Of a name that is known by one of its words: more are a sentence."""


def key(name: str) -> str:
    """A name as it is compared."""
    return "".join(words(name))


def words(name: str) -> list[str]:
    """The words of a name without accents and parentheses; none where it is too long for one."""
    if len(name) > LONGEST_NAME:
        return []
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", re.sub(r"\([^()]*\)", " ", plain))


def is_known(name: str) -> bool:
    """Whether a name is that of a column that is read."""
    return key(name) in (*LABEL_NAMES, *TEXT_NAMES, *TITLE_NAMES, *KIND_NAMES)


def names_both(first: Sequence[str]) -> bool:
    """Whether a row names a column of labels and one of texts."""
    return named_label(first) is not None and bool(named_texts(first))


def is_index(name: str) -> bool:
    """Whether a name in a header is that of a column that counts the rows; pandas leaves its own without one."""
    parts = words(name)
    if not 0 < len(parts) <= MOST_WORDS:
        return not name.strip()
    return parts[0] == "unnamed" or parts[-1] in ("id", "index", "indice", "idx", "n", "num")


def exact(first: Sequence[str], names: Sequence[str]) -> int | None:
    """The column that has the first of `names` that there is."""
    keys = [key(name) for name in first]
    return next((keys.index(name) for name in names if name in keys), None)


def _by_word(first: Sequence[str], wanted: set[str]) -> int | None:
    """The only column whose name has one of the wanted words and none that makes it another thing."""
    found = [i for i, name in enumerate(first) if wanted & set(words(name)) and not _OTHER_WORDS & set(words(name))]
    return found[0] if len(found) == 1 and len(words(first[found[0]])) <= MOST_WORDS else None


def named_label(first: Sequence[str]) -> int | None:
    """The column of labels, where a name says so."""
    label = exact(first, LABEL_NAMES)
    return _by_word(first, _LABEL_WORDS) if label is None else label


def named_texts(first: Sequence[str]) -> tuple[int, ...]:
    """The text, and the title where there is one, in the order of the file."""
    title, text = exact(first, TITLE_NAMES), exact(first, TEXT_NAMES)
    if text is None:
        text = _by_word(first, _TEXT_WORDS)
    return tuple(sorted(i for i in (title, text) if i is not None))
