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
    Feed,
    Image,
    QrCode,
    QrErrorLevel,
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
from hardware.text_cleaning import clusters, text_width

SMALLEST_PNG = b"\x89PNG\r\n\x1a\nand so on"
texts = st.text(max_size=60)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(TextLine, texts, st.sampled_from(Align), st.booleans(), st.sampled_from(Size)),
    st.builds(Row, texts, st.text(max_size=12), st.booleans(), st.sampled_from(Size)),
    st.builds(TableRow, st.lists(texts, min_size=1, max_size=6).map(tuple)),
    st.builds(Rule),
    st.builds(Blank, st.integers(1, 50)),
    st.builds(Barcode, st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30)),
    st.just(Barcode("5000159484695", Symbology.EAN13, human_readable=False)),
    st.builds(QrCode, st.just("https://shop.example/r/1"), st.sampled_from(QrErrorLevel)),
    st.builds(TextLine, texts, inverse=st.booleans()),
    st.just(Barcode("96385074", Symbology.EAN8)),
    st.just(Image(name="logo", width_percent=60)),
    st.just(Image(png=SMALLEST_PNG)),
    st.builds(Feed, st.integers(1, 2000)),
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


def test_only_what_is_new_needs_the_new_format_so_that_the_program_before_prints_the_rest() -> None:
    old = ReceiptDocument((TextLine("a"), Barcode("RN1-1"), QrCode("x"), Cut()))
    assert to_json(old).startswith(b'{"v":1,')
    new: tuple[Element, ...] = (
        TextLine("a", inverse=True),
        Barcode("96385074", Symbology.EAN8),
        QrCode("x", QrErrorLevel.H),
        Image(name="logo"),
        Feed(40),
    )
    for element in new:
        assert to_json(ReceiptDocument((TextLine("a"), element))).startswith(b'{"v":2,')


def test_a_document_of_the_program_before_still_loads() -> None:
    content = b'{"v":1,"elements":[{"kind":"qr","data":"x"},{"kind":"cut","partial":true}]}'
    assert from_json(content) == ReceiptDocument((QrCode("x"), Cut(partial=True)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"v":2,"elements":[{"kind":"image","png":"bm8=","width_percent":50}]}',
        b'{"v":2,"elements":[{"kind":"image","png":"%%%","width_percent":50}]}',
        b'{"v":2,"elements":[{"kind":"image","name":"logo","width_percent":"all"}]}',
        b'{"v":2,"elements":[{"kind":"feed","dots":0}]}',
        b"\xff",
        b"[]",
        b"null",
        b'{"v":3,"elements":[]}',
        b'{"v":0,"elements":[]}',
        b'{"v":true,"elements":[]}',
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


def test_an_emoji_of_several_characters_stays_whole_and_takes_two_cells() -> None:
    family, england, thumb = (
        "👨‍👩‍👧",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "👍🏽",
    )
    assert TextLine(f"{family}{england}{thumb}").text == family + england + thumb
    assert [text_width(emoji) for emoji in (family, england, thumb, "🇬🇧", "❤️", "😀")] == [2] * 6
    assert clusters(f"a{family}🇬🇧e\u0304") == ["a", family, "🇬🇧", "e\u0304"]


def test_tags_that_are_no_flag_hide_no_text() -> None:
    assert TextLine("tea\U000e0061\U000e0062").text == "tea"


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
    with pytest.raises(ValueError, match="feed"):
        Feed(0)
    with pytest.raises(ValueError, match="either"):
        Image()
    with pytest.raises(ValueError, match="either"):
        Image(png=SMALLEST_PNG, name="logo")
    with pytest.raises(ValueError, match="PNG"):
        Image(png=b"GIF89a")
    with pytest.raises(ValueError, match="width"):
        Image(name="logo", width_percent=0)
    with pytest.raises(ValueError, match="QR"):
        QrCode("\x1b")


def test_changing_the_text_leaves_codes_alone() -> None:
    document = ReceiptDocument((TextLine("a"), Row("b", "c"), TableRow(("d",)), Barcode("e"), Cut()))
    assert document.with_text(str.upper) == ReceiptDocument(
        (TextLine("A"), Row("B", "C"), TableRow(("D",)), Barcode("e"), Cut())
    )
