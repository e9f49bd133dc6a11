"""What can be wrong with a server, a sentence each: what happened, at which server, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from llm_tui.errors import NotTaken, Unavailable, UserError
from llm_tui.i18n import tr
from llm_tui.serving.address import Address, is_address, shown
from llm_tui.serving.servers import KEYS, key, key_for, without_key
from llm_tui.visible import shortened, visible


class Broken(Exception):
    """The server ended before its answer did; the sentence says how."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


MOST_WORDS = 300
MOST_NAMES = 8


def quoted(words: str) -> str:
    """A server's own words, behind a colon; nothing where it has none."""
    said = shortened(visible(" ".join(without_key(words).split())), MOST_WORDS)
    return f": {said}" if said else ""


def unreachable(there: Address, why: str) -> UserError:
    said = without_key(why)
    return Unavailable(
        tr(
            f"Nothing answers at {there.place} ({said}): is the server running, and the address right?",
            f"Nada responde en {there.place} ({said}): ¿está en marcha el servidor y es correcta la dirección?",
        )
    )


def no_answer(there: Address, why: str) -> UserError:
    said = without_key(why)
    return UserError(
        tr(
            f"The server {there.place} ended the connection, or speaks no HTTP ({said}): is it a model server?",
            f"El servidor {there.place} cerró la conexión, o no habla HTTP ({said}): ¿es un servidor de modelos?",
        )
    )


def not_connected(there: Address, seconds: float) -> UserError:
    return unreachable(there, tr(f"no connection within {seconds:g} s", f"sin conexión en {seconds:g} s"))


def bad_proxy(there: Address, why: str) -> UserError:
    return UserError(
        tr(
            f"The proxy that the environment names for {there.place} cannot be used ({why}): correct HTTP_PROXY, "
            "HTTPS_PROXY or ALL_PROXY, or go around it with NO_PROXY.",
            f"El proxy que el entorno indica para {there.place} no se puede usar ({why}): corrija HTTP_PROXY, "
            "HTTPS_PROXY o ALL_PROXY, o evítelo con NO_PROXY.",
        )
    )


def silent(there: Address, seconds: float) -> str:
    return tr(
        f"The server {there.place} has said nothing for {seconds:g} s: it may be busy or stuck; ask again later.",
        f"El servidor {there.place} no ha dicho nada en {seconds:g} s: puede estar ocupado o bloqueado; pregunte más "
        "tarde.",
    )


def cut_off(there: Address) -> str:
    return tr(
        f"The server {there.place} ended in mid-answer: what came is not the whole answer; ask again.",
        f"El servidor {there.place} se cortó a mitad de la respuesta: lo recibido no está completo; pregunte otra vez.",
    )


def failed_in_answer(there: Address, words: str) -> str:
    said = quoted(words)
    return tr(
        f"The server {there.place} stopped its answer with an error{said}.",
        f"El servidor {there.place} interrumpió su respuesta con un error{said}.",
    )


def too_long(there: Address, what: str, megabytes: float) -> str:
    """`what` is `line` or `answer`."""
    name = {"line": tr("a line", "una línea"), "answer": tr("an answer", "una respuesta")}[what]
    return tr(
        f"The server {there.place} sent {name} of more than {megabytes:g} MB, which is no answer of a model: the "
        "connection was closed.",
        f"El servidor {there.place} envió {name} de más de {megabytes:g} MB, que no es respuesta de un modelo: se "
        "cerró la conexión.",
    )


def not_json(there: Address) -> str:
    return tr(
        f"What the server {there.place} sent is not JSON as the OpenAI API has it: is there a /v1 in its address, and "
        "is it such a server?",
        f"Lo que envió el servidor {there.place} no es JSON de la API de OpenAI: ¿tiene /v1 su dirección, y es un "
        "servidor de esa clase?",
    )


def web_page(there: Address) -> UserError:
    return UserError(
        tr(
            f"{there.place} answered with a web page, not as a model server: a proxy or a login may stand in between "
            "(NO_PROXY goes around one), or the address is another.",
            f"{there.place} respondió con una página web, no como un servidor de modelos: puede haber un proxy o un "
            "inicio de sesión en medio (NO_PROXY lo evita), o la dirección es otra.",
        )
    )


def no_choices(there: Address) -> str:
    return tr(
        f"The answer of the server {there.place} has no text in it (no choices): ask again, or another model.",
        f"La respuesta del servidor {there.place} no trae ningún texto (choices vacío): pregunte otra vez, o a otro "
        "modelo.",
    )


def wants_key(there: Address) -> UserError:
    """Its own words are left out: they may repeat the key."""
    if not key():
        how = tr(
            f"set {KEYS[0]} in the environment, and name the server once with “llm-tui models add-server "
            f"{there.server}”",
            f"ponga {KEYS[0]} en el entorno y dé a conocer el servidor una vez con «llm-tui models add-server "
            f"{there.server}»",
        )
    elif not key_for(there):
        how = tr(
            f"yours is sent only to servers that you have named: “llm-tui models add-server {there.server}”",
            "la suya solo se envía a los servidores que usted haya dado a conocer: «llm-tui models add-server "
            f"{there.server}»",
        )
    else:
        how = tr("yours was sent, and it refuses it", "se le envió la suya y la rechaza")
    return UserError(
        tr(
            f"The server {there.place} wants a key: {how}.",
            f"El servidor {there.place} pide una clave: {how}.",
        )
    )


def unknown_model(there: Address, names: Sequence[str]) -> UserError:
    """`names` is what it serves."""
    listed = ", ".join([*names[:MOST_NAMES], *["…"][: len(names) > MOST_NAMES]])
    if not there.model:
        return UserError(
            tr(
                f"{there.server} names no model: write one behind a #; it serves {listed}.",
                f"{there.server} no nombra ningún modelo: escriba uno tras un #; sirve {listed}.",
            )
        )
    return Unavailable(
        tr(
            f"The server {there.place} has no model “{there.model}”: it serves {listed}.",
            f"El servidor {there.place} no tiene el modelo «{there.model}»: sirve {listed}.",
        )
    )


def no_models(there: Address) -> UserError:
    return UserError(
        tr(
            f"The server {there.place} serves no model yet: load one there.",
            f"El servidor {there.place} aún no sirve ningún modelo: cargue uno en él.",
        )
    )


def no_api(there: Address) -> UserError:
    return UserError(
        tr(
            f"The server {there.place} has nothing at {there.path} for the OpenAI API (404): look how its address "
            "ends, mostly in /v1.",
            f"El servidor {there.place} no tiene nada en {there.path} para la API de OpenAI (404): mire cómo termina "
            "su dirección, casi siempre en /v1.",
        )
    )


def busy(there: Address, seconds: float | None) -> UserError:
    """It wants one to wait `seconds`, longer than anybody does here; None where it does not say how long."""
    later = tr("later", "más tarde") if seconds is None else tr(f"in {seconds:.0f} s", f"dentro de {seconds:.0f} s")
    return UserError(
        tr(
            f"The server {there.place} has too much to do (429): ask again {later}.",
            f"El servidor {there.place} tiene demasiado trabajo (429): pregunte otra vez {later}.",
        )
    )


def still_loading(there: Address, seconds: float) -> UserError:
    return Unavailable(
        tr(
            f"The server {there.place} is not ready after {seconds:.0f} s (503): it may still load its model; ask "
            "again later.",
            f"El servidor {there.place} no está listo tras {seconds:.0f} s (503): puede que aún cargue su modelo; "
            "pregunte más tarde.",
        )
    )


def redirects(there: Address, to: str) -> UserError:
    where = shortened(visible(without_key(shown(to) if is_address(to) else to.partition("?")[0])), MOST_WORDS)
    return UserError(
        tr(
            f"The server {there.place} sends on to {where}, and nothing was sent there: if that is right, name that "
            "address.",
            f"El servidor {there.place} remite a {where}, y allí no se envió nada: si es lo correcto, indique esa "
            "dirección.",
        )
    )


_OF_THE_QUESTION = (400, 413, 422)
"""What servers answer to a question that is too long for them. The same one is never taken."""


def refused(there: Address, status: int, words: str) -> UserError:
    said = quoted(words)
    if status >= 500:
        return UserError(
            tr(
                f"The server {there.place} failed ({status}){said}. Its own log has more; ask again, or another one.",
                f"El servidor {there.place} falló ({status}){said}. Su propio registro dice más; pregunte otra vez, o "
                "a otro.",
            )
        )
    kind = NotTaken if status in _OF_THE_QUESTION else UserError
    return kind(
        tr(
            f"The server {there.place} does not take the question ({status}){said}.",
            f"El servidor {there.place} no acepta la pregunta ({status}){said}.",
        )
    )


def waiting(there: Address, seconds: float) -> str:
    return tr(f"waiting for {there.place}, {seconds:.0f} s", f"esperando a {there.place}, {seconds:.0f} s")


def pausing(there: Address, loading: bool, seconds: float) -> str:
    what = tr("is loading", "está cargando") if loading else tr("is busy", "está ocupado")
    return tr(f"{there.place} {what}: again in {seconds:.0f} s", f"{there.place} {what}: otra vez en {seconds:.0f} s")


def leaves(there: Address) -> str:
    """Before the first question to a server elsewhere."""
    key_too = there.scheme == "http" and bool(key_for(there))
    plain = tr(
        " Nothing is encrypted on the way, not even your key.", " Nada va cifrado por el camino, tampoco su clave."
    )
    return tr(
        f"Texts that you ask {there.place} about leave this machine: write nothing there that must not.",
        f"Los textos que pregunte a {there.place} salen de este equipo: no escriba nada que no deba salir.",
    ) + (plain if key_too else "")
