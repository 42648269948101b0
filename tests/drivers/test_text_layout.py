"""Layout: no line is wider than the paper, an amount is never broken, and words wrap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    Element,
    QrCode,
    ReceiptDocument,
    Row,
    Rule,
    Size,
    TableRow,
    TextLine,
)
from hardware.text_cleaning import text_width
from hardware.text_layout import LaidOutLine, cells_across, lay_out, render_text, wrap
from tests.drivers.test_document import documents

columns_of_paper = st.sampled_from([32, 42, 48])


def rendered(*elements: Element, columns: int = 32) -> list[str]:
    return render_text(ReceiptDocument(elements), columns).splitlines()


@given(documents, columns_of_paper)
def test_no_line_is_wider_than_the_paper(document: ReceiptDocument, columns: int) -> None:
    for placed in lay_out(document, columns):
        if isinstance(placed, LaidOutLine):
            assert text_width(placed.text) <= cells_across(columns, placed.size)
    assert all(text_width(line) <= columns for line in render_text(document, columns).split("\n"))


@given(st.text(max_size=80), st.integers(0, 99_999_999), columns_of_paper, st.sampled_from(Size))
def test_an_amount_ends_at_the_right_edge_in_one_piece(
    name: str, minor: int, columns: int, size: Size
) -> None:
    amount = f"£{minor // 100:,}.{minor % 100:02d} A"
    laid_out = lay_out(ReceiptDocument((Row(name, amount, size=size),)), columns)
    last = laid_out[-1]
    assert isinstance(last, LaidOutLine)
    assert last.text.endswith(amount)
    assert text_width(last.text) == cells_across(columns, size)


@given(st.text("ab 日\u0301", max_size=60), st.integers(2, 20))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


def test_a_long_name_wraps_beside_its_amount() -> None:
    assert rendered(Row("Kettle Chips Sea Salt and Balsamic Vinegar 150g", "£2.35 A")) == [
        "Kettle Chips Sea Salt",
        "and Balsamic Vinegar",
        "150g                     £2.35 A",
    ]


def test_a_name_beside_a_very_wide_amount_gets_its_own_line() -> None:
    assert rendered(Row("Grand total", "£1,234,567,890.12 and pence")) == [
        "Grand total",
        "     £1,234,567,890.12 and pence",
    ]


def test_an_indent_is_kept_on_every_line() -> None:
    assert rendered(TextLine("  2 × £1.00")) == ["  2 × £1.00"]
    assert wrap("  one two three", 9) == ["  one two", "  three"]


def test_a_word_wider_than_the_paper_is_broken() -> None:
    assert wrap("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_wide_characters_count_as_two_cells_and_marks_as_none() -> None:
    assert wrap("日本語日本語", 5) == ["日本", "語日", "本語"]
    assert rendered(Row("日本茶", "£3.00")) == ["日本茶" + " " * 21 + "£3.00"]
    assert text_width("x\u0304") == 1


def test_alignment_and_double_width() -> None:
    assert rendered(TextLine("SHOP", Align.CENTER)) == [" " * 14 + "SHOP"]
    assert rendered(TextLine("SHOP", Align.RIGHT)) == [" " * 28 + "SHOP"]
    document = ReceiptDocument((TextLine("SHOP", Align.CENTER, size=Size.WIDE),))
    assert lay_out(document, 32) == [LaidOutLine(" " * 6 + "SHOP", size=Size.WIDE)]
    assert render_text(document, 32) == " " * 14 + "SHOP\n"


def test_neighbouring_table_rows_share_their_columns() -> None:
    assert rendered(
        TableRow(("VAT", "Rate", "Gross", "Net", "VAT")),
        TableRow(("A", "20%", "234.56", "195.47", "39.09")),
        TableRow(("Z", "0%", "3.00", "3.00", "0.00")),
    ) == [
        "VAT  Rate   Gross     Net    VAT",
        "A     20%  234.56  195.47  39.09",
        "Z      0%    3.00    3.00   0.00",
    ]


def test_columns_that_do_not_fit_go_on_a_line_below() -> None:
    assert rendered(
        TableRow(("VAT", "Rate", "Gross", "Net", "VAT")),
        TableRow(("A", "20%", "12,345.67", "10,288.06", "2,057.61")),
    ) == [
        "VAT  Rate      Gross         Net",
        "                             VAT",
        "A     20%  12,345.67   10,288.06",
        "                        2,057.61",
    ]


def test_rule_blank_codes_and_cut() -> None:
    assert rendered(Rule("="), Blank(2), Barcode("RN2-000001"), QrCode("x"), Cut()) == [
        "=" * 32,
        "",
        "",
        " " * 10 + "*RN2-000001*",
        " " * 13 + "[QR x]",
    ]


def test_codes_and_cut_keep_their_place_for_the_printer() -> None:
    document = ReceiptDocument((TextLine("a"), Barcode("RN2-000001"), TextLine("b"), Cut()))
    assert lay_out(document, 32) == [LaidOutLine("a"), Barcode("RN2-000001"), LaidOutLine("b"), Cut()]


def test_paper_too_narrow_to_print_on_is_refused() -> None:
    with pytest.raises(ValueError, match="16 columns"):
        lay_out(ReceiptDocument(()), 15)


def test_the_amount_and_each_cell_are_parts_of_their_line() -> None:
    (row,) = lay_out(ReceiptDocument((Row("Tea", "£1.20 A"),)), 32)
    assert isinstance(row, LaidOutLine)
    assert [row.text[start:] for start in row.parts] == ["£1.20 A"]
    (table,) = lay_out(ReceiptDocument((TableRow(("A", "20%", "12.00")),)), 32)
    assert isinstance(table, LaidOutLine)
    assert [table.text[start:].split()[0] for start in table.parts] == ["20%", "12.00"]


def test_an_amount_wider_than_the_paper_is_no_part() -> None:
    lines = lay_out(ReceiptDocument((Row("Tea", "9" * 40),)), 32)
    assert [line.parts for line in lines if isinstance(line, LaidOutLine)] == [(), (), ()]


@given(documents, columns_of_paper)
def test_parts_are_places_in_their_line_in_order(document: ReceiptDocument, columns: int) -> None:
    for placed in lay_out(document, columns):
        if isinstance(placed, LaidOutLine):
            assert list(placed.parts) == sorted(set(placed.parts))
            assert all(0 <= start <= len(placed.text) for start in placed.parts)
