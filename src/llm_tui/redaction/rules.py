"""What in a text is personal data by its form, and where it has a check digit by that. Without a model."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from llm_tui.redaction.proposals import CARD, EMAIL, IBAN, ID, IP, LINK, PHONE, Proposal

REGION = "ES"
"""Where telephone numbers without a country's code are from, if the locale names no country."""

SHORTEST_IBAN = 15

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINK = re.compile(r"\bhttps?://[^\s<>\"»”]+")
_SECRET = re.compile(
    r"(?:^|[&;])(?:access_)?(?:token|key|apikey|api_key|secret|password|passwd|sig|signature|auth|code)=", re.I
)
_V4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_V6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_ID = re.compile(r"(?<!\w)(?:\d{8}|[XYZxyz][ -]?\d{7})[ -]?[A-Za-z](?!\w)")


def by_form(text: str, region: str = REGION) -> Iterator[Proposal]:
    """E-mail addresses, links that carry a secret, IP addresses, IBANs, payment cards, Spanish identity numbers (DNI,
    NIE) and telephone numbers; some may overlap. `region` is an ISO 3166 country, whose telephone numbers need no
    code.
    """
    yield from (Proposal(*found.span(), EMAIL) for found in _EMAIL.finditer(text))
    yield from (Proposal(*found.span(), LINK) for found in _LINK.finditer(text) if _has_secret(found[0]))
    yield from (Proposal(*found.span(), IP) for form in (_V4, _V6) for found in form.finditer(text) if _is_ip(found[0]))
    yield from _checked(text)
    yield from _phones(text, region)


def region(environ: Mapping[str, str] = os.environ) -> str:
    """The country of the locale."""
    for name in ("LC_ALL", "LC_TELEPHONE", "LANG"):
        if found := re.match(r"[a-z]{2,3}_([A-Z]{2})\b", environ.get(name, "")):
            return found[1]
    return REGION


def _has_secret(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return bool(parts.username or parts.password or _SECRET.search(parts.query) or _SECRET.search(parts.fragment))
    except ValueError:
        return False


def _is_ip(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def _checked(text: str) -> Iterator[Proposal]:
    """Numbers with a check digit that is right."""
    from stdnum import iban, luhn
    from stdnum.es import dni, nie

    for found in _IBAN.finditer(text):
        # What follows may be capitals of the next word: the longest beginning that is right.
        ends = (end for end in range(found.end(), found.start() + SHORTEST_IBAN - 1, -1) if text[end - 1] != " ")
        if end := next((end for end in ends if iban.is_valid(text[found.start() : end])), 0):
            yield Proposal(found.start(), end, IBAN)
    for found in _CARD.finditer(text):
        if luhn.is_valid(re.sub(r"[ -]", "", found[0])):
            yield Proposal(*found.span(), CARD)
    for found in _ID.finditer(text):
        if dni.is_valid(found[0]) or nie.is_valid(found[0]):
            yield Proposal(*found.span(), ID)


def _phones(text: str, region: str) -> Iterator[Proposal]:
    from phonenumbers import PhoneNumberMatcher

    yield from (Proposal(match.start, match.end, PHONE) for match in PhoneNumberMatcher(text, region))
