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
- **attribution**: how much each word had to do with a logit, by a method; + speaks for it, - against it. A logit is
  what the model gives for a class before the softmax; the values are calculated in float32.
- **gradient × input**: the gradient of the logit by a piece's embedding, times the embedding (Shrikumar et al. 2016).
- **integrated gradients**: the gradient along the way from padding to the words, summed up: the values of all pieces
  are the difference of the two logits (completeness, Sundararajan et al. 2017). As many points as it takes to miss it
  by 1% or less, 513 at most; the gap is shown.
- **occlusion**: by how much the logit falls where one word is hidden behind the mask (Zeiler and Fergus 2014).
- **rank correlation**: Spearman's, of the signed values of all words: 1 where two methods put them in the same order.
""",
    """\
- **atribución**: cuánto tuvo que ver cada palabra con un logit, según un método; + habla a favor, - en contra. Un
  logit es lo que el modelo da a una clase antes del softmax; los valores se calculan en float32.
- **gradiente × entrada**: el gradiente del logit respecto del embedding de una pieza, por el embedding (Shrikumar et
  al. 2016).
- **gradientes integrados**: el gradiente a lo largo del camino del relleno a las palabras, sumado: los valores de todas
  las piezas son la diferencia de los dos logits (completitud, Sundararajan et al. 2017). Tantos puntos como hagan falta
  para fallarla en un 1 % como mucho, 513 a lo sumo; la brecha se muestra.
- **oclusión**: cuánto baja el logit cuando una palabra se oculta tras la máscara (Zeiler y Fergus 2014).
- **correlación de rangos**: la de Spearman, de los valores con signo de todas las palabras: 1 si dos métodos las ponen
  en el mismo orden.
""",
)
