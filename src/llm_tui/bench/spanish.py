"""Spanish sentences for a measurement, put together at random from a stock: any number of them, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

WHO = """la profesora|el médico|mi hermano|la vecina del tercero|un señor de Núñez|el equipo de guardia|la orquesta
|nadie|quien espera|una ingeniera de datos|el alcalde|la niña del abrigo rojo|cada alumno|el tren de las ocho
|la administración|su abuela|un grupo de biólogos|el servidor principal""".replace("\n", "").split("|")
DID = """explicó|perdió|encontró|midió con cuidado|no quiso vender|llevó a casa|comparó|dibujó|reparó en silencio
|descubrió|olvidó|pidió|tradujo del inglés|revisó dos veces|guardó durante años|anunció|cortó en piezas|habría preferido
|desconfiguró""".replace("\n", "").split("|")
WHAT = """la lección|un jardín pequeño|las métricas y los registros|el presupuesto de 12,5 millones|aquella canción
|tres películas antiguas|la observabilidad del sistema|una montaña cubierta de nieve|el camión de mudanzas
|los pingüinos del acuario|un e-mail sin asunto|la receta del bizcocho|las arquitecturas distribuidas|el vocabulario
|cien páginas|una pregunta difícil|los árboles de la plaza|el corazón de la ciudad""".replace("\n", "").split("|")
WHEN = """ayer|por la mañana|en el año 1987|después de la lluvia|sin que nadie lo supiera|a las tres y media
|mientras dormíamos|desde entonces|el miércoles pasado|con doce minutos de retraso|al final del verano
|antes de que cerraran|a pesar del frío|según el periódico|otra vez""".replace("\n", "").split("|")
SHAPES = (
    "{who} {did} {what} {when}.",
    "{when}, {who} {did} {what}.",
    "¿{who} {did} {what}?",
    "¡{who} {did} {what} {when}!",
)


def lines(most: int = 4) -> Iterator[str]:
    """Lines of one sentence to `most`, without end."""
    chance = random.Random(0)
    while True:
        yield " ".join(_sentence(chance) for _ in range(chance.randint(1, most)))


def text(size: int) -> str:
    """As many lines as have `size` bytes together."""
    found, held = [], 0
    for line in lines():
        if held >= size:
            break
        found.append(line)
        held += len(line.encode()) + 1
    return "\n".join(found)


def _sentence(chance: random.Random) -> str:
    parts = {"who": WHO, "did": DID, "what": WHAT, "when": WHEN}
    sentence = chance.choice(SHAPES).format(**{name: chance.choice(stock) for name, stock in parts.items()})
    first = 1 if sentence[0] in "¿¡" else 0
    return sentence[:first] + sentence[first].upper() + sentence[first + 1 :]
