"""What finds the things that are put right in a way of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from llm_tui.notebooks.code import Code, Edit
from llm_tui.notebooks.find import Find, Found, calls
from llm_tui.notebooks.names import Names

PIPELINES = ("transformers.pipeline", "transformers.pipelines.pipeline")


def task(*tasks: str, becomes: str = "", helper: str = "") -> Find:
    """A pipeline for one of the `tasks` (which may end in `*`); its call `becomes` that of what a `helper` defines."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            if names.path(call.func) not in PIPELINES:
                continue
            said = names.text(call.args[0] if call.args else _argument(call, "task"))
            if said is None or not any(said == one or (one[-1] == "*" and said.startswith(one[:-1])) for one in tasks):
                continue
            if helper and len(call.args) < 3:
                yield Found(call.lineno, (code.replace(call.func, becomes),), helper=helper)
            else:
                yield Found(call.lineno, mended=False)

    return find


def _argument(call: ast.Call, word: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == word), None)


def without_method(code: Code, call: ast.Call) -> Sequence[Edit]:
    """`tokenizer.encode_plus(...)` is `tokenizer(...)`."""
    assert isinstance(call.func, ast.Attribute)
    start, end = code.end(call.func.value), code.end(call.func)
    dotted = code.content[start:end]
    return [Edit(start + len(dotted[: dotted.rindex(b".")].rstrip()), end, "")]


def from_seq2seq_batch(code: Code, call: ast.Call) -> Sequence[Edit] | None:
    """`prepare_seq2seq_batch(a, b)` is `tokenizer(a, text_target=b)`, padded and cut off as it did by itself."""
    if len(call.args) > 2 or any(keyword.arg in (None, "max_target_length") for keyword in call.keywords):
        return None
    edits = list(without_method(code, call))
    if len(call.args) == 2:
        start = code.start(call.args[1])
        edits.append(Edit(start, start, "text_target="))
    for keyword in call.keywords:
        new = {"src_texts": "text", "tgt_texts": "text_target"}.get(keyword.arg or "")
        if new:
            start = code.start(keyword)
            edits.append(Edit(start, start + len(keyword.arg or ""), new))
    given = {keyword.arg for keyword in call.keywords}
    lacking = ", ".join(f"{word}=True" for word in ("padding", "truncation") if word not in given)
    return [*edits, code.more(call, lacking)] if lacking else edits


def target_tokenizer(code: Code, names: Names) -> Iterator[Found]:
    """`with tokenizer.as_target_tokenizer():`; inside, the tokenizer's texts are the targets."""
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.With):
            continue
        for item in node.items:
            inner = item.context_expr
            if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute)):
                continue
            if inner.func.attr != "as_target_tokenizer":
                continue
            if len(node.items) > 1 or item.optional_vars:
                yield Found(node.lineno, mended=False)
                continue
            edits = [Edit(code.start(node), code.end(inner), "if True")]
            whose = code.text(inner.func.value)
            for call in (each for statement in node.body for each in ast.walk(statement)):
                if isinstance(call, ast.Call) and call.args and code.text(call.func) == whose:
                    start = code.start(call.args[0])
                    edits.append(Edit(start, start, "text_target="))
            yield Found(node.lineno, tuple(edits))


def all_scores(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> Sequence[Edit] | None:
    """`return_all_scores`. False is what a pipeline does by itself, and `top_k` went before it. True is `top_k=None`
    where the pipeline is made; where it is called, the result would have another form.
    """
    value = keyword.value
    if _argument(call, "top_k") or (isinstance(value, ast.Constant) and not value.value):
        return [code.without(keyword, call)]
    if isinstance(value, ast.Constant) and of_pipelines(names.path(call.func)):
        return [code.replace(keyword, "top_k=None")]
    return None


def in_fewer_bits(code: Code, names: Names, call: ast.Call, keyword: ast.keyword) -> Sequence[Edit] | None:
    """`load_in_8bit=True` is a quantization_config."""
    others = {"load_in_8bit", "load_in_4bit", "quantization_config"} - {keyword.arg}
    off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
    if off:
        return [code.without(keyword, call)]
    if any(other.arg in others for other in call.keywords):
        return None
    return [code.replace(keyword, f"quantization_config=BitsAndBytesConfig({code.text(keyword)})")]


def other_tensors(*kinds: str) -> Find:
    """`return_tensors` of these kinds, which become torch's."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            for keyword in call.keywords:
                if keyword.arg == "return_tensors" and names.text(keyword.value) in kinds:
                    yield Found(keyword.lineno, (code.replace(keyword.value, '"pt"'),))

    return find


def first_text(path: str, new: Mapping[str, str]) -> Find:
    """The first argument of a call, where it is one of these texts."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            if names.path(call.func) == path and call.args:
                first = call.args[0]
                said = names.text(first)
                if said is not None and said in new:
                    literal = isinstance(first, ast.Constant)
                    edits = (code.replace(first, f'"{new[said]}"'),) if literal else ()
                    yield Found(call.lineno, edits, mended=literal)

    return find


def text_in_code(old: str, new: str) -> Find:
    """A text that is written as a whole, such as the name of an environment variable."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Constant) and node.value == old:
                yield Found(node.lineno, (code.replace(node, f'"{new}"'),))

    return find


def call_without(method: str, argument: str, unless: Sequence[str]) -> Find:
    """A call of a method, by its name, which gets one more `argument`; not where it has one of `unless`."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for call in calls(code):
            own = isinstance(call.func, ast.Attribute) and call.func.attr == method and method not in names.parameters
            if own and not any(keyword.arg is None or keyword.arg in unless for keyword in call.keywords):
                yield Found(call.lineno, (code.more(call, argument),) if argument else (), mended=bool(argument))

    return find


def called_at_all(*paths: str) -> Find:
    """Calls that stay as they are, and need something."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        return (Found(call.lineno) for call in calls(code) if names.path(call.func) in paths)

    return find


def nothing(path: str) -> Find:
    """A call that does nothing any more: None stands in its place."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if f"{node.module}.{alias.name}" == path:
                        yield Found(alias.lineno, dropped=(node, alias))
            elif isinstance(node, ast.Call) and names.path(node.func) == path:
                yield Found(node.lineno, (code.replace(node, "None"),))

    return find


def gone(package: str, *own: str) -> Find:
    """Names of a package that nothing stands in for."""

    def find(code: Code, names: Names) -> Iterator[Found]:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.ImportFrom) and node.module == package and not node.level:
                yield from (Found(alias.lineno, mended=False) for alias in node.names if alias.name in own)
            elif isinstance(node, ast.Attribute) and names.path(node) in {f"{package}.{each}" for each in own}:
                yield Found(node.lineno, mended=False)

    return find


def of_pipelines(path: str) -> bool:
    return path in PIPELINES


def of_loading(path: str) -> bool:
    return path.rpartition(".")[2] == "from_pretrained"
