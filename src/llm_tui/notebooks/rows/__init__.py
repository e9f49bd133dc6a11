"""The table of what no longer works, a row each, in modules by what they are about.

Every row was held against the packages themselves: the wheels of torchtext 0.6.0 and 0.18.0, of transformers 4.45 to
5.24 and of huggingface-hub 2.4, and MIGRATION_GUIDE_V5.md of transformers; those of datasets against its own threads.
"""

from __future__ import annotations

from llm_tui.notebooks.rows import loading, pipelines, shell, tokenizers, torchtext, training

ROWS = (*torchtext.ROWS, *pipelines.ROWS, *loading.ROWS, *tokenizers.ROWS, *training.ROWS, *shell.ROWS)
