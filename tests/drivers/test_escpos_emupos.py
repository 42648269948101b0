"""Printed text, styles, codes, cuts and pulses, judged by emupos: the one here, or what it once read."""

import pytest

from hardware.document import Barcode, Cut, Image, QrCode, ReceiptDocument, Symbology
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.printer_profile import code_page
from hardware.simulated.escpos_commands import split_commands
from hardware.text_layout import LaidOutLine, lay_out
from tests.drivers.judged_by_emupos import Judged, emupos_python, readings, recorded
from tests.drivers.judged_documents import CODES, JOBS, JudgedJob
from tests.drivers.test_printed_codes import expected

PRINTED = [name for name, job in JOBS.items() if job.pulse is None]
DRAWN_BY_THE_PRINTER = [name for name in PRINTED if JOBS[name].profile.escpos_profile == "default"]
SYMBOLOGIES = {
    Symbology.EAN13: "EAN-13", Symbology.EAN8: "EAN-8", Symbology.UPCA: "UPC-A", Symbology.ITF14: "ITF",
    Symbology.CODE39: "CODE39", Symbology.CODE128: "CODE128", Symbology.GS1_128: "CODE128",
}  # fmt: skip
NOT_SIMULATED = {"1b 52 00", "1d 28 4b 02 00 31 02"}
"""emupos knows how long the choice of a country's signs and of the density are, and does nothing for them."""


def judged(name: str) -> Judged:
    return recorded()[name]


def without_pixels(data: bytes) -> list[tuple[bytes, bytes]]:
    """As commands; of a raster picture only its size."""
    commands, rest = split_commands(data)
    assert rest == b""
    return [
        (command.name, command.data[:6] if command.name == b"\x1dv" else command.data) for command in commands
    ]


def document_of(job: JudgedJob) -> ReceiptDocument:
    """With the plain signs that a printer without the curly ones gets."""
    page = code_page(job.profile.escpos_profile, job.profile.code_page)
    plain: dict[str, str | int | None] = {"“": '"', "”": '"', "’": "'", "–": "-"}
    missing = {sign: look_alike for sign, look_alike in plain.items() if not page.has(sign)}
    return job.document.with_text(lambda text: text.translate(str.maketrans(missing)))


def papers_of(job: JudgedJob) -> list[list[str]]:
    """Each paper's lines, as emupos would write them down."""
    papers: list[list[str]] = [[]]
    for placed in lay_out(document_of(job), job.profile.columns):
        match placed:
            case Cut():
                papers.append([])
            case LaidOutLine() if not is_text(job.profile, placed):
                height = 60 if placed.size.is_tall else 30
                papers[-1].append(f"[image {job.profile.dots_across}x{height}]")
            case LaidOutLine(text=text):
                papers[-1].append(text.rstrip())
            case Barcode(data=data, symbology=symbology):
                papers[-1] += [f"[barcode {SYMBOLOGIES[symbology]} {below_bars(symbology, data)}]", ""]
            case QrCode(data=data):
                papers[-1] += [f"[qr {data}]", ""]
            case Image():
                papers[-1].append("[image 96x40]")
    for paper in papers:
        while paper and not paper[-1]:
            paper.pop()
    return [paper for paper in papers if paper]


def below_bars(symbology: Symbology, data: str) -> str:
    """What emupos writes below a code: its stars, and a gap for each sign that has no letter."""
    match symbology:
        case Symbology.CODE39:
            return f"*{data}*"
        case Symbology.GS1_128:
            return f" {data.translate(str.maketrans('', '', '()'))}"
        case _:
            return data


def styled_lines_of(job: JudgedJob) -> list[list[str]]:
    """Every line of text with its styles, and the empty line after a code."""
    lines: list[list[str]] = []
    for placed in lay_out(document_of(job), job.profile.columns):
        match placed:
            case LaidOutLine(text, bold, size, inverse) if is_text(job.profile, placed):
                styles = {
                    "bold": bold,
                    "tall": size.is_tall,
                    "wide": size.is_wide,
                    "inverse": inverse,
                    "small": job.profile.font == "B",
                }
                words = " ".join(word for word, holds in styles.items() if holds) if text else ""
                lines.append([text.rstrip(), words])
            case Barcode() | QrCode():
                lines.append(["", ""])
    return lines


def is_text(profile: PrinterProfile, line: LaidOutLine) -> bool:
    return code_page(profile.escpos_profile, profile.code_page).has(line.text)


def codes_of(job: JudgedJob) -> list[list[str]]:
    codes = []
    for element in job.document.elements:
        match element:
            case Barcode(data=data, symbology=symbology):
                name, read = expected(symbology, data)
                codes.append([name, read.decode()])
            case QrCode(data=data):
                codes.append(["QRCode", data])
    return sorted(codes)


def test_every_kind_of_job_has_been_judged() -> None:
    assert list(recorded()) == list(JOBS)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_byte_for_byte_the_one_that_emupos_has_judged(name: str) -> None:
    job = JOBS[name]
    assert judged(name).dots_across == job.profile.dots_across
    if job.is_drawn:
        assert without_pixels(job.data) == without_pixels(judged(name).data)
    else:
        assert job.data == judged(name).data


@pytest.mark.parametrize("name", JOBS)
def test_emupos_knows_every_command_and_code_page_and_nothing_is_left_over(name: str) -> None:
    read = judged(name).read
    assert set(read["not_carried_out"]) <= NOT_SIMULATED
    assert read["unknown_code_pages"] == []
    assert read["unfinished"] == ""


def test_emupos_reads_a_receipt_of_32_columns_as_a_customer_does() -> None:
    assert judged("receipt at 32 columns").read["papers"] == [
        [
            "          Corner Shop",
            "     12 High Street, Leeds",
            "     VAT No. GB 123 4567 89",
            "--------------------------------",
            "Crème brûlée à la piña",
            "colada, señor           £12.50 A",
            "  2 × £6.25",
            "Tea                      €1.00 Z",
            "Jalapeño & Gruyère £5",
            "off                     -£5.00 A",
            "================================",
            "TOTAL                      £8.50",
            "Change     £1.50",
            "      PAID",
            "            TRAINING",
            "",
            "VAT   Rate   Gross    Net    VAT",
            "A     20 %    7.50   6.25   1.25",
            "Z      0 %    1.00   1.00   0.00",
            "",
            "",
            "[barcode CODE128 RN2-000001]",
            "",
            "[qr https://shop.example/r/RN2-000001?é=€]",
            "",
            '         Thank you - "à bientôt"',
        ]
    ]


@pytest.mark.parametrize("name", DRAWN_BY_THE_PRINTER)
def test_emupos_reads_on_the_paper_what_the_document_says(name: str) -> None:
    assert judged(name).read["papers"] == papers_of(JOBS[name])


@pytest.mark.parametrize("name", DRAWN_BY_THE_PRINTER)
def test_emupos_sees_bold_tall_wide_inverse_and_small_text_where_it_is_meant(name: str) -> None:
    assert judged(name).read["lines"] == styled_lines_of(JOBS[name])


@pytest.mark.parametrize("name", PRINTED)
def test_every_code_on_the_paper_that_emupos_draws_is_read_by_zxing(name: str) -> None:
    assert judged(name).read["codes"] == codes_of(JOBS[name])


def test_codes_that_the_printer_cannot_draw_are_pictures_with_their_digits_below() -> None:
    [paper] = judged("codes that the printer cannot draw").read["papers"]
    pictures, below = paper[: 2 * len(CODES) : 2], paper[1 : 2 * len(CODES) : 2]
    assert all(picture.startswith("[image ") for picture in pictures)
    assert below == [code.data for code in CODES]


def test_emupos_cuts_where_and_as_the_knife_can() -> None:
    full, partial = 0, 1
    assert judged("receipt at 48 columns").read["cuts"] == [full]
    assert judged("gift receipt").read["cuts"] == [partial]
    assert judged("gift receipt, knife that leaves a bridge").read["cuts"] == [partial]
    assert judged("two papers").read["cuts"] == [partial, full]
    assert judged("two papers").read["ends"] == ["cut", "cut"]
    assert judged("Z report without a knife").read["ends"] == ["connection-closed"]


def test_emupos_opens_the_drawer_on_its_pin_for_the_time_that_is_set() -> None:
    assert judged("drawer on pin 2").read["pulses"] == [[2, 100]]
    assert judged("drawer on pin 5").read["pulses"] == [[5, 240]]
    assert judged("drawer on pin 2 at once").read["pulses"] == [[2, 100]]
    assert judged("drawer on pin 5 at once").read["pulses"] == [[5, 200]]
    assert all(judged(name).read["pulses"] == [] for name in PRINTED)


def test_emupos_still_reads_it_so() -> None:
    python = emupos_python()
    if python is None:
        pytest.skip(
            "emupos needs Python 3.13 and is not here: the bytes were compared with what it once read"
        )
    now = readings(python, [(job.dots_across, job.data) for job in recorded().values()])
    assert now == [job.read for job in recorded().values()]
