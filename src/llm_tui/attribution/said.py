"""What is said of the methods, in both languages: what each is, what its values sum to, and a caution. Light."""

from __future__ import annotations

from llm_tui.attribution.job import GRADIENT, INTEGRATED, OCCLUSION
from llm_tui.i18n import Text

NAMES = {
    GRADIENT: Text("gradient × input", "gradiente × entrada"),
    INTEGRATED: Text("integrated gradients", "gradientes integrados"),
    OCCLUSION: Text("occlusion", "oclusión"),
}

CAUTION = Text(
    "Three methods, three answers: each says what it measures of the model, none why the model is right. A map that "
    "looks plausible proves nothing (Adebayo et al. 2018, Sanity Checks for Saliency Maps).",
    "Tres métodos, tres respuestas: cada uno dice lo que mide del modelo, ninguno por qué el modelo acierta. Que un "
    "mapa parezca plausible no prueba nada (Adebayo et al. 2018, Sanity Checks for Saliency Maps).",
)
DEFINED = {
    GRADIENT: Text(
        "Gradient of the logit by each piece's embedding, times the embedding (Shrikumar et al. 2016): the slope at "
        "one point, next to nothing where the model is sure or normalizes its embeddings; the values need not sum to "
        "anything.",
        "Gradiente del logit respecto del embedding de cada pieza, multiplicado por el embedding (Shrikumar et al. "
        "2016): la pendiente en un punto, casi nula si el modelo está seguro o normaliza sus embeddings; los valores "
        "no tienen que sumar nada.",
    ),
    INTEGRATED: Text(
        "Integrated gradients (Sundararajan et al. 2017) from padding in place of every word, special tokens kept.",
        "Gradientes integrados (Sundararajan et al. 2017) desde relleno en lugar de cada palabra, con los tokens "
        "especiales.",
    ),
    OCCLUSION: Text(
        "By how much the logit falls where a word alone is hidden behind {mask} (Zeiler and Fergus 2014): what two "
        "words both say, neither seems to say.",
        "Cuánto baja el logit cuando se oculta una sola palabra tras {mask} (Zeiler y Fergus 2014): lo que dicen dos "
        "palabras a la vez, ninguna parece decirlo.",
    ),
}
SUM = Text(
    "{points} points: the values sum to {total}, the difference of the logits ({logit} less {baseline} of the "
    "baseline) is {difference}: gap {gap}, {share}.",
    "{points} puntos: los valores suman {total}, la diferencia de los logits ({logit} menos {baseline} de la línea "
    "base) es {difference}: brecha {gap}, {share}.",
)

NOT_COMPLETE = Text(
    "No more points are tried: what is missing is more than 1%, and the values are that uncertain.",
    "No se prueban más puntos: falta más de un 1\u00a0%, y esa es la incertidumbre de los valores.",
)

SPECIAL = Text("{method}, special tokens together: {told}.", "{method}, tokens especiales juntos: {told}.")

DEFINITIONS = Text(
    """\
- **Words**: a word is a segment of Unicode's word boundaries; what stands between words, a mark or an emoji, has a
  value of its own, for a model hears it too. The values of a word's pieces are summed up. They are calculated in
  float32, whatever the precision of the answer.
- **integrated gradients** begin at padding in place of every word, special tokens kept. They are asked at 33 points of
  the way, then at twice as many, 513 at most, until the gap is 1% or less.
- **occlusion** puts the mask in place of a word's pieces; of a model without one the unknown token, or padding.
- **rank correlation**: Spearman's, of the signed values of all words: 1 where two methods put them in the same order.
""",
    """\
- **Palabras**: una palabra es un segmento de los límites de palabra de Unicode; lo que hay entre palabras, un signo o
  un emoji, tiene su propio valor, pues el modelo también lo oye. Los valores de las piezas de una palabra se suman. Se
  calculan en float32, sea cual sea la precisión de la respuesta.
- Los **gradientes integrados** parten de relleno en lugar de cada palabra, con los tokens especiales. Se piden en 33
  puntos del camino y luego en el doble, hasta 513, mientras la brecha pase del 1\u00a0%.
- La **oclusión** pone la máscara en lugar de las piezas de una palabra; si el modelo no la tiene, el token desconocido
  o relleno.
- **correlación de rangos**: la de Spearman, de los valores con signo de todas las palabras: 1 si dos métodos las ponen
  en el mismo orden.
""",
)
