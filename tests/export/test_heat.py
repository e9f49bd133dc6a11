"""A heat on paper: the figure tells sign and size without colour, the Markdown reads as the text, nothing is obeyed."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from llm_tui.export.blocks import Drawing, Grid, blocks, parsed
from llm_tui.export.heat import MOST_LETTERS, Heat, Mark
from llm_tui.export.heat_drawn import MOST_ROWS
from llm_tui.export.html import to_html
from llm_tui.export.pdf import to_pdf
from llm_tui.export.word import to_word
from llm_tui.i18n import Text
from llm_tui.visible import visible

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = "*a* <script>alert(1)</script> | [b](http://x) `c` \x1b[31m \x00 שלום 映画 & ]]> **d"


def heat(text: str, *values: float) -> Heat:
    words = re.finditer(r"\S+", text)
    marks = (Mark(word.start(), word.end(), value) for word, value in zip(words, values, strict=False))
    return Heat(Text("Why <b>", "Por qué <b>"), text, tuple(marks), Text("logit", "logit"), (Text("Made.", "Hecho."),))


def drawn(one: Heat) -> ElementTree.Element:
    return ElementTree.fromstring(one.svg("en"))


def texts(svg: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def test_the_sign_is_told_by_a_line_below_or_dashes_above_and_the_size_by_its_thickness():
    svg = drawn(heat("fine weak bad none", 1.0, 0.1, -0.6, 0.0))
    lines = list(svg.iter(f"{SVG}path"))[:3]
    assert [path.get("stroke-dasharray") for path in lines] == ["none", "none", "3 2"]
    strong, weak, against = (float(path.get("stroke-width", 0)) for path in lines)
    assert strong > against > weak
    heights = [float(path.get("d", "")[1:].split("h")[0].split()[1]) for path in lines]
    assert heights[0] == heights[1] > heights[2]
    assert "for it (line below)" in texts(svg) and "against it (dashes above)" in texts(svg)
    assert "thickest: 1 logit" in texts(svg)


def test_what_is_no_text_is_shown_and_not_obeyed():
    one = heat(HOSTILE, *range(-6, 6))
    svg = drawn(one)
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {"svg", "title", "rect", "path", "text"}
    assert visible("\x1b[31m") in texts(svg) and "<script>alert(1)</script>" in texts(svg)
    page = to_html(one.markdown("en"), "en", "t", "", [one.with_table()])
    assert "<script" not in page and page.count("<svg") == 1


def test_a_long_text_is_drawn_up_to_a_page_and_says_what_is_left_out():
    one = heat("word " * 5000, *(i / 5000 for i in range(5000)))
    svg = drawn(one)
    shown = texts(svg).count("word")
    rows = {element.get("y") for element in svg.iter(f"{SVG}text") if element.text == "word"}
    assert len(rows) == MOST_ROWS
    said = next(text for text in texts(svg) if text.startswith("Not drawn"))
    assert f"with {5000 - shown:,} more words" in said and "The largest value there: 1." in said
    assert len(one.svg("en")) < 400_000
    markdown = one.markdown("en")
    assert len(markdown) < 2 * MOST_LETTERS + 2000 and "The rest of the text is left out." in markdown


def test_it_is_told_by_the_words_with_the_largest_values():
    assert str(heat("a b c", 0.1, -2.0, 0.0).told()) == "Why <b>. Largest: b -2, a +0.1"
    assert str(heat("a").told()) == "Why <b>"


def test_the_markdown_has_the_text_with_its_values_and_a_table_of_the_largest():
    assert heat("so bad it was", 0.01, -2.0, 0.0, 1.0).markdown("en") == (
        "**Why \\<b>**\n\n"
        "so bad (-2) it was (+1)\n\n"
        "*Values under a twentieth of the largest are not written.*\n\n"
        "| word | value (logit) | share of the largest |\n"
        "| ---- | ------------: | -------------------: |\n"
        "| bad  |         -2.00 |                 1.00 |\n"
        "| was  |          1.00 |                 0.50 |\n"
        "| so   |          0.01 |                 0.01 |\n\n"
        "Made.\n"
    )


@given(text=st.text(st.sampled_from("*_`|<>[]()#-+1. ab\\~$&") | st.characters(), max_size=40))
def test_the_markdown_reads_as_the_text_whatever_is_in_it(text):
    one = Heat(Text("t", "t"), text, tuple(Mark(i, i + 1, 1.0) for i in range(0, len(text), 3)))
    told = "".join(
        visible(char) + (" (+1)" if i % 3 == 0 else "") if i % 3 == 0 else char for i, char in enumerate(text)
    )
    read = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).parse(one.inline("en"))
    shown = " ".join(
        "".join(" " if child.type == "softbreak" else child.content for child in token.children or [])
        for token in read
        if token.type == "inline"
    )
    assert [token.type for token in read if not token.type.startswith(("paragraph", "inline"))] == []
    assert shown.split() == visible(" ".join(told.split())).split()


def test_each_heat_stands_behind_its_own_table_in_every_form():
    one, other = heat("good film", 1.0, 0.5).with_table(), heat("bad film", -1.0, 0.5).with_table()
    markdown = f"# Head\n\n{one.markdown('en')}\n{other.markdown('en')}"
    order = [type(block).__name__ for block in blocks(parsed(markdown, [one, other], "en"))]
    kinds = [kind for kind in order if kind in (Grid.__name__, Drawing.__name__)]
    assert kinds == [Grid.__name__, Drawing.__name__] * 2
    assert to_pdf(markdown, "en", "t", "", [one, other]).startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(to_word(markdown, "en", "t", "", [one, other]))) as word:
        assert sum(name.endswith(".svg") for name in word.namelist()) == 2
