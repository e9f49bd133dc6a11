"""Hints on a translation between Spanish and English: false cognates in it, and terms that it does not render.

A word list knows neither context nor region: these are hints for a person who reads, never verdicts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from llm_tui.i18n import Text

# In all lists below: forms are parted by commas and the first one names the entry; plurals are understood; `stem*` is
# any word that begins so, and is never shown.

FALSE_COGNATES: tuple[tuple[str, str, str, str], ...] = (
    # Spanish word, its false friend in English, what the Spanish word is in English, what the English one is in Spanish
    ("acta", "act", "minutes (of a meeting)", "acto, ley"),
    ("actual", "actual", "current, present", "real, verdadero"),
    ("actualizar, actualiz*, actualic*", "actualize, actualiz*, actualis*", "update", "hacer realidad"),
    ("actualmente", "actually", "currently", "en realidad, de hecho"),
    ("advertir, advert*, adviert*, advirt*", "advertise, advertis*, advertiz*", "warn", "anunciar"),
    ("agenda", "agenda", "diary", "orden del día"),
    ("apología", "apology", "defence, praise", "disculpa"),
    ("asistir, asiste, asisten, asistí*, asisti*", "assist, assisted, assisting", "attend", "ayudar"),
    ("asumir, asum*", "assume, assum*", "take on, accept", "suponer, dar por hecho"),
    ("atender, atend*, atiend*", "attend, attend*", "serve, deal with", "asistir a"),
    ("aviso", "advice", "notice, warning", "consejo"),
    ("billón", "billion", "trillion", "mil millones"),
    ("cargo", "cargo", "post, charge", "cargamento"),
    ("carpeta", "carpet", "folder", "alfombra"),
    ("casual", "casual", "accidental, by chance", "informal"),
    ("casualidad", "casualty", "chance", "víctima, baja"),
    ("colegio", "college", "school", "universidad"),
    ("comando", "commando", "command", "soldado de asalto"),
    ("compromiso", "compromise", "commitment", "solución intermedia, concesión"),
    ("conferencia", "conference", "lecture, talk", "congreso"),
    ("confidencia", "confidence", "secret (told in private)", "confianza"),
    ("consistente", "consistent", "solid, consisting", "coherente, uniforme"),
    ("contestar, contesta*, contestó", "contest, contested, contesting", "answer", "impugnar, disputar"),
    ("costumbre", "costume", "habit, custom", "disfraz"),
    ("cuestión", "question", "matter, issue", "pregunta"),
    ("decepción", "deception", "disappointment", "engaño"),
    ("demandar, demandó, demandaron", "demand, demanded, demanding", "sue", "exigir"),
    ("desgracia", "disgrace", "misfortune", "vergüenza"),
    ("discutir, discut*", "discuss, discuss*", "argue", "tratar, comentar"),
    ("disgusto", "disgust", "annoyance, upset", "asco"),
    ("diversión", "diversion", "fun", "desvío"),
    ("envolver, envolv*, envuel*", "involve, involv*", "wrap", "implicar, conllevar"),
    ("etiqueta", "etiquette", "label, tag", "protocolo, buenos modales"),
    ("eventual", "eventual", "possible, temporary", "final, definitivo"),
    ("eventualmente", "eventually", "possibly, occasionally", "finalmente, con el tiempo"),
    ("éxito", "exit", "success", "salida"),
    ("fábrica", "fabric", "factory", "tela, tejido"),
    ("facilidad", "facility", "ease", "instalación, centro"),
    ("facultad", "faculty", "school (of a university)", "profesorado"),
    ("firma", "firm", "signature", "empresa, firme"),
    ("genial", "genial", "brilliant", "cordial, afable"),
    ("idioma", "idiom", "language", "modismo"),
    ("ingenuidad", "ingenuity", "naivety", "ingenio"),
    ("injuria", "injury", "insult, slander", "lesión"),
    ("intentar, intent*", "intend, intend*", "try", "tener la intención de"),
    ("lectura", "lecture", "reading", "clase, conferencia"),
    ("librería", "library", "bookshop", "biblioteca"),
    ("mayor", "mayor", "larger, older", "alcalde"),
    ("nombre", "number", "name", "número"),
    ("noticia", "notice", "news", "aviso"),
    ("notorio, notoria", "notorious", "well known, evident", "de mala fama"),
    ("oficio", "office", "trade, occupation", "oficina"),
    ("once", "once", "eleven", "una vez"),
    ("pariente", "parent", "relative", "padre o madre"),
    ("patrón", "patron", "pattern, boss", "mecenas, cliente"),
    ("pretender, pretend*", "pretend, pretend*", "intend, aim", "fingir"),
    ("procurar, procur*", "procure, procur*", "try, endeavour", "adquirir, conseguir"),
    ("propio, propia", "proper", "own", "adecuado, correcto"),
    ("quitar, quita*, quitó", "quit, quitting", "remove", "salir, abandonar"),
    ("realizar, realiz*, realic*", "realize, realiz*, realis*", "carry out, perform", "darse cuenta de"),
    ("receta", "receipt", "recipe, prescription", "recibo"),
    ("recipiente", "recipient", "container", "destinatario"),
    ("reclamar, reclam*", "reclaim, reclaim*", "claim, complain", "recuperar"),
    ("recordar, record*, recuerd*", "record, recorded, recording", "remember, remind", "registrar, grabar"),
    ("red", "red", "network", "rojo"),
    ("remover, remov*, remuev*", "remove, remov*", "stir", "eliminar, quitar"),
    ("resumir, resum*", "resume, resumed, resuming", "summarize", "reanudar"),
    ("reunión", "reunion", "meeting", "reencuentro"),
    ("salvar, salva, salvan, salvó, salvad*", "save, saved, saving", "rescue", "guardar"),
    ("sano, sana", "sane", "healthy", "cuerdo, sensato"),
    ("sensible", "sensible", "sensitive", "sensato, razonable"),
    ("sentencia", "sentence", "statement, ruling", "oración, frase"),
    ("simpático, simpática", "sympathetic", "nice, likeable", "comprensivo"),
    ("soportar, soporta*, soportó", "support, support*", "withstand, put up with", "admitir, ser compatible con"),
    ("suceso", "success", "event, incident", "éxito"),
    ("sugestión", "suggestion", "autosuggestion", "sugerencia"),
    ("tópico", "topic", "cliché", "tema"),
    ("trasladar, traslad*", "translate, translat*", "move, transfer", "traducir"),
    ("últimamente", "ultimately", "lately", "en última instancia"),
    ("último, última", "ultimate", "last, latest", "definitivo, máximo"),
)

TERMS: tuple[tuple[str, str, str], ...] = (
    # English term, Spanish term, what else is accepted in a translation of either without being a term
    # Delivery
    ("branch", "rama", "ramificación"),
    ("bug", "bug", "error, fallo, falla, defecto, fault, mistake"),
    ("build", "build, compilación", "construcción, compil*, constru*, cre*, gener*, built"),
    ("canary release, canary deployment, canary", "despliegue canario, versión canaria, canary", "canari*"),
    ("commit, committed", "commit, confirmación de cambios", "confirm*, comprom*, consign*"),
    ("continuous delivery", "entrega continua", "distribución continua"),
    ("continuous deployment", "despliegue continuo", "implementación continua"),
    ("continuous integration", "integración continua", ""),
    ("debugging, debug, debugged", "depuración, depurar, depur*", "debug*"),
    (
        "deployment, deploy, deploy*",
        "despliegue, desplegar, desplieg*, despleg*",
        "puesta en producción, implant*, implement*, rollout, roll* out, release*",
    ),
    (
        "feature",
        "característica, funcionalidad",
        "función, rasgo, atributo, prestación, functionality, characteristic*",
    ),
    ("feature flag, feature toggle", "feature flag, bandera de funcionalidad", "conmutador, indicador, flag*, toggle*"),
    ("framework", "framework, marco de trabajo", "marco, entorno de trabajo"),
    ("infrastructure as code", "infraestructura como código", "código como infraestructura"),
    ("library", "biblioteca", "librería"),
    ("merge, merged, merging", "fusión, fusionar, fusion*", "merge*, integr*, combin*, unir, une, unió"),
    ("open source", "código abierto", "fuente abierta, software libre"),
    ("pipeline", "pipeline, canalización", "cadena de integración, flujo de trabajo"),
    ("production environment", "entorno de producción", "producción, ambiente de producción"),
    ("pull request, merge request", "pull request, solicitud de incorporación de cambios", "solicitud, petición, PR"),
    ("release, released", "lanzamiento", "versión, entrega, publicación, public*, lanz*, liber*, release*, launch*"),
    ("retry, retries, retried", "reintento, reintentar, reintent*", "retry*, volver a intentar, nuevo intento"),
    (
        "rollback, roll back, rolled back, rolling back",
        "rollback, reversión",
        "revert*, revirt*, reviert*, marcha atrás, vuelta atrás, deshac*, volver a la versión, undo, undone",
    ),
    ("source code", "código fuente", ""),
    ("staging environment, staging", "preproducción, entorno de preproducción", "staging, entorno de pruebas"),
    ("unit test, unit testing", "prueba unitaria, test unitario", ""),
    ("version control", "control de versiones", ""),
    # Systems
    ("autoscaling, automatic scaling", "escalado automático, autoescalado", "escal*, scal*, auto scal*"),
    ("backup, back up, backed up", "copia de seguridad, respaldo", "backup, copia, respald*"),
    ("bandwidth", "ancho de banda", ""),
    ("bottleneck", "cuello de botella", "atasco"),
    ("cache, caching, cached", "caché, memoria caché", "cache*"),
    ("cloud", "nube", "cloud"),
    ("cluster", "clúster, cluster", "agrup*"),
    ("container", "contenedor", ""),
    ("container registry", "registro de contenedores", "registro de imágenes, image registry"),
    ("endpoint", "endpoint, punto de conexión", "punto final, punto de acceso, extremo"),
    ("environment variable", "variable de entorno", "variable de ambiente"),
    ("IP address", "dirección IP", ""),
    ("load balancer, load balancing", "balanceador de carga, balanceador, balanceo de carga", "balance*, equilibr*"),
    ("microservice", "microservicio", ""),
    ("network", "red", "networking"),
    ("node", "nodo", ""),
    ("queue, queued", "cola", "encol*, line, tail"),
    ("request", "petición, solicitud", "solicit*, ped*, pid*, request*, application"),
    ("response", "respuesta", "respond*, answer*, reply"),
    ("server", "servidor", ""),
    ("thread", "hilo", "hebra, subproceso, thread*"),
    ("throughput", "rendimiento, caudal", "throughput, capacidad, tasa de transferencia, performance, yield, flow"),
    ("timeout", "tiempo de espera", "timeout, time out, timed out, tiempo límite, tiempo máximo, caduc*, waiting time"),
    ("virtual machine", "máquina virtual", "VM"),
    ("workload", "carga de trabajo", "carga, load"),
    # Watching over them
    ("alert", "alerta", "alert*, alarma, aviso, avis*, alarm, warning"),
    ("dashboard", "panel de control, tablero, cuadro de mando", "panel, dashboard, control panel, cuadro de mandos"),
    ("health check", "comprobación de estado", "comprobación de salud, chequeo de salud, verificación de estado"),
    ("incident", "incidente, incidencia", "issue"),
    ("latency", "latencia", ""),
    (
        "log, log file, logging, logged",
        "registro, log, bitácora",
        "registr*, log*, record*, registry, register*, anot*, entry",
    ),
    ("metric", "métrica", ""),
    ("monitoring, monitor, monitored", "monitorización, monitoreo", "monitor*, supervis*, vigil*, seguimiento, track*"),
    ("observability", "observabilidad", ""),
    ("on call", "de guardia", "guardia, on duty"),
    (
        "outage, downtime",
        "tiempo de inactividad, interrupción del servicio, caída del servicio",
        "interrup*, caída, corte, inactividad, fallo, parada, indisponibilidad, disruption, down",
    ),
    ("root cause", "causa raíz", "causa última, causa principal, causa de fondo, origen"),
    ("threshold", "umbral", ""),
    ("trace", "traza", "trac*, rastr*, traz*"),
    # Security
    ("access control", "control de acceso", "control de accesos"),
    ("API key", "clave de API, clave API", "API key, llave"),
    ("audit, audited, auditing", "auditoría, auditar", "audit*"),
    ("authentication, authenticat*", "autenticación, autenticar, autentic*", "autentific*, authentic*"),
    ("authorization, authorisation", "autorización", "autoriz*, authoriz*, authoris*, permiso, permission"),
    ("compliance", "cumplimiento", "conformidad, cumpl*, compl*, fulfil*"),
    (
        "data breach, security breach",
        "filtración de datos, brecha de seguridad",
        "filtra*, fuga, brecha, breach, leak*",
    ),
    ("decryption, decrypt, decrypted", "descifrado, descifrar, descifr*", "desencript*, desencriptado, decrypt*"),
    ("encryption, encrypt, encrypt*", "cifrado, cifrar, cifrad*", "cifr*, encript*, ciphe*"),
    ("firewall", "cortafuegos, firewall", ""),
    ("hash, hashed", "hash, resumen criptográfico", "digest, huella"),
    ("least privilege", "mínimo privilegio, privilegio mínimo", "menor privilegio"),
    ("log in, log into, login, sign in", "iniciar sesión, inicio de sesión", "inici* sesión, entrar, acced*, login"),
    ("password", "contraseña", "clave, password"),
    ("patch, patched", "parche", "parche*, patch*, correc*, fix*"),
    ("penetration test", "prueba de penetración, prueba de intrusión", "pentest*, penetration testing"),
    ("private key", "clave privada", "llave privada"),
    ("public key", "clave pública", "llave pública"),
    ("secret", "secreto", "credencial, credential"),
    ("security policy", "política de seguridad", "security policies"),
    ("supply chain", "cadena de suministro", "cadena de suministros"),
    ("threat", "amenaza", "amenaz*, threat*"),
    ("token", "token", ""),
    (
        "two-factor authentication, multi-factor authentication, 2FA, MFA",
        "autenticación de dos factores, autenticación en dos pasos, autenticación multifactor",
        "2FA, MFA, doble factor, multifactor, dos factores",
    ),
    ("vulnerability", "vulnerabilidad", ""),
    # Language models and machine learning
    ("accuracy", "exactitud", "accurac*"),
    ("batch size", "tamaño de lote, tamaño del lote", "tamaño de batch, tamaño de los lotes"),
    ("bias, biased", "sesgo", "sesg*, bias*, prejuicio"),
    ("dataset, data set", "conjunto de datos, dataset", "juego de datos"),
    ("deep learning", "aprendizaje profundo", "deep learning"),
    ("embedding", "embedding, representación vectorial", "incrustación, vector"),
    ("fine-tuning, fine-tune, fine-tuned", "ajuste fino, fine-tuning", "ajust*, afin*, finetun*, fine tun*"),
    ("hallucination", "alucinación", "alucin*, hallucinat*"),
    ("label, labelled, labeled", "etiqueta", "etiquet*, rótulo, tag*, label*"),
    ("language model", "modelo de lenguaje", "modelo del lenguaje, modelo lingüístico"),
    ("learning rate", "tasa de aprendizaje", "velocidad de aprendizaje"),
    ("loss function", "función de pérdida", "función de coste"),
    (
        "machine learning",
        "aprendizaje automático",
        "aprendizaje de máquina, aprendizaje automatizado, machine learning",
    ),
    ("overfitting, overfit", "sobreajuste", "sobreajust*, sobreentren*, overfit*"),
    ("precision", "precisión", "precis*"),
    ("prompt, prompted", "prompt", "instrucción, indicación, pregunt*, rápid*, inmediat*, pid*"),
    ("recall", "exhaustividad", "recall, cobertura, sensibilidad, recuperación, record*, recuerd*, completeness"),
    ("training data, training set", "datos de entrenamiento, conjunto de entrenamiento", "entrenamiento, training"),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """What to look at: `start` to `end`, in characters, of the `side` named ("source" or "target"), and why."""

    start: int
    end: int
    side: str
    said: Text


def hints(source: str, target: str, direction: str) -> tuple[Hint, ...]:
    """What a translation may have got wrong, in the order of its places: first the source's, then the target's.

    A false cognate is marked where the target has it and the source has its false friend; a term, once, where the
    source has it and the target has none of its renderings. `direction` is "es-en" or "en-es", or ValueError.
    """
    if direction not in ("es-en", "en-es"):
        raise ValueError(f"direction must be es-en or en-es, not {direction!r}")
    from_spanish = direction == "es-en"
    found = (*_terms(source, target, from_spanish), *_false_cognates(source, target, from_spanish))
    return tuple(sorted(found, key=lambda hint: (hint.side, hint.start)))


def _terms(source: str, target: str, from_spanish: bool) -> Iterator[Hint]:
    seen = set()
    for start, end, entry in _find(_term_index(from_spanish), source):
        english, spanish, also = TERMS[entry]
        term, renderings = (spanish, english) if from_spanish else (english, spanish)
        if entry in seen or _any(f"{renderings}, {also}" if also else renderings).search(target):
            continue
        seen.add(entry)
        usual = Text("{term} is usually {names}", "{term} suele ser {names}")
        said = Text(usual.en + "; not found in the translation.", usual.es + "; no se encuentra en la traducción.")
        names = _quoted(renderings, spanish=not from_spanish)
        yield Hint(start, end, "source", said.format(term=_head(term, spanish=from_spanish), names=names))


def _false_cognates(source: str, target: str, from_spanish: bool) -> Iterator[Hint]:
    for start, end, entry in _find(_cognate_index(from_spanish), target):
        spanish, english, in_english, in_spanish = FALSE_COGNATES[entry]
        if not _any(spanish if from_spanish else english).search(source):
            continue
        of_spanish = (_head(spanish, spanish=True), _quoted(in_english, spanish=False))
        of_english = (_head(english, spanish=False), _quoted(in_spanish, spanish=True))
        (word, means), (friend, renders) = (of_english, of_spanish) if from_spanish else (of_spanish, of_english)
        said = Text(
            "{word} usually means {means}; {friend} is usually {renders}.",
            "{word} suele significar {means}; {friend} suele ser {renders}.",
        )
        yield Hint(start, end, "target", said.format(word=word, means=means, friend=friend, renders=renders))


def _forms(forms: str) -> list[str]:
    return forms.split(", ")


def _quoted(forms: str, *, spanish: bool) -> str:
    """The forms that can be shown, three at most, in the quotes of their language."""
    shown = [form for form in _forms(forms) if "*" not in form][:3]
    return ", ".join(f"«{form}»" if spanish else f"“{form}”" for form in shown)


def _head(forms: str, *, spanish: bool) -> str:
    return _quoted(_forms(forms)[0], spanish=spanish)


_MARKS = "\u0300-\u036f"
_START = rf"(?<![\w{_MARKS}])"
_END = rf"(?![\w{_MARKS}])"
# A vocabulary without a letter leaves its unknown piece, as text, as a space, or nothing at all.
_LOST = r"<unk>| ?⁇ ?|\ufffd|\?|(?<=\w) (?=\w)"


def _letters(text: str) -> str:
    """The expression for `text` composed or decomposed, its accented letters perhaps lost. A plain letter is another
    letter: «práctica» is not «practica».
    """
    return "".join(
        char if char.isascii() else f"(?:{char}|{unicodedata.normalize('NFD', char)}|{_LOST})?" for char in text
    )


def _word(word: str) -> str:
    if word.endswith("*"):
        return _letters(word[:-1]) + rf"[\w{_MARKS}]*"
    if word.endswith("ón"):
        return _letters(word[:-2]) + f"(?:{_letters('ón')}|ones)"
    if word.endswith("y"):
        return _letters(word[:-1]) + "(?:ys?|ies)"
    return _letters(word) + "(?:e?s)?"


def _expression(form: str) -> str:
    return r"[\s\-]+".join(map(_word, re.split(r"[ -]", form)))


@cache
def _any(forms: str) -> re.Pattern[str]:
    return re.compile(f"{_START}(?:{'|'.join(map(_expression, _forms(forms)))}){_END}", re.IGNORECASE)


Index = tuple[re.Pattern[str], tuple[int, ...]]
"""One expression for a whole list, with a group for each form, and the entry that each group stands for."""


@cache
def _term_index(spanish: bool) -> Index:
    return _index(term[1 if spanish else 0] for term in TERMS)


@cache
def _cognate_index(english: bool) -> Index:
    return _index(pair[1 if english else 0] for pair in FALSE_COGNATES)


def _index(entries: Iterable[str]) -> Index:
    """The longest forms stand first: a «despliegue canario» is not a «despliegue»."""
    forms = [(form, entry) for entry, forms in enumerate(entries) for form in _forms(forms)]
    forms.sort(key=lambda pair: (-pair[0].count(" "), -len(pair[0])))
    groups = "|".join(f"({_expression(form)})" for form, _ in forms)
    return re.compile(f"{_START}(?:{groups}){_END}", re.IGNORECASE), tuple(entry for _, entry in forms)


def _find(index: Index, text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end and entry of every form in `text`."""
    pattern, entries = index
    for match in pattern.finditer(text):
        yield match.start(), match.end(), entries[(match.lastindex or 1) - 1]
