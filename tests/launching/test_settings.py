"""[slurm] in config.toml."""

from __future__ import annotations

from llm_tui.config import read_config
from llm_tui.launching.settings import Settings, read_settings


def config(tmp_path, text):
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return read_config(tmp_path / "config.toml")


def test_everything_that_can_be_set(tmp_path):
    text = (
        '[slurm]\npartition = "gpu"\naccount = "curso"\ntime = "00:30:00"\ngpus = 1\n'
        'options = ["--mem=16G", "#SBATCH --exclusive"]\nsetup = ["module load cuda"]\n'
    )
    found = Settings("gpu", "curso", "00:30:00", 1, ("--mem=16G", "#SBATCH --exclusive"), ("module load cuda",))
    read, refused = read_settings(config(tmp_path, text))
    assert (read, refused) == (found, [])
    assert read.additional() == {"mem": "16G", "exclusive": True}
    assert "gpu" in read.said() and "curso" in read.said()


def test_what_cannot_be_followed_is_said_with_its_line_and_the_rest_holds(tmp_path):
    text = '[slurm]\npartition = "gpu\\nrm -rf ~"\ngpus = "many"\noptions = ["mem 16G"]\ncolour = "red"\ntime = 30\n'
    read, refused = read_settings(config(tmp_path, text))
    assert read == Settings(time="30")
    assert [sentence.partition(": ")[0].rpartition(" ")[2] for sentence in refused] == ["2", "3", "4", "5"]


def test_without_a_table_slurm_decides(tmp_path):
    assert read_settings(config(tmp_path, "")) == (Settings(), [])
