"""The forms of Spanish words, against those that the Academy's dictionary and its grammar give."""

from __future__ import annotations

import pytest

from llm_tui.teaching.encoder import inflected
from llm_tui.teaching.grammar import stock
from llm_tui.teaching.inflection import of_adjective, of_noun, of_verb, plural

PLURALS = """casa casas|café cafés|tabú tabúes|jabalí jabalíes|lápiz lápices|actriz actrices|joven jóvenes
imagen imágenes
volumen volúmenes|crimen crímenes|origen orígenes|jardín jardines|autobús autobuses|inglés ingleses|canción canciones
compás compases|crisis crisis|virus virus|tórax tórax|mes meses|gas gases|dios dioses|tren trenes|bien bienes
país países|raíz raíces|baúl baúles|ley leyes|buey bueyes|árbol árboles|régimen regímenes|carácter caracteres
ciudad ciudades|peine peines|rehén rehenes|césped céspedes"""


@pytest.mark.parametrize(("one", "many"), [pair.split() for pair in PLURALS.replace("\n", "|").split("|")])
def test_the_plural_is_spelled_as_the_academy_spells_it(one: str, many: str) -> None:
    assert plural(one) == many


def test_several_words_have_no_forms() -> None:
    assert of_noun("selva tropical") == of_adjective("poco común") == []


@pytest.mark.parametrize(
    ("masculine", "others"),
    [
        ("rojo", ["roja", "rojos", "rojas"]), ("hablador", ["habladora", "habladores", "habladoras"]),
        ("fácil", ["fáciles"]), ("feliz", ["felices"]), ("verde", ["verdes"]), ("mayor", ["mayores"]),
    ],
)  # fmt: skip
def test_an_adjective_agrees(masculine: str, others: list[str]) -> None:
    assert of_adjective(masculine) == others


@pytest.mark.parametrize(
    ("infinitive", "some"),
    [
        ("buscar", "busca buscan buscó buscaron buscaba buscando buscado buscadas busqué busque busquen buscarán"),
        ("pagar", "pago pagué pague pagaron"), ("cruzar", "cruzo crucé cruce cruzan"),
        ("averiguar", "averigüé averiguó"), ("comer", "come comió comieron comía comiendo comida coma comerá"),
        ("coger", "cojo coja coge cogió"), ("distinguir", "distingo distinga distingue"), ("vivir", "vive vivieron"),
    ],
)  # fmt: skip
def test_a_regular_verb_is_conjugated_and_spelled_as_it_sounds(infinitive: str, some: str) -> None:
    assert set(some.split()) <= set(of_verb(infinitive))


def test_a_verb_whose_stress_is_not_told_by_its_spelling_has_only_the_forms_that_all_such_verbs_share() -> None:
    assert "enviaron" in of_verb("enviar")
    assert not {"envia", "envío", "envie"} & set(of_verb("enviar"))


def test_the_verbs_of_the_stock_are_regular_as_far_as_their_ending_tells() -> None:
    verbs = [verb.es for verb in stock("fields")["regular_verbs"]]

    assert [verb for verb in verbs if " " in verb or not verb.endswith(("ar", "er", "ir"))] == []
    assert [verb for verb in verbs if verb.endswith(("cer", "cir", "uir", "eer")) and not verb.endswith("guir")] == []


def test_the_encoder_reads_the_forms_of_nouns_adjectives_and_verbs() -> None:
    spanish = {form.es for form in inflected()}

    assert {"telescopios", "tractores", "jóvenes", "rojas"} <= spanish
    assert {form for verb in stock("fields")["regular_verbs"] for form in of_verb(verb.es)} <= spanish
    assert not [form for form in spanish if " " in form]
