"""A program of its own that renders chat templates: it knows nothing of llm-tui, and is ended when it takes too long.

Each line of its input is a JSON object with `template` and `variables`; each line of its output one with `text`, or
with `error`. The environment is that of transformers' `apply_chat_template`.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime
from typing import Any

MEMORY = 512 * 2**20
"""Bytes of address space, Python's own included."""

SECONDS = 10
"""Of computing, for one text."""

LONGEST = 10**7
"""Characters of a prompt."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def grant_seconds() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def environment() -> Any:
    from jinja2 import TemplateError, ext, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(ext.Extension):
        """`{% generation %}` marks what the model said; the text is the same without it."""

        tags = {"generation"}

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

        def _same(self, caller: Any) -> Any:
            return caller()

    def raise_exception(message: object) -> None:
        raise TemplateError(str(message))

    def to_json(
        value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
    ) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, ext.loopcontrols]
    )
    made.filters["tojson"] = to_json
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return made


def answer(made: Any, request: dict[str, Any]) -> dict[str, str]:
    try:
        parts, size = [], 0
        for part in made.from_string(request["template"]).generate(**request["variables"]):
            parts.append(part)
            size += len(part)
            if size > LONGEST:
                return {"error": f"more than {LONGEST:,} characters"}
        return {"text": "".join(parts).encode("utf-8", "replace").decode()}
    except MemoryError:
        return {"error": f"more than {MEMORY // 2**20} MB of memory"}
    except Exception as error:  # whatever a template does
        return {"error": (str(error).strip().splitlines() or [type(error).__name__])[0][:200]}


def main() -> None:
    limit()
    made = environment()
    for line in sys.stdin.buffer:
        grant_seconds()
        sys.stdout.write(json.dumps(answer(made, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
