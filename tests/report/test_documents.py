"""The report as PDF, Word and HTML: read back by other programs, whole, the same each time, whatever is in it."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from filled_lab import fill
from gfm import tables
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt
from pypdf import PdfReader

from llm_tui.cli import cli
from llm_tui.errors import UserError
from llm_tui.exercises import ethics
from llm_tui.exercises.checklist import COURSE_ITEMS
from llm_tui.exercises.ethics import Answers, Entry
from llm_tui.export.blocks import LONGEST_UNBROKEN, Drawing, Grid, blocks, parsed
from llm_tui.export.figure import Curves, Matrix, Series
from llm_tui.export.html import to_html
from llm_tui.export.pdf import lacking, to_pdf
from llm_tui.export.word import MARGIN, WIDTH, to_word
from llm_tui.i18n import Text
from llm_tui.lab.lab import Lab
from llm_tui.lab.whose import Whose
from llm_tui.report.document import Report
from llm_tui.visible import visible

LONG = "La palabra cuatrocientas veces más larga que su columna, " * 8


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab that no test changes, with a name of 200 letters and cells of 400."""
    lab = Lab(tmp_path_factory.mktemp("labs") / "my-lab")
    fill(lab)
    answers = lab.answers(7, ethics.Answers)
    lab.save_answers(7, answers.with_entry(COURSE_ITEMS[2].id, Entry("met", LONG, LONG, owner="x" * 90)))
    lab.save_whose(Whose("Ana Núñez de la Peña " * 9 + "#y" * 6, "B2", "LLM <b>", "2026-03-01"))
    return lab


@pytest.fixture(scope="module")
def made(full: Lab) -> dict[str, Any]:
    """Both documents of it, in Spanish."""
    report = Report.of(full, "es")
    return {"report": report, "pdf": report.pdf(), "docx": report.word()}


def bare(text: str) -> str:
    """Without what a line break adds or swallows."""
    return re.sub(r"[\s\u200b\u00ad-]", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))


def pdf_text(pdf: bytes) -> str:
    return bare("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def word(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made))


def word_text(made: bytes) -> str:
    return bare("".join(node.text or "" for node in word(made).element.body.iter(qn("w:t"))))


def test_the_pdf_has_every_cell_and_is_a_document_with_title_author_language_and_tags(made) -> None:
    text = pdf_text(made["pdf"])
    for table in tables(made["report"].markdown()):
        for row in table:
            for cell in row:
                for part in [cell] if len(cell) <= LONGEST_UNBROKEN else cell.split():  # a page may end in a long one
                    assert bare(part) in text, cell
    reader = PdfReader(io.BytesIO(made["pdf"]))
    root: Any = reader.trailer["/Root"]
    assert reader.metadata.title == "Práctica de LLM: my-lab" and reader.metadata.author.startswith("Ana Núñez")
    assert root["/Lang"] == "es" and bool(root["/MarkInfo"]["/Marked"])
    assert 8 <= len(reader.pages) <= 20
    assert [item.title for item in reader.outline[1]][:1] == ["Ejercicio 1: Clasificador de noticias: tamaños de lote"]
    sizes = {tuple(map(round, page.mediabox[2:])) for page in reader.pages}
    assert sizes == {(595, 842), (842, 595)}  # a wide table has a page on its side


def test_an_endless_word_is_broken_where_its_column_ends(made) -> None:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made["pdf"])).pages)
    runs = [len(run) for run in re.findall("x+", text.replace("\u200b", "")) if len(run) > 1]
    assert sum(runs) >= 90 and max(runs) < 40


def test_the_word_document_has_every_cell_in_tables_of_its_own_with_heads_that_repeat(made) -> None:
    document = word(made["docx"])
    read = [[[bare(cell.text) for cell in row.cells] for row in table.rows] for table in document.tables]
    assert read == [[[bare(cell) for cell in row] for row in table] for table in tables(made["report"].markdown())]
    for table in document.tables:
        assert table._tbl.tr_lst[0].find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        wide = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid)
        assert wide <= 16838 - 2 * MARGIN
    heads = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert heads == [h.removeprefix("## ") for h in made["report"].markdown().split("\n") if h.startswith("## ")]
    assert document.core_properties.title == "Práctica de LLM: my-lab"
    assert document.core_properties.author.startswith("Ana Núñez") and document.core_properties.language == "es-ES"
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {"es-ES"}
    assert document.sections[0].page_width.twips == WIDTH  # A4, whatever the library's template is


def test_a_table_too_wide_for_a_browser_has_widths_and_others_have_none(made) -> None:
    page = made["report"].html()
    wide = re.findall(r"<colgroup>(.*?)</colgroup>\s*<thead>\s*<tr>\s*<th>tema", page)
    assert len(wide) == 1 and page.count("<colgroup>") < page.count("<table>") / 2
    assert abs(sum(map(float, re.findall(r"width: ([\d.]+)%", wide[0]))) - 100) < 1


def test_a_figure_stands_behind_its_table_and_what_is_said_below_it_in_its_own_chapter(full: Lab) -> None:
    axis = Text("labels", "etiquetas")
    curve = Curves(axis, axis, axis, (Series("a", [(0, 0.2), (4, 0.5)]),), logarithmic=True)
    report = Report.of(full, "en")
    of_six = next(part for part in report.parts if part.exercise.number == 6)
    more = replace(of_six, hand_in=replace(of_six.hand_in, figures=(curve,)))
    page = replace(report, parts=tuple(more if part is of_six else part for part in report.parts)).html()
    order = [page.index(said) for said in ("<h2>Exercise 6", "<figcaption>labels", "<h2>Exercise 7")]
    assert order == sorted(order)
    order = [page.index(said) for said in ("<h2>Exercise 1", "Data: sample", "<figcaption>Loss", "<h2>Exercise 2")]
    assert order == sorted(order)


def test_figures_are_vectors_with_a_text_for_who_does_not_see_them(made) -> None:
    page = made["report"].html()
    drawn = re.findall(r"<svg.*?</svg>", page)
    assert len(drawn) == page.count("<figcaption>") == 4 and "Matriz de confusión" in page
    titles = [etree.fromstring(svg).findtext("{*}title") for svg in drawn]
    with zipfile.ZipFile(io.BytesIO(made["docx"])) as archive:
        assert sum(name.endswith(".svg") for name in archive.namelist()) == 4
        assert b"svgBlip" in archive.read("word/document.xml") and b"image/svg+xml" in archive.read(
            "[Content_Types].xml"
        )
    assert [node.get("descr") for node in word(made["docx"]).element.body.iter(qn("wp:docPr"))] == titles
    reader = PdfReader(io.BytesIO(made["pdf"]))
    size: Any = reader.trailer["/Size"]
    told = "".join(
        str(found.get_object().get("/Alt", ""))
        for found in map(reader.get_object, range(1, size))
        if hasattr(found, "get")
    )
    assert all(bare(str(title)) in bare(told) for title in titles)


def test_the_same_lab_gives_the_same_bytes(full: Lab, made) -> None:
    again = Report.of(Lab(full.folder), "es")
    assert again.pdf() == made["pdf"] and again.word() == made["docx"] and again.html() == made["report"].html()
    assert b"20" + b"26" not in b"".join(
        zipfile.ZipFile(io.BytesIO(made["docx"])).read(name) for name in ("docProps/core.xml", "docProps/app.xml")
    )


CODE = ('#panic("x")', '#read("/etc/passwd")', '#image("a.png")', "$x^2$", "_a_ *b* `c`", "<heading> @cite",
        "= Head",
        "\\u{41} // no", "[#sys.version]", "</w:t><w:br/>", "&amp; <script>alert(1)</script>", "]]> ~ --- \ufffe",
        )  # fmt: skip


def test_no_text_is_code_in_any_of_them(lab: Lab) -> None:
    said = " ; ".join(CODE)
    lab.save_answers(7, Answers(answer=said).with_entry(COURSE_ITEMS[0].id, Entry("met", said)))
    lab.save_whose(Whose(said, said, said, said))
    report = Report.of(lab, "en")
    wanted = bare(visible(said).replace("\ufffe", "⟨FFFE⟩"))
    assert pdf_text(report.pdf()).count(wanted) >= 3
    assert word_text(report.word()).count(wanted) >= 3
    assert "<script" not in report.html()


def test_a_text_from_right_to_left_begins_at_the_right() -> None:
    arabic = "مرحبا بالعالم"
    document = f"{arabic}\n\nLatin {arabic}\n\n| {arabic} | a |\n| --- | --- |\n| 1 {arabic} | b |\n"
    read = word(to_word(document, "es", "t"))
    inside = [p for row in read.tables[0].rows for cell in row.cells for p in cell.paragraphs]
    turned = [p._p.pPr is not None and p._p.pPr.find(qn("w:bidi")) is not None for p in [*read.paragraphs[:2], *inside]]
    assert turned == [True, False, True, False, True, False]
    places: dict[str, float] = {}

    def place(text: str, cm: list[float], *of: object) -> None:
        places.setdefault(text.strip()[:1], cm[4])

    page = PdfReader(io.BytesIO(to_pdf(f"{arabic} Z\n\nLatin Q\n", "es", "t"))).pages[0]
    page.extract_text(visitor_text=place)
    assert places["L"] < 100 and places["Z"] > 300


def test_a_table_of_six_hundred_rows_has_all_of_them_and_its_head_on_each_page() -> None:
    rows = "".join(f"| {n} | texto {n} con [corchetes] |\n" for n in range(600))
    table = f"| n.º | texto |\n| ---: | --- |\n{rows}"
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(table, "es", "t"))).pages]
    assert len(pages) > 9 and all("n.º" in page for page in pages) and "texto 599 con" in pages[-1]
    assert len(word(to_word(table, "es", "t")).tables[0]._tbl.tr_lst) == 601


def test_what_no_font_has_is_shown_by_its_code_and_said(lab: Lab) -> None:
    shown = "ñ ✓ ✗ ≠ → ± ⣿ ⟨202E⟩ α я"
    odd = "中文 日本 العربية 😀 \ue000"
    pdf = to_pdf(f"{shown}\n\n{odd}\n", "es", "t")
    text = pdf_text(pdf)
    assert not lacking(shown) and all(char in text for char in bare(shown))
    assert "⟨E000⟩" in text and "figuran aquí con su código" in "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages
    ).replace("\n", " ")
    absent = lacking(odd)
    assert all((f"⟨{ord(c):04X}⟩" in text) == (c in absent) for c in odd if not c.isspace())
    assert bare(odd) in word_text(to_word(odd, "es", "t"))


WRITTEN = st.text(st.sampled_from("ab |`<unk>\n\\*_[]()&#~ñ中😀!:/.$@1-+=\t"), max_size=60)


@given(written=WRITTEN)
@settings(max_examples=60)
def test_blocks_have_all_the_text_of_a_markdown_whatever_it_is(written: str) -> None:
    """Read by another way: the text of the page that the same reader makes."""
    html = (
        MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"]).render(written)
    )
    html = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', r"\2", html)
    page = "".join(etree.HTML(f"<body>{visible(html, keep_newlines=True)}").itertext())
    found = "".join(
        each.text if hasattr(each, "text") and isinstance(each.text, str) else "".join(
            run.text
            for line in ([cell for row in each.rows for cell in row] if isinstance(each, Grid) else [each.line])
            for run in line
        )
        for each in blocks(parsed(written, (), "en"))
        if not isinstance(each, Drawing)
    )  # fmt: skip
    kept = [char for char in bare(page) if char not in "⟨⟩"]
    left = list(bare(visible(found, keep_newlines=True)).replace("⟨", "").replace("⟩", ""))
    assert not (missing := [char for char in set(kept) if left.count(char) < kept.count(char)]), missing


def test_of_many_curves_each_has_a_look_of_its_own_and_a_line_of_the_legend_in_the_picture() -> None:
    axis = Text("a", "a")
    names = [f"size {n}" for n in range(20)]
    drawn = etree.fromstring(
        Curves(axis, axis, axis, tuple(Series(name, [(0, n), (1, n)], n) for n, name in enumerate(names))).svg("en")
    )
    lines = [(line.get("stroke"), line.get("stroke-dasharray")) for line in drawn.iter("{*}polyline")]
    assert len(set(lines)) == 20
    shown = [text for text in drawn.iter("{*}text") if text.text in names]
    assert len(shown) == 20 and all(float(text.get("y")) < float(drawn.get("height")) for text in shown)


@given(
    points=st.lists(st.tuples(st.floats(), st.floats()), max_size=30),
    name=st.text(max_size=40),
    logarithmic=st.booleans(),
)
@settings(max_examples=60)
def test_a_figure_of_any_numbers_and_names_is_xml_whose_places_are_numbers(points, name, logarithmic) -> None:
    head = Text(name, name)
    curves = Curves(head, head, head, (Series(name, points, spread=points),), logarithmic=logarithmic)
    matrix = Matrix(head, (name, "b"), (name, name), ((1, 0), (0, 0)))
    for svg in (curves.svg("es"), matrix.svg("es")):
        assert "nan" not in svg.split("</title>")[1].replace(name, "") or "nan" in name
        etree.fromstring(svg)
    assert to_html("x\n", "es", name, name, [curves, matrix]).count("<svg ") == 2


def test_what_cannot_be_set_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UserError, match="HTML"):
        to_pdf("x\n", "es", "t")


def test_a_pdf_that_somebody_changed_stays(full: Lab, made, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    path = lab.export("report.pdf", made["pdf"])
    assert lab.export("report.pdf", made["pdf"]) == path
    assert lab.export("report.pdf", b"%PDF another") == path  # ours, untouched: replaced
    path.write_bytes(b"signed")
    assert lab.export("report.pdf", made["pdf"]).name == "report-2.pdf" and path.read_bytes() == b"signed"


def test_the_command_writes_the_report_and_an_exercise(full: Lab, made, tmp_path: Path) -> None:
    def export(*words: str) -> bytes:
        done = CliRunner().invoke(cli, ["export", "--lab", str(full.folder), *words])
        assert done.exit_code == 0, done.output
        return done.stdout_bytes

    assert export("--format", "pdf") == made["pdf"]
    target = tmp_path / "report.docx"
    export("--format", "docx", "-o", str(target))
    assert target.read_bytes() == made["docx"]
    alone = pdf_text(export("--format", "pdf", "--exercise", "3"))
    assert "Matrizdeconfusión" in alone and "Lista" not in alone
    assert "Moderación" not in word_text(export("--format", "docx", "--exercise", "4"))
