"""A Markdown document of this program's own as one HTML file that needs nothing else."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt

from llm_tui.visible import visible

_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }}
th, td {{ border: 1px solid #bbb; padding: .25rem .5rem; vertical-align: top; }}
th {{ background: #f0f0f0; }}
h2 {{ border-bottom: 1px solid #bbb; margin-top: 2.5rem; }}
@media print {{ table {{ display: table; font-size: 80%; }} }}
</style>
</head>
<body>
{body}</body>
</html>
"""


def to_html(markdown: str, language: str, title: str) -> str:
    """The document with its style. HTML in the Markdown is shown, not obeyed; nothing is loaded from elsewhere."""
    reader = (
        MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image", "html_inline"])
    )
    return _PAGE.format(language=escape(language), title=escape(visible(title)), body=reader.render(markdown))
