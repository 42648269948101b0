"""Documents: what they hold is safe to print, and they come back from their JSON as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    DocumentInvalid,
    Element,
    QrCode,
    ReceiptDocument,
    Row,
    Rule,
    Size,
    Symbology,
    TableRow,
    TextLine,
    from_json,
    to_json,
)

texts = st.text(max_size=60)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(TextLine, texts, st.sampled_from(Align), st.booleans(), st.sampled_from(Size)),
    st.builds(Row, texts, st.text(max_size=12), st.booleans(), st.sampled_from(Size)),
    st.builds(TableRow, st.lists(texts, min_size=1, max_size=6).map(tuple)),
    st.builds(Rule),
    st.builds(Blank, st.integers(1, 50)),
    st.builds(Barcode, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30)),
    st.just(Barcode("5000159484695", Symbology.EAN13, human_readable=False)),
    st.just(QrCode("https://shop.example/r/1")),
    st.builds(Cut, st.booleans()),
)
documents = st.lists(elements, max_size=12).map(lambda listed: ReceiptDocument(tuple(listed)))


@given(documents)
def test_a_document_comes_back_from_its_json_as_it_was(document: ReceiptDocument) -> None:
    content = to_json(document)
    assert from_json(content) == document
    assert to_json(from_json(content)) == content


def test_the_json_form_is_fixed_because_old_jobs_must_print() -> None:
    document = ReceiptDocument(
        (TextLine("Café £1", Align.CENTER, bold=True, size=Size.TALL), Row("Tea", "1.20 A"), Cut())
    )
    assert to_json(document).decode() == (
        '{"v":1,"elements":['
        '{"kind":"text","text":"Café £1","align":"center","bold":true,"size":"tall"},'
        '{"kind":"row","left":"Tea","right":"1.20 A","bold":false,"size":"normal"},'
        '{"kind":"cut","partial":false}]}'
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"v":2,"elements":[]}',
        b'{"v":1,"elements":[{"kind":"hologram"}]}',
        b'{"v":1,"elements":[{"kind":"text","text":5,"align":"left","bold":false,"size":"normal"}]}',
        b'{"v":1,"elements":[{"kind":"row","left":"a","right":"b","bold":"no","size":"normal"}]}',
        b'{"v":1,"elements":[{"kind":"blank"}]}',
        b'{"v":1,"elements":["cut"]}',
    ],
)
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentInvalid):
        from_json(content)


def test_a_printer_command_in_a_name_is_taken_out() -> None:
    assert TextLine("Milk\x1b@ 1l\x9b").text == "Milk@ 1l"
    assert Row("Tea\x00\x10\x14\x01", "1.20\x07").left == "Tea"
    assert TableRow(("A\x1d", "B")).cells == ("A", "B")


def test_line_breaks_and_tabs_become_spaces_and_invisible_marks_go() -> None:
    assert TextLine("two\nlines\tand\u2028more").text == "two lines and more"
    assert TextLine("so\u00adft \u202ereversed\u200b").text == "soft reversed"


def test_a_letter_and_its_accent_become_one_character() -> None:
    assert TextLine("Cafe\u0301").text == "Café"


@given(texts)
def test_no_control_character_survives(text: str) -> None:
    cleaned = TextLine(text).text
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    "digits", ["5000159484694", "500015948469", "50001594846950", "500015948469x", "٥" * 13]
)
def test_an_ean13_with_a_wrong_check_digit_or_length_is_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="EAN-13"):
        Barcode(digits, Symbology.EAN13)


@pytest.mark.parametrize("data", ["", "naïve", "a\x1bb", "x" * 81])
def test_a_code_128_takes_printable_ascii_only(data: str) -> None:
    with pytest.raises(ValueError, match="Code 128"):
        Barcode(data)


def test_elements_that_could_not_be_printed_are_refused() -> None:
    with pytest.raises(ValueError, match="cell"):
        TableRow(())
    with pytest.raises(ValueError, match="alignments"):
        TableRow(("a", "b"), (Align.LEFT,))
    with pytest.raises(ValueError, match="rule"):
        Rule("\x1b")
    with pytest.raises(ValueError, match="rule"):
        Rule("日")
    with pytest.raises(ValueError, match="blank"):
        Blank(0)
    with pytest.raises(ValueError, match="QR"):
        QrCode("\x1b")


def test_changing_the_text_leaves_codes_alone() -> None:
    document = ReceiptDocument((TextLine("a"), Row("b", "c"), TableRow(("d",)), Barcode("e"), Cut()))
    assert document.with_text(str.upper) == ReceiptDocument(
        (TextLine("A"), Row("B", "C"), TableRow(("D",)), Barcode("e"), Cut())
    )
