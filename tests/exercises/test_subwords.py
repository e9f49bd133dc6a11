"""Exercise 2: what the table proposes, keeps and exports."""

from __future__ import annotations

import itertools
from array import array
from dataclasses import replace

import msgspec
import pytest
from gfm import tables
from hypothesis import given
from hypothesis import strategies as st

from llm_tui.course import in_use
from llm_tui.course.course import Course, Subwords
from llm_tui.exercises import subwords
from llm_tui.exercises.observations import suggestion
from llm_tui.exercises.subwords import Answers, Measured, Row
from llm_tui.export.formats import to_csv
from llm_tui.export.markdown import to_markdown
from llm_tui.i18n import Text
from llm_tui.tokenization.job import Comparison, Cut
from llm_tui.tokenization.measures import Measures

NAMES = ("bert-base-multilingual-cased", "xlm-roberta-base")


def measures(pieces: int = 10, words: int = 5) -> Measures:
    return Measures(words, pieces, pieces, 3, 2, 0, 0, (), 40)


def measured(name: str) -> Measured:
    return Measured(name, Text("folder", "carpeta"), "Unigram", 100, False, measures())


def cut(phrase: str, *ends: int, unknown: tuple[int, ...] = ()) -> Cut:
    """The phrase cut behind each of `ends`; the pieces with the numbers `unknown` are not known."""
    bounds = [0, *ends, len(phrase)]
    spans = tuple(itertools.pairwise(bounds))
    return Cut(
        tuple("<unk>" if i in unknown else phrase[a:b] for i, (a, b) in enumerate(spans)),
        tuple(range(len(spans))),
        spans,
        tuple(i in unknown for i in range(len(spans))),
        "".join(phrase[a:b] for i, (a, b) in enumerate(spans) if i in unknown),
    )


def comparison(text: str, proposals: tuple[str, ...]) -> Comparison:
    """A text without units: all phrases are cut alone, in one piece."""
    none = array("i")

    class Fake:
        def __init__(self, name: str):
            self.name, self.source, self.model, self.vocabulary = name, Text("", ""), "Unigram", 100
            self.by_text, self.measures = False, measures()

    tokenized = tuple(map(Fake, NAMES))
    alone = {word: (cut(word), cut(word, 1)) for word in proposals}
    return Comparison(text, none, none, none, none, b"", none, tokenized, proposals, alone)  # type: ignore[arg-type]


WORDS = ("microservicio", "observabilidad", "despliegue", "autenticación", "trazas", "métricas", "nube")


def test_five_words_are_proposed():
    answers = Answers().with_comparison(comparison("uno", WORDS))
    assert answers.phrases() == WORDS[:5]


def test_the_same_text_again_changes_no_row():
    answers = Answers().with_comparison(comparison("uno", WORDS)).without_phrase("despliegue")
    assert answers.with_comparison(comparison("uno", WORDS)).phrases() == answers.phrases()


def test_another_text_brings_other_words_and_leaves_the_students_own():
    answers = Answers().with_comparison(comparison("uno", WORDS)).with_phrase("mi frase", (cut("mi frase"),) * 2)
    answers = answers.with_observation("trazas", "curioso")
    again = answers.with_comparison(comparison("dos", ("kubernetes", "clúster", "nodo", "red")))
    assert again.phrases() == ("trazas", "mi frase", "kubernetes", "clúster", "nodo")
    assert next(row for row in again.rows if row.phrase == "trazas").observation == "curioso"


def test_a_dropped_word_is_not_proposed_again():
    answers = Answers().with_comparison(comparison("uno", WORDS)).without_phrase("microservicio")
    assert "microservicio" not in answers.with_comparison(comparison("dos", WORDS)).phrases()
    assert "microservicio" in answers.with_phrase("microservicio", ()).with_comparison(comparison("x", WORDS)).phrases()


def test_adding_what_is_there_adds_no_row():
    answers = Answers().with_comparison(comparison("uno", WORDS))
    assert answers.with_phrase("trazas", ()).phrases() == answers.phrases()


@pytest.mark.parametrize(
    ("phrase", "one", "other", "english", "spanish"),
    [
        ("trazas", (), (4,), "XLM-R-base fragments more (2 pieces; BERT-m-cased: 1)", "XLM-R-base fragmenta más"),
        ("trazas", (2,), (4,), "as many pieces, cut at other places", "con otros cortes"),
        ("trazas", (3,), (3,), "cut alike", "mismo corte"),
        ("métrica", (1, 2), (4,), "BERT-m-cased splits off “é”", "BERT-m-cased separa «é»"),
    ],
)
def test_an_observation_is_suggested_from_the_facts(phrase, one, other, english, spanish):
    said = suggestion(phrase, (cut(phrase, *one), cut(phrase, *other)), NAMES)
    assert english in said.en
    assert spanish in said.es


def test_lost_characters_are_observed():
    row = Row("mañana", (cut("mañana"), cut("mañana", 2, 3, unknown=(1,))))
    said = suggestion(row.phrase, row.cuts, NAMES)
    assert "XLM-R-base loses “ñ”" in said.en
    assert "XLM-R-base pierde «ñ»" in said.es


def test_a_word_without_a_piece_of_its_own_is_part_of_the_one_before():
    none = Cut((), (), (), (), "")
    said = suggestion("30", (cut("30"), none), NAMES)
    assert said.en == "XLM-R-base: part of a piece of the word before"
    assert said.es == "XLM-R-base: parte de una pieza de la palabra anterior"
    three = suggestion("30", (cut("30", 1), cut("30"), none), (*NAMES, "t5"))
    assert three.en == "BERT-m-cased fragments more (2 pieces; XLM-R-base: 1); t5: part of a piece of the word before"
    assert suggestion("30", (cut("30"), replace(none, lost="30")), NAMES).en == "XLM-R-base loses “30”"


def test_an_observation_that_was_emptied_stays_empty():
    answers = Answers().with_comparison(comparison("uno", WORDS))
    assert subwords.table(answers).rows[0][-1]
    assert subwords.table(answers.with_observation("microservicio", "")).rows[0][-1] == ""


def test_the_heads_are_those_of_the_course():
    table = subwords.table(Answers().with_comparison(comparison("uno", WORDS)))
    assert [column.head.es for column in table.columns] == [
        "Palabra/frase",
        "BERT-m-cased (subwords)",
        "XLM-R-base (subwords)",
        "Observación",
    ]


def test_what_is_missing_is_named_in_order():
    assert lacks(Answers()) == ["the comparison of two tokenizers", "the answer"]
    few = Answers(text=TEXT).with_comparison(comparison(TEXT, WORDS[:3]))
    assert lacks(few) == [
        "2 more words in which they differ",
        "3 observations of your own",
        "the answer",
    ]
    done = Answers(text=TEXT, answer="XLM-R").with_comparison(comparison(TEXT, WORDS))
    for word in WORDS:
        done = done.with_observation(word, "Más corto.")
    assert lacks(done) == []
    others = replace(done, measured=tuple(replace(one, name=f"x/{n}") for n, one in enumerate(done.measured)))
    assert subwords.state(others).said(True).en == "done with other tokenizers than the course's"
    assert subwords.state(done).complete and "complete" in str(subwords.state(done).said(True))
    assert lacks(replace(done, text="Uno. Dos y tres.")) == ["the comparison of the text as it stands"]
    short = lacks(replace(done, text="Uno"))
    assert short[0] == "a text of 2 or 3 sentences (it has 1)"
    assert lacks(replace(done, text="Uno dos.\n" * 100))[0] == "a text of 2 or 3 sentences (it has 100)"
    assert lacks(replace(done, text="Uno dos.\n" * 9999))[0] == "a text of 2 or 3 sentences (it has more than 100)"
    in_use.use(Course(subwords=Subwords(text="Uno\n")))
    assert lacks(replace(done, text="Uno")) == short[1:]  # a course's own text is as it wants it


def test_a_premium_is_of_the_translation_as_it_stands():
    answers = Answers(text=TEXT, translation="One and two. Three.")
    of_it = replace(comparison(TEXT, WORDS), translation=answers.translation)
    compared = answers.with_comparison(of_it)
    assert compared.is_current and compared.jobs()[0].translation == answers.translation
    other = replace(compared, translation="One, two and three.")
    assert not other.is_current and other.jobs() == ()
    assert "the comparison of the text as it stands" in lacks(other)
    assert "translation has been changed since" in subwords.document(other, "en")
    assert "su traducción cambió" in subwords.document(other, "es")
    assert "has been changed since" not in subwords.document(compared, "en")


def test_a_table_of_a_lab_that_does_not_say_of_which_translation_is_current():
    compared = Answers(text=TEXT, translation="One.").with_comparison(comparison(TEXT, WORDS))
    assert replace(compared, compared_translation=None).is_current


def test_a_word_that_all_cut_alike_is_none_of_the_five():
    done = Answers(text=TEXT, answer="XLM-R").with_comparison(comparison(TEXT, WORDS))
    for word in WORDS:
        done = done.with_observation(word, "Más corto.")
    alike = replace(done.rows[0], cuts=(done.rows[0].cuts[0],) * 2)
    assert lacks(replace(done, rows=(alike, *done.rows[1:]))) == ["one more word in which they differ"]


def test_what_is_suggested_is_nobodys_observation_and_only_words_that_differ_count():
    done = Answers(text=TEXT, answer="XLM-R").with_comparison(comparison(TEXT, WORDS))
    names = [measured.name for measured in done.measured]
    for row in done.rows:
        done = done.with_observation(row.phrase, suggestion(row.phrase, row.cuts, names).es)
    assert lacks(done) == ["5 observations of your own"]
    one = done.rows[0]
    alike = replace(one, phrase="igual", cuts=(one.cuts[0],) * 2, observation="Igual.")
    assert lacks(replace(done, rows=(*done.rows, alike))) == ["5 observations of your own"]
    twice = replace(one, phrase=one.phrase.upper(), observation="Más corto.")
    assert lacks(replace(done, rows=(*done.rows[1:4], one, twice)))[0] == "one more word in which they differ"


TEXT = "Uno y dos. Tres."


def lacks(answers: Answers) -> list[str]:
    return [text.en for text in subwords.state(answers).missing]


@pytest.mark.parametrize(("language", "said"), [("es", "piezas por palabra"), ("en", "pieces per word")])
def test_the_measured_fragmentation_stands_beside_the_question(language, said):
    answers = Answers().with_comparison(comparison("uno", WORDS))
    assert f"BERT-m-cased: 2.00 {said}" in subwords.fragmentation(answers.measured).within(language)
    assert subwords.fragmentation(()).within(language) == ""


@pytest.mark.parametrize("folder", ["/home/ana/secret/t5-small", "/home/ana/secret/t5-small/", "~/secret/t5-small"])
def test_the_footer_names_folders_without_telling_whose_home_they_are_in(folder):
    answers = Answers(measured=(measured(folder),))
    said = " ".join(sentence.es for sentence in subwords.footer(answers))
    assert ": t5-small, " in said
    assert "secret" not in said


def test_answers_are_the_same_after_the_lab_has_kept_them():
    answers = Answers(answer="sí").with_comparison(comparison("uno", WORDS)).with_observation("trazas", "a|b")
    kept = msgspec.json.decode(msgspec.json.encode(answers), type=Answers)
    assert kept == answers
    assert subwords.document(kept, "es") == subwords.document(answers, "es")


AWKWARD = st.text(st.sampled_from("ab |`<unk>\n\\*_[]&#~ñ▁é!:/."), min_size=1, max_size=20)


@given(st.lists(st.tuples(AWKWARD, AWKWARD, AWKWARD), min_size=1, max_size=4, unique_by=lambda row: row[0]))
def test_any_cell_is_read_back_by_a_gfm_parser(rows):
    answers = Answers(measured=tuple(map(measured, NAMES)))
    for phrase, piece, observation in rows:
        two = Cut((piece, "x"), (1, 2), ((0, 1), (1, 2)), (False, False), "")
        answers = answers.with_phrase(phrase, (two, two)).with_observation(phrase, observation)
    table = subwords.table(answers)
    expected = [[" ".join(str(cell).split()) for cell in row] for row in table.rows]
    assert tables(to_markdown(table, "es"))[0][1:] == expected
    assert to_csv(table, "es").count("(subwords)") == 2


@pytest.mark.parametrize("language", ["es", "en"])
def test_guide_and_definitions_are_there_in_both_languages(language):
    guide, definitions = subwords.GUIDE.within(language), subwords.DEFINITIONS.within(language)
    assert "flan-t5-small" in guide
    assert "UAX" in definitions and "Petrov" in definitions


def test_a_tokenizer_in_a_folder_called_as_a_column_has_its_own() -> None:
    names = ("/home/ana/phrase", "observation")
    answers = Answers(measured=tuple(map(measured, names)), rows=(Row("casa", (cut("casa"), cut("casa", 2))),))
    keys = [column.key for column in subwords.table(answers).columns]
    assert keys == ["phrase", "phrase (subwords)", "observation (subwords)", "observation"]
