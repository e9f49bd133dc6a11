"""The frame of every screen: the line on top, the job bar and the key bar, each one line that draws itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from llm_tui.i18n import duration, tr
from llm_tui.keys import Bar, common
from llm_tui.modes import BELONGS, MODES
from llm_tui.visible import shortened, visible, width
from llm_tui.widgets.here import Held, by_key
from llm_tui.widgets.host import JobStatus, host

if TYPE_CHECKING:
    from llm_tui.lab.following import OtherWork


class FrameLine(Widget):
    ALLOW_SELECT = False
    can_focus = False
    _drawn = ""

    def get_content_height(self, container, viewport, width) -> int:  # type: ignore[no-untyped-def]
        return 1

    def on_mount(self) -> None:
        host(self).changed.subscribe(self, lambda _: self._update())
        self.app.screen_change_signal.subscribe(self, lambda _: self._update())

    def line(self) -> Content:
        """What the bar shows now."""
        return Content("")

    def render(self) -> Content:
        line = self.line()
        self._drawn = line.plain
        return line

    def _update(self) -> None:
        """Draw the line again where it reads differently, for the way to the terminal may be slow; on a screen that
        nobody sees when it is seen again.
        """
        if self.screen.is_current and self.line().plain != self._drawn:
            self.refresh()


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})


class TopBar(FrameLine):
    """The lab, the modes with the current one marked, the device."""

    def line(self) -> Content:
        app = host(self)
        tabs: list[Content] = []
        for mode in MODES:
            current = mode.name == BELONGS.get(app.current_mode, app.current_mode)
            text = f"[{mode.tab}]" if current else f" {mode.tab} "
            tab = Content.styled(text, "bold $accent" if current else "")
            tabs.append(tab.stylize(_click(f"app.switch_mode('{mode.name}')")))
        modes = Content("").join(tabs)
        room = self.size.width - modes.cell_length - 2
        note = ""
        if app.lab.read_only:
            note = tr(" (read only)", " (solo lectura)")
        elif app.lab.unsaved:
            note = tr(" (not saved)", " (sin guardar)")
        lab = visible(app.lab_name)
        left = max(room // 2, room - width(lab + note) - 1)
        device = next((text for text in app.machine.device if width(text) <= left), "")
        name = shortened(lab, room - width(device) - width(note) - 1) + note
        gap = max(1, room - width(name) - width(device))
        return Content.assemble(" ", (name, "bold"), " ", modes, " " * gap, (device, "$text-muted"))


class JobBar(FrameLine):
    """What runs, how far, how long still, what waits behind it, how to stop it. Empty when idle.

    Where there is no room for all, the bar gets shorter, then the GPU is left away, then what runs gets shorter: the
    rest is said whole.
    """

    WIDTH = 20
    SHORTEST = 6

    def line(self) -> Content:
        mine, another = host(self).status, _of_another(host(self).works)
        status = mine if mine and (mine.stoppable or not another) else another or host(self).elsewhere.status
        if status is None:
            return Content("")
        parts: list[str | tuple[str, str]] = []
        if status.seconds_left is not None:
            left = duration(status.seconds_left)
            parts.append(tr(f"  {left} left", f"  quedan {left}"))
        if status.waiting:
            parts.append(tr(f"  +{status.waiting} queued", f"  +{status.waiting} en cola"))
        if status.stoppable:
            parts += [(f"  {common('stop').shown} ", "bold $accent"), tr("stop", "detener")]
        rest = Content.assemble(*parts)
        room = self.size.width - 1 - rest.cell_length
        if not status.total:
            return Content.assemble(" ", (shortened(_what(status, room), room), "bold"), rest)
        share = status.done / status.total
        percent = f" {share:4.0%}"
        room -= 2 + len(percent)
        what = _what(status, room - self.SHORTEST)
        whole = max(self.SHORTEST, min(self.WIDTH, room - width(what)))
        full = round(share * whole)
        return Content.assemble(
            " ",
            (shortened(what, room - whole), "bold"),
            "  ",
            ("━" * full, "$accent"),
            ("─" * (whole - full), "$text-muted"),
            percent,
            rest,
        )


def _of_another(works: Sequence[OtherWork]) -> JobStatus | None:
    """What another program does in this lab, where this one does nothing: the first that can be stopped from here."""
    if not works:
        return None
    unseen = [work.working for work in works if not work.working.terminal]
    now = (unseen or [work.working for work in works])[0]
    what = tr(f"Other program: {now.said()}", f"Otro programa: {now.said()}")
    return JobStatus(what, now.done, now.total, now.seconds_left, now.waiting, stoppable=bool(unseen))


def _what(status: JobStatus, room: int) -> str:
    """What runs, with as much of where as there is room for."""
    said = (visible(f"{status.what} · {where}") for where in status.where)
    return next((text for text in said if width(text) <= room), visible(status.what))


class KeyBar(FrameLine):
    """What is possible here and now, most local first. Where there is no room for all it folds from its end, and says
    so; the keys that show the rest never fold away.
    """

    _waits = False
    _last: list[Held] | None = None

    def on_mount(self) -> None:
        self.screen.call_later(self._update)  # when all of the screen is there
        # Also when the focus moves, and when a dialog has closed.
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._update())
        # What is possible follows from all that a screen holds: what changes some of that is seen somewhere on it.
        host(self).drawn.subscribe(self, lambda screen: self._update() if screen is self.screen else None)

    def _update(self) -> None:
        """Once for all that has come: every key is asked whether it works now."""
        if not self._waits:
            self._waits = self.call_later(self._look)

    def _look(self) -> None:
        self._waits = False
        super()._update()

    def line(self) -> Content:
        """Behind a window the keys that there were before: they are asked of the window then."""
        if self._last is None or self.screen is self.app.screen:
            shown = (held for held in by_key(self.screen) if held.key.bar < Bar.NEVER)
            self._last = sorted(shown, key=lambda held: held.key.bar)
        return self._folded(self._last)

    def _folded(self, shown: Sequence[Held]) -> Content:
        pinned = [_part(held) for held in shown if held.key.bar == Bar.PINNED]
        others = [_part(held) for held in shown if held.key.bar < Bar.PINNED]
        room = self.size.width + 1 - sum(part.cell_length for part in pinned)
        parts, used = [Content(" ")], 1
        for index, part in enumerate(others):
            last = index == len(others) - 1
            if used + part.cell_length + (0 if last else MORE.cell_length) > room:
                parts.append(MORE.stylize(_click("app.help")))
                break
            parts.append(part)
            used += part.cell_length
        return Content("").join([*parts, *pinned])


MORE = Content("…  ")


def _part(held: Held) -> Content:
    part = Content.assemble((held.key.shown, "bold $accent"), f" {held.key.label}  ")
    return part.stylize(_click(f"app.press('{held.key.id}')"))
