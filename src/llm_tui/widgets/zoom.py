"""One panel of a screen over the whole of it, and back."""

from __future__ import annotations

from textual.events import DescendantFocus
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher

PANEL = "panel"
"""The class of what is zoomed as a whole, wherever in it the focus is; other widgets are zoomed by themselves."""


class ZoomScreen(Screen[None]):
    """Zooms the panel in which the focus is; without a focus, the pane that is shown."""

    ALLOW_IN_MAXIMIZED_VIEW = "Notices,NextStep,JobBar,KeyBar"

    def action_zoom(self) -> None:
        self.maximized = None if self.maximized else self._panel()
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def _panel(self) -> Widget | None:
        pane = next((switcher.visible_content for switcher in self.query(ContentSwitcher)), None)
        inside = self.focused or pane or next(iter(self.focus_chain), None)
        if inside is None:
            return None
        around = [node for node in inside.ancestors_with_self if isinstance(node, Widget) and node.has_class(PANEL)]
        return around[-1] if around else inside

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A key that goes to another panel leads out of this one."""
        if self.maximized is not None and self.maximized not in event.widget.ancestors_with_self:
            self.minimize()
