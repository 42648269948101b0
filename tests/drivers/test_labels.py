"""Labels: what stands where, and ZPL and EPL that say so whatever a product's name holds."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hardware.document import Barcode, QrCode, Symbology
from hardware.errors import NotReadyReason
from hardware.printers.epl import EplLanguage
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.printers.label_language import Progress
from hardware.printers.labels import Label, PlacedCode, PlacedText, label_document, lay_out_label
from hardware.printers.shaping import fonts_in
from hardware.printers.status import PrinterCondition
from hardware.printers.zpl import ZplLanguage
from hardware.simulated.epl_engine import EplEngine
from hardware.simulated.escpos_text import to_text
from hardware.simulated.zpl_engine import ZplEngine
from tests.drivers.test_symbologies import GOOD

FONTS = fonts_in(Path(__file__).parents[2] / "resources" / "fonts" / "receipt")
ZPL, EPL = ZplLanguage(8, FONTS), EplLanguage(8, FONTS)
EAN = Barcode("5000159484695", Symbology.EAN13)
CRISPS = Label("Kettle Chips 150g", "£2.35", "£3.00", "£1.57 / 100g", EAN, "Aisle 4")
SIZES = st.tuples(st.integers(30, 100), st.integers(25, 100))
CODES = st.sampled_from([None, EAN, Barcode("RN1-000001"), QrCode("https://shop.example/i/1")])


@given(
    st.text(min_size=1, max_size=60).filter(str.strip), SIZES, CODES, st.sampled_from(["£1.20", "£12,345.67"])
)
def test_everything_stays_on_the_label(
    name: str, size: tuple[int, int], code: Barcode | QrCode | None, price: str
) -> None:
    label = Label(f"x{name}", price, "£9.99", "£1 / kg", code, "small", width_mm=size[0], height_mm=size[1])
    for placed in lay_out_label(label, 8):
        assert placed.x >= 0
        assert placed.y >= 0
        assert placed.x + placed.width <= size[0] * 8
        assert placed.y + placed.height <= size[1] * 8


def test_the_price_is_the_largest_text_and_the_old_one_is_struck_through() -> None:
    texts = [placed for placed in lay_out_label(CRISPS, 8) if isinstance(placed, PlacedText)]
    assert max(texts, key=lambda placed: placed.height).text == "£2.35"
    assert [placed.text for placed in texts if placed.is_struck] == ["£3.00"]
    assert {placed.text for placed in texts} >= {
        "Kettle Chips 150g",
        "£1.57 / 100g",
        "5000159484695",
        "Aisle 4",
    }


def test_a_long_name_ends_on_its_second_line() -> None:
    label = Label("Kettle Chips Sea Salt and Balsamic Vinegar of Modena Sharing Bag 150g", "£2.35")
    texts = [placed.text for placed in lay_out_label(label, 8) if isinstance(placed, PlacedText)]
    assert texts[:2] == ["Kettle Chips Sea Salt", "and Balsamic.."]
    assert texts[2:] == ["£2.35"]


@pytest.mark.parametrize(
    ("values", "words"),
    [({"name": "", "price": ""}, "name or a price"), ({"copies": 0}, "copies"), ({"width_mm": 5}, "wide")],
)
def test_labels_that_could_not_be_are_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Label(**({"name": "Tea", "price": "£1"} | values))


def test_a_receipt_printer_prints_a_label_for_each_copy() -> None:
    label = Label("Tea", "£1.20", code=EAN, copies=2)
    text = to_text(encode(label_document(label), PrinterProfile(columns=32)))
    assert text.count("*5000159484695*") == 2
    assert text.count("[cut]") == 2
    assert text.count("£1.20") == 2


# ------------------------------------------------------------------------------------------------- ZPL


def test_zpl_escapes_what_would_be_a_command_and_sends_other_signs_as_utf_8() -> None:
    job = ZPL.encode(Label("Tea ^XA~JA_1 é", "£1.20")).decode("ascii")
    assert "^FDTea _5EXA_7EJA_5F1 _C3_A9^FS" in job
    assert "^FD_C2_A31.20^FS" in job
    assert job.startswith("^XA^CI28")
    assert job.endswith("^PQ1^XZ\n")


def test_zpl_draws_what_the_printers_font_lacks_and_zebrafy_reads_the_picture() -> None:
    job = ZPL.encode(Label("حليب", "£1.20")).decode("ascii")
    assert job.count("^GFA,") == 1
    start = job.index("^GFA,")
    picture = importlib.import_module("zebrafy").ZebrafyZPL(
        f"^XA{job[start : job.index('^FS', start) + 3]}^XZ"
    )
    (image,) = picture.to_images()
    ink = image.convert("L").histogram()[0]
    assert 50 < ink < image.width * image.height / 2


@pytest.mark.parametrize(
    ("symbology", "data", "field"),
    [
        (Symbology.EAN13, "5000159484695", "^BEN,h,N,N^FH^FD500015948469^FS"),
        (Symbology.EAN8, "96385074", "^B8N,h,N,N^FH^FD9638507^FS"),
        (Symbology.UPCA, "036000291452", "^BEN,h,N,N^FH^FD003600029145^FS"),
        (Symbology.CODE39, "AB-1", "^B3N,N,h,N,N^FH^FDAB-1^FS"),
        (Symbology.ITF14, "15400141288763", "^B2N,h,N,N,N^FH^FD15400141288763^FS"),
        (Symbology.CODE128, "a^b>~1", "^BCN,h,N,N,N,N^FH^FD>:a><b>0>=1^FS"),
        (Symbology.CODE128, "1234AB", "^BCN,h,N,N,N,N^FH^FD>;1234>6AB^FS"),
        (Symbology.GS1_128, "(10)AB12(17)261124", "^BCN,h,N,N,N,N^FH^FD>:>810AB12>817261124^FS"),
    ],
)
def test_zpl_barcodes_leave_the_check_digit_to_the_printer(
    symbology: Symbology, data: str, field: str
) -> None:
    job = ZPL.encode(Label("Tea", "£1", code=Barcode(data, symbology))).decode("ascii")
    assert field in re.sub(r"(\^B[E83C2]N,(?:N,)?)\d+", r"\1h", job)


def host_status(**faults: int) -> bytes:
    at = {"paper": 0, "pause": 0, "formats": 0, "head": 0, "left": 0, "hot": 0} | faults
    first = f"014,{at['paper']},{at['pause']},0240,{at['formats']:03d},0,0,0,000,0,0,{at['hot']}"
    second = f"001,0,{at['head']},0,1,2,6,0,{at['left']:08d},1,000"
    return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in (first, second, "1234,0"))


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ({}, None),
        ({"paper": 1}, NotReadyReason.PAPER_OUT),
        ({"head": 1, "paper": 1}, NotReadyReason.COVER_OPEN),
        ({"pause": 1}, NotReadyReason.OFFLINE),
        ({"hot": 1}, NotReadyReason.PRINTER_ERROR),
    ],
)
def test_what_zpl_host_status_means(faults: dict[str, int], reason: NotReadyReason | None) -> None:
    assert ZPL.status(host_status(**faults)) == PrinterCondition(reason)


def test_zpl_is_done_when_no_format_waits_and_no_label_is_left() -> None:
    assert ZPL.progress(host_status(formats=1)) is Progress.UNDER_WAY
    assert ZPL.progress(host_status(left=3)) is Progress.UNDER_WAY
    assert ZPL.progress(host_status()) is Progress.DONE
    assert ZPL.progress(host_status(paper=1, formats=1)) is NotReadyReason.PAPER_OUT


@pytest.mark.parametrize("end", range(host_status().rindex(b"\x03")))
def test_an_incomplete_zpl_status_says_nothing_yet(end: int) -> None:
    assert ZPL.status(host_status()[:end]) is None


# ------------------------------------------------------------------------------------------------- EPL


def test_epl_text_is_what_an_independent_parser_reads() -> None:
    parse = importlib.import_module("labelscope.epl2.parser").parse
    job = EPL.encode(Label("Tea (loose)", "1.20", copies=3))
    # The parser knows no code pages and no graphics.
    commands = parse(b"\n".join(line for line in job.split(b"\n") if not line.startswith(b"I8")))
    assert [command.data for command in commands if type(command).__name__ == "ACommand"] == [
        "Tea (loose)",
        "1.20",
    ]
    assert [command.copies for command in commands if type(command).__name__ == "PCommand"] == [3]
    assert [command.width for command in commands if type(command).__name__ == "qCommand"] == [400]


def test_epl_escapes_quotes_and_sends_windows_1252() -> None:
    job = EPL.encode(Label('6" \\ pan €', "£9"))
    assert b'"6\\" \\\\ pan \x80"' in job
    assert b"I8,A,001\n" in job
    assert b'"\xa39"' in job


@pytest.mark.parametrize(("symbology", "data"), GOOD, ids=[symbology.value for symbology, _ in GOOD])
def test_epl_bars_are_drawn_and_zxing_reads_them(symbology: Symbology, data: str) -> None:
    label = Label("Tea", "£1", code=Barcode(data, symbology, human_readable=False), width_mm=100)
    (code,) = [placed for placed in lay_out_label(label, 8) if isinstance(placed, PlacedCode)]
    assert data.replace("(", "").replace(")", "")[:5] in "".join(
        read_graphics(EPL.encode(label), code.height)
    )


def test_an_epl_qr_code_is_drawn_and_zxing_reads_it() -> None:
    label = Label("Tea", "£1", code=QrCode("https://shop.example/i/1"))
    assert read_graphics(EPL.encode(label), 0) == ["https://shop.example/i/1"]


def read_graphics(job: bytes, height: int) -> list[str]:
    """What zxing-cpp reads in the `GW` graphics of that height; 0: of any."""
    judge: Any = importlib.import_module("zxingcpp")
    texts: list[str] = []
    for head in re.finditer(rb"GW\d+,\d+,(\d+),(\d+),", job):
        width_bytes, rows = int(head.group(1)), int(head.group(2))
        if height in (0, rows):
            dots = job[head.end() : head.end() + width_bytes * rows]
            picture = Image.frombytes("1", (width_bytes * 8, rows), dots).convert("L")
            bordered = ImageOps.expand(picture, border=30, fill=255)
            texts += [code.text.replace("(", "").replace(")", "") for code in judge.read_barcodes(bordered)]
    return texts


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (b"00\r\n", None),
        (b"\x0600\r\n", None),
        (b"07\r\n", NotReadyReason.PAPER_OUT),
        (b"11\r\n", NotReadyReason.COVER_OPEN),
        (b"12\r\n", NotReadyReason.OFFLINE),
        (b"50\r\n", NotReadyReason.PRINTER_ERROR),
    ],
)
def test_what_epl_error_codes_mean(received: bytes, reason: NotReadyReason | None) -> None:
    assert EPL.status(received) == PrinterCondition(reason)


def test_an_epl_printer_acknowledges_or_names_what_went_wrong() -> None:
    assert EPL.status(b"0") is None
    assert EPL.progress(b"") is None
    assert EPL.progress(b"\x06") is Progress.DONE
    assert EPL.progress(b"\x150") is None
    assert EPL.progress(b"\x1507") is NotReadyReason.PAPER_OUT


# ---------------------------------------------------------------------------------- simulated printers


@given(st.text(max_size=40), st.integers(0, 600))
def test_a_name_is_never_a_command_and_a_job_is_the_same_wherever_it_is_split(name: str, cut: int) -> None:
    label = Label(f"{name} x", "£1", code=EAN)
    for engine, job in ((ZplEngine(), ZPL.encode(label)), (EplEngine(), EPL.encode(label))):
        engine.feed(job[:cut])
        engine.feed(job[cut:])
        assert len(engine.jobs) == 1
        assert engine.jobs[0].strip() == job.strip()
