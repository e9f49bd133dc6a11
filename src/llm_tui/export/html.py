"""A Markdown document of this program's own as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from llm_tui.export.blocks import FIGURE, READER, Grid, blocks, parsed
from llm_tui.export.figure import Figure
from llm_tui.export.layout import on_screen
from llm_tui.visible import visible

_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
{author}<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
p, li, h1, h2 {{ overflow-wrap: anywhere; }}
table {{ font-size: 80%; border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #bbb; padding: .25rem .5rem; vertical-align: top; }}
td {{ hyphens: auto; }}
th {{ background: #f0f0f0; }}
table:has(col) {{ display: table; table-layout: fixed; width: 100%; }}
table:has(col) :is(td, th) {{ overflow-wrap: anywhere; }}
p, li, td, th, h1, h2 {{ unicode-bidi: plaintext; }}
h2 {{ border-bottom: 1px solid #bbb; margin-top: 2.5rem; }}
figure {{ margin: 1rem 0; }}
figure svg {{ max-width: 100%; height: auto; }}
figcaption {{ color: #555; font-size: 90%; }}
@media print {{
  table {{ display: table; font-size: 70%; }}
  thead {{ display: table-header-group; }}
}}
</style>
</head>
<body>
{body}</body>
</html>
"""


def to_html(markdown: str, language: str, title: str, author: str = "", figures: Sequence[Figure] = ()) -> str:
    """The document with its style, and with its figures in it. HTML in the Markdown is shown, not obeyed; nothing is
    loaded from elsewhere.
    """
    tokens = parsed(markdown, figures, language)
    grids = (block for block in blocks(tokens) if isinstance(block, Grid))
    shown = []
    for token in tokens:
        if token.type == FIGURE:
            token.type, token.content = "html_block", _figure(token.meta[FIGURE], language)
        shown.append(token)
        if token.type == "table_open" and (parts := on_screen(next(grids))):
            columns = "".join(f'<col style="width: {100 * part:.1f}%">' for part in parts)
            shown.append(Token("html_block", "", 0, content=f"<colgroup>{columns}</colgroup>\n"))
    named = f'<meta name="author" content="{escape(visible(author))}">\n' if author else ""
    body = READER.renderer.render(shown, READER.options, {})
    return _PAGE.format(language=escape(language), title=escape(visible(title)), author=named, body=body)


def _figure(figure: Figure, language: str) -> str:
    caption = escape(visible(figure.title.within(language)))
    return f"<figure>{figure.svg(language)}<figcaption>{caption}</figcaption></figure>\n"
