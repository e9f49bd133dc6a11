"""The hand-in as one Word document, without Word: headings, lists and tables are Word's own, figures its pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from llm_tui.export.blocks import Block, Code, Drawing, Grid, Heading, Line, Paragraph, Run, blocks, is_leftward, parsed
from llm_tui.export.figure import Figure
from llm_tui.export.layout import Placed, Wide, laid_out
from llm_tui.export.pdf import to_png
from llm_tui.visible import legal, visible

MEDIA_TYPE = "image/svg+xml"

LANGUAGES = {"es": "es-ES", "en": "en-US"}

WIDTH, HEIGHT, MARGIN = 11906, 16838, 1134
"""Of A4, in twentieths of a point."""

EMU = 12700
"""Of Word's drawings, in a point."""

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Of every file in the archive: ZIP knows no earlier time."""


def to_word(markdown: str, language: str, title: str, author: str = "", figures: Sequence[Figure] = ()) -> bytes:
    """The document with its figures as .docx on A4. The same document gives the same bytes."""
    import docx

    document = docx.Document()
    _set_up(document, language, legal(visible(title)), legal(visible(author)))
    for each in laid_out(list(blocks(parsed(markdown, figures, language)))):
        if isinstance(each, Wide):
            _on_its_side(document, each, language)
        else:
            _add(document, each, WIDTH - 2 * MARGIN, language)
    made = io.BytesIO()
    document.save(made)
    return _without_times(made)


def _set_up(document: Any, language: str, title: str, author: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, Twips

    section, properties = document.sections[0], document.core_properties
    section.page_width, section.page_height = Twips(WIDTH), Twips(HEIGHT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Twips(MARGIN)
    properties.title, properties.author, properties.language = title[:255], author[:255], LANGUAGES[language]
    properties.comments = properties.last_modified_by = ""
    for name in ("dcterms:created", "dcterms:modified"):  # those of the library's template
        for element in properties._element.findall(qn(name)):
            properties._element.remove(element)
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), LANGUAGES[language])
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(10.5)


def _on_its_side(document: Any, wide: Wide, language: str) -> None:
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Twips

    for orient, size in ((WD_ORIENT.LANDSCAPE, (HEIGHT, WIDTH)), (WD_ORIENT.PORTRAIT, (WIDTH, HEIGHT))):
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation, (section.page_width, section.page_height) = orient, map(Twips, size)
        for each in wide.inside if orient == WD_ORIENT.LANDSCAPE else ():
            _add(document, each, HEIGHT - 2 * MARGIN, language)


def _add(document: Any, placed: Placed, line: int, language: str) -> None:
    """`line` is the room between the margins, in twentieths of a point."""
    from docx.shared import Cm

    block: Block = placed.block
    match block:
        case Heading(level, text):
            _write(document.add_heading("", min(level, 9)), text)
        case Paragraph(text, bullet, depth):
            style = "List Bullet" if bullet == "•" else "Normal"
            paragraph = document.add_paragraph(style=style)
            paragraph.paragraph_format.keep_with_next = placed.sticky or None
            if depth > 1 or bullet not in ("", "•"):
                paragraph.paragraph_format.left_indent = Cm(0.6 * depth)
            _write(paragraph, (*((Run(f"{bullet} "),) if bullet not in ("", "•") else ()), *text))
        case Code(text):
            _write(document.add_paragraph(), (Run(text, code=True),))
        case Grid():
            _append(document, _table(block, placed, line))
            document.add_paragraph().paragraph_format.space_after = 0
        case Drawing(figure):
            _draw(document, figure, line, language)


def _write(paragraph: Any, line: Line) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    leftward = is_leftward(line)
    if leftward:
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc")
    for run in line:
        written = paragraph.add_run(run.text)
        written.bold, written.italic, written.font.strike = run.bold or None, run.italic or None, run.struck or None
        written.font.rtl = leftward or None
        if run.code:
            written.font.name, written.font.size = "Consolas", Pt(9)


def _append(document: Any, xml: str) -> None:
    """At the end of the body, before what the last section says of itself."""
    from docx.oxml import parse_xml

    document.element.body.sectPr.addprevious(parse_xml(xml))


def _table(grid: Grid, placed: Placed, line: int) -> str:
    """As XML: python-docx looks all cells through for each that it fills."""
    widths = [round(share * line) for share in placed.shares]
    columns = "".join(f'<w:gridCol w:w="{wide}"/>' for wide in widths)
    rows = "".join(
        f"<w:tr><w:trPr>{'<w:cantSplit/>' if grid.unbroken(n) else ''}{'' if n else '<w:tblHeader/>'}</w:trPr>"
        + "".join(
            _cell(cell, wide, right, placed.points, not n)
            for cell, wide, right in zip(row, widths, grid.numeric, strict=True)
        )
        + "</w:tr>"
        for n, row in enumerate(grid.rows)
    )
    return (
        f'<w:tbl xmlns:w="{_W}"><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:firstRow="1"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}'
        "</w:tbl>"
    )


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _cell(line: Line, wide: int, right: bool, points: float, head: bool) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EEEEEE"/>' if head else ""
    leftward = is_leftward(line)
    aligned = '<w:jc w:val="right"/>' if right and not leftward else ""
    size = f'<w:sz w:val="{round(points * 2)}"/>'
    runs = "".join(
        f"<w:r><w:rPr>{'<w:b/>' if head or run.bold else ''}{'<w:i/>' if run.italic else ''}"
        f"{'<w:strike/>' if run.struck else ''}{size}{'<w:rtl/>' if leftward else ''}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(run.text)}</w:t></w:r>'
        for run in line
    )
    turned = "<w:bidi/>" if leftward else ""
    spaced = f'<w:pPr>{turned}<w:spacing w:after="20" w:line="240" w:lineRule="auto"/>{aligned}</w:pPr>'
    return f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{shade}</w:tcPr><w:p>{spaced}{runs}</w:p></w:tc>'


def _draw(document: Any, figure: Figure, line: int, language: str) -> None:
    """An SVG, which Word 2016 and later draw, in a PNG for all others; its caption below."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn
    from docx.shared import Emu

    svg = figure.svg(language)
    wide = min(figure.width, line / 20 * 0.9)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    picture = paragraph.add_run().add_picture(io.BytesIO(to_png(svg, figure.width)), width=Emu(round(wide * EMU)))
    number = sum(part.content_type == MEDIA_TYPE for part in document.part.package.iter_parts()) + 1
    part = Part(PackURI(f"/word/media/figure{number}.svg"), MEDIA_TYPE, svg.encode(), document.part.package)
    related = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    for blip in picture._inline.iter(qn("a:blip")):
        blip.append(parse_xml(_SVG_IN_IT.format(related=quoteattr(related))))
    picture._inline.docPr.set("descr", legal(visible(figure.told().within(language))))
    document.add_paragraph(legal(visible(figure.title.within(language))), style="Caption")


_SVG_IN_IT = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed={related}/>'
    "</a:ext></a:extLst>"
)


def _without_times(made: io.BytesIO) -> bytes:
    """The same archive, with no trace of when it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, EARLIEST), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
