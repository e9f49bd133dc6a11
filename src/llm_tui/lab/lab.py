"""The lab: a folder of plain files that a student can read, compare and hand in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from llm_tui.config import read_config
from llm_tui.errors import UserError
from llm_tui.lab import debris
from llm_tui.lab.answers import AnswerFiles
from llm_tui.lab.claim import Claim, only_read, said
from llm_tui.lab.folder import LAB_TOML, check
from llm_tui.lab.store import Gone, Store
from llm_tui.lab.working import Telling
from llm_tui.lab.written import Written
from llm_tui.visible import visible

if TYPE_CHECKING:  # what is imported inside functions is so after the first paint
    from llm_tui.engine.events import Event
    from llm_tui.engine.job import Job
    from llm_tui.lab.audit import Entries
    from llm_tui.lab.runs import Runs
    from llm_tui.lab.tally import Tally
    from llm_tui.lab.whose import Whose

A = TypeVar("A")


class Lab:
    """One student's lab folder. Opening creates nothing; the first thing to be kept does.

    A lab that is there and cannot be written to opens for reading: `read_only` says why, and everything that would
    write raises it. So does one that another program has open, for the program that asks with `claim`. Those that do
    not ask may write at any time: every write replaces a whole file, and answers that another program has changed in
    the meantime are set aside under a name of their own, not lost.

    `tell` gets, on any thread, a sentence about what went wrong where nobody waits for it: that something could not be
    written down or was set aside, once until it is over.

    Raises:
        UserError: the folder cannot be a lab, or a new one not be written to.
    """

    def __init__(self, folder: Path):
        # Unlike Path.expanduser, this leaves ~somebody alone where there is nobody of that name.
        self.folder = Path(os.path.expanduser(folder)).absolute()
        self._store = Store(self.folder, self._made)
        self._answers = AnswerFiles(self._store, self.check_writable, self.create)
        self._exports, self._programs = Written(self._store, "exports"), Written(self._store, "code")
        self._claim = Claim(self._store)
        self.telling = Telling(self._store)
        """Tells the programs of other people and places what this one does in the lab."""
        self._claiming = self._claimed = self._cleaned = False
        self._tally: tuple[object, Tally] | None = None
        self.elsewhere = ""
        """Which other program had the lab when it was last claimed."""
        self._unwritable = self.read_only = visible(check(self.folder))

    @property
    def tell(self) -> Callable[[str], None]:
        return self._store.tell

    @tell.setter
    def tell(self, tell: Callable[[str], None]) -> None:
        self._store.tell = tell

    @property
    def name(self) -> str:
        """`name` in lab.toml, else that of the folder."""
        name = self._store.settings().get("name")
        return visible(name if isinstance(name, str) and name.strip() else self.folder.name)

    @cached_property
    def runs(self) -> Runs:
        from llm_tui.lab.own_runs import OwnRuns

        return OwnRuns(self._store, self.check_writable)

    @property
    def whose(self) -> Whose:
        """Whose hand-in it is, as lab.toml says."""
        from llm_tui.lab.whose import TABLE, Whose  # not at the top: they read TOML

        return Whose.of(self._store.settings().get(TABLE))

    def save_whose(self, whose: Whose) -> None:
        """Write it into lab.toml, in which all else stays as it is.

        Raises:
            UserError: it could not be read or written, or is read only.
        """
        from llm_tui.lab.whose import keep

        self.create()
        self.check_writable()
        keep(self._store, whose)

    def create(self) -> None:
        """Make the folder, with a lab.toml to put a name into, where it is not there yet.

        Raises:
            UserError: it could not be written, or is read only.
        """
        self.check_writable()
        toml = self.folder / "lab.toml"
        if not os.path.exists(toml):
            from llm_tui.toml_lines import as_toml

            name, log_texts = visible(self.folder.name), read_config().value("log_texts")
            self._store.write(toml, LAB_TOML.format(name=as_toml(name), log_texts=as_toml(log_texts)))
            self.check_writable()  # another program may have been faster

    def check_writable(self) -> None:
        """Do nothing where the lab can be written to.

        Raises:
            UserError: it is read only.
        """
        if why := self._why_read_only():
            raise UserError(why)

    def _why_read_only(self) -> str:
        """Another program may have made the lab since this one claimed what was not there yet."""
        if self._claiming and not self._claimed and os.path.isdir(self.folder):
            self.claim()
        return self.read_only

    def _made(self) -> None:
        if self._claiming:
            self.claim()

    def claim(self, hold_back: bool = False) -> str:
        """Have the lab for this program from now on, or from when there is one. To be called again every
        `claim.HEARTBEAT` seconds: it is the sign that this program still runs, and when another one that had the lab
        has ended, this one takes it over.

        Returns why the lab is `read_only`: who has it and what to do; empty when this program has it. Where another
        one had it before, it stays read only with `hold_back`, until what this one holds is read anew: `take_over`.
        """
        self._claiming = self.telling.lasting = True
        if gone := self._store.gone():
            self._store.trouble("answers", gone)
        elif not self._unwritable and os.path.isdir(self.folder):
            if not self.unsaved:
                self._store.over("answers")
            self._claimed = True
            holder = self._claim.take()
            if holder is None and self.elsewhere and hold_back:
                return ""
            self.elsewhere = visible(said(self.folder, holder)) if holder else ""
            self.read_only = f"{self.elsewhere} {only_read()}" if holder else ""
            if holder is None:
                self.clean()
        return self.read_only

    @contextlib.contextmanager
    def take_over(self) -> Iterator[None]:
        """In the block all that this program holds of the lab is to be read anew where it was `overtaken`; from the end
        of it on it is saved here.
        """
        yield
        for exercise in self._answers.known():
            if self._answers.overtaken(exercise):  # no screen has it
                self._answers.forget(exercise)
        self.elsewhere = self.read_only = ""

    def overtaken(self, exercise: int | str) -> bool:
        """Whether another program has written these answers since they were read here, or who knows."""
        return self._answers.overtaken(exercise)

    def answers_anew(self, exercise: int | str, kind: type[A]) -> A:
        """As `answers`; what was read here before is no longer what will be written over.

        Raises:
            UserError: the file cannot be read.
        """
        self._answers.forget(exercise)
        return self._answers.read(exercise, kind)

    def keep_beside(self, exercise: int | str, answers: object) -> None:
        """Write answers that another program's have overtaken under a name of their own, which is told.

        Raises:
            UserError: they could not be written.
        """
        self.check_writable()
        self._answers.keep_beside(exercise, answers)

    def clean(self) -> None:
        """Once, when this program has the lab: what a killed one has left. The time is the file system's own."""
        if self._cleaned:
            return
        self._cleaned = True
        with contextlib.suppress(OSError):
            self._store.share()
            debris.clean(self.folder, self._claim.since())

    def unreadable_runs(self) -> dict[Path, Exception]:
        """The folders of runs that no list of runs has, and why: an OSError is of this time alone."""
        folders = debris.run_folders(self.folder)
        return {folder: why for folder in folders if (why := debris.damage(folder))}

    def gone(self) -> Gone | None:
        """Says so when the folder was there and is there no longer; until it is back nothing is saved."""
        return self._store.gone()

    def restore(self) -> None:
        """Make a folder that is gone anew, with the answers that were read or written here. Runs, exports and the log
        are not brought back.

        Raises:
            UserError: it could not be written.
        """
        self._store.forget()
        self.create()
        self._answers.restore()

    def release(self) -> None:
        """Let other programs have the lab, for good."""
        self._give_back(self._claim.release)

    def lend(self) -> None:
        """Let other programs have the lab until the next `claim`."""
        self._give_back(self._claim.lend)

    def _give_back(self, give: Callable[[], None]) -> None:
        self._claiming = self.telling.lasting = False
        self.telling.close()
        if not self._unwritable:
            give()

    def listeners(self, job: Job) -> tuple[Callable[[Event], None], ...]:
        """What writes down a job that is about to be submitted; one that `only_looks` is not in the log.

        In a lab that is read only a training fails at its start, as nothing would be left of it; a model answers, and
        nothing is written down.
        """
        from llm_tui.classifier.job import Training
        from llm_tui.lab import results
        from llm_tui.lab.audit import Auditor

        if self._why_read_only():
            return (self._refuse,) if isinstance(job, Training) else ()
        kept = results.keepers(self._store, job)
        if getattr(job, "only_looks", False):
            return kept
        both = Auditor(self._store, job), self.telling.listener(job)
        return (self.runs.recorder(job), *both) if isinstance(job, Training) else (*kept, *both)

    def _refuse(self, event: Event) -> None:
        from llm_tui.engine.events import Started

        if isinstance(event, Started):
            self.check_writable()

    def log(self) -> Entries:
        """What was asked of which model, and what was trained, oldest first."""
        from llm_tui.lab.audit import entries, log_of

        return entries(log_of(self.folder))

    def tally(self) -> Tally:
        """What the log comes to; read again where it has grown.

        Raises:
            UserError: the log cannot be read.
        """
        from llm_tui.lab.audit import log_of
        from llm_tui.lab.tally import stamp, tally

        seen, known = stamp(log_of(self.folder)), self._tally
        if known is None or seen is None or known[0] != seen:
            known = self._tally = seen, tally(self.log().lines)
        return known[1]

    @property
    def unsaved(self) -> Mapping[int | str, str]:
        """The answers that could not be written the last time, and why."""
        return self._answers.unsaved

    @property
    def not_understood(self) -> Container[int | str]:
        """The answers that were read last as empty ones, because their file cannot be understood."""
        return self._answers.not_understood

    @property
    def incomplete(self) -> Container[int | str]:
        """The answers of which a part could not be read the last time."""
        return self._answers.incomplete

    def answers(self, exercise: int | str, kind: type[A]) -> A:
        """The student's answers to an exercise, or what stands in the fields of a screen; empty ones where there are
        none.

        An older program's file opens: what it does not have takes its default. What cannot be read costs itself alone,
        as `stored` says; a file of which nothing can be understood, or that a newer program wrote, costs all of it. The
        person is told, and the file is set aside under another name when there are answers to write in its place.

        Raises:
            UserError: the file cannot be read.
        """
        return self._answers.read(exercise, kind)

    def save_answers(self, exercise: int | str, answers: object) -> Path | None:
        """Write the answers. Where their file has what was not read here, because another program wrote it since, or
        because it was not understood, that is kept under another name, which is returned. What could not be written
        stays in `unsaved` until it is.

        Raises:
            UserError: they could not be written.
        """
        return self._answers.save(exercise, answers)

    def file(self, exercise: int | str) -> str:
        """Where the answers are, from the lab's folder on."""
        return self._answers.path(exercise).relative_to(self.folder).as_posix()

    def export(self, name: str, content: str | bytes) -> Path:
        """Write `content` to exports/`name`. A file there that was changed by hand stays, and the export gets a number.

        Raises:
            UserError: it could not be written.
        """
        self.check_writable()
        return self._exports.write(name, content)

    def keep_code(self, name: str, text: str, files: Mapping[str, str]) -> Path:
        """Write a program to code/`name`, with the files that it reads from beside itself. One that was changed by hand
        stays, and the program gets a number.

        Raises:
            UserError: it could not be written, or a file that it would read was changed by hand.
        """
        self.check_writable()
        return self._programs.write(name, text, files)
