"""The receipt printer: in every way that it can fail, the outcome says whether anything may be on paper."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.addresses import parse_address
from hardware.document import Barcode, Cut, ReceiptDocument, Row, TextLine
from hardware.errors import DeviceRefused, NotReadyReason
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.printers.receipt_printer import (
    DrawerKicked,
    DrawerOutcome,
    NotSent,
    OpenDrawer,
    Patience,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.status import AnswerReader, PrinterCondition, Question, condition
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.pty_pair import PtyPair
from hardware.text_layout import render_text
from hardware.transports.base import JobEnd
from hardware.transports.tcp import TcpTransport

RECEIPT = ReceiptDocument((TextLine("Corner Shop"), Row("Tea", "£1.20 A"), Barcode("RN2-000001"), Cut()))
PICTURES = ReceiptDocument((TextLine("日"),) * 60)
"""87 kB: more than small buffers hold."""
STATUS_QUESTIONS_BYTES = 9
PROFILE = PrinterProfile(columns=32)
IMPATIENT = Patience(status_s=0.1, shortest_write_s=0.3, shortest_print_s=0.2, print_line_s=0)
"""For printers that will not answer."""


def printer_at(
    address: str, *, patience: Patience | None = None, trust_silence: bool = False, drawer_pin: int = 2
) -> ReceiptPrinter:
    profile = PrinterProfile(columns=32, drawer_pin=drawer_pin)
    return ReceiptPrinter(
        parse_address(address).open, profile, trust_silence=trust_silence, patience=patience
    )


class SmallBufferTcp(TcpTransport):
    """On loopback two megabytes are swallowed before a stall is felt; here a few kilobytes."""

    bytes_per_s = 10_000_000.0

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------------------------------- printing


def test_a_receipt_is_printed_once_and_confirmed() -> None:
    with SimulatedPrinter() as device:
        assert printer_at(device.address).print_document(RECEIPT) == Printed()
        assert device.jobs == [encode(RECEIPT, PROFILE)]
        text = to_text(device.jobs[0])
        assert text.splitlines()[:2] == render_text(RECEIPT, 32).splitlines()[:2]
        assert "*RN2-000001*\n" in text
        assert device.drawer_pins == []


def test_a_roll_that_is_nearly_used_up_prints_and_says_so() -> None:
    with SimulatedPrinter(PrinterMode.NEAR_END) as device:
        assert printer_at(device.address).print_document(RECEIPT) == Printed(paper_near_end=True)
        assert len(device.jobs) == 1


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (PrinterMode.PAPER_OUT, "paper_out"),
        (PrinterMode.COVER_OPEN, "cover_open"),
        (PrinterMode.OFFLINE, "offline"),
    ],
)
def test_a_printer_that_is_not_ready_gets_nothing_and_prints_once_it_is(
    mode: PrinterMode, reason: str
) -> None:
    with SimulatedPrinter(mode) as device:
        printer = printer_at(device.address)
        assert printer.print_document(RECEIPT) == NotSent(reason)
        device.mode = PrinterMode.OK
        assert printer.print_document(RECEIPT) == Printed()
        assert device.jobs == [encode(RECEIPT, PROFILE)]


def test_a_printer_that_is_switched_off_gets_nothing() -> None:
    printer = printer_at(f"tcp://127.0.0.1:{closed_port()}")
    assert printer.print_document(RECEIPT) == NotSent("refused")
    with pytest.raises(DeviceRefused):
        printer.status()


def test_a_printer_that_never_answers_leaves_the_receipt_unconfirmed() -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as device:
        assert printer_at(device.address, patience=IMPATIENT).print_document(RECEIPT) == Unconfirmed(
            "no_reply"
        )
        assert device.wait_for_jobs(1) == [encode(RECEIPT, PROFILE)]


def test_a_printer_that_never_answers_can_be_trusted() -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as device:
        printer = printer_at(device.address, patience=IMPATIENT, trust_silence=True)
        assert printer.print_document(RECEIPT) == Printed()
        assert device.wait_for_jobs(1) == [encode(RECEIPT, PROFILE)]


def test_a_printer_that_used_to_answer_and_is_silent_gets_nothing() -> None:
    with SimulatedPrinter() as device:
        printer = printer_at(device.address, patience=IMPATIENT)
        assert printer.print_document(RECEIPT) == Printed()
        device.mode = PrinterMode.STALL
        assert printer.print_document(RECEIPT) == NotSent("no_reply")
        assert len(device.jobs) == 1


def test_a_printer_that_accepts_and_never_reads_leaves_a_short_receipt_unconfirmed() -> None:
    """The network swallows a short receipt whole: a finished write proves nothing."""
    with SimulatedPrinter(PrinterMode.STALL) as device:
        assert printer_at(device.address, patience=IMPATIENT).print_document(RECEIPT) == Unconfirmed(
            "no_reply"
        )
        assert device.jobs == []


@pytest.mark.parametrize("trust_silence", [False, True])
def test_a_write_that_stalls_ends_at_its_deadline_and_is_unconfirmed(trust_silence: bool) -> None:
    with SimulatedPrinter(PrinterMode.STALL) as device:
        printer = ReceiptPrinter(
            lambda: SmallBufferTcp(device.host, device.port),
            PROFILE,
            trust_silence=trust_silence,
            patience=IMPATIENT,
        )
        began = time.monotonic()
        assert printer.print_document(PICTURES) == Unconfirmed("timeout")
        assert time.monotonic() - began < 10


def test_a_printer_that_dies_before_the_job_got_nothing() -> None:
    with SimulatedPrinter(die_after=STATUS_QUESTIONS_BYTES - 1) as device:
        assert printer_at(device.address).print_document(RECEIPT) == NotSent("closed")
        assert device.broken_jobs == []


@pytest.mark.parametrize("job_bytes", [1, 30, 60])
def test_a_printer_that_dies_in_the_job_leaves_it_unconfirmed(job_bytes: int) -> None:
    with SimulatedPrinter(die_after=STATUS_QUESTIONS_BYTES + job_bytes) as device:
        assert printer_at(device.address).print_document(RECEIPT) == Unconfirmed("closed")
        assert device.jobs == []


def test_paper_that_runs_out_in_the_job_leaves_it_unconfirmed_with_the_reason() -> None:
    with SimulatedPrinter(paper_lasts_bytes=30) as device:
        printer = printer_at(device.address, patience=Patience(shortest_print_s=0.2, print_line_s=0))
        assert printer.print_document(RECEIPT) == Unconfirmed("paper_out")
        assert device.jobs == []


def test_receipts_follow_one_another_whole() -> None:
    with SimulatedPrinter() as device:
        printer = printer_at(device.address)
        receipts = [ReceiptDocument((TextLine(f"receipt {number}"), Cut())) for number in range(20)]
        assert [printer.print_document(receipt) for receipt in receipts] == [Printed()] * 20
        assert device.jobs == [encode(receipt, PROFILE) for receipt in receipts]


def test_the_caller_is_told_before_the_first_byte_and_not_when_nothing_is_sent() -> None:
    told: list[list[bytes]] = []
    with SimulatedPrinter() as device:
        printer = printer_at(device.address)
        printer.print_document(RECEIPT, before_first_byte=lambda: told.append(device.jobs))
        assert told == [[]]
        device.mode = PrinterMode.PAPER_OUT
        printer.print_document(RECEIPT, before_first_byte=lambda: told.append(device.jobs))
        assert len(told) == 1


def test_a_job_that_could_not_be_marked_is_not_sent() -> None:
    def disk_full() -> None:
        raise OSError("no space left on device")

    with SimulatedPrinter() as device:
        printer = printer_at(device.address)
        with pytest.raises(OSError, match="no space"):
            printer.print_document(RECEIPT, before_first_byte=disk_full)
        assert printer.print_document(RECEIPT) == Printed()
        assert device.jobs == [encode(RECEIPT, PROFILE)]


def test_a_profile_that_cannot_be_is_an_outcome_not_a_crash() -> None:
    with SimulatedPrinter() as device:
        printer = ReceiptPrinter(parse_address(device.address).open, PrinterProfile(escpos_profile="simple"))
        assert printer.print_document(RECEIPT) == NotSent("profile_invalid")


# ------------------------------------------------------------------------------ other ways to a printer


def test_a_file_has_no_way_back_and_is_trusted_or_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "receipts.bin"
    assert printer_at(f"file://{path}").print_document(RECEIPT) == Unconfirmed("no_way_back")
    assert printer_at(f"file://{path}", trust_silence=True).print_document(RECEIPT) == Printed()
    assert path.read_bytes() == encode(RECEIPT, PROFILE) * 2


def test_a_missing_device_file_gets_nothing() -> None:
    assert printer_at("file:///dev/no-such-printer-lp7").print_document(RECEIPT) == NotSent("unavailable")


@contextmanager
def serial_printer(engine: PrinterEngine) -> Iterator[PtyPair]:
    """The engine at the far end of a cable, on a thread."""
    with PtyPair() as cable:
        is_over = threading.Event()

        def run() -> None:
            while not is_over.is_set():
                if answers := engine.feed(cable.receive(timeout_s=0.02)):
                    cable.send(answers)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield cable
        finally:
            is_over.set()
            thread.join()


def outcomes_over_serial(engine: PrinterEngine, scheme: str) -> list[PrintOutcome]:
    with serial_printer(engine) as cable:
        printer = printer_at(f"{scheme}://{cable.port}")
        return [printer.print_document(RECEIPT), printer.print_document(RECEIPT)]


@pytest.mark.parametrize("scheme", ["serial", "file"])
def test_a_printer_on_a_serial_port_or_device_file_confirms_too(scheme: str) -> None:
    engine = PrinterEngine()
    assert outcomes_over_serial(engine, scheme) == [Printed(), Printed()]
    assert engine.jobs == [encode(RECEIPT, PROFILE)] * 2


def test_a_serial_printer_without_paper_gets_nothing() -> None:
    engine = PrinterEngine(PrinterMode.PAPER_OUT)
    assert outcomes_over_serial(engine, "serial") == [NotSent("paper_out")] * 2
    assert engine.held == b""


def test_a_serial_printer_that_stalls_leaves_the_job_unconfirmed() -> None:
    with PtyPair() as cable:
        printer = printer_at(f"serial://{cable.port}?baud=921600", patience=IMPATIENT)
        assert printer.print_document(PICTURES) == Unconfirmed("timeout")


# --------------------------------------------------------------------------------------------- drawer


@pytest.mark.parametrize("pin", [2, 5])
@pytest.mark.parametrize("mode", [PrinterMode.OK, PrinterMode.PAPER_OUT, PrinterMode.OFFLINE])
def test_the_drawer_opens_at_once_even_without_paper(mode: PrinterMode, pin: int) -> None:
    with SimulatedPrinter(mode) as device:
        assert printer_at(device.address, drawer_pin=pin).open_drawer() == DrawerKicked()
        assert device.wait_for_drawer(1) == [pin]
        device.mode = PrinterMode.OK
        assert device.jobs == []


def test_the_drawer_of_a_printer_whose_silence_is_trusted_opens() -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as device:
        printer = printer_at(device.address, patience=IMPATIENT, trust_silence=True)
        assert printer.open_drawer() == DrawerKicked()
        assert printer.open_drawer() == DrawerKicked()
        assert device.wait_for_drawer(2) == [2, 2]


@pytest.mark.parametrize("mode", [PrinterMode.NO_STATUS, PrinterMode.STALL])
def test_a_printer_that_should_answer_and_does_not_is_sent_no_pulse_that_it_might_obey_later(
    mode: PrinterMode,
) -> None:
    with SimulatedPrinter(mode) as device:
        printer = printer_at(device.address, patience=IMPATIENT)
        assert printer.open_drawer() == NotSent("no_reply")
        assert device.drawer_pins == []


def test_a_drawer_that_nobody_wants_open_any_more_when_the_printer_is_reached_stays_shut() -> None:
    with SimulatedPrinter() as device:
        printer = printer_at(device.address)
        assert printer.open_drawer(lambda: False) == NotSent("too_late")
        assert printer.open_drawer() == DrawerKicked()
        assert device.wait_for_drawer(1) == [2]


def test_the_drawer_opens_while_a_long_job_prints() -> None:
    outcomes: list[DrawerOutcome] = []

    def glance(open_drawer: OpenDrawer) -> None:
        if not outcomes:
            outcomes.append(open_drawer())

    with SimulatedPrinter(paper_lasts_bytes=30) as device:
        printer = printer_at(device.address, patience=IMPATIENT)
        assert printer.print_document(RECEIPT, while_it_prints=glance) == Unconfirmed("paper_out")
        assert outcomes == [DrawerKicked()]
        assert device.wait_for_drawer(1) == [2]


class SystemQueue:
    """A queue of the system as far as a printer needs it; what it passes on is kept."""

    can_read = False
    bytes_per_s = 1_000_000.0

    def __init__(self, end: JobEnd, trouble: str = "") -> None:
        self._end = end
        self._trouble = trouble
        self.sent_bytes = 0

    def trouble(self) -> str:
        return self._trouble

    def write(self, data: bytes, deadline_s: float) -> None:
        self.sent_bytes += len(data)

    def read(self, count: int, deadline_s: float) -> bytes:
        return b""

    def settle(self, deadline_s: float) -> JobEnd:
        return self._end

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    ("end", "trouble", "printed", "kicked"),
    [
        (JobEnd.COMPLETED, "", Unconfirmed("no_way_back"), DrawerKicked()),
        (JobEnd.WITHDRAWN, "", NotSent("no_reply"), NotSent("too_late")),
        (JobEnd.UNKNOWN, "", Unconfirmed("no_reply"), Unconfirmed("no_reply")),
        (JobEnd.COMPLETED, "offline", NotSent("offline"), NotSent("offline")),
    ],
)
def test_behind_a_queue_of_the_system_the_queue_says_what_became_of_it(
    end: JobEnd, trouble: str, printed: PrintOutcome, kicked: DrawerOutcome
) -> None:
    printer = ReceiptPrinter(lambda: SystemQueue(end, trouble), PROFILE, patience=IMPATIENT)
    assert printer.print_document(RECEIPT) == printed
    assert printer.open_drawer() == kicked


def test_the_drawer_of_a_printer_that_is_switched_off_does_not_open_later() -> None:
    port = closed_port()
    assert printer_at(f"tcp://127.0.0.1:{port}").open_drawer() == NotSent("refused")
    with SimulatedPrinter(port=port) as device:
        assert printer_at(device.address).print_document(RECEIPT) == Printed()
        assert device.drawer_pins == []


# --------------------------------------------------------------------------------------------- status


def test_status_as_the_printer_says_it() -> None:
    with SimulatedPrinter(PrinterMode.NEAR_END) as device:
        printer = printer_at(device.address, patience=IMPATIENT)
        assert printer.status() == PrinterCondition(paper_near_end=True)
        device.mode = PrinterMode.COVER_OPEN
        assert printer.status() == PrinterCondition(NotReadyReason.COVER_OPEN)
        device.mode = PrinterMode.NO_STATUS
        assert printer.status() is None


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({Question.PRINTER: 0x12}, PrinterCondition()),
        ({Question.PRINTER: 0x16}, PrinterCondition(drawer_pin_high=True)),
        ({Question.PRINTER: 0x1A}, PrinterCondition(NotReadyReason.OFFLINE)),
        (
            {Question.PRINTER: 0x1A, Question.OFFLINE_CAUSE: 0x36},
            PrinterCondition(NotReadyReason.COVER_OPEN),
        ),
        (
            {Question.PRINTER: 0x1A, Question.OFFLINE_CAUSE: 0x32},
            PrinterCondition(NotReadyReason.PAPER_OUT),
        ),
        (
            {Question.PRINTER: 0x1A, Question.OFFLINE_CAUSE: 0x52},
            PrinterCondition(NotReadyReason.PRINTER_ERROR),
        ),
        ({Question.PAPER: 0x72}, PrinterCondition(NotReadyReason.PAPER_OUT)),
        ({Question.PAPER: 0x1E}, PrinterCondition(paper_near_end=True)),
    ],
)
def test_status_bits(answers: dict[Question, int], expected: PrinterCondition) -> None:
    assert condition(answers) == expected


def test_a_report_nobody_asked_for_is_not_taken_for_an_answer() -> None:
    """Its last three bytes look like answers; it may also come in two portions."""
    report = b"\x14\x00\x00\x0f"
    assert AnswerReader().in_order(report) is None
    assert AnswerReader().in_order(report + b"\x03") == 0x03
    reader = AnswerReader()
    assert reader.in_order(report[:2]) is None
    assert reader.in_order(report[2:] + b"\x00") == 0x00
    assert AnswerReader().real_time(b"\x11\x13" + report + b"\x12") == 0x12
    assert AnswerReader().in_order(b"\x12\x11\x13") is None
