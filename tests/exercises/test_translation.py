"""Exercise 4: what is asked, what stays, and how it is handed in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from gfm import lists
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.errors import UserError
from llm_tui.exercises import translation
from llm_tui.exercises.errors_marked import Mark, mark_line
from llm_tui.exercises.translation import EN_ES, ES_EN, Answers, Sentence
from llm_tui.export.formats import to_csv
from llm_tui.foundation.job import (
    TRANSLATE_EN_ES,
    TRANSLATE_ES_EN,
    Answer,
    Asking,
    Provenance,
    RoundTrip,
    Settings,
    ThereAndBack,
)

BY = Provenance("somebody/little", "abcdef1234", "CPU", "float32", 77_000_000, 0.5)
ASKING = Asking()
MARK = Mark("library", "false_cognate", "major", "bookshop")


def answer(text: str, **changed: object) -> Answer:
    values = {"source": "x", "input_pieces": 9, "output_pieces": 5, "cut": False, "complete": True, "lost": ""}
    return Answer(text=text, **{**values, **changed})  # type: ignore[arg-type]


def result(there: str = "There.", back: str = "Vuelta.", lost: str = "", **changed: object) -> ThereAndBack:
    return ThereAndBack(answer(there, lost=lost, **changed), answer(back), 61.25, "chrF2|nrefs:1", BY, BY)


def jobs(answers: Answers, asking: Asking = ASKING) -> list[RoundTrip]:
    return list(answers.pending(asking))


def done(answers: Answers, asking: Asking = ASKING) -> Answers:
    for job in jobs(answers, asking):
        answers = answers.with_result(job, result(f"<{job.text}>"))
    return answers


def sheet(*texts: str, **changed: object) -> Answers:
    return replace(Answers(), sentences=tuple(map(Sentence, texts)), **changed)  # type: ignore[arg-type]


def test_five_sentences_of_each_language_are_given():
    directions = [sentence.direction for sentence in Answers().sentences]
    assert directions == [ES_EN] * 5 + [EN_ES] * 5
    assert len({sentence.text for sentence in Answers().sentences}) == 10


def test_each_sentence_goes_there_by_one_model_and_back_by_the_other():
    answers = replace(Answers(), model_es_en=" to/english ", model_en_es="to/spanish")
    asked = jobs(answers, Asking("cpu", "float32", 4, Settings(max_new_tokens=7)))
    assert [job.text for job in asked] == [sentence.text for sentence in answers.sentences]
    ways = [(job.task, job.model.name, job.back.name) for job in asked]
    assert ways[:5] == [(TRANSLATE_ES_EN, "to/english", "to/spanish")] * 5
    assert ways[5:] == [(TRANSLATE_EN_ES, "to/spanish", "to/english")] * 5
    assert {(job.model.device, job.back.precision, job.settings.max_new_tokens) for job in asked} == {
        ("cpu", "float32", 7)
    }


def test_what_is_translated_is_not_asked_again():
    half = Answers()
    for job in jobs(half)[:4]:
        half = half.with_result(job, result())
    assert [job.text for job in jobs(half)] == [sentence.text for sentence in half.sentences[4:]]
    assert jobs(done(half)) == []


def test_an_edited_sentence_alone_is_asked_again():
    answers = done(Answers())
    answers = answers.with_sentence(7, replace(answers.sentences[7], text="Another one."))
    assert [(job.text, job.task) for job in jobs(answers)] == [("Another one.", TRANSLATE_EN_ES)]
    assert answers.made(answers.sentences[7]) is None
    restored = answers.with_sentence(7, replace(answers.sentences[7], text=Answers().sentences[7].text))
    assert jobs(restored) == []


@pytest.mark.parametrize("field", ["model_es_en", "model_en_es"])
def test_another_model_is_asked_for_both_directions(field):
    changed: dict[str, Any] = {field: "other/one"}
    answers = replace(done(Answers()), **changed)
    assert len(jobs(answers)) == 10
    assert all("other/one" in (job.model.name, job.back.name) for job in jobs(answers))


def test_other_settings_are_asked_again():
    answers = done(Answers())
    assert len(jobs(answers, Asking(settings=Settings(beams=4)))) == 10
    assert jobs(answers, Asking("cpu", "float32", 3)) == []


def test_a_result_for_words_that_were_changed_meanwhile_is_not_taken():
    answers = sheet("Uno.", "Dos.")
    (first, _) = jobs(answers)
    edited = answers.with_sentence(0, replace(answers.sentences[0], text="Otro."))
    assert edited.with_result(first, result()) == edited


def test_the_same_words_in_the_other_direction_are_another_sentence():
    answers = replace(Answers(), sentences=(Sentence("Total.", ES_EN), Sentence("Total.", EN_ES)))
    first, second = jobs(answers)
    answers = answers.with_result(first, result("One."))
    assert jobs(answers) == [second]


def test_marks_and_correction_stay_when_it_is_translated_anew():
    answers = done(sheet("Uno."))
    marked = answers.with_sentence(0, replace(answers.sentences[0], marks=(MARK,), correction="Mejor."))
    anew = done(replace(marked, model_es_en="other/one"))
    (sentence,) = anew.sentences
    assert sentence.made is not None and sentence.made.model == "other/one"
    assert (sentence.marks, sentence.correction) == ((MARK,), "Mejor.")


def test_lost_characters_are_told_once_each():
    answers = sheet("ñandú ñ")
    answers = answers.with_result(jobs(answers)[0], result(lost="ñúñ"))
    assert translation.table(answers).rows[0][3] == "ñú"


@pytest.mark.parametrize(
    ("there", "back", "cut"),
    [
        ({}, {}, False),
        ({"cut": True}, {}, True),
        ({"complete": False}, {}, True),
        ({}, {"cut": True}, True),
        ({}, {"complete": False}, True),
    ],
)
def test_an_end_that_is_missing_on_either_way_is_told(there, back, cut):
    answers = sheet("Uno.")
    made = ThereAndBack(answer("One.", **there), answer("Uno.", **back), 50, "s", BY, BY)
    answers = answers.with_result(jobs(answers)[0], made)
    assert answers.sentences[0].made is not None and answers.sentences[0].made.cut is cut


@pytest.mark.parametrize("texts", [(), ("", "  \n")])
def test_a_sheet_without_sentences_says_so(texts):
    with pytest.raises(UserError, match="no sentences"):
        jobs(sheet(*texts))


def test_a_model_that_is_not_named_is_said():
    with pytest.raises(UserError, match="No model is named"):
        jobs(sheet("Uno.", model_en_es=" "))


def test_an_empty_sentence_is_neither_asked_nor_missed():
    answers = done(sheet("Uno.", " "))
    assert jobs(answers) == []
    assert not any("translation" in text.en and "judgement" not in text.en for text in lacks(answers))


def test_what_is_missing_is_named_in_order():
    assert [text.en for text in lacks(Answers())] == ["10 translations"]
    few = replace(Answers(), sentences=Answers().sentences[1:8])
    assert [text.es for text in lacks(few)][:2] == ["una oración más en español", "2 oraciones más en inglés"]


def test_every_translation_is_judged_and_no_error_found_is_a_judgement():
    answers = done(Answers())
    answers = answers.with_sentence(0, replace(answers.sentences[0], marks=(replace(MARK, span="<", correction=""),)))
    assert [text.en for text in lacks(answers)] == [
        "the judgement of 9 translations",
        "a correction",
    ]
    answers = answers.with_sentence(0, replace(answers.sentences[0], correction="Mejor."))
    for number, sentence in list(enumerate(answers.sentences))[1:]:
        answers = answers.with_sentence(number, replace(sentence, faultless=sentence.made.translation))
    assert lacks(answers) == ()
    assert translation.state(answers).said(True).en == "complete; optional: the answer"
    assert "**Errores detectados:** ningún error hallado" in translation.document(answers, "es")
    # Of another translation nothing has been said.
    before = answers.sentences[3].made
    assert before is not None
    made = replace(before, translation="Other words.")
    again = answers.with_sentence(3, replace(answers.sentences[3], made=made))
    assert [text.en for text in lacks(again)] == ["the judgement of a translation"]
    marked = replace(again.sentences[3], marks=(replace(MARK, span="library", correction="shop"),))
    assert [text.en for text in lacks(again.with_sentence(3, marked))] == ["the judgement of a translation"]
    marked = replace(marked, marks=(replace(MARK, span="Other", correction="Some"),))
    assert lacks(again.with_sentence(3, marked)) == ()


def test_where_the_model_wrote_nothing_a_correction_judges_it():
    answers = done(Answers())
    made = answers.sentences[0].made
    assert made is not None
    nothing = replace(answers.sentences[0], made=replace(made, translation=" "))
    assert not answers.judged(nothing) and answers.judged(replace(nothing, correction="It is open."))


def test_errors_of_another_translation_are_told_apart_from_those_of_the_one_that_is_shown():
    gone = Mark("eventually", "false_cognate", "major", "finally")
    answers = sheet("El despliegue falló.")
    answers = answers.with_sentence(0, replace(answers.sentences[0], marks=(gone, replace(MARK, span="failed"))))
    other = "(otra traducción) «eventually»: falso cognado (mayor) → finally"
    assert ("Errores detectados:", f"{other}; (otra traducción) «failed»: falso cognado (mayor) → bookshop") in lists(
        translation.document(answers, "es")
    )[0]
    answers = answers.with_result(jobs(answers)[0], result("The deployment failed."))
    (sentence,) = answers.sentences
    assert translation.table(answers).rows[0][5] == f"«failed»: falso cognado (mayor) → bookshop; {other}"
    assert [mark.span for mark in answers.standing(sentence)] == ["failed"] and answers.judged(sentence)
    # Where none of them stands in it, the translation is still to be judged.
    old = replace(sentence, marks=(replace(gone, correction=""),))
    told = replace(answers, sentences=(old,))
    assert not told.judged(old) and not told.wants_correction(old)
    assert ("Errors found:", "not judged yet; (another translation) «eventually»: false cognate (major)") in lists(
        translation.document(told, "en")
    )[0]
    none = replace(told, sentences=(replace(old, faultless="The deployment failed."),))
    assert translation.table(none, "en").rows[0][5] == (
        "no error found; (another translation) «eventually»: false cognate (major)"
    )


def lacks(answers):
    return translation.state(answers).missing


@pytest.mark.parametrize(
    ("mark", "english", "spanish"),
    [
        (MARK, "«library»: false cognate (major) → bookshop", "«library»: falso cognado (mayor) → bookshop"),
        (
            Mark("a b", "accuracy", "critical"),
            "«a b»: MQM: accuracy (critical)",
            "«a b»: MQM: exactitud (crítica)",
        ),
        (Mark("x", "of_later", "unheard", " "), "«x»: of_later (unheard)", "«x»: of_later (unheard)"),
    ],
)
def test_an_error_in_words(mark, english, spanish):
    assert mark_line(mark, "en") == english
    assert mark_line(mark, "es") == spanish


def test_the_footer_names_each_model_once_how_it_generated_and_how_chrf_was_counted():
    said = [text.es for text in translation.footer(done(Answers()))]
    assert len(said) == 2
    assert "somebody/little @ abcdef1" in said[0] and "max_new_tokens 128" in said[0]
    assert "chrF2|nrefs:1" in said[1]
    assert translation.footer(Answers()) == ()


def test_the_footer_says_of_each_maker_how_long_it_worked_in_the_order_in_which_they_came():
    node = replace(BY, revision="1111111", device="cuda:0", precision="bfloat16", version="0.0.8")
    here = replace(BY, revision="2222222", version="0.0.9")
    answers = sheet("Uno.", "Dos.", "Tres.")
    for job, by in zip(jobs(answers), (node, here, node), strict=True):
        made = replace(result(), made_by=replace(by, seconds=1.0), back_by=replace(by, seconds=2.0))
        answers = answers.with_result(job, made)
    first, second, _ = (text.en for text in translation.footer(answers))
    assert "little @ 1111111; 77.0 M parameters; cuda:0; bfloat16; 6.00 s; llm-tui 0.0.8." in first
    assert "little @ 2222222; 77.0 M parameters; CPU; float32; 3.00 s; llm-tui 0.0.9." in second
    # The same sentence twice is translated once.
    twice = replace(answers, sentences=(answers.sentences[1],) * 2)
    assert "; 3.00 s; llm-tui 0.0.9." in translation.footer(twice)[0].en


def test_sentences_of_whose_translation_the_end_is_missing_are_named_by_their_numbers():
    answers = sheet("Uno.", "Dos.", "Tres.", "Cuatro.")
    cut: dict[str, dict[str, Any]] = {"Dos.": {"cut": True}, "Cuatro.": {"complete": False}}
    for job in jobs(answers)[:4]:
        answers = answers.with_result(job, result(**cut.get(job.text, {})))
    assert "Falta el final, en la ida o en la vuelta: 2, 4." in translation.document(answers, "es")
    assert not any("missing" in said.en for said in translation.footer(done(sheet("Uno."))))


def test_sentences_of_which_there_is_the_models_thinking_alone_are_named_by_their_numbers():
    answers = sheet("Uno.", "Dos.")
    for job in jobs(answers):
        answers = answers.with_result(job, result("<think>Hm" if job.text == "Dos." else "One."))
    assert "Only the model's thinking, and no answer: 2." in [said.en for said in translation.footer(answers)]


def test_answers_are_the_same_after_the_lab_has_kept_them():
    answers = done(Answers(answer="sí"))
    answers = answers.with_sentence(2, replace(answers.sentences[2], marks=(MARK, MARK), correction="a|b"))
    kept = msgspec.json.decode(msgspec.json.encode(answers), type=Answers)
    assert kept == answers
    assert translation.document(kept, "es") == translation.document(answers, "es")


def test_a_csv_has_the_texts_too():
    head, row = to_csv(translation.table(done(sheet("Uno."))), "es").splitlines()
    assert head.split(",")[-3:] == ["original", "traducción", "vuelta"]
    assert row.split(",")[-3:] == ["Uno.", "<Uno.>", "Vuelta."]


def test_the_export_has_the_form_of_the_course():
    answers = replace(sheet("Una librería."), answer="Los falsos cognados.")
    answers = answers.with_result(jobs(answers)[0], result("A library."))
    answers = replace(answers, sentences=(*answers.sentences, Sentence("A library.", EN_ES)))
    answers = answers.with_sentence(0, replace(answers.sentences[0], marks=(MARK,), correction="A bookshop."))
    spanish = translation.document(answers, "es")
    first, second = lists(spanish)
    assert first == [
        ("Original (ES):", "Una librería."),
        ("Traducción (EN):", "A library."),
        ("Vuelta (ES):", "Vuelta."),
        ("chrF:", "61.2"),
        ("Caracteres perdidos:", "-"),
        ("Errores detectados:", "«library»: falso cognado (mayor) → bookshop"),
        ("Corrección sugerida:", "A bookshop."),
    ]
    assert second[:2] == [("Original (EN):", "A library."), ("Traducción (ES):", "aún sin traducir")]
    assert "Modelo: somebody/little" in spanish
    assert spanish.rstrip().endswith("Los falsos cognados.")
    english = lists(translation.document(answers, "en"))[0]
    assert [head for head, _ in english][1] == "Translation (EN):"
    assert english[5] == ("Errors found:", "«library»: false cognate (major) → bookshop")


AWKWARD = st.text(st.sampled_from("ab |`<unk>\n\r\\*_[](){}&#~$ñ▁é!:/.-+@\x1b\x07"), max_size=20)


def shown(text: str) -> str:
    """As a person reads it: white space is single, control characters are their signs."""
    return " ".join(text.split()).replace("\x1b", "␛").replace("\x07", "␇")


@given(st.lists(AWKWARD, min_size=7, max_size=7))
def test_anything_in_an_entry_is_read_back_by_a_gfm_parser(texts):
    source, there, back, lost, span, correction, better = texts
    mark = Mark(span, "odd_order", "minor", correction)
    answers = sheet(f"x{source}", answer="fin")
    answers = answers.with_result(jobs(answers)[0], result(there, back, lost))
    answers = answers.with_sentence(0, replace(answers.sentences[0], marks=(mark,), correction=better))
    document = translation.document(answers, "es")
    (entry,) = lists(document)
    assert "\x1b" not in document
    distinct = "".join(dict.fromkeys(lost))
    error = mark_line(mark, "es")
    if mark not in answers.standing(answers.sentences[0]):
        error = f"aún sin juzgar; (otra traducción) {error}"
    expected = [f"x{source}", there, back, "61.2", distinct, error, better]
    assert [text for _, text in entry] == [shown(text) or "-" for text in expected]


@pytest.mark.parametrize("language", ["es", "en"])
def test_guide_and_definitions_are_there_in_both_languages(language):
    guide, definitions = translation.GUIDE.within(language), translation.DEFINITIONS.within(language)
    assert "ctrl+r" in guide and "MQM" in guide
    assert "chrF" in definitions and "Popović" in definitions
