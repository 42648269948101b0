"""The scanner's set-up sheet: it prints on every width, and its test codes mean what it says they do."""

import pytest

from hardware.document import Barcode, Cut, QrCode, TextLine, from_json, to_json
from hardware.scanners.setup_sheet import MAKERS, TEST_CODES, TestCode, setup_sheet
from hardware.symbologies import Symbology
from hardware.text_layout import lay_out
from till_app.domain.barcode import OtherCode, TradeItem, parse_barcode
from till_app.domain.symbology import symbology_of

MEANS = {
    "EAN-13": "05000128104517",
    "EAN-8": "00000050184323",
    "UPC-A": "00036000291452",
    "GS1-128": "05000128104517",
    "QR, GS1 Digital Link": "05000128104517",
}


@pytest.mark.parametrize("code", TEST_CODES, ids=lambda code: code.name)
def test_each_test_code_means_the_same_with_and_without_its_identifier(code: TestCode) -> None:
    for text in (code.text, *(identifier + code.text for identifier in code.identifiers)):
        parsed = parse_barcode(text)
        if code.name in MEANS:
            assert isinstance(parsed, TradeItem)
            assert parsed.gtin14 == MEANS[code.name]
        else:
            assert isinstance(parsed, OtherCode)
    assert symbology_of(code.identifiers[0] + code.text)


def test_the_gs1_codes_carry_batch_and_date() -> None:
    by_name = {code.name: code for code in TEST_CODES}
    for name in ("GS1-128", "QR, GS1 Digital Link"):
        parsed = parse_barcode(by_name[name].text)
        assert isinstance(parsed, TradeItem)
        assert parsed.details.batch == "AB-12"
        assert parsed.details.expires is not None
        assert parsed.details.expires.iso(2026) == "2030-12-31"


def test_the_sheet_has_each_code_with_what_it_must_show_and_ends_with_a_cut() -> None:
    elements = setup_sheet().elements
    codes = [element for element in elements if isinstance(element, Barcode | QrCode)]
    assert codes == [code.element for code in TEST_CODES]
    texts = [element.text for element in elements if isinstance(element, TextLine)]
    assert "]E0 5000128104517" in texts
    assert "]C1 010500012810451717301231" + "10AB-12<GS>217" in texts
    assert isinstance(elements[-1], Cut)


def test_the_sheet_names_the_family_before_its_steps_and_says_that_others_differ() -> None:
    texts = [element.text for element in setup_sheet().elements if isinstance(element, TextLine)]
    for maker in MAKERS:
        at = texts.index(maker.family)
        assert texts[at + 1].startswith("1. ")
    assert any("if the guide of your model says otherwise, it is right" in text for text in texts)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_the_sheet_fits_every_paper_and_comes_back_from_its_file(columns: int) -> None:
    document = from_json(to_json(setup_sheet()))
    assert document == setup_sheet()
    lines = lay_out(document, columns)
    assert lines
    assert Symbology.GS1_128 in [
        element.symbology for element in document.elements if isinstance(element, Barcode)
    ]
