"""`llm-tui tokens`: tables alone on stdout, in three formats; one sentence for what is wrong; ctrl+c at any time."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result
from gfm import tables
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoTokenizer

from llm_tui import i18n
from llm_tui.bench.terminal import Terminal
from llm_tui.cli import cli
from llm_tui.cli.progress import result_of
from llm_tui.engine.job import Context
from llm_tui.exercises.subwords import QUESTION, Answers
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.tokenization.job import WORD

pytestmark = pytest.mark.usefixtures("own_folders")

TEXT = "el tren lento cruza la montaña blanca desde siempre"
LETTERS = "abcdefghijklmnopqrstuvwxyzáéíóúñ|`<>"


def tokenizer(folder: Path, *pieces: str) -> str:
    """A WordPiece tokenizer with exactly these pieces, in a folder as the hub has them."""
    model = models.WordPiece({piece: id for id, piece in enumerate(["<unk>", *pieces])}, unk_token="<unk>")
    made = Tokenizer(model)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    folder.mkdir()
    made.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return str(folder)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """One that knows every word of the text and no other, and one that knows letters."""
    root = tmp_path_factory.mktemp("two")
    letters = [*LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return tokenizer(root / "whole", *TEXT.split()), tokenizer(root / "letters", *letters)


@pytest.fixture
def tokens(two: tuple[str, str]):
    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        named = ("--tokenizer", two[0], "--tokenizer", two[1])
        return invoke("tokens", *named, *arguments, stdin=stdin)

    return run


def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin, prog_name="llm-tui", catch_exceptions=False)


def assert_one_sentence(done: Result) -> None:
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    assert line.endswith(".")


# What is printed


def test_markdown_has_the_table_of_the_exercise_and_the_measures(tokens):
    done = tokens(TEXT)
    assert done.exit_code == 0
    assert done.stderr == ""
    words, measures = tables(done.stdout)
    assert words[0] == ["Palabra/frase", "whole (subwords)", "letters (subwords)", "Observación"]
    assert words[1] == [
        "«montaña»",
        "1: montaña",
        "7: m ##o ##n ##t ##a ##ñ ##a",
        "letters fragmenta más (7 piezas; whole: 1); letters separa «ñ»",
    ]
    assert len(words) == 6
    assert [row[:3] for row in measures[1:]] == [["whole", "9", "9"], ["letters", "9", str(len(TEXT.replace(" ", "")))]]
    assert WORD.es.split("(")[0] in done.stdout


def test_each_part_can_be_had_alone(tokens):
    assert [len(tables(tokens(TEXT, part).stdout)) for part in ("--table", "--summary", "--words")] == [1, 1, 1]
    assert tables(tokens(TEXT, "--table").stdout)[0] == tables(tokens(TEXT).stdout)[0]
    assert tables(tokens(TEXT, "--summary").stdout)[0] == tables(tokens(TEXT).stdout)[1]
    (words,) = tables(tokens(f"{TEXT} el | `x` <unk> 日", "--words").stdout)
    assert [row[0] for row in words[1:]] == [*TEXT.split(), "el", "x", "unk", "日"]
    assert words[-1] == ["日", "1: <unk>", "1: <unk>", ""]
    assert words[2] == ["tren", "1: tren", "4: t ##r ##e ##n", "≠"]


def test_csv_is_read_back(tokens):
    rows = list(csv.DictReader(io.StringIO(tokens(TEXT, "--words", "--format", "csv").stdout)))
    assert [row["palabra"] for row in rows] == TEXT.split()
    table = list(csv.reader(io.StringIO(tokens(TEXT, "--format", "csv").stdout)))
    assert [row[0] for row in table[1:3]] == ["«montaña»", "«siempre»"]
    (summary,) = csv.reader(io.StringIO(tokens(TEXT, "--summary", "--format", "csv").stdout.splitlines()[1]))
    assert summary[:2] == ["whole", "9"]


def test_json_has_the_counts_and_the_pieces_ids_and_offsets_of_transformers(tokens, two):
    found = json.loads(tokens(TEXT, "--format", "json").stdout)
    assert [*found] == ["table", "summary", "text", "word", "tokenizers", "words"]
    assert found["table"][0]["phrase"] == "«montaña»"
    assert [row["tokenizer"] for row in found["summary"]] == ["whole", "letters"]
    for number, folder in enumerate(two):
        original = AutoTokenizer.from_pretrained(folder)
        expected = original(TEXT, add_special_tokens=False, return_offsets_mapping=True)
        cuts = [word["cuts"][number] for word in found["words"]]
        assert [id for cut in cuts for id in cut["ids"]] == expected.input_ids
        assert [tuple(pair) for cut in cuts for pair in cut["offsets"]] == expected.offset_mapping
        assert found["tokenizers"][number]["measures"]["pieces"] == len(expected.input_ids)
        for word in found["words"]:
            assert word["cuts"][number]["ids"] == original(word["word"]).input_ids


def test_json_of_a_part_is_that_part(tokens):
    words = json.loads(tokens(TEXT, "--words", "--format", "json").stdout)
    assert [*words] == ["text", "word", "tokenizers", "words"]
    assert len(json.loads(tokens(TEXT, "--table", "--format", "json").stdout)["rows"]) == 5
    assert len(json.loads(tokens(TEXT, "--summary", "--format", "json").stdout)["rows"]) == 2


def test_english_is_had_for_the_asking(tokens):
    i18n.use("en", asked=True)
    words, measures = tables(tokens(TEXT).stdout)
    assert words[0][0] == "Word/phrase"
    assert "fragments more" in words[1][-1]
    assert "fertility" in measures[0]
    assert json.loads(tokens(TEXT, "--format", "json").stdout)["word"] == WORD.en


def test_a_translation_gives_the_premium(tokens, tmp_path):
    english = tmp_path / "en.txt"
    english.write_text("the train crosses")
    rows = json.loads(tokens(TEXT, "--parallel", str(english), "--format", "json").stdout)["summary"]
    assert [row["premium"] for row in rows] == [9 / 3, pytest.approx(43 / 15)]


def test_the_same_text_from_every_source_gives_the_same(tokens, tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    said = tokens(TEXT).stdout
    assert tokens("--file", str(path)).stdout == said
    assert tokens("-", stdin=TEXT.encode()).stdout == said
    assert tokens(stdin=TEXT.encode()).stdout == said


def test_a_file_is_written_once_and_replaced_only_when_asked(tokens, tmp_path):
    out = tmp_path / "out.md"
    assert tokens(TEXT, "-o", str(out)).stdout == ""
    before = out.read_text(encoding="utf-8")
    assert_one_sentence(tokens("el tren", "-o", str(out)))
    assert out.read_text(encoding="utf-8") == before
    assert tokens("el tren", "-o", str(out), "--force").exit_code == 0
    assert out.read_text(encoding="utf-8") != before


# The lab


def test_without_keep_the_lab_is_not_touched(tokens, tmp_path):
    tokens(TEXT)
    assert not (tmp_path / "lab").exists()
    (tmp_path / "lab").write_text("no folder")
    assert tokens(TEXT).exit_code == 0


def test_what_is_kept_is_exported_as_it_was_printed(tokens, two, tmp_path):
    printed = tokens(TEXT, "--keep").stdout
    assert invoke("export", "--exercise", "2").stdout == printed
    answers = Lab(tmp_path / "lab").answers(2, Answers)
    assert (answers.text, answers.tokenizers) == (TEXT, two)
    rows = csv.reader(io.StringIO(invoke("export", "--exercise", "2", "--format", "csv").stdout))
    assert len(list(rows)) == 6
    assert len(json.loads(invoke("export", "--exercise", "2", "--format", "json").stdout)["rows"]) == 5


def test_what_was_compared_is_printed_though_it_cannot_be_kept(tokens, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    done = tokens(TEXT, "--keep")
    assert done.exit_code == 2
    assert len(tables(done.stdout)) == 2
    assert done.stderr.count("No space left on device") == 1


def test_what_is_to_be_kept_is_kept_though_nobody_reads_the_table(two, tmp_path):
    command = [sys.executable, "-m", "llm_tui", "tokens", TEXT, "--tokenizer", two[1], "--keep"]
    shell = ["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "bash", *command]
    assert subprocess.run(shell, env=environment(), timeout=120).returncode == 141
    assert Lab(tmp_path / "lab").answers(2, Answers).text == TEXT


def test_keeping_another_text_leaves_what_the_student_wrote(tokens, tmp_path):
    tokens(TEXT, "--keep")
    lab = Lab(tmp_path / "lab")
    answers = lab.answers(2, Answers).with_observation("montaña", "a | b\n<unk> `c`").with_phrase("la vía", ())
    lab.save_answers(2, Answers(**{**fields(answers), "answer": "whole, por poco."}))
    printed = tokens("el tren", "--keep").stdout
    exported = invoke("export", "--exercise", "2").stdout
    assert printed in exported
    assert [row[0] for row in tables(exported)[0][1:]] == ["«montaña»", "«la vía»", "«tren»", "«el»"]
    assert tables(exported)[0][1][3] == "a | b <unk> `c`"
    assert tables(exported)[0][2][1:3] == ["2: la <unk>", "5: l ##a v ##í ##a"]
    assert QUESTION.es in exported and "whole, por poco." in exported


def fields(answers: Answers) -> dict[str, Any]:
    return {name: getattr(answers, name) for name in Answers.__slots__}


def test_an_export_without_a_comparison_is_one_sentence():
    for language in ("en", "es"):
        i18n.use(language)
        assert_one_sentence(invoke("export", "--exercise", "2"))


# What is wrong

WRONG = {
    "nothing": ((), "stdin is empty"),
    "white space": (("  ",), "TEXT is empty"),
    "the name of a file": ((__file__,), "is read with --file"),
    "no UTF-8": (("caf\udce9",), "Line 1 of TEXT"),
    "text and file": (("hola", "--file", "x"), "not both"),
    "an absent file": (("--file", "absent.txt"), "absent.txt cannot be read"),
    "a folder": (("--file", "."), "not a plain file"),
    "an absent translation": (("hola", "--parallel", "absent.txt"), "absent.txt cannot be read"),
    "no tokenizer": (("hola", "--tokenizer", "./no/folder/here"), "no/folder/here"),
    "six too many": (("hola", *(x for i in range(6) for x in ("--tokenizer", f"t{i}"))), "at most 6"),
    "two parts": (("hola", "--words", "--table"), "--words or --summary"),
    "an impossible output": (("hola", "-o", "no/folder/x.md"), "cannot be written"),
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_sentence(tokens, name, language):
    i18n.use(language)
    arguments, words = WRONG[name]
    done = tokens(*arguments)
    assert_one_sentence(done)
    if language == "en":
        assert words in done.stderr


def test_a_wrong_text_is_not_kept(tokens, tmp_path):
    assert_one_sentence(tokens("--file", str(tmp_path / "absent"), "--keep"))
    assert not (tmp_path / "lab").exists()


def test_on_a_terminal_without_a_text_it_says_what_to_give(tmp_path):
    with Terminal([sys.executable, "-m", "llm_tui", "tokens"], environment()) as terminal:
        terminal.wait_for("There is no text")
        terminal.wait_exit()
        assert terminal.exit_code == 2


# ctrl+c


def environment() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def test_ctrl_c_while_it_reads_a_pipe():
    command = [sys.executable, "-m", "llm_tui", "tokens", "-"]
    pipe = subprocess.PIPE
    old = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    try:
        going = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())
    finally:
        signal.signal(signal.SIGINT, old)
    with going:
        assert going.stdin
        going.stdin.write(b"a" * 1_000_000)  # more than a pipe holds: when this is done, somebody reads
        going.stdin.flush()
        going.send_signal(signal.SIGINT)
        going.stdin.close()
        going.stdin = None
        out, err = going.communicate(timeout=60)
    assert (going.returncode, out, err.strip().splitlines()[-1]) == (130, b"", b"Stopped.")
    assert b"Traceback" not in err


def test_ctrl_c_in_a_long_text_shows_what_was_done_and_ends_at_once(two, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text(f"{TEXT}\n" * 200_000, encoding="utf-8")
    command = [sys.executable, "-m", "llm_tui", "tokens", "--file", str(path), "--tokenizer", two[1]]
    with Terminal(command, environment(), columns=160) as terminal:
        terminal.wait_for("cutting with")
        began = time.monotonic()
        terminal.send("\x03")
        terminal.wait_exit()
        assert time.monotonic() - began < 10
        assert terminal.exit_code == 130
        assert terminal.text().strip().endswith("Stopped.")
        assert "cutting" not in terminal.text()


@dataclass(frozen=True)
class Deaf:
    """A job in the middle of something long that nothing can interrupt."""

    kind: ClassVar[str] = "deaf"
    name: ClassVar[Text] = Text("be deaf", "ser sordo")
    runner: ClassVar[str] = f"{__name__}:hear_nothing"
    imports: ClassVar[tuple[str, ...]] = ()

    def title(self) -> str:
        return "deaf"


def hear_nothing(job: Deaf, context: Context) -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    time.sleep(40)


def test_ctrl_c_does_not_wait_for_a_job_that_does_not_hear_it():
    before = signal.getsignal(signal.SIGINT)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        result_of(Deaf())
    assert time.monotonic() - began < 20
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_help_is_in_the_language_that_was_asked_for(language):
    command = [sys.executable, "-m", "llm_tui", "tokens", "--help", "--lang", language]
    out = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment()).stdout
    assert out.startswith("Usage:" if language == "en" else "Uso:")
    assert ("[TEXT | -]" if language == "en" else "[TEXTO | -]") in out
    foreign = ("Options:", "Show this", "default:", "The ") if language == "es" else ("Opciones", "Muestra", "La ")
    assert not [word for word in foreign if word in out]
