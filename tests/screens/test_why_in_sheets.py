"""A text that a model wrote and that stands in an exercise is explained as it stands, of the part that is chosen."""

from __future__ import annotations

from driving import eventually
from exercises.test_prompting import filled as prompted
from exercises.test_summaries import filled as summarized
from exercises.test_summaries import marked
from screens.test_translation_screen import translated

from llm_tui.attribution.piece_job import Looking, Trace
from llm_tui.exercises import prompting, summaries
from llm_tui.exercises.translation import EN_ES, Sentence
from llm_tui.foundation.job import TRANSLATE_EN_ES, Generate
from llm_tui.screens.why import WhyScreen


async def test_the_translation_of_the_chosen_sentence_is_gone_through_and_looked_into(lab, engine):
    two = (Sentence("La librería tiene trazas."), Sentence("It works.", EN_ES))
    async with translated(lab, engine, *two) as pilot:
        await pilot.press("down", "w")
        await eventually(pilot, lambda: isinstance(pilot.app.screen, WhyScreen) and bool(engine.numbers(Trace)))
        trace = engine.jobs[engine.numbers(Trace)[0]]
        assert (trace.answer, trace.pieces, trace.asked.texts) == ("The library has trails.", (), ("It works.",))
        assert (type(trace.asked), trace.asked.task) == (Generate, TRANSLATE_EN_ES)
        await pilot.press("2")
        await eventually(pilot, lambda: bool(engine.numbers(Looking)))
        assert engine.jobs[engine.numbers(Looking)[0]].answer == "The library has trails."


def test_of_answers_and_summaries_there_is_what_was_asked_and_what_stands():
    answers = prompted(prompting.Answers(), "uno")
    for stands, job in zip(prompting.written(answers), prompting.jobs(answers), strict=True):
        assert stands.job == stands.asked == job
        assert (stands.answered.answers[0].text, stands.answered.answers[0].output_pieces) == ("uno", None)
    texts = {"sshleifer/distilbart-cnn-12-6": "Uno.", "facebook/bart-large-cnn": "Dos."}
    hidden = summarized(summaries.Answers(), texts)
    assert not summaries.written(hidden)  # as long as the systems are
    found = summaries.written(marked(hidden))
    assert {of.asked.model.name: of.answered.answers[0].text for of in found} == texts
    assert [of.job for of in found] == summaries.jobs(marked(hidden))[:2]
