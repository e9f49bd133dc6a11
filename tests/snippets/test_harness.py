"""Programs run by the tests know nothing of llm_tui, and reach nobody."""

from __future__ import annotations

import pytest

from llm_tui.snippets.snippet import Snippet


def test_a_program_prints_and_reads_what_lies_beside_it(run):
    said = run(Snippet("reads", "print(open('a.txt', encoding='utf-8').read())\n", {"a.txt": "años"}))
    assert said == "años\n"


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import llm_tui.i18n\n", "llm_tui"),
        ("import urllib.request\nurllib.request.urlopen('http://huggingface.co')\n", "no other machine"),
        ("import socket\nsocket.create_connection(('192.0.2.1', 80))\n", "no other machine"),
        ("raise SystemExit('enough')\n", "enough"),
    ],
)
def test_what_a_program_may_not_do_fails_its_test(run, program, why):
    with pytest.raises(AssertionError, match=why):
        run(Snippet("strays", program))
