"""What the lab knows by itself: facts that an answer of the ethics checklist can rest on, looked up when shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from llm_tui.errors import UserError
from llm_tui.exercises import batch_sizes, bias, bias_tables, ethics, moderation, prompting, translation
from llm_tui.exercises.moderation_tables import measures
from llm_tui.exercises.rerun import AROUND, outcome
from llm_tui.foundation.tables import model_name
from llm_tui.hub.card import cached_card
from llm_tui.i18n import Text, number
from llm_tui.lab.audit import job_name
from llm_tui.lab.lab import Lab
from llm_tui.redaction import done as redaction
from llm_tui.redaction.proposals import KINDS
from llm_tui.report.card import OWN, filled
from llm_tui.visible import visible

PAIRS = "pairs:"
"""What the keys of the facts begin with that name figures: other figures, another key."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` names the fact in the answers, `topic` is the one that it belongs to most."""

    key: str
    topic: str
    said: Text


def facts(lab: Lab) -> tuple[Fact, ...]:
    """Every fact that the lab has now. One that a file would tell which cannot be read is none; the file's own
    exercise says so.
    """
    found: list[Fact] = []
    for look in (_run, _own_card, _log, _errors, _lost, _pairs, _probes, _rerun, _redacted, _cards):
        with suppress(UserError):
            found.extend(look(lab))
    return tuple(found)


def _run(lab: Lab) -> Iterator[Fact]:
    run = next((run for run in lab.runs.all() if run.result), None)
    if run is None or run.result is None:
        return
    result, job = run.result, run.job
    said = Text(
        "newest training: {data}, {rows} rows, batch size {batch}, seed {seed}, accuracy {accuracy:.3f}, "
        "torch {torch}, llm-tui {version}",
        "entrenamiento más nuevo: {data}, {rows} filas, tamaño de lote {batch}, semilla {seed}, exactitud "
        "{accuracy:.3f}, torch {torch}, llm-tui {version}",
    )
    values = {"data": result.data_name, "rows": number(job.train_size), "batch": job.batch_size, "seed": job.seed}
    more = {"accuracy": result.accuracy, "torch": result.torch, "version": run.config.version}
    fact = said.format(**values, **more)
    if name := lab.answers(batch_sizes.NUMBER, batch_sizes.Answers).looks.names.get(run.id):
        fact = Text("{fact}, named {name}", "{fact}, con el nombre {name}").format(fact=fact, name=visible(name))
    yield Fact("run", "traceability", fact)


def _own_card(lab: Lab) -> Iterator[Fact]:
    """The newest model card that was written of a training of this lab."""
    for run in lab.runs.all():
        if card := run.card():
            written = filled(card)
            said = Text(
                "model card of your classifier {run}: {n} of your {of} sections filled",
                "ficha (model card) de su clasificador {run}: {n} de sus {of} secciones escritas",
            ).format(run=run.id, n=len(written), of=len(OWN))
            listed = Text(", ", ", ").join(written)
            said = Text(": ", ": ").join([said, listed]) if written else said
            yield Fact(f"own-card:{run.id}", "traceability", said)
            return


def _log(lab: Lab) -> Iterator[Fact]:
    """What was asked of which model, by the log."""
    asked = Counter[tuple[str, str]]()
    for (job, model), times in lab.tally().asked.items():
        asked[job, model_name(model)] += times
    if not asked:
        return
    one = Text("{model} ({job}) ×{count}", "{model} ({job}) ×{count}")
    calls = sorted(asked.items())
    listed = Text("; ", "; ").join(one.format(model=m, job=job_name(job), count=n) for (job, m), n in calls)
    said = Text("log: {n} calls: {listed}", "registro: {n} llamadas: {listed}")
    yield Fact("log", "traceability", said.format(n=asked.total(), listed=listed))


def _errors(lab: Lab) -> Iterator[Fact]:
    """The errors of exercise 3 by kind of text."""
    answers = lab.answers(moderation.NUMBER, moderation.Answers)
    said = [
        "; ".join(f"{kind} {wrong}/{of}" for kind, wrong, of, _ in measures(answers, language)["kinds"].rows)
        for language in ("en", "es")
    ]
    if not said[0]:
        return
    head = Text("errors by kind of text (exercise 3): ", "errores por tipo de texto (ejercicio 3): ")
    yield Fact("errors", "bias", Text(head.en + said[0], head.es + said[1]))


def _lost(lab: Lab) -> Iterator[Fact]:
    """The characters that models never saw in exercises 4 and 6."""
    sentences = lab.answers(translation.NUMBER, translation.Answers)
    prompts = lab.answers(prompting.NUMBER, prompting.Answers)
    made = [m for sentence in sentences.sentences if (m := sentences.made(sentence))]
    runs = [run for prompt in prompts.prompts.values() if (run := prompt.run)]
    if not made and not runs:
        return
    lost = "".join(sorted(set("".join([*(m.lost for m in made), *(run.lost for run in runs)])))) or "-"
    said = Text(
        "characters that the models never saw (exercises 4 and 6): {lost}",
        "caracteres que los modelos nunca vieron (ejercicios 4 y 6): {lost}",
    )
    yield Fact("lost", "bias", said.format(lost=lost))


def _pairs(lab: Lab) -> Iterator[Fact]:
    """What was measured in pairs; of an answer that rests on earlier figures that they were measured anew."""
    measured = lab.answers(bias.NUMBER, bias.Answers)
    now = {f"{PAIRS}{reading.digest}": reading for reading in measured.readings}
    for key, reading in now.items():
        yield Fact(key, "bias", bias_tables.sentence(measured, reading))
    rests = (key for entry in lab.answers(ethics.NUMBER, ethics.Answers).entries.values() for key in entry.evidence)
    for key in dict.fromkeys(rests):
        if key.startswith(PAIRS) and key not in now:
            said = Text(
                "bias in pairs: measured anew since; look at the new figures, and take this away",
                "sesgo en pares: se midió de nuevo desde entonces; mire las cifras nuevas y quite esto",
            )
            yield Fact(key, "bias", said)


def _probes(lab: Lab) -> Iterator[Fact]:
    """The newest jailbreak and escape-sequence test."""
    report = lab.answers(ethics.NUMBER, ethics.Answers).probed
    if report is None:
        return
    failed = [probed.id for probed in report.results if not probed.passed]
    said = Text(
        "jailbreak and escape-sequence test: {model} passed {passed} of {n} attempts",
        "prueba de jailbreak y secuencias de escape: {model} superó {passed} de {n} intentos",
    )
    if failed:
        said = Text(said.en + "; it failed: {failed}", said.es + "; falló en: {failed}")
    values = {"model": model_name(report.made_by.model), "n": len(report.results), "failed": ", ".join(failed)}
    yield Fact("probes", "deployment", said.format(passed=len(report.results) - len(failed), **values))


def _rerun(lab: Lab) -> Iterator[Fact]:
    """The newest answer of the log that was asked for again."""
    done = lab.answers(ethics.NUMBER, ethics.Answers).rerun
    if done is not None:
        changed = [held for held in done.around if held.then and held.then != held.now]
        since = [
            Text("{what} {then} then, {now} now", "{what} {then} entonces, {now} ahora").format(
                what=AROUND.get(held.what, held.what), then=held.then, now=held.now
            )
            for held in changed
        ]
        yield Fact("rerun", "traceability", Text("; ", "; ").join([outcome(done), *since]))


def _redacted(lab: Lab) -> Iterator[Fact]:
    """What personal data was taken out of texts."""
    done = lab.answers(redaction.NAME, redaction.Redactions)
    if done.texts:
        kinds = [
            Text("{kind} ×{n}", "{kind} ×{n}").format(kind=KINDS.get(kind, Text(kind, kind)), n=n)
            for kind, n in sorted(done.taken.items())
        ]
        said = Text(
            "personal data taken out of {n} texts: {kinds}; left in by hand: {rejected}; taken out by hand: {added}",
            "datos personales quitados de {n} textos: {kinds}; dejados a mano: {rejected}; quitados a mano: {added}",
        )
        listed = Text(", ", ", ").join(kinds) if kinds else Text("-", "-")
        yield Fact(
            "redacted", "privacy", said.format(n=done.texts, kinds=listed, rejected=done.rejected, added=done.added)
        )


def _cards(lab: Lab) -> Iterator[Fact]:
    """What the cards of the models that were asked say, where these are in the hub's cache."""
    for name in sorted({model for _, model in lab.tally().asked}):
        if card := cached_card(name):
            listed = "; ".join(f"{key}: {value}" for key, value in card.items())
            yield Fact(
                f"card:{name}",
                "traceability",
                Text(f"model card of {name}: {listed}", f"ficha (model card) de {name}: {listed}"),
            )
