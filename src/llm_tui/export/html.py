"""A Markdown document of this program's own as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from llm_tui.export.blocks import FIGURE, READER, parsed
from llm_tui.export.figure import Figure
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
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
p, li, td, th, h1, h2 {{ overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #bbb; padding: .25rem .5rem; vertical-align: top; min-width: 3.5rem; }}
th {{ background: #f0f0f0; overflow-wrap: normal; }}
p, li, td, th, h1, h2 {{ unicode-bidi: plaintext; }}
h2 {{ border-bottom: 1px solid #bbb; margin-top: 2.5rem; }}
figure {{ margin: 1rem 0; }}
figure svg {{ max-width: 100%; height: auto; }}
figcaption {{ color: #555; font-size: 90%; }}
@media print {{ table {{ display: table; font-size: 80%; }} thead {{ display: table-header-group; }} }}
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
    shown = []
    for token in parsed(markdown, figures, language):
        if token.type == FIGURE:
            token.type, token.content = "html_block", _figure(token.meta[FIGURE], language)
        shown.append(token)
    named = f'<meta name="author" content="{escape(visible(author))}">\n' if author else ""
    body = READER.renderer.render(shown, READER.options, {})
    return _PAGE.format(language=escape(language), title=escape(visible(title)), author=named, body=body)


def _figure(figure: Figure, language: str) -> str:
    caption = escape(visible(figure.title.within(language)))
    return f"<figure>{figure.svg(language)}<figcaption>{caption}</figcaption></figure>\n"
