"""The simulations themselves: they take bytes apart as the manuals say, wherever those are split."""

import pytest

from hardware.document import Barcode, Cut, QrCode, ReceiptDocument, TextLine
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.simulated.escpos_commands import split_commands
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode

JOB = encode(
    ReceiptDocument((TextLine("£1"), TextLine("日"), Barcode("RN2-1"), QrCode("x"), Cut())),
    PrinterProfile(columns=32),
)


@pytest.mark.parametrize("cut", range(0, len(JOB), 7))
def test_a_job_is_the_same_wherever_it_is_split(cut: int) -> None:
    engine = PrinterEngine()
    assert engine.feed(JOB[:cut]) + engine.feed(JOB[cut:] + b"\x1dr\x01") == b"\x00"
    assert engine.jobs == [JOB]


def test_a_question_inside_a_picture_is_part_of_the_picture() -> None:
    picture = b"\x1dv0\x00\x01\x00\x03\x00" + b"\x10\x04\x01"
    engine = PrinterEngine()
    assert engine.feed(picture) == b""
    assert engine.feed(b"\x10\x04\x01") == b"\x12"


def test_an_offline_printer_answers_at_once_and_prints_nothing() -> None:
    engine = PrinterEngine(PrinterMode.PAPER_OUT)
    assert engine.feed(JOB + b"\x1dr\x01" + b"\x10\x04\x02") == b"\x32"
    assert engine.jobs == []
    assert bytes(engine.held) == JOB + b"\x1dr\x01"


def test_a_queued_pulse_waits_and_a_real_time_pulse_does_not() -> None:
    engine = PrinterEngine(PrinterMode.OFFLINE)
    engine.feed(b"\x1bp\x00\x32\x32")
    assert engine.drawer_pins == []
    engine.feed(b"\x10\x14\x01\x01\x02")
    assert engine.drawer_pins == [5]


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (b"\x1b@\x1bt\x13\x9c5 \xd5\n", "£5 €\n"),
        (b"\x1bt\x10\xa35 \x80\n", "£5 €\n"),
        (b"\x1bt\x13\x1b@\xd5\n", "╒\n"),
        (b"\x1dk\x045000\x00\n", "*5000*\n"),
        (b"\x1dkI\x08{BA{{{C\x01\n", "*A{\x01*\n"),
        (b"a\x1bd\x02b\n\x1dVB\x00", "a\n\nb\n[cut]\n"),
        (b"a\x1bp\x01\x32\x32\n", "a\n[drawer pulse on pin 5]\n\n"),
        (b"\x1b*\x21\x02\x00abcdefend\n", "end\n"),
        (b"\x1bD\x08\x10\x00x\n", "x\n"),
        (b"ab\x1dv0\x00\x01", "ab\n[incomplete command 1d 76 30 00 01]\n"),
    ],
)
def test_bytes_as_paper_would_read(job: bytes, text: str) -> None:
    assert to_text(job) == text


def test_commands_keep_every_byte() -> None:
    commands, rest = split_commands(JOB + b"\x1b")
    assert b"".join(command.raw for command in commands) + rest == JOB + b"\x1b"
    assert rest == b"\x1b"


def test_waiting_for_what_does_not_come_ends() -> None:
    with SimulatedPrinter() as device:
        with pytest.raises(TimeoutError, match="0 of 1 jobs"):
            device.wait_for_jobs(1, timeout_s=0.01)
        with pytest.raises(TimeoutError, match="0 of 1 pulses"):
            device.wait_for_drawer(1, timeout_s=0.01)
