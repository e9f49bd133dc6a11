"""What is said of the pieces of an answer, in both languages: where they looked, what had to do with them, and a
caution. Light.
"""

from __future__ import annotations

from llm_tui.attribution.job import GRADIENT, INTEGRATED, OCCLUSION
from llm_tui.i18n import Text

LOOKED = "looked"

NAMES = {
    LOOKED: Text("looked at", "miró"),
    OCCLUSION: Text("occlusion", "oclusión"),
    GRADIENT: Text("gradient × input", "gradiente × entrada"),
    INTEGRATED: Text("integrated gradients", "gradientes integrados"),
}
"""The views of a piece, in the order in which a key goes through them."""

MEAN = Text("mean of {layers} layers", "media de {layers} capas")
LAYER = Text("layer {layer} of {layers}", "capa {layer} de {layers}")
TITLE = Text("Piece {place}, “{piece}”: {what}", "Pieza {place}, «{piece}»: {what}")

OF_ATTENTION = Text("of its attention", "de su atención")
SEEN, NOT_SEEN = Text("looked at", "la miró"), Text("not looked at", "no la miró")
NATS = Text("nats", "nats")
FOR, AGAINST = Text("made it likelier", "la hizo más probable"), Text("made it less likely", "la hizo menos probable")

CROSS = Text(
    "Cross-attention: the share that each word of the source got of the attention of the decoder as it came to this "
    "piece, the mean of the heads.",
    "Atención cruzada: la parte de la atención del decodificador que recibió cada palabra de la fuente cuando llegaba "
    "a esta pieza, media de las cabezas.",
)
ITSELF = Text(
    "Self-attention: the share that each word before got of the model's attention as it came to this piece, the mean "
    "of the heads.",
    "Autoatención: la parte de la atención del modelo que recibió cada palabra anterior cuando llegaba a esta pieza, "
    "media de las cabezas.",
)
REST = Text(
    "All shares sum to 1: {share} went to special tokens and to what stands around the text, where attention often "
    "rests when it seeks nothing (Xiao et al. 2023).",
    "Todas las partes suman 1: {share} fue a tokens especiales y a lo que rodea al texto, donde la atención suele "
    "quedarse cuando no busca nada (Xiao et al. 2023).",
)
CAUTION = Text(
    "Where a model looks is not why it answers: quite other attention can give the same answer (Jain and Wallace "
    "2019, Attention is not Explanation).",
    "Adónde mira un modelo no es por qué responde: una atención muy distinta puede dar la misma respuesta (Jain y "
    "Wallace 2019, Attention is not Explanation).",
)
OF_METHODS = Text(
    "The methods measure different things and often disagree; a map that looks plausible proves nothing (Adebayo et "
    "al. 2018, Sanity Checks for Saliency Maps).",
    "Los métodos miden cosas distintas y a menudo discrepan; que un mapa parezca plausible no prueba nada (Adebayo et "
    "al. 2018, Sanity Checks for Saliency Maps).",
)
DEFINED = {
    GRADIENT: Text(
        "Gradient of the piece's log-probability by each word's embeddings, times these (Shrikumar et al. 2016): the "
        "slope at one point, small where the model is sure; the values need not sum to anything.",
        "Gradiente del logaritmo de la probabilidad de la pieza respecto de los embeddings de cada palabra, por estos "
        "(Shrikumar et al. 2016): la pendiente en un punto, pequeña si el modelo está seguro; los valores no tienen "
        "que sumar nada.",
    ),
    INTEGRATED: Text(
        "Integrated gradients of the piece's log-probability (Sundararajan et al. 2017), from padding in place of "
        "every word; special tokens stay.",
        "Gradientes integrados del logaritmo de la probabilidad de la pieza (Sundararajan et al. 2017), desde relleno "
        "en lugar de cada palabra; los tokens especiales quedan.",
    ),
    OCCLUSION: Text(
        "By how much the piece's log-probability falls where a word alone is hidden behind {mask} (Zeiler and Fergus "
        "2014): what two words both say, neither seems to say.",
        "Cuánto baja el logaritmo de la probabilidad de la pieza cuando se oculta una sola palabra tras {mask} "
        "(Zeiler y Fergus 2014): lo que dicen dos palabras a la vez, ninguna parece decirlo.",
    ),
}
SUM = Text(
    "{points} points: the values sum to {total}, the difference ({logprob} less {baseline} of the baseline) is "
    "{difference}: gap {gap}.",
    "{points} puntos: los valores suman {total}, la diferencia ({logprob} menos {baseline} de la línea base) es "
    "{difference}: brecha {gap}.",
)
PLAIN = Text(
    "The log-probability of the piece is {logprob} nats.", "El logaritmo de la probabilidad es {logprob} nats."
)
SPECIAL = {
    False: Text(
        "Special tokens and the answer so far together: {told}.",
        "Los tokens especiales y la respuesta hasta ahí, juntos: {told}.",
    ),
    True: Text(
        "Special tokens and what stands around the text, together: {told}.",
        "Los tokens especiales y lo que rodea al texto, juntos: {told}.",
    ),
}
"""By whether the model is a causal one."""

ANEW = Text(
    "The text was cut into pieces anew: the model may have written it in others.",
    "El texto se cortó de nuevo en piezas: puede que el modelo lo escribiera en otras.",
)
APART = Text(
    "The text was cut into pieces anew, and the model wrote it in others: what is shown is of “{text}” in these.",
    "El texto se cortó de nuevo en piezas y el modelo lo escribió en otras: lo que se ve es de «{text}» en estas.",
)
CUT = Text("The end of the source was left out: it was too long.", "El final de la fuente se omitió: era muy larga.")

DEFINITIONS = Text(
    """\
- **looked at**: the share of the attention that a word got as the model came to a piece, the mean of the heads of a
  layer, or of all layers. Of an encoder-decoder it is cross-attention, of the decoder to the source (Bahdanau et al.
  2015); of a causal model, attention to the prompt and to the answer so far. Shares sum to 1, special tokens among
  them.
- **attribution of a piece**: how much a word had to do with the log-probability of a piece, in nats: + made it
  likelier, - less likely. Of an encoder-decoder, of the words of the source, the answer so far being as it is.
- **occlusion**, **gradient × input**, **integrated gradients**: three ways to measure it. They are calculated in
  float32.
- **caution**: attention is no explanation (Jain and Wallace 2019), and a map that looks plausible proves nothing
  (Adebayo et al. 2018).
""",
    """\
- **miró**: la parte de la atención que recibió una palabra cuando el modelo llegaba a una pieza, media de las cabezas
  de una capa, o de todas las capas. En un codificador-decodificador es la atención cruzada, del decodificador a la
  fuente (Bahdanau et al. 2015); en un modelo causal, la atención al prompt y a la respuesta hasta ahí. Las
  partes suman 1, con los tokens especiales.
- **atribución de una pieza**: cuánto tuvo que ver una palabra con el logaritmo de la probabilidad de una pieza, en
  nats: + la hizo más probable, - menos. En un codificador-decodificador, de las palabras de la fuente, con la
  respuesta hasta ahí tal como está.
- **oclusión**, **gradiente × entrada**, **gradientes integrados**: tres maneras de medirlo. Se calculan en float32.
- **cautela**: la atención no es una explicación (Jain y Wallace 2019), y que un mapa parezca plausible no prueba nada
  (Adebayo et al. 2018).
""",
)
