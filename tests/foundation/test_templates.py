"""Chat templates: the text that transformers makes, and no template that keeps the program busy or fills its memory."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from llm_tui import i18n
from llm_tui.engine.job import Context, JobCancelled
from llm_tui.errors import UserError
from llm_tui.foundation import template_process, templates
from llm_tui.foundation.generation import generate
from llm_tui.foundation.job import PROMPT, Generate, ModelChoice, Settings
from llm_tui.foundation.templates import Renderer

Folders = dict[str, Path]

# Written for this test, with what the templates of these families use.
LIKE = {
    "SmolLM2": (
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        "{{ '<|start|>system\nBe brief.<|end|>\n' }}{% endif %}"
        "{{'<|start|>' + message['role'] + '\n' + message['content'] + '<|end|>' + '\n'}}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start|>assistant\n' }}{% endif %}"
    ),
    "Llama 3": (
        "{{- bos_token }}\n{%- if custom_tools is defined %}\n    {%- set tools = custom_tools %}\n{%- endif %}\n"
        "{%- if not date_string is defined %}\n    {%- set date_string = strftime_now('%Y') %}\n{%- endif %}\n"
        "{%- if not tools is defined %}{%- set tools = none %}{%- endif %}\n"
        "{%- if messages[0]['role'] == 'system' %}\n    {%- set system = messages[0]['content']|trim %}\n"
        "    {%- set messages = messages[1:] %}\n{%- else %}\n    {%- set system = '' %}\n{%- endif %}\n"
        "{{- 'Today: ' + date_string + '\n\n' }}\n{%- for message in messages %}\n"
        "    {%- if not (message.role == 'ipython' or 'tool_calls' in message) %}\n"
        "        {{- '<|h|>' + message['role'] + '<|/h|>\n\n'+ message['content'] | trim + '<|eot|>' }}\n"
        "    {%- elif 'tool_calls' in message %}{{- raise_exception('one call at a time') }}{%- endif %}\n"
        "{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|h|>assistant<|/h|>\n\n' }}\n{%- endif %}\n"
    ),
    "Qwen": (
        "{%- macro shown(content) %}{%- if content is string %}{{- content }}{%- else %}"
        "{%- for part in content %}{{- part.text }}{%- endfor %}{%- endif %}{%- endmacro %}\n"
        "{%- if tools %}\n{%- for tool in tools %}{{- tool | tojson(indent=2) }}{%- endfor %}\n{%- endif %}\n"
        "{%- set ns = namespace(last=true, index=messages|length - 1) %}\n"
        "{%- for message in messages[::-1] %}\n    {%- set index = (messages|length - 1) - loop.index0 %}\n"
        "    {%- if ns.last and message.role == 'user' and not message.content.startswith('<tool>') %}\n"
        "        {%- set ns.last = false %}\n        {%- set ns.index = index %}\n{%- break %}    {%- endif %}\n"
        "{%- endfor %}\n{%- for message in messages %}\n{{- {'role': message.role, 'ñ': ns.index} | tojson }}"
        "{% generation %}{{ shown(message.content) }}{% endgeneration %}{{- '<|end|>\n' }}\n{%- endfor %}\n"
        "{%- if add_generation_prompt %}\n    {{- '<|start|>assistant\n' }}\n"
        "    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>' }}{%- endif %}\n"
        "{%- endif %}"
    ),
}

TEXTS = ["hola", "", "  ¿Qué tal, <|end|> amiga?\n\n", "{{ 7 * 7 }} {% for %} \"'\\ 🤖 \u202e"]


@pytest.fixture
def renderer(context: Context) -> Iterator[Renderer]:
    with Renderer("mine", context) as made:
        yield made


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("family", LIKE)
def test_the_prompt_is_the_one_of_transformers(family: str, text: str, folders: Folders, renderer: Renderer) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folders["llama"])
    tokenizer.bos_token = "<|user|>"
    tokenizer.chat_template = LIKE[family]
    wanted = tokenizer.apply_chat_template(
        [{"role": "user", "content": text}], add_generation_prompt=True, enable_thinking=False, tokenize=False
    )
    assert ("<think>" in wanted) == (family == "Qwen")  # its way to say that no thinking is wanted
    assert renderer.prompt(tokenizer, text) == wanted


def test_of_several_templates_the_default_is_taken_and_without_one_it_is_said(
    folders: Folders, renderer: Renderer
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folders["llama"])
    tokenizer.chat_template = {"default": "hola", "tool_use": "x"}
    assert renderer.prompt(tokenizer, "") == "hola"
    tokenizer.chat_template = {"rag": "hola", "tool_use": "x"}
    with pytest.raises(UserError, match="no default"):
        renderer.prompt(tokenizer, "")


ENDLESS = "{% for i in range(99999) %}" * 4 + "{% endfor %}" * 4
FLOOD = "{% for i in range(99999) %}" * 2 + "{{ 'hola ' * 1000 }}" + "{% endfor %}" * 2


def chat_model(folders: Folders, folder: Path, template: str) -> Path:
    """A tiny chat model with this template in a file of its own."""
    shutil.copytree(folders["llama"], folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("chat_template", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder


def asked(folder: Path) -> Generate:
    return Generate(PROMPT, ("hola",), ModelChoice(str(folder), "cpu"), Settings(max_new_tokens=2))


def test_an_endless_template_is_stopped_like_everything_else(
    folders: Folders, tmp_path: Path, context: Context, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person's stop ends it, long before its own limit; the other way there is no end within the test."""
    monkeypatch.setattr(templates, "TICK", 0.01)
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.perf_counter())
        stop.set()

    timer = threading.Timer(1.0, press)
    folder = chat_model(folders, tmp_path / "endless", ENDLESS)
    generate(asked(folders["llama"]), context)  # all is loaded now
    timer.start()
    with pytest.raises(JobCancelled):
        generate(asked(folder), context)
    assert pressed


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (ENDLESS, "more than 1 s of computing"),
        ("{% set x = 'hola' * 10**9 %}{{ x }}", "more than 512 MB of memory"),
        (FLOOD, "characters"),
        ("{{ raise_exception('Only\nuser and assistant') }}", "Only"),
        ("{% for %}", "Expected"),
        ("{{ messages.upper() }}", "no attribute"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_template_that_makes_no_prompt_is_one_sentence(
    language: str,
    template: str,
    words: str,
    folders: Folders,
    tmp_path: Path,
    context: Context,
    short_lived: None,
) -> None:
    i18n.use(language)
    folder = chat_model(folders, tmp_path / "bad", template)
    with pytest.raises(UserError, match={"en": "chat template", "es": "plantilla de chat"}[language]) as refused:
        generate(asked(folder), context)
    assert language == "es" or words in str(refused.value)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.fixture
def short_lived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same program with one second in place of ten."""
    source = Path(template_process.__file__).read_text(encoding="utf-8")
    file = tmp_path / "template_process.py"
    file.write_text(source.replace("SECONDS = 10", "SECONDS = 1"), encoding="utf-8")
    monkeypatch.setattr(template_process, "__file__", str(file))
    monkeypatch.setattr(template_process, "SECONDS", 1)


def test_no_process_is_left_behind(context: Context) -> None:
    with Renderer("mine", context) as renderer:
        renderer.render("hola", {})
        assert renderer.process
        process = Path(f"/proc/{renderer.process.pid}")
        assert process.exists()
    assert not process.exists()
