"""What a GitHub Flavored Markdown parser reads in a document."""

from __future__ import annotations

import itertools

from markdown_it import MarkdownIt

from llm_tui.visible import visible


def tables(document: str) -> list[list[list[str]]]:
    """The tables as rows of cells, heads first; nothing in a cell became an element."""
    found: list[list[list[str]]] = []
    for before, token in itertools.pairwise(MarkdownIt("gfm-like").parse(document)):
        if before.type == "table_open":
            found.append([])
        if before.type == "tr_open":
            found[-1].append([])
        if before.type in ("td_open", "th_open"):
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special"}, token.content
            found[-1][-1].append("".join(child.content for child in children))
    return found


def shown(text: str) -> str:
    """What a cell shows of a text."""
    return visible(" ".join(text.split()))


def lists(document: str) -> list[list[tuple[str, str]]]:
    """The lists: of each item the bold head, and the text behind it, in which nothing became an element."""
    found: list[list[tuple[str, str]]] = []
    inside = False
    for token in MarkdownIt("gfm-like").parse(document):
        if token.type == "bullet_list_open":
            found.append([])
        inside = (inside or token.type == "list_item_open") and token.type != "list_item_close"
        if inside and token.type == "inline":
            children = token.children or []
            assert [child.type for child in children[:4]] == ["text", "strong_open", "text", "strong_close"]
            assert {child.type for child in children[4:]} <= {"text", "text_special"}, token.content
            found[-1].append((children[2].content, "".join(child.content for child in children[4:]).strip()))
    return found
