"""Hints on translations: false cognates and terms."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.exercises.glossary import FALSE_COGNATES, TERMS, hints
from llm_tui.exercises.material import ENGLISH_SENTENCES, SOURCE_TEXT, SOURCE_TEXT_EN, SPANISH_SENTENCES

# By a person, not by the word list.
INTO_ENGLISH = (
    "If the canary release sets off the alerts, we may do a rollback and the load balancer will return the traffic to "
    "the current version.",
    "The online bookshop stores its customers' sensitive data: secrets must never end up in a commit.",
    "The platform team took on the night shift and made the change from the configuration folder with a single "
    "command.",
    "The pipeline log cannot cope with more than a thousand lines a minute: above that threshold, traces are lost.",
    "Under the security policy, the signature of every image is checked before deployment, and staff training is "
    "updated every year.",
)
INTO_SPANISH = (
    "En realidad, la nueva biblioteca admite reintentos automáticos, así que el pipeline acaba funcionando.",
    "Supusimos que la reversión era segura, pero nadie se dio cuenta de que los registros contenían secretos.",
    "Un valor predeterminado razonable es enviar la versión canaria al cinco por ciento de los usuarios antes del "
    "despliegue completo.",
    "Si falla la comprobación de estado del balanceador de carga, reanude el despliegue anterior y anote el commit en "
    "el registro de incidentes.",
    "Nuestra política actual consiste en eliminar de inmediato las claves de API expuestas, avisar a cada destinatario "
    "del informe y comentar la causa raíz sin buscar culpables.",
)


def marked(source: str, target: str, direction: str) -> list[tuple[str, str]]:
    texts = {"source": source, "target": target}
    return [(hint.side, texts[hint.side][hint.start : hint.end]) for hint in hints(source, target, direction)]


@pytest.mark.parametrize(
    ("sources", "targets", "direction"),
    [
        (SPANISH_SENTENCES, INTO_ENGLISH, "es-en"),
        (ENGLISH_SENTENCES, INTO_SPANISH, "en-es"),
        ((SOURCE_TEXT,), (SOURCE_TEXT_EN,), "es-en"),
        ((SOURCE_TEXT_EN,), (SOURCE_TEXT,), "en-es"),
    ],
)
def test_right_translations_get_no_hint(sources, targets, direction):
    for source, target in zip(sources, targets, strict=True):
        assert marked(source, target, direction) == []


@pytest.mark.parametrize(
    ("number", "target", "expected"),
    [
        (
            0,
            "If the canary deployment triggers alerts, eventually we will go back and the charge balancer will return "
            "the traffic to the actual version.",
            [("source", "rollback"), ("target", "eventually"), ("target", "actual")],
        ),
        (
            1,
            "The online library saves sensible data of its customers: the secrets must never stay in a commit.",
            [("target", "library"), ("target", "sensible")],
        ),
        (
            2,
            "The platform team assumed the night shift and realized the change from the configuration carpet with a "
            "single commando.",
            [("target", "assumed"), ("target", "realized"), ("target", "carpet"), ("target", "commando")],
        ),
        (
            3,
            "The check-in of the pipe does not support so many lines: above that doorstep, traces are lost.",
            [("source", "registro"), ("source", "pipeline"), ("source", "umbral"), ("target", "support")],
        ),
        (
            4,
            "According to security politics, the firm of each image is checked before the unfolding.",
            [("source", "política de seguridad"), ("source", "despliegue"), ("target", "firm")],
        ),
    ],
)
def test_what_a_machine_gets_wrong_into_english(number, target, expected):
    assert marked(SPANISH_SENTENCES[number], target, "es-en") == expected


@pytest.mark.parametrize(
    ("number", "target", "expected"),
    [
        (
            0,
            "La nueva librería actualmente soporta reintentos automáticos, así que la tubería eventualmente triunfa.",
            [
                ("source", "pipeline"),
                ("target", "librería"),
                ("target", "actualmente"),
                ("target", "soporta"),
                ("target", "eventualmente"),
            ],
        ),
        (
            1,
            "Asumimos que el retroceso era seguro, pero nadie realizó que los troncos contenían secretos.",
            [("source", "rollback"), ("source", "logs"), ("target", "Asumimos"), ("target", "realizó")],
        ),
        (2, "Un valor sensible es enviar la liberación canaria antes del despliegue.", [("target", "sensible")]),
        (
            3,
            "Si el chequeo falla, resuma el despliegue del balanceador y recuerde el commit en el log de incidentes.",
            [("source", "health check"), ("target", "resuma"), ("target", "recuerde")],
        ),
        (
            4,
            "Nuestra política actual es remover las llaves de API, avisar a cada recipiente y discutir la causa raíz.",
            [("target", "remover"), ("target", "recipiente"), ("target", "discutir")],
        ),
    ],
)
def test_what_a_machine_gets_wrong_into_spanish(number, target, expected):
    assert marked(ENGLISH_SENTENCES[number], target, "en-es") == expected


def test_a_hint_says_what_both_words_are():
    (hint,) = hints("Eventualmente fallará.", "Eventually it will fail.", "es-en")
    assert hint.said.en == (
        "“eventually” usually means «finalmente», «con el tiempo»; «eventualmente» is usually “possibly”, "
        "“occasionally”."
    )
    assert hint.said.es == (
        "“eventually” suele significar «finalmente», «con el tiempo»; «eventualmente» suele ser “possibly”, "
        "“occasionally”."
    )
    (hint,) = hints("It eventually failed.", "Eventualmente falló.", "en-es")
    assert hint.said.en.startswith(
        "«eventualmente» usually means “possibly”, “occasionally”; “eventually” is usually «"
    )


def test_a_hint_says_what_a_term_is_called():
    (hint,) = hints("Falló el balanceador de carga.", "The cargo thing failed.", "es-en")
    assert (hint.start, hint.end, hint.side) == (9, 29, "source")
    assert hint.said.en == (
        "«balanceador de carga» is usually “load balancer”, “load balancing”; not found in the translation."
    )
    assert "se encuentra en la traducción" in hint.said.es


@pytest.mark.parametrize("pair", FALSE_COGNATES, ids=lambda pair: pair[0])
def test_every_false_cognate_is_found_in_both_directions(pair):
    spanish, english = (forms.split(", ")[0] for forms in pair[:2])
    assert ("target", english) in marked(spanish, english, "es-en")
    assert ("target", spanish.capitalize()) in marked(english.upper(), spanish.capitalize(), "en-es")


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term[0])
def test_every_form_of_a_term_is_found_and_every_rendering_is_accepted(term):
    english, spanish, also = ([form for form in forms.split(", ") if form and "*" not in form] for forms in term)
    for sources, targets, direction in ((english, spanish, "en-es"), (spanish, english, "es-en")):
        for source in sources:
            assert marked(f"¿{source}?", "—", direction) == [("source", source)]
            for target in (*targets, *also):
                assert ("source", source) not in marked(source, f"({target})", direction)


def test_the_lists_name_no_word_twice():
    for column, table in ((0, FALSE_COGNATES), (1, FALSE_COGNATES), (0, TERMS), (1, TERMS)):
        forms = [form for row in table for form in row[column].split(", ")]
        assert len(forms) == len(set(forms))
    assert len(FALSE_COGNATES) >= 45 and len(TERMS) >= 60


@pytest.mark.parametrize(
    ("source", "target"),
    [("los despliegues", "the deployments"), ("versiones canarias", "canary releases"), ("los hilos", "THREADS")],
)
def test_plurals_and_case(source, target):
    assert marked(source, "nothing", "es-en") and not marked(source, target, "es-en")


def test_a_longer_term_is_not_taken_for_the_shorter_one():
    assert marked("continuous deployment", "despliegue continuo", "en-es") == []
    assert marked("continuous deployment", "x", "en-es") == [("source", "continuous deployment")]


@pytest.mark.parametrize(
    "joined", ["load balancer", "load-balancer", "load\nbalancer", "Load  Balancers", "the load balancer's"]
)
def test_terms_of_several_words(joined):
    assert marked(joined, "cosa", "en-es") and not marked(joined, "balanceador", "en-es")


def test_words_are_whole():
    assert marked("blog, catalog, log_id", "nada", "en-es") == []
    assert marked("prerrealizar", "realize", "es-en") == []


def test_a_term_is_marked_once_and_a_false_cognate_wherever_it_stands():
    assert marked("a node, a node", "x", "en-es") == [("source", "node")]
    assert marked("carpeta", "carpet, carpet", "es-en") == [("target", "carpet"), ("target", "carpet")]


def test_accents_count():
    assert marked("récord", "record", "es-en") == []
    assert marked("practica", "x", "es-en") == [] and marked("una metrica", "x", "es-en") == []


@pytest.mark.parametrize("written", ["librería", "librer<unk>a", "librera", "librer a", "librer�a", "librer ⁇ a"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_may_be_decomposed_or_lost(written, form):
    written = unicodedata.normalize(form, written)
    assert marked("The library works.", f"La {written} funciona.", "en-es") == [("target", written)]


def test_a_decomposed_word_is_not_cut_at_its_mark():
    assert marked(unicodedata.normalize("NFD", "comandó"), "commando", "es-en") == []
    assert marked("the network", unicodedata.normalize("NFD", "la pared, éred"), "en-es") == [("source", "network")]
    assert marked("rojo, red", unicodedata.normalize("NFD", "éred"), "es-en") == [("source", "red")]


def test_only_two_directions_exist():
    with pytest.raises(ValueError, match="fr-en"):
        hints("a", "b", "fr-en")


WORDS = st.sampled_from(sorted({form.strip("*") for row in (*FALSE_COGNATES, *TERMS) for form in row[:2]}))
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=8).flatmap(
    lambda parts: st.sampled_from([" ", "", "\u0301", "\n"]).map(lambda joint: joint.join(parts))
)


@given(TEXTS, TEXTS, st.sampled_from(["es-en", "en-es"]))
def test_hints_stay_within_any_text(source, target, direction):
    lengths = {"source": len(source), "target": len(target)}
    for hint in hints(source, target, direction):
        assert 0 <= hint.start < hint.end <= lengths[hint.side]
        assert hint.said.en and hint.said.es


def test_a_text_that_is_twice_as_long_takes_about_twice_the_time():
    def seconds(n: int) -> float:
        started = time.process_time()
        hints("load " * n + " " * 5 * n, "librer ⁇ " * n, "en-es")
        return time.process_time() - started

    assert any(seconds(8000) < 3 * seconds(4000) for _ in range(3))
