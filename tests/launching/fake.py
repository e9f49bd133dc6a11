"""A scheduler that says what a test wants it to, and what its tasks would write."""

from __future__ import annotations

from dataclasses import replace

from filled_lab import ASKING, by

from llm_tui.classifier.job import Model, Sweep, TrainingResult
from llm_tui.classifier.setup import parse_sweep
from llm_tui.engine.events import Finished, Metric, Started
from llm_tui.errors import UserError
from llm_tui.foundation.job import Answer, Generate, Generated, RoundTrip, Score, ThereAndBack
from llm_tui.foundation.labels_job import Classified, Labelled
from llm_tui.foundation.rouge import Overlap, Rouge
from llm_tui.lab.lab import Lab
from llm_tui.launching import payload
from llm_tui.launching.launches import Launches
from llm_tui.launching.record import Launch
from llm_tui.launching.settings import Settings
from llm_tui.launching.states import Heard

SWEEP = parse_sweep({"batch_size": "32,64", "seed": "0,1", "train_size": "400", "test_size": "100", "device": "cpu"})
POINT = {"steps": 10, "loss": 1.0, "accuracy": 0.5, "examples_per_second": 100.0, "seconds_left": 1.0}


RESULT = TrainingResult(
    accuracy=0.9, test_loss=0.3, seconds=0.5, prepare_seconds=0.1, steps=10, data_name="sample", synthetic=True,
    train_rows=400, test_rows=2, vocabulary_size=3, classes=("World", "Sports"), confusion=((1, 0), (0, 1)),
    mistakes=(), device="CPU", torch="2.13.0", model=Model(b"weights", '["<unk>", "a"]'),
)  # fmt: skip


class Scheduler:
    """One that says what a test wants it to."""

    def __init__(self):
        self.heard: dict[str, Heard] = {}
        self.cancelled: list[str] = []
        self.asked = 0
        self.down = ""

    def submit(self, scripts, folder, name, settings):
        self.heard = {f"7_{number}": Heard("PENDING", "Resources") for number in range(len(scripts))}
        return list(self.heard)

    def ask(self, ids):
        self.asked += 1
        if self.down:
            raise UserError(self.down)
        return {id: self.heard[id] for id in ids if id in self.heard}

    def cancel(self, ids):
        self.cancelled += ids


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Handed:
    """A sweep that was handed over, and what its tasks do."""

    def __init__(self, lab: Lab, scheduler: Scheduler, launch: Launch | None = None):
        self.lab, self.scheduler, self.clock = lab, scheduler, Clock()
        self.launches = Launches(lab, self.clock)
        self.launch = launch or self.launches.train(SWEEP.runs(), "slurm", Settings())
        self.jobs = [task.training for task in self.launch.tasks if task.training]

    @property
    def sweep(self):
        """As one without seeds of its own."""
        return Sweep(replace(self.jobs[0], batch_size=64, seed=0), tuple(job.batch_size for job in self.jobs))

    def folder(self, number):
        return self.launches.launched.task(self.launch, self.launch.tasks[number])

    def begins(self, number, host="node7"):
        self.scheduler.heard[f"7_{number}"] = Heard("RUNNING", "None", host)
        with (self.folder(number) / payload.BEGUN).open("a") as file:
            file.write(f"{host} 0\n")
        (self.folder(number) / payload.ENDED).unlink(missing_ok=True)
        job = replace(self.jobs[number], keep_model=True)
        self.listeners = Lab(self.folder(number)).listeners(job)
        self.tell(Started(1), Metric(1, 5, POINT))

    def tell(self, *events):
        for event in events:
            for listener in self.listeners:
                listener(event)

    def ends(self, number):
        self.tell(Finished(1, RESULT))
        (self.folder(number) / payload.LOG).write_text("step 5/10\n")
        (self.folder(number) / payload.ENDED).write_text("0\n")

    def requeues(self, number):
        (self.folder(number) / payload.ENDED).write_text("143\n")
        self.scheduler.heard[f"7_{number}"] = Heard("PENDING", "BeginTime")

    def fails(self, number, why):
        with (self.folder(number) / payload.BEGUN).open("a") as file:
            file.write("node7 0\n")
        (self.folder(number) / payload.LOG).write_text(f"{why}\n")
        (self.folder(number) / payload.ENDED).write_text("2\n")

    def look(self, seconds=5.0):
        self.clock.now += seconds
        return self.launches.look()

    def said(self, **how):
        return [run.said() for run in self.look(**how).away]


def answered(job):
    """What a model could have said."""
    answer = Answer("Observabilidad", "x", 9, 5, False, True, "ñ")
    match job:
        case Generate():
            return Generated((answer,) * len(job.texts), by(job.model.name))
        case RoundTrip():
            return ThereAndBack(answer, answer, 61.25, "chrF2", by(job.model.name), by(job.back.name))
        case Score():
            rouge = Rouge(0.1, 0.2, 0.3)
            return (Overlap(rouge, rouge, rouge, rouge, rouge, rouge, 50.0, "chrF2"),) * len(job.texts)
    return Classified(job.labels, (Labelled(tuple(0.1 for _ in job.labels)),) * len(job.texts), by(job.model.name))


def works(task: Lab, sheet, most=100):
    """A task asks for what its sheet lacks, as the command line does."""
    for _ in range(most):
        job = next(iter(sheet.pending(ASKING)), None)
        if job is None:
            return sheet
        for listener in task.listeners(job):
            listener(Started(1))
            listener(Finished(1, answered(job)))
        sheet = sheet.with_result(job, answered(job))
    return sheet
