"""The simulations themselves: they take bytes apart as the manuals say, wherever those are split."""

import socket

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
        (b"\x1dkI\x08{BA{{{C\x01\n", "*A{01*\n"),
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


def test_automatic_status_back_reports_every_change() -> None:
    engine = PrinterEngine()
    assert engine.feed(b"\x1da\xff") == b"\x10\x00\x00\x00"
    assert engine.feed(b"Tea\n") == b""
    assert engine.recover(PrinterMode.COVER_OPEN) == b"\x38\x00\x00\x00"
    assert engine.recover(PrinterMode.PAPER_OUT) == b"\x18\x00\x0f\x00"
    assert engine.recover(PrinterMode.NEAR_END) == b"\x10\x00\x03\x00"
    assert engine.recover(PrinterMode.CUTTER_JAM) == b"\x18\x08\x00\x00"
    engine.recover()
    engine.drawer_is_open = True
    assert engine.report() == b"\x14\x00\x00\x00"
    assert engine.report() == b""
    assert engine.feed(b"\x1da\x00") == b""
    assert engine.recover(PrinterMode.COVER_OPEN) == b""


def test_reports_reach_a_client_that_is_only_listening() -> None:
    with SimulatedPrinter() as device, socket.create_connection((device.host, device.port)) as client:
        client.settimeout(5)
        client.sendall(b"\x1da\xff")
        assert client.recv(4) == b"\x10\x00\x00\x00"
        device.open_drawer_by_key()
        assert client.recv(4) == b"\x14\x00\x00\x00"
        device.close_drawer()
        assert client.recv(4) == b"\x10\x00\x00\x00"
        assert device.drawer_pins == []


@pytest.mark.parametrize(
    ("mode", "answers"),
    [
        (PrinterMode.CUTTER_JAM, b"\x1a\x52\x1a\x12"),
        (PrinterMode.UNRECOVERABLE, b"\x1a\x52\x32\x12"),
        (PrinterMode.OVERHEATED, b"\x1a\x52\x52\x12"),
        (PrinterMode.HUNG, b"\x12\x12\x12\x12"),
    ],
)
def test_faults_show_in_their_own_status_bits(mode: PrinterMode, answers: bytes) -> None:
    engine = PrinterEngine(mode)
    assert engine.feed(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04") == answers


def test_the_drawers_pin_follows_the_drawer_at_either_polarity() -> None:
    for open_is_high, levels in ((True, b"\x12\x16"), (False, b"\x16\x12")):
        engine = PrinterEngine(open_drawer_is_high=open_is_high)
        closed = engine.feed(b"\x10\x04\x01")
        engine.feed(b"\x1bp\x00\x32\x32")
        assert closed + engine.feed(b"\x10\x04\x01") == levels
        assert engine.feed(b"\x1dr\x02") == (b"\x01" if open_is_high else b"\x00")


def test_what_is_for_the_display_is_passed_on_and_not_printed() -> None:
    engine = PrinterEngine()
    engine.feed(b"a\n\x1b=\x02\x0c\x1bQATea     \x9c1\r\x1b=\x01b\n\x1dr\x01")
    assert bytes(engine.display_bytes) == b"\x0c\x1bQATea     \x9c1\r"
    assert engine.jobs == [b"a\nb\n"]


def test_a_slow_printer_prints_as_far_as_it_is_let() -> None:
    engine = PrinterEngine(print_budget_bytes=0)
    assert engine.feed(b"Tea\nMilk\n\x1dr\x01") == b""
    assert engine.let_print(5) == b""
    assert engine.jobs == []
    assert engine.let_print(100) == b"\x00"
    assert engine.jobs == [b"Tea\nMilk\n"]


def test_a_printer_that_resumes_prints_what_it_held_with_the_new_roll() -> None:
    engine = PrinterEngine(PrinterMode.PAPER_OUT, resumes=True)
    engine.feed(b"Tea\n\x1dr\x01")
    assert engine.recover() == b"\x00"
    assert engine.jobs == [b"Tea\n"]
    assert engine.held == b""


def test_the_maker_and_model_can_be_asked() -> None:
    engine = PrinterEngine()
    assert engine.feed(b"\x1dI\x42\x1dI\x43\x1dI\x01") == b"_EPSON\0_TM-T20II\0\x20"


def test_faults_can_be_switched_while_a_client_is_connected() -> None:
    with SimulatedPrinter() as device, socket.create_connection((device.host, device.port)) as client:
        client.settimeout(5)
        client.sendall(b"\x10\x04\x01")
        assert client.recv(1) == b"\x12"
        device.mode = PrinterMode.COVER_OPEN
        client.sendall(b"\x10\x04\x02")
        assert client.recv(1) == b"\x16"
        device.mode = PrinterMode.OK
        device.die_after = 10
        client.sendall(b"Tea and biscuits\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        assert device.broken_jobs == [b"Tea "]
