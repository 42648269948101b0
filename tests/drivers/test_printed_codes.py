"""Every code that is printed can be read: zxing-cpp decodes it from a picture of the paper."""

import importlib
from typing import Any

import pytest

from hardware.document import (
    Barcode,
    Cut,
    Element,
    QrCode,
    QrErrorLevel,
    ReceiptDocument,
    Symbology,
    TextLine,
)
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.simulated.paper import paper_picture, paper_png
from hardware.symbologies import gs1_text
from tests.drivers.test_symbologies import GOOD

NATIVE = PrinterProfile(columns=48)
"""The printer draws the bars; the picture of the paper draws them with python-barcode and qrcode."""
AS_PICTURE = PrinterProfile(columns=48, escpos_profile="POS-5890")
NARROW = PrinterProfile(columns=32)


def read_codes(job: bytes, dots_across: int) -> list[tuple[str, bytes]]:
    judge: Any = importlib.import_module("zxingcpp")
    found = judge.read_barcodes(paper_picture(job, dots_across))
    return [(code.format.name, bytes(code.bytes)) for code in found]


def codes_on_paper(profile: PrinterProfile, *elements: Element) -> list[tuple[str, bytes]]:
    return read_codes(encode(ReceiptDocument((*elements, Cut())), profile), profile.dots_across)


def expected(symbology: Symbology, data: str) -> tuple[str, bytes]:
    match symbology:
        case Symbology.UPCA:  # the same bars as the EAN-13 that begins with 0
            return "EAN13", f"0{data}".encode()
        case Symbology.GS1_128:
            return "Code128", gs1_text(data).encode()
        case Symbology.ITF14:
            return "ITF", data.encode()
        case Symbology.CODE39:
            return "Code39", data.encode()
        case Symbology.CODE128:
            return "Code128", data.encode()
        case Symbology.EAN13 | Symbology.EAN8:
            return symbology.value, data.encode()


@pytest.mark.parametrize("profile", [NATIVE, AS_PICTURE, NARROW], ids=["native", "picture", "narrow"])
@pytest.mark.parametrize(("symbology", "data"), GOOD, ids=[symbology.value for symbology, _ in GOOD])
def test_a_printed_barcode_reads_as_its_data(
    profile: PrinterProfile, symbology: Symbology, data: str
) -> None:
    found = codes_on_paper(profile, TextLine("Corner Shop"), Barcode(data, symbology))
    assert found == [expected(symbology, data)]


@pytest.mark.parametrize("profile", [NATIVE, AS_PICTURE, NARROW], ids=["native", "picture", "narrow"])
@pytest.mark.parametrize("level", list(QrErrorLevel))
@pytest.mark.parametrize("data", ["https://shop.example/r/RN1-000001", "Café € 日本 " * 12])
def test_a_printed_qr_code_reads_as_its_data(profile: PrinterProfile, level: QrErrorLevel, data: str) -> None:
    assert codes_on_paper(profile, QrCode(data.strip(), level)) == [("QRCode", data.strip().encode())]


def test_a_receipt_number_reads_even_on_the_narrowest_paper() -> None:
    assert codes_on_paper(NARROW, Barcode("RN12-000123")) == [("Code128", b"RN12-000123")]


def test_paper_shows_text_at_its_size_and_a_png_of_it_can_be_kept() -> None:
    job = encode(ReceiptDocument((TextLine("£"), TextLine("£", bold=True), Cut())), NARROW)
    picture = paper_picture(job, NARROW.dots_across)
    assert picture.width == NARROW.dots_across + 32
    assert picture.getextrema() == (0, 255)
    assert paper_png(job, NARROW.dots_across).startswith(b"\x89PNG")


def test_a_check_digit_that_does_not_fit_draws_no_bars() -> None:
    assert read_codes(b"\x1bt\x13\x1dkC\x0d5000159484694\n", 384) == []
    assert read_codes(b"\x1dkC\x0d5000159484695\n", 384) == [("EAN13", b"5000159484695")]
