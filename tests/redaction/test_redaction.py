"""Personal data in texts: what rules and a model propose, and the text without it."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.cli import cli
from llm_tui.foundation.labels_job import Entity
from llm_tui.redaction import proposals as rules_of_names
from llm_tui.redaction.done import Redactions
from llm_tui.redaction.proposals import (
    CARD,
    EMAIL,
    IBAN,
    ID,
    IP,
    KINDS,
    LINK,
    OPTIONAL,
    PERSON,
    PHONE,
    Proposal,
    proposals,
    redacted,
)
from llm_tui.redaction.rules import by_form, region


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in proposals(text, (), by_form(text))]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Escriba a ana.pérez+curso@uni.es.", EMAIL, "ana.pérez+curso@uni.es"),
        ("DNI 12345678Z, claro", ID, "12345678Z"),
        ("NIE X-1234567-L", ID, "X-1234567-L"),
        ("Al ES91 2100 0418 4502 0005 1332 AWS", IBAN, "ES91 2100 0418 4502 0005 1332"),
        ("Al DE89370400440532013000.", IBAN, "DE89370400440532013000"),  # the example of ISO 13616
        ("Visa 4111-1111-1111-1111", CARD, "4111-1111-1111-1111"),
        ("Llame al 612 345 678", PHONE, "612 345 678"),
        ("Desde México: +52 55 5512 3456", PHONE, "+52 55 5512 3456"),
        ("El nodo 10.0.0.7 no responde", IP, "10.0.0.7"),
        ("El nodo fe80::1ff:fe23:4567:890a", IP, "fe80::1ff:fe23:4567:890a"),
        ("GET https://api.es/v1?access_token=abc&x=1", LINK, "https://api.es/v1?access_token=abc&x=1"),
        ("git clone https://ana:clave@git.es/x", LINK, "https://ana:clave@git.es/x"),
    ],
)
def test_what_has_a_form_of_its_own_is_found_to_the_letter(text: str, kind: str, words: str) -> None:
    assert found(text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "DNI 12345678A",  # the letter is wrong
        "ES92 2100 0418 4502 0005 1332",
        "Pedido 4111 1111 1111 1112",
        "Python 3.11.4 a las 12:30:45 del 2026-11-26, puerto 8080, std::vector",
        "https://docs.es/?q=token",
        "El 99,9 % de 1 234 567 peticiones; commit 3d4ce73; 300.1.2.3",
        "",
    ],
)
def test_numbers_that_only_look_like_it_stay(text: str) -> None:
    assert not found(text)


def test_names_go_whole_everywhere_and_have_one_number_each() -> None:
    text = "Ana Peña llamó a Luis. «Ana Peña», repitió Luis; Anastasia no."
    entities = [Entity(0, 7, "PER", 0.9), Entity(17, 20, "B-PER", 0.8)]  # cut off in mid-word, as pieces are
    proposed = proposals(text, entities, ())
    assert redacted(text, proposed, "en") == (
        "[PERSON 1] llamó a [PERSON 2]. «[PERSON 1]», repitió [PERSON 2]; Anastasia no."
    )
    assert [one.score for one in proposed] == [0.9, 0.8, None, None]


@given(st.text(st.sampled_from("Ab_ ñ.1"), max_size=40), st.text(st.sampled_from("Ab ñ"), min_size=1, max_size=3))
def test_a_name_is_found_again_where_a_regular_expression_finds_it(text: str, name: str) -> None:
    name = f"A{name}b"
    found = proposals(f"{name} . {text}", [Entity(0, len(name), "PER", 1.0)], ())
    wanted = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", f"{name} . {text}")
    assert [(one.start, one.end) for one in found] == [place.span() for place in wanted]


def test_accents_that_stand_alone_belong_to_their_word() -> None:
    text = unicodedata.normalize("NFD", "José pidió café")
    assert redacted(text, proposals(text, [Entity(0, 4, "PER", 1.0)], ()), "es").startswith("[PERSONA 1] ")


def test_places_and_companies_are_proposed_and_stay_until_a_person_says_otherwise() -> None:
    text = "IBM, en Londres"
    proposed = proposals(text, [Entity(0, 3, "ORG", 0.9), Entity(8, 15, "LOC", 0.9)], ())
    assert {one.kind for one in proposed} < {*OPTIONAL} and redacted(text, proposed, "es") == text


@pytest.mark.parametrize("types", ["B-PER E-PER S-PER", "B-PER L-PER U-PER", "B-PER M-PER S-PER", "PER I-PER PERSON"])
def test_a_person_goes_in_whatever_scheme_the_model_labels(types: str) -> None:
    text = "Ana García vive con Luis."
    entities = [Entity(*span, type, 0.9) for span, type in zip(((0, 3), (4, 10), (20, 24)), types.split(), strict=True)]
    assert redacted(text, proposals(text, entities, ()), "es") == "[PERSONA 1] [PERSONA 2] vive con [PERSONA 3]."


def test_what_is_of_a_type_that_nobody_knows_goes_and_a_date_stays() -> None:
    text = "García, AB12, el lunes"
    entities = [Entity(0, 6, "SURNAME", 0.9), Entity(8, 12, "I-PASSPORT", 0.9), Entity(17, 22, "DATE", 0.9)]
    assert redacted(text, proposals(text, entities, ()), "es") == "[DATO 1], [DATO 2], el lunes"


def test_a_rule_comes_before_the_model() -> None:
    text = "ana@uni.es"
    (one,) = proposals(text, [Entity(0, 3, "PER", 0.99)], by_form(text))
    assert one.kind == EMAIL


texts = st.text(st.sampled_from("aÁñ\u0301 .@-+:/#0123456789ESXZ\U0001f600\u202e\n"), max_size=80)


@given(
    texts, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80), st.sampled_from(["PER", "LOC", "x"])), max_size=6)
)
def test_what_stays_is_the_text_and_nothing_lies_over_another(text: str, spans: list[tuple[int, int, str]]) -> None:
    entities = [Entity(min(a, b), max(a, b), kind, 0.5) for a, b, kind in spans if max(a, b) <= len(text)]
    proposed = proposals(text, entities, by_form(text))
    assert all(one.end <= other.start for one, other in pairwise(proposed))
    gone = redacted(text, proposed, "es")
    at = 0
    for one in (one for one in proposed if one.taken):
        before, place = text[at : one.start], f"[{KINDS[one.kind].es} "
        assert gone.startswith(before) and gone[len(before) :].startswith(place)
        gone, at = gone[len(before) :].partition("]")[2], one.end
    assert gone == text[at:]


def test_counts_say_what_a_person_decided_and_no_word_of_the_text() -> None:
    proposed = [Proposal(0, 3, PERSON, 0.9), Proposal(4, 7, PERSON, 0.9, False), Proposal(8, 9, "place", 0.9, True)]
    done = Redactions().with_text(proposed).with_text(proposed[:1])
    assert done == Redactions(2, {PERSON: 2, "place": 1}, rejected=1, added=1)


@pytest.mark.parametrize(
    ("environ", "country"),
    [
        ({"LANG": "es_MX.UTF-8"}, "MX"),
        ({"LANG": "C.UTF-8"}, "ES"),
        ({"LC_ALL": "en_GB", "LANG": "es_ES"}, "GB"),
        ({}, "ES"),
    ],
)
def test_telephone_numbers_are_those_of_the_locale(environ: dict[str, str], country: str) -> None:
    assert region(environ) == country


def test_the_name_of_a_file_given_as_a_text_is_not_redacted_in_its_place(tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("Ask ana@uni.edu.\n", encoding="utf-8")
    command = ["redact", "--rules-only", "--lab", str(tmp_path / "lab"), "--lang", "en"]
    refused = CliRunner().invoke(cli, [*command, str(notes)])
    assert refused.exit_code == 2 and f"--file {notes}" in refused.output
    assert "ana@uni.edu" not in CliRunner().invoke(cli, [*command, "--file", str(notes)]).output


@pytest.mark.usefixtures("own_folders")
def test_names_are_those_of_the_model_that_the_person_or_the_course_names(tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('[models]\nentities = "somebody/ner"\n', encoding="utf-8")
    for named in (("--set", "models.entities=somebody/ner"), ("--course", str(course))):
        refused = CliRunner().invoke(cli, [*named, "redact", "Ana."])  # it is on no machine
        assert refused.exit_code == 2 and "somebody/ner" in refused.output


def one_by_one(text: str, names: list[Proposal]) -> list[Proposal]:
    """Each name looked for by itself, letter by letter."""
    found = []
    for name, kind in {text[one.start : one.end]: one.kind for one in names}.items():
        for at in range(len(text) if name.strip() else 0):
            edges = text[at - 1 : at] if at else "", text[at + len(name) : at + len(name) + 1]
            if text.startswith(name, at) and not any(char.isalnum() or char == "_" for char in edges):
                found.append(Proposal(at, at + len(name), kind))
    return found


@given(st.text("ab_ .-́ñ\n", max_size=24), st.lists(st.tuples(st.integers(0, 24), st.integers(1, 5)), max_size=4))
def test_names_are_found_again_where_each_would_be_found_alone(text: str, spans: list[tuple[int, int]]) -> None:
    names = [Proposal(at, at + size, PERSON) for at, size in spans if at + size <= len(text)]
    assert list(rules_of_names._again(text, names)) == one_by_one(text, names)


def test_a_thousand_names_are_looked_for_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """They begin alike: with each name more the text was read once more."""

    class Counting:
        def __init__(self) -> None:
            self.steps, self.pattern = 0, rules_of_names._STEP

        def __getattr__(self, name: str) -> Any:
            self.steps += name == "match"
            return getattr(self.pattern, name)

    counting = Counting()
    monkeypatch.setattr(rules_of_names, "_STEP", counting)
    text = "".join(f"Ana Pérez{n} llamó.\n" for n in range(1000))
    names = [Proposal(found.start(), found.end(), PERSON) for found in re.finditer(r"Ana Pérez\d+", text)]
    assert sorted(rules_of_names._again(text, names), key=lambda one: one.start) == names
    assert counting.steps <= 4 * len(names)
