"""How a part of a screen is set apart from the others; `panels.tcss` draws it, and the one with the focus."""

from __future__ import annotations

from typing import TypeVar

from textual.content import Content
from textual.widget import Widget

FRAMED = "framed"

W = TypeVar("W", bound=Widget)


def framed(widget: W, title: Content | str = "", flat: bool = False) -> W:
    """In a frame with its title; a flat one has a rule above it instead where the screen is not high."""
    widget.add_class(FRAMED, *(["flat"] if flat else []))
    return titled(widget, title)


def ruled(widget: W, title: Content | str = "") -> W:
    """With a rule above it that has its title."""
    widget.add_class("ruled")
    return titled(widget, title)


def barred(widget: W) -> W:
    """With a bar at its left, inside another part."""
    widget.add_class("barred")
    return widget


def titled(widget: W, title: Content | str) -> W:
    """With a title in its border, where it has one: where it is zoomed at the least."""
    if title:
        widget.border_title = title
    return widget
