"""The training loop of the course, without what made it slow."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, embedding_bag

from llm_tui.classifier.batches import batches
from llm_tui.classifier.corpus import Corpus, FlatTexts, prepare
from llm_tui.classifier.directions import Looks, Sample
from llm_tui.classifier.evaluation import evaluate
from llm_tui.classifier.job import Diverged, Model, Training, TrainingResult
from llm_tui.classifier.model import TextClassifier, build
from llm_tui.classifier.prediction import dump_model
from llm_tui.engine.devices import choose
from llm_tui.engine.job import Context
from llm_tui.engine.room import wait_for_room
from llm_tui.i18n import tr

READ_AFTER = 0.05
"""Seconds between two readings of what the steps were like."""


@contextmanager
def one_thread() -> Iterator[None]:
    """torch's own threads, for the length of a training: a model this small is slower with more of them, and sums come
    out in another order with another number.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@one_thread()
def train(job: Training, context: Context) -> TrainingResult:
    """Train once, evaluate on the test rows. The same job on the same device gives the same weights, bit for bit.

    Raises:
        Diverged: the loss is no longer finite.
        UserError: the data, the tokenizer or the device is not there.
    """
    choose(job.device)  # one that is not there is told before the data are read
    began = time.perf_counter()
    corpus, at_hand = prepare(job, context)
    prepare_seconds = 0.0 if at_hand else time.perf_counter() - began
    device = wait_for_room(job.device, job.wait_for_room, context)
    context.placed(device)
    if device.name.startswith("cuda") and not torch.cuda.memory_reserved(device.name):
        context.progress(0, 0, tr("starting the GPU", "iniciando la GPU"))
    model = _begun(job, corpus, context).to(device.name)
    train_texts = corpus.train.to(device.name)
    if device.name != "cpu":
        _warm_up(model, train_texts, job, context)
    looks = Looks(Sample.of(corpus.encoder, corpus.counts, corpus.classes), model, context)
    meter = context.meter(device.name)
    seconds, steps = optimize(model, train_texts, job, context, looks)
    energy = meter.stop()
    looks.over(steps)
    outcome = evaluate(model, corpus.test.to(device.name), corpus.test_texts, context)
    if not math.isfinite(outcome.loss):  # the last step went too far, and no step came after it to show it
        raise diverged(job, steps)
    return TrainingResult(
        accuracy=outcome.accuracy,
        test_loss=outcome.loss,
        seconds=seconds,
        prepare_seconds=prepare_seconds,
        steps=steps,
        data_name=corpus.name,
        synthetic=corpus.synthetic,
        train_rows=len(corpus.train),
        test_rows=len(corpus.test),
        vocabulary_size=corpus.encoder.size,
        classes=corpus.classes,
        confusion=outcome.confusion,
        mistakes=outcome.mistakes,
        device=device.label,
        torch=str(torch.__version__),
        notes=corpus.notes,
        energy=energy,
        unknown=corpus.unknown,
        model=Model(dump_model(model, corpus.counts), corpus.vocabulary) if job.keep_model else None,
    )


def _begun(job: Training, corpus: Corpus, context: Context) -> TextClassifier:
    """The model with its first weights, which are drawn once for the runs of a sweep that have the same seed."""
    shape = corpus.encoder.size, job.embed_dim, len(corpus.classes)
    key = ("first weights", *shape, job.seed)
    drawn: TextClassifier | None = context.models.find(key)
    if drawn is None:
        drawn = build(*shape, job.seed)
        context.models.keep(key, drawn, most=1)
    return copy.deepcopy(drawn)


def _warm_up(model: TextClassifier, texts: FlatTexts, job: Training, context: Context) -> None:
    """Two steps of which nothing stays. The first ones on a GPU load its kernels and start cuBLAS: without this the
    first run of a table would seem slower than the others.
    """
    with suppress(Diverged):
        optimize(copy.deepcopy(model), texts.first(2 * job.batch_size), replace(job, epochs=1), context.silent())


def optimize(
    model: TextClassifier, texts: FlatTexts, job: Training, context: Context, looks: Looks | None = None
) -> tuple[float, int]:
    """Run all epochs. Returns the seconds that they took and the number of steps.

    It is the course's loop with the gradients written out, for this model has them in closed form: that of the logits
    is the probabilities minus the targets, and a word's vector has a share of the gradient of each text in which it
    stands. So each vector is read once and written once a step, in a fixed order, on every device.
    """
    vectors, weight, bias = (part.detach() for part in (model.embedding.weight, model.fc.weight, model.fc.bias))
    shuffle = torch.Generator().manual_seed(job.seed)
    meter = _Meter(math.ceil(len(texts) / job.batch_size) * job.epochs, job, context, looks)
    rate = job.lr
    with torch.inference_mode():
        for _ in range(job.epochs):
            order = torch.randperm(len(texts), generator=shuffle).to(texts.ids.device)
            for batch in batches(texts, order, job.batch_size, len(vectors), len(weight)):
                context.check()
                means = embedding_bag(batch.ids, vectors, batch.offsets, mode="sum") * batch.share
                logits = torch.addmm(bias, means, weight.T)
                step = (batch.targets - logits.softmax(1)) * (rate / len(batch.labels))
                pull = (step @ weight) * batch.share
                pulls = embedding_bag(batch.texts, pull, batch.starts, mode="sum")
                vectors.scatter_add_(0, batch.words.unsqueeze(1).expand_as(pulls), pulls)
                weight.addmm_(step.T, means)
                bias.add_(step.sum(0))
                meter.add(logits, batch.labels)
            rate *= job.gamma
    return meter.seconds(), meter.total


@dataclass
class _Meter:
    """Keeps the logits of each step on the device, and now and then reads what all of them say in one go: reading one
    number from a GPU waits for everything that it still has to do. A report is of `every` steps.
    """

    total: int
    job: Training
    context: Context
    looks: Looks | None = None
    step: int = 0
    logits: list[Tensor] = field(default_factory=list)
    labels: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.every = max(1, min(50, self.total // 100))
        self.began = self.read = time.perf_counter()

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """(texts, classes) and (texts,) of one more step."""
        self.step += 1
        self.logits.append(logits)
        self.labels.append(labels)
        due = self.step % self.every == 0 and time.perf_counter() - self.read >= READ_AFTER
        if due or self.step == self.total:
            self._read()

    def seconds(self) -> float:
        """Since the beginning; the last reading has waited for the device."""
        return self.read - self.began

    def _read(self) -> None:
        """Tell what the steps since the reading before were like."""
        logits, labels = torch.cat(self.logits), torch.cat(self.labels)
        each = torch.stack([cross_entropy(logits, labels, reduction="none"), logits.argmax(1) == labels]).cpu()
        rows = [len(part) for part in self.labels]
        losses = [part.mean().item() for part in each[0].split_with_sizes(rows)]
        edges = [0, *accumulate(rows)]
        now, before = time.perf_counter(), self.step - len(rows)
        pace = (now - self.read) / len(rows)  # of steps that are read together none has a time of its own
        for start in range(0, len(rows), self.every):
            stop = min(start + self.every, len(rows))
            hits = each[1, edges[start] : edges[stop]]
            self._report(before + stop, losses[start:stop], hits, pace, self.seconds() + stop * pace)
        self.logits.clear()
        self.labels.clear()
        self.read = now
        left = self.seconds() / self.step * (self.total - self.step)
        self.context.progress(self.step, self.total, self.job.title(), left)
        if self.looks:
            self.looks.at(self.step, self.total)

    def _report(self, step: int, losses: list[float], hits: Tensor, pace: float, seconds: float) -> None:
        """Loss and accuracy are means over the last steps, which took `pace` seconds each. `hits` is (texts,)."""
        loss = sum(losses) / len(losses)
        self.context.metric(
            step,
            steps=self.total,
            loss=loss,
            accuracy=int(hits.sum()) / len(hits),
            examples_per_second=len(hits) / max(len(losses) * pace, 1e-9),
            seconds_left=seconds / step * (self.total - step),
            seconds=seconds,
        )
        if not math.isfinite(loss):
            bad = next(i for i, x in enumerate(losses) if not math.isfinite(x))
            raise diverged(self.job, step - len(losses) + 1 + bad)


def diverged(job: Training, step: int) -> Diverged:
    return Diverged(
        tr(
            f"The training with batch size {job.batch_size} and seed {job.seed} diverged: the loss was no longer "
            f"a finite number at step {step}. Choose a learning rate below {job.lr:g}.",
            f"El entrenamiento con tamaño de lote {job.batch_size} y semilla {job.seed} divergió: la pérdida dejó "
            f"de ser un número finito en el paso {step}. Elija una tasa de aprendizaje menor que {job.lr:g}.",
        )
    )
