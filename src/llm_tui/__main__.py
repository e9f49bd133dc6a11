"""`llm-tui` and `python -m llm_tui`."""

from __future__ import annotations

import os
import sys

from llm_tui import i18n


def main() -> None:
    i18n.choose(sys.argv[1:], os.environ)
    i18n.translate_click()
    from llm_tui.cli import cli

    cli(prog_name="llm-tui")


if __name__ == "__main__":
    main()
