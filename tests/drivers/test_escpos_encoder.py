"""ESC/POS bytes: the code page, what is outside it, codes and cut, judged by an interpreter of our own."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import (
    Align,
    Barcode,
    Cut,
    Element,
    Feed,
    Image,
    QrCode,
    ReceiptDocument,
    Row,
    Size,
    Symbology,
    TextLine,
)
from hardware.errors import PrinterProfileInvalid
from hardware.printers.escpos_encoder import PrinterProfile, drawer_pulse, encode, real_time_pulse
from hardware.printers.print_test import HARD_CHARACTERS, print_test_page
from hardware.printers.printer_profile import Cutter, profiles
from hardware.printers.raster import code_bars
from hardware.simulated.escpos_commands import Command, split_commands
from hardware.simulated.escpos_text import to_text
from hardware.text_layout import render_text
from tests.conftest import ExpectedLogs

RESET_AND_CP858 = b"\x1b@\x1bR\x00\x1bt\x13"


def job_of(*elements: Element, profile: PrinterProfile | None = None) -> bytes:
    return encode(ReceiptDocument(elements), profile or PrinterProfile(columns=32))


def commands_of(job: bytes) -> list[Command]:
    commands, rest = split_commands(job)
    assert rest == b""
    return commands


def pictures_of(job: bytes) -> list[Command]:
    return [command for command in commands_of(job) if command.name == b"\x1dv"]


def test_a_job_begins_with_a_reset_and_selects_cp858_after_it() -> None:
    job = job_of(TextLine("£5"))
    assert job == RESET_AND_CP858 + b"\x9c5\n"
    assert job.count(b"\x1b@") == 1


def test_pound_and_euro_are_their_cp858_bytes_side_by_side() -> None:
    assert job_of(TextLine("€ £ € £")) == RESET_AND_CP858 + b"\xd5 \x9c \xd5 \x9c\n"


def test_hard_characters_read_back_in_the_selected_page() -> None:
    assert to_text(job_of(TextLine(HARD_CHARACTERS))) == HARD_CHARACTERS + "\n"


@given(st.text(bytes(range(32, 256)).decode("cp858"), max_size=100))
def test_any_text_of_the_page_prints_as_its_preview_shows(text: str) -> None:
    document = ReceiptDocument((TextLine(text), Row(text, "£1.00 A")))
    assert to_text(encode(document, PrinterProfile(columns=42))) == render_text(document, 42)


def test_typographic_signs_become_plain_ones_and_stay_text() -> None:
    assert (
        to_text(job_of(TextLine("Ben & Jerry’s – “new”…\u200950\u202fg")))
        == 'Ben & Jerry\'s - "new"... 50 g\n'
    )


@pytest.mark.parametrize(
    ("size", "dots"),
    [(Size.NORMAL, "384×30"), (Size.TALL, "384×60"), (Size.WIDE, "384×30"), (Size.LARGE, "384×60")],
)
def test_text_outside_the_page_is_printed_as_a_picture_across_the_paper(size: Size, dots: str) -> None:
    assert to_text(job_of(TextLine("before"), TextLine("Łódź", size=size), TextLine("£1"))) == (
        f"before\n[picture {dots}]\n£1\n"
    )


def test_the_amount_beside_a_foreign_name_is_drawn_at_the_right_edge() -> None:
    picture = pictures_of(job_of(Row("Łódź", "£9.99")))[0].data[6:]
    rows = [picture[start : start + 48] for start in range(0, len(picture), 48)]
    assert any(any(row[-5:]) for row in rows)
    assert any(any(row[:5]) for row in rows)
    assert not any(any(row[10:40]) for row in rows)


@pytest.mark.parametrize("character", "£€Łж")
def test_the_font_for_pictures_has_the_signs_that_matter(character: str) -> None:
    """A font shows every sign that it lacks as the same box, and never has one for U+E000."""
    assert pictures_of(job_of(TextLine(f"Ł{character}"))) != pictures_of(job_of(TextLine("Ł\ue000")))


def test_a_font_that_cannot_be_read_is_logged_and_the_receipt_still_prints(
    expected_logs: ExpectedLogs, tmp_path: Path
) -> None:
    expected_logs.expect("missing.ttf for unusual characters cannot be read")
    profile = PrinterProfile(columns=32, raster_fonts=(tmp_path / "missing.ttf",))
    assert len(pictures_of(job_of(TextLine("Łódź"), profile=profile))) == 1


def test_bold_and_sizes_are_switched_on_and_off_again() -> None:
    names = [
        (command.name, command.data)
        for command in commands_of(
            job_of(TextLine("a"), TextLine("b", Align.LEFT, bold=True, size=Size.LARGE), TextLine("c"))
        )
    ]
    assert names[3:5] == [(b"", b"a"), (b"\n", b"")]
    before_b, after_b = names[5 : names.index((b"", b"b"))], names[names.index((b"", b"b")) + 2 :]
    assert (b"\x1b!", b"\x30") in before_b
    assert (b"\x1bE", b"\x01") in before_b
    assert after_b[-4:] == [(b"\x1b!", b"\x00"), (b"\x1bE", b"\x00"), (b"", b"c"), (b"\n", b"")]


def test_a_receipt_number_is_a_code_128_with_its_digits_in_pairs_and_fits_narrow_paper() -> None:
    job = job_of(Barcode("RN2-000001"))
    assert b"\x1dkI\x0b{BRN2-{C\x00\x00\x01" in job
    assert b"\x1dw\x02" in job
    assert len(code_bars(Barcode("RN2-000001"))) == 123
    assert (123 + 20) * 2 <= 384
    assert b"\x1dw\x03" in job_of(Barcode("RN2-000001"), profile=PrinterProfile(columns=42))
    assert to_text(job) == "*RN2-000001*\n"


def test_the_digits_below_a_barcode_can_be_left_out() -> None:
    assert b"\x1dH\x02" in job_of(Barcode("A1"))
    assert b"\x1dH\x00" in job_of(Barcode("A1", human_readable=False))


def test_a_brace_in_a_code_128_is_doubled() -> None:
    assert b"{Ba{{b" in job_of(Barcode("a{b"))
    assert to_text(job_of(Barcode("a{b"))) == "*a{b*\n"


def test_an_ean13_is_sent_with_its_own_number() -> None:
    assert b"\x1dkC\x0d5000159484695" in job_of(Barcode("5000159484695", Symbology.EAN13))


def test_a_code_too_long_for_the_paper_is_drawn_thinner_and_then_written_out() -> None:
    assert to_text(job_of(Barcode("x" * 20))) == f"[picture 256×80]\n{'x' * 20}\n"
    assert to_text(job_of(Barcode("x" * 60))) == f"{'x' * 60}\n"


def test_a_printer_that_draws_no_barcodes_gets_a_picture_of_the_right_bars() -> None:
    job = job_of(Barcode("RN2-000001"), profile=PrinterProfile(columns=32, escpos_profile="POS-5890"))
    picture = pictures_of(job)[0].data
    width_bytes = int.from_bytes(picture[2:4], "little")
    first_row = "".join(f"{byte:08b}" for byte in picture[6 : 6 + width_bytes])
    assert first_row.rstrip("0")[::2] == code_bars(Barcode("RN2-000001"))


def test_code_128_bars_are_those_of_the_standard() -> None:
    start_b, letter_a, check_34, stop = "11010010000", "10100011000", "10001011000", "1100011101011"
    assert code_bars(Barcode("A")) == start_b + letter_a + check_34 + stop


def test_a_qr_code_is_drawn_by_the_printer_or_sent_as_a_picture() -> None:
    assert to_text(job_of(QrCode("https://shop.example/r/1"))) == "[QR https://shop.example/r/1]\n\n"
    profile = PrinterProfile(columns=32, escpos_profile="POS-5890")
    assert len(pictures_of(job_of(QrCode("https://shop.example/r/1"), profile=profile))) == 1


def test_cut_by_the_printers_ability() -> None:
    assert job_of(Cut()).endswith(b"\x1bd\x06\x1dV\x00")
    assert job_of(Cut(partial=True)).endswith(b"\x1bd\x06\x1dV\x01")
    assert job_of(Cut(), profile=PrinterProfile(columns=32, cutter=False)) == RESET_AND_CP858 + b"\x1bd\x04"
    only_partial = PrinterProfile(columns=32, cutter=Cutter.PARTIAL)
    assert job_of(Cut(), profile=only_partial).endswith(b"\x1bd\x06\x1dV\x01")


def test_the_drawer_pulse_by_pin() -> None:
    assert drawer_pulse(PrinterProfile(drawer_pin=2)) == b"\x1bp\x00\x32\x32"
    assert drawer_pulse(PrinterProfile(drawer_pin=5)) == b"\x1bp\x01\x32\x32"


def test_the_drawer_pulse_is_as_long_as_set_and_never_longer_than_a_coil_bears() -> None:
    assert drawer_pulse(PrinterProfile(drawer_pulse_ms=240)) == b"\x1bp\x00\x78\x78"
    assert real_time_pulse(PrinterProfile(drawer_pulse_ms=240, drawer_pin=5)) == b"\x10\x14\x01\x01\x02"
    with pytest.raises(ValueError, match="pulse"):
        PrinterProfile(drawer_pulse_ms=600)


def test_the_code_page_is_the_printers_and_is_selected_after_the_reset() -> None:
    latin_2 = PrinterProfile(columns=32, code_page="CP852")
    assert job_of(TextLine("Łódź"), profile=latin_2) == b"\x1b@\x1bR\x00\x1bt\x12\x9d\xa2d\xab\n"
    euro_of_windows = PrinterProfile(columns=32, code_page="cp1252")
    assert to_text(job_of(TextLine("€ £"), profile=euro_of_windows)) == "€ £\n"


def test_a_code_page_whose_signs_the_library_itself_lists_works_too() -> None:
    vietnamese = PrinterProfile(columns=32, escpos_profile="TM-T20II", code_page="TCVN-3-1")
    assert job_of(TextLine("ăâ"), profile=vietnamese) == b"\x1b@\x1bR\x00\x1bt\x1e\xa8\xa9\n"


def test_density_chinese_mode_and_font_b_are_set_once_at_the_start() -> None:
    dark = PrinterProfile(columns=42, font="B", density=-2, leaves_chinese_mode=True)
    assert job_of(TextLine("x"), profile=dark) == (
        b"\x1b@\x1c.\x1bR\x00\x1bt\x13\x1d(K\x02\x00\x31\xfe\x1b!\x01x\n"
    )
    assert dark.dots_across == 378
    assert b"\x1b!\x31\x1bE\x00" in job_of(TextLine("x", size=Size.LARGE), profile=dark)


def test_inverse_text_is_switched_on_and_off_again() -> None:
    names = [
        (command.name, command.data)
        for command in commands_of(job_of(TextLine("a", inverse=True), TextLine("b")))
    ]
    assert names.index((b"\x1dB", b"\x01")) < names.index((b"", b"a")) < names.index((b"\x1dB", b"\x00"))
    assert names.index((b"\x1dB", b"\x00")) < names.index((b"", b"b"))


def test_feed_moves_the_paper_by_dots() -> None:
    assert job_of(Feed(40)) == RESET_AND_CP858 + b"\x1bJ\x28"
    assert job_of(Feed(300)) == RESET_AND_CP858 + b"\x1bJ\xff\x1bJ\x2d"


def test_a_logo_is_dithered_centred_and_no_wider_than_its_share_of_the_paper(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    PIL.Image.linear_gradient("L").resize((800, 100)).save(logo)
    profile = PrinterProfile(columns=32, images={"logo": logo})
    job = job_of(Image(name="logo", width_percent=50), profile=profile)
    assert to_text(job) == "[picture 192×24]\n"
    assert b"\x1ba\x01\x1dv0" in job
    assert job.endswith(b"\x1ba\x00")
    picture = pictures_of(job)[0].data[6:]
    ink = sum(byte.bit_count() for byte in picture) / (len(picture) * 8)
    assert 0.45 < ink < 0.55
    assert job_of(Image(png=logo.read_bytes(), width_percent=50), profile=profile) == job


def test_a_logo_that_is_missing_or_no_picture_is_logged_and_the_receipt_prints(
    expected_logs: ExpectedLogs, tmp_path: Path
) -> None:
    expected_logs.expect("the picture logo cannot be printed")
    expected_logs.expect("the picture of a document cannot be printed")
    damaged = Image(png=b"\x89PNG\r\n\x1a\nnothing")
    profile = PrinterProfile(columns=32, images={"logo": tmp_path / "missing.png"})
    assert to_text(job_of(Image(name="logo"), damaged, TextLine("£1"), profile=profile)) == "£1\n"


def test_a_logo_is_left_out_by_a_printer_that_is_not_to_print_one() -> None:
    assert to_text(job_of(Image(name="logo"), TextLine("£1"))) == "£1\n"


def test_every_profile_of_the_library_encodes_a_receipt_at_its_own_width() -> None:
    document = ReceiptDocument((Row("Tea", "£1.20"), Barcode("RN2-000001"), QrCode("x"), Cut()))
    models = profiles()
    assert {"TM-T20II", "TSP600", "POS-5890"} <= {model.name for model in models}
    assert all(model.vendor and model.title and model.code_pages for model in models)
    assert {model.columns for model in models} == {32, 36, 42, 44, 48}
    for model in models:
        profile = PrinterProfile(
            columns=model.columns,
            escpos_profile=model.name,
            code_page=model.code_pages[0],
        )
        assert b"Tea" in encode(document, profile)


def test_pictures_are_as_wide_as_the_models_characters() -> None:
    narrow = PrinterProfile(columns=42, escpos_profile="TM-T20II-42col")
    assert to_text(job_of(TextLine("日"), profile=narrow)) == "[picture 552×30]\n"
    assert narrow.dots_across == 546
    assert PrinterProfile(columns=42).dots_across == 504
    assert PrinterProfile(columns=64, font="B").dots_across == 576


def test_a_qr_code_is_made_smaller_until_it_fits_the_paper() -> None:
    assert b"\x1d(k\x03\x00\x31\x43\x05" in job_of(QrCode("x"))
    assert b"\x1d(k\x03\x00\x31\x43\x03" in job_of(QrCode("x" * 900))


def test_profiles_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="pin"):
        PrinterProfile(drawer_pin=3)
    with pytest.raises(ValueError, match="barcode"):
        PrinterProfile(barcode_module_dots=1)
    with pytest.raises(PrinterProfileInvalid, match="CP858"):
        job_of(TextLine("x"), profile=PrinterProfile(escpos_profile="simple"))
    with pytest.raises(PrinterProfileInvalid, match="Typewriter"):
        job_of(TextLine("x"), profile=PrinterProfile(escpos_profile="Typewriter"))


def test_nothing_is_written_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for profile in (PrinterProfile(), PrinterProfile(columns=32, escpos_profile="POS-5890")):
        encode(print_test_page(profile.columns), profile)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_the_test_page_has_a_ruler_as_wide_as_the_paper(columns: int) -> None:
    lines = to_text(encode(print_test_page(columns), PrinterProfile(columns=columns))).splitlines()
    assert ("1234567890" * 5)[:columns] in lines
    assert "*RN1-000001*" in lines
    assert lines[-1] == "[cut]"


def test_importing_the_library_leaves_the_root_logger_alone_and_keeps_its_cache(tmp_path: Path) -> None:
    program = (
        "import logging, hardware.printers.escpos_encoder as e, sys\n"
        "assert 'escpos' not in sys.modules\n"
        "from hardware.document import ReceiptDocument\n"
        "e.encode(ReceiptDocument(()), e.PrinterProfile())\n"
        "assert 'escpos.capabilities' in sys.modules\n"
        "assert logging.getLogger().handlers == []\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ESCPOS_")}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "till-hardware").iterdir())) == 1


def test_an_application_that_logs_to_the_root_keeps_its_handlers() -> None:
    handlers = list(logging.getLogger().handlers)
    job_of(TextLine("x"))
    assert logging.getLogger().handlers == handlers
