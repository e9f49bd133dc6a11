"""llm-tui log: what the lab wrote down, filtered, as a table that nothing in it can break."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gfm import tables
from hypothesis import given
from hypothesis import strategies as st

from llm_tui import i18n
from llm_tui.classifier.job import Training
from llm_tui.cli import cli
from llm_tui.cli import log as cli_log
from llm_tui.engine.events import Cancelled, Started
from llm_tui.lab import audit
from llm_tui.lab.lab import Lab


def entry(number: int, **changed: object) -> dict[str, object]:
    return {
        "time": f"2026-03-0{number}T10:00:00+00:00",
        "job": "generation",
        "settings": {
            "task": "prompt",
            "texts": ["sha256:" + "ab" * 32],
            "model": {"name": "google/flan-t5-small", "device": "auto", "precision": "auto"},
            "settings": {"beams": 4, "sample": False},
        },
        "device": "CPU",
        "revision": "0fc9ddf78a1e",
        "precision": "float32",
        "seconds": 1.25,
        "outcome": "finished",
        "llm_tui": "0.1.0",
        **changed,
    }


ENTRIES = [
    entry(1),
    entry(2, outcome="failed", seconds=0.5),
    entry(3, job="training", settings={"data": "news.csv", "batch_size": 32}, revision=None, precision=None),
    entry(4, job="sentiment", settings={"model": {"name": "acme/sentiment"}}, outcome="cancelled"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TZ", "UTC")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("LLM_TUI_LAB", str(tmp_path / "lab"))
    write(tmp_path / "lab", *map(json.dumps, ENTRIES))
    return tmp_path / "lab"


def write(folder: Path, *lines: str | bytes) -> None:
    folder.mkdir(exist_ok=True)
    content = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    (folder / "audit.jsonl").write_bytes(content)


def log(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ("log", *arguments), prog_name="llm-tui", catch_exceptions=False)


def as_json(*arguments: str) -> dict:
    return json.loads(log("--format", "json", *arguments).stdout)


def test_the_log_as_a_table() -> None:
    done = log()
    head, first, _, third, _ = tables(done.stdout)[0]
    assert head[:3] == ["fecha", "trabajo", "modelo"]
    assert [*first[:7], first[9]] == [
        *("2026-03-01T10:00:00+00:00", "generación de texto", "google/flan-t5-small", "0fc9ddf78a1e"),
        *("CPU", "float32", "1.25", "terminado"),
    ]
    assert first[10] == "task=prompt texts=sha256:abababab… beams=4 sample=false"
    assert third[2:4] == ["", ""]
    assert third[10] == "data=news.csv batch_size=32"
    assert "4 de 4 entradas" in done.stdout


def test_in_english() -> None:
    i18n.use("en", asked=True)
    assert tables(log().stdout)[0][0][:3] == ["time", "job", "model"]


def test_the_table_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(log("--format", "csv").stdout)))
    assert [row["trabajo"] for row in rows] == ["generación de texto"] * 2 + ["entrenamiento", "sentimiento"]


def test_json_has_the_entries_of_the_file() -> None:
    assert as_json()["rows"] == ENTRIES


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--job", "generation"], [0, 1]),
        (["--job", "gener"], []),
        (["--model", "FLAN"], [0, 1]),
        (["--model", "a"], [0, 1, 3]),
        (["--outcome", "failed"], [1]),
        (["--outcome", "cancelled"], [3]),
        (["--since", "2026-03-03"], [2, 3]),
        (["--since", "2026-03-03T10:00:00+00:00"], [2, 3]),
        (["--since", "2026-03-03T11:00:00+01:00"], [2, 3]),
        (["--since", "2026-03-03T10:00:01Z"], [3]),
        (["--last", "1"], [3]),
        (["--last", "9"], [0, 1, 2, 3]),
        (["--job", "generation", "--last", "1"], [1]),
        (["--job", "generation", "--outcome", "finished", "--model", "t5"], [0]),
    ],
)
def test_filters(arguments: list[str], left: list[int]) -> None:
    assert as_json(*arguments)["rows"] == [ENTRIES[index] for index in left]


MEASURED = {
    "joules": 3600.0,
    "seconds": 9.0,
    "source": "NVML",
    "shared": False,
    "stretches": 1,
    "measured": 1,
    "why": [],
}


@pytest.mark.parametrize(
    ("energy", "cell", "note"),
    [
        (MEASURED, "1.0", "1.0000 Wh (NVML)"),
        ({**MEASURED, "shared": True}, "1.0000 *", "1.0000 Wh (NVML); otros procesos incluidos"),
        (
            {**MEASURED, "stretches": 2, "why": ["short"]},
            "1.0000 (1/2)",
            "1.0000 Wh (NVML); 1 de 2 sin cifra: demasiado breve para medirlo",
        ),
        (
            {
                "joules": None,
                "seconds": 0,
                "source": "",
                "shared": False,
                "stretches": 1,
                "measured": 0,
                "why": ["still"],
            },
            "",
            "el contador no se mueve",
        ),
        (None, "", ""),
        ({**MEASURED, "joules": -5}, "", "no se midió en su momento"),
        ("[@click=quit]", "", "no se midió en su momento"),
    ],
)
def test_the_energy_of_a_job_never_stands_there_without_what_it_lacks(folder: Path, energy, cell, note) -> None:
    write(folder, json.dumps(entry(1, energy=energy)))
    done = log("--format", "csv")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["energía (Wh)"], row["sobre la energía"]) == (cell, note)


def test_what_the_lab_writes_is_read(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "other")
    for listener in lab.listeners(Training(batch_size=7)):
        listener(Started(1))
        listener(Cancelled(1))
    done = log("--lab", str(lab.folder), "--since", "2020-01-01")
    ((_, row),) = [tables(done.stdout)[0]]
    assert row[1] == "entrenamiento"
    assert "batch_size=7" in row[10]


def test_half_a_line_is_skipped_and_counted(folder: Path) -> None:
    half = json.dumps(entry(2))[:40]
    write(folder, json.dumps(entry(1)), half, b"\xff\xfe", "", "null", "[]", "[" * 100_000, json.dumps(entry(3)))
    done = log()
    assert [row[0][:10] for row in tables(done.stdout)[0][1:]] == ["2026-03-01", "2026-03-03"]
    assert "líneas que no se pudieron leer: 5" in done.stdout


HOSTILE = "\x1b]52;c;eA==\x07[red]x[/]|\n\u202e<unk>\x9b2J\x7f"


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_nothing_in_the_log_reaches_the_terminal(folder: Path, form: str) -> None:
    hostile = {
        name: HOSTILE if isinstance(value, str) and name != "outcome" else value for name, value in entry(1).items()
    }
    hostile["settings"] = {HOSTILE: HOSTILE, "deep": {"x": [HOSTILE]}, "model": {"name": HOSTILE}}
    write(folder, json.dumps(hostile), json.dumps(entry(2)))
    text = log("--format", form).stdout
    assert all(char.isprintable() or char == "\n" for char in text)
    if form == "md":
        assert len(tables(text)[0]) == 3
        assert "[red]x[/]|" in tables(text)[0][1][2]
    elif form == "json":
        assert json.loads(text)["rows"] == [hostile, entry(2)]


def test_a_line_that_is_nested_as_deep_as_can_be_read_breaks_no_format(folder: Path) -> None:
    deep = [f'{{"outcome": "failed", "settings": {{"x": {"[" * n}{"]" * n}}}}}' for n in range(700, 1000, 3)]
    write(folder, *deep, json.dumps(entry(1)))
    for form in ("md", "csv", "json"):
        done = log("--format", form)
        assert done.exit_code == 0
        assert "2026-03-01" in done.stdout


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_first_lines_of_a_long_log_are_written_before_the_others_are_read(folder: Path, form: str, monkeypatch):
    write(folder, *(json.dumps(entry(1, device=f"GPU {n}")) for n in range(60)))
    whole = log("--format", form, "--last", "60").stdout
    monkeypatch.setattr(cli_log, "AT_ONCE", 8)
    read: list[bytes] = []
    seen: list[tuple[int, str]] = []
    of = audit.entry_of
    monkeypatch.setattr(audit, "entry_of", lambda line: read.append(line) or of(line))
    monkeypatch.setattr(cli_log, "write", lambda text, output: seen.append((len(read), text)))
    assert log("--format", form).exit_code == 0
    assert "".join(text for _, text in seen) == whole and "GPU 59" in whole
    assert seen[0][0] < 20 and "GPU 0" in seen[0][1] and seen[-1][0] == 60


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("time", "job", "device", "revision", "precision", "seconds", "settings", "model", "name")


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON) | st.binary(max_size=30), max_size=4))
def test_whatever_stands_in_the_log_it_is_printed(tmp_path_factory: pytest.TempPathFactory, lines: list) -> None:
    folder = tmp_path_factory.mktemp("lab")
    written = [line if isinstance(line, bytes) else json.dumps({**line, "outcome": "failed"}) for line in lines]
    write(folder, *written, json.dumps(entry(1)))
    done = log("--lab", str(folder), "--since", "0001-01-02")
    assert done.exit_code == 0
    assert tables(done.stdout)[0][-1][0] == "2026-03-01T10:00:00+00:00"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    "arguments", [("--since", "yesterday"), ("--since", "0001-01-01T00:00+14:00"), ("--lab", "nowhere")]
)
def test_what_is_wrong_is_one_sentence(tmp_path, monkeypatch, arguments: tuple[str, ...], language: str) -> None:
    monkeypatch.chdir(tmp_path)
    i18n.use(language)
    done = log(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "nowhere").exists()


def test_it_is_written_to_a_file_once(tmp_path: Path) -> None:
    out = tmp_path / "log.csv"
    assert log("--format", "csv", "-o", str(out)).stdout == ""
    before = out.read_text()
    assert log("--last", "1", "-o", str(out)).exit_code == 2
    assert out.read_text() == before
    assert log("--last", "1", "-o", str(out), "--force").exit_code == 0
    assert out.read_text() != before
