"""Every printer driver against its simulated peer, over a real socket or pseudo terminal, in every fault.

One law for all: an outcome says NotSent only if nothing can be on paper, Printed only if everything is, and
Unconfirmed in between; and no call outlives its deadlines.
"""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.addresses import parse_address
from hardware.document import Barcode, Cut, ReceiptDocument, Row, Symbology, TextLine
from hardware.printers.epl import EplLanguage
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label
from hardware.printers.receipt_printer import (
    DrawerKicked,
    NotSent,
    Patience,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.zpl import ZplLanguage
from hardware.simulated.epl_engine import EplEngine
from hardware.simulated.escpos_text import to_text
from hardware.simulated.ipp_printer import QueueMode, SimulatedIppPrinter
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.printer_peer import PrinterPeer
from hardware.simulated.serial_printer import SimulatedSerialPrinter
from hardware.simulated.usb_backend import SimulatedUsbBackend, SimulatedUsbPrinter, UsbFault
from hardware.simulated.zpl_engine import ZplEngine
from hardware.transports.base import Transport
from hardware.transports.cups_queue import CupsQueueTransport
from hardware.transports.usb import UsbTransport

PROFILE = PrinterProfile(columns=32)
PATIENT = Patience(status_s=5, shortest_write_s=5, shortest_print_s=5, print_line_s=0)
IMPATIENT = Patience(status_s=0.05, shortest_write_s=0.3, shortest_print_s=0.1, print_line_s=0)
"""For printers that will not answer."""
REPORT_CHANGES = b"\x1da\xff"
NAME = 'Tea £1 \x1b@^XA~JA\nP9\n" € £2'
"""Commands of all three languages, and the euro that once moved every pound after it."""


def receipt_named(name: str) -> ReceiptDocument:
    return ReceiptDocument((TextLine("Corner Shop"), Row(name, "£1.20 A"), Barcode("RN2-000001"), Cut()))


@dataclass(frozen=True)
class Driver:
    """A language on a kind of connection."""

    language: str
    connection: str
    status_bytes: int
    """Of the questions before a job."""
    answered_after_bytes: int
    """Of those: the last of them is complete, and its answer may come."""

    def engine(self) -> PrinterEngine:
        return {"escpos": PrinterEngine, "zpl": ZplEngine, "epl": EplEngine}[self.language]()

    def job(self, name: str = "Tea") -> bytes:
        match self.language:
            case "escpos":
                return encode(receipt_named(name), PROFILE)
            case "zpl":
                return ZplLanguage().encode(Label(name, "£1.20"))
            case _:
                return EplLanguage().encode(Label(name, "£1.20"))

    def printer(
        self,
        open_transport: Callable[[], Transport],
        patience: Patience = PATIENT,
        *,
        trust_silence: bool = False,
    ) -> Callable[[str], PrintOutcome]:
        """A call that prints one receipt or label with that name on it."""
        if self.language == "escpos":
            receipts = ReceiptPrinter(open_transport, PROFILE, trust_silence=trust_silence, patience=patience)
            return lambda name: receipts.print_document(receipt_named(name))
        language = ZplLanguage() if self.language == "zpl" else EplLanguage()
        labels = LabelPrinter(open_transport, language, trust_silence=trust_silence, patience=patience)
        return lambda name: labels.print_label(Label(name, "£1.20"))

    @contextmanager
    def device(
        self, mode: PrinterMode = PrinterMode.OK, die_after: int | None = None
    ) -> Iterator[tuple[PrinterPeer, Callable[[], Transport]]]:
        engine = self.engine()
        engine.mode = mode
        if self.connection == "tcp":
            with SimulatedPrinter(mode, engine=engine, die_after=die_after) as device:
                yield device, parse_address(device.address).open
        elif self.connection == "usb":
            usb_printer = SimulatedUsbPrinter(engine=engine)
            if mode is PrinterMode.STALL:
                usb_printer.fault = UsbFault.STALL
            if die_after is not None:
                usb_printer.fault, usb_printer.faulty_after_bytes = UsbFault.UNPLUG, die_after
            yield PrinterPeer(engine), opener(SimulatedUsbBackend(usb_printer))
        else:
            with SimulatedSerialPrinter(engine, die_after=die_after) as serial_device:
                yield serial_device, parse_address(f"{serial_device.address}?baud=921600").open


def opener(backend: SimulatedUsbBackend) -> Callable[[], Transport]:
    return lambda: UsbTransport(0x04B8, 0x0E15, backend=backend)


CONNECTIONS = ("tcp", "usb") if sys.platform == "win32" else ("tcp", "usb", "pty")
DRIVERS = [
    Driver(language, connection, status_bytes, answered_after_bytes)
    for language, status_bytes, answered_after_bytes in (("escpos", 9, 9), ("zpl", 5, 3), ("epl", 8, 8))
    for connection in CONNECTIONS
]
every_driver = pytest.mark.parametrize(
    "driver", DRIVERS, ids=[f"{driver.language}-{driver.connection}" for driver in DRIVERS]
)
live_receipt_drivers = pytest.mark.parametrize(
    "driver",
    [driver for driver in DRIVERS if driver.language == "escpos" and driver.connection != "usb"],
    ids=[f"escpos-{connection}" for connection in CONNECTIONS if connection != "usb"],
)
"""Whose simulated peer speaks up by itself."""
every_receipt_driver = pytest.mark.parametrize(
    "driver", DRIVERS[: len(CONNECTIONS)], ids=[f"escpos-{connection}" for connection in CONNECTIONS]
)


def as_printed(driver: Driver, job: bytes) -> bytes:
    """The label printers' jobs begin and end with their own commands, not with the line ends around them."""
    return job if driver.language == "escpos" else job.strip()


def printed(device: PrinterPeer) -> list[bytes]:
    return [job if b"^XA" not in job and not job.startswith(b"N\n") else job.strip() for job in device.jobs]


@every_driver
def test_it_prints_once_and_says_so(driver: Driver) -> None:
    with driver.device() as (device, open_transport):
        print_one = driver.printer(open_transport)
        assert [print_one("Tea"), print_one("Milk")] == [Printed(), Printed()]
        assert printed(device) == [as_printed(driver, driver.job(name)) for name in ("Tea", "Milk")]


@every_driver
@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (PrinterMode.PAPER_OUT, "paper_out"),
        (PrinterMode.COVER_OPEN, "cover_open"),
        (PrinterMode.OFFLINE, "offline"),
        (PrinterMode.CUTTER_JAM, "printer_error"),
        (PrinterMode.UNRECOVERABLE, "printer_error"),
        (PrinterMode.OVERHEATED, "printer_error"),
    ],
)
def test_one_that_is_not_ready_gets_nothing_and_prints_once_it_is(
    driver: Driver, mode: PrinterMode, reason: str
) -> None:
    with driver.device(mode) as (device, open_transport):
        print_one = driver.printer(open_transport)
        assert print_one("Tea") == NotSent(reason)
        device.mode = PrinterMode.OK
        assert device.jobs == []
        assert print_one("Tea") == Printed()
        assert len(device.jobs) == 1


@every_driver
def test_one_that_never_answers_leaves_it_unconfirmed_or_is_trusted(driver: Driver) -> None:
    with driver.device(PrinterMode.NO_STATUS) as (device, open_transport):
        assert driver.printer(open_transport, IMPATIENT)("Tea") == Unconfirmed("no_reply")
        assert driver.printer(open_transport, IMPATIENT, trust_silence=True)("Tea") == Printed()
        assert len(device.wait_for_jobs(2)) == 2


@every_driver
def test_one_that_used_to_answer_and_is_silent_gets_nothing(driver: Driver) -> None:
    patience = Patience(status_s=0.5, shortest_write_s=0.5, shortest_print_s=5, print_line_s=0)
    with driver.device() as (device, open_transport):
        print_one = driver.printer(open_transport, patience)
        assert print_one("Tea") == Printed()
        device.mode = PrinterMode.NO_STATUS
        assert print_one("Tea") == NotSent("no_reply")
        assert len(device.jobs) == 1


@every_driver
def test_one_that_accepts_and_never_reads_leaves_it_unconfirmed(driver: Driver) -> None:
    """Buffers of the network swallow a short job whole: a finished write proves nothing."""
    with driver.device(PrinterMode.STALL) as (device, open_transport):
        outcome = driver.printer(open_transport, IMPATIENT)("Tea")
        # On a serial line the driver also waits until the last bit has left; USB takes nothing at all.
        assert outcome in (Unconfirmed("no_reply"), Unconfirmed("timeout"), NotSent("timeout"))
        assert isinstance(outcome, Unconfirmed) or driver.connection != "tcp"
        assert device.jobs == []


@every_receipt_driver
def test_a_status_that_lies_is_not_believed(driver: Driver) -> None:
    """It says that all is well and processes nothing: only the answer in order counts."""
    with driver.device(PrinterMode.HUNG) as (device, open_transport):
        assert driver.printer(open_transport, IMPATIENT)("Tea") == Unconfirmed("no_reply")
        assert device.jobs == []


@every_driver
def test_one_that_closes_after_ten_bytes_is_not_taken_to_have_printed(driver: Driver) -> None:
    with driver.device(die_after=driver.status_bytes + 10) as (device, open_transport):
        assert driver.printer(open_transport)("Tea") == Unconfirmed("closed")
        assert device.jobs == []


@every_driver
def test_one_that_dies_after_any_number_of_bytes_has_not_printed(driver: Driver) -> None:
    """For every byte of the questions and of the whole job."""
    job_bytes = len(driver.job().rstrip())
    stride = 1 if driver.connection == "tcp" else 7
    for count in range(1, driver.status_bytes + job_bytes, stride):
        with driver.device(die_after=count) as (device, open_transport):
            outcome = driver.printer(open_transport)("Tea")
            possible: set[PrintOutcome] = {NotSent("closed"), Unconfirmed("closed")}
            if count < driver.answered_after_bytes:
                possible = {NotSent("closed")}
            elif count > driver.status_bytes:
                possible = {Unconfirmed("closed")}
            assert outcome in possible, count
            assert device.jobs == []


@every_driver
def test_after_a_failed_open_the_next_call_prints(driver: Driver, tmp_path: Path) -> None:
    if driver.connection == "tcp":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        print_one = driver.printer(parse_address(f"tcp://127.0.0.1:{port}").open)
        assert print_one("Tea") == NotSent("refused")
        with SimulatedPrinter(port=port, engine=driver.engine()) as device:
            assert print_one("Tea") == Printed()
            assert len(device.jobs) == 1
    elif driver.connection == "usb":
        backend = SimulatedUsbBackend()
        print_one = driver.printer(opener(backend))
        assert print_one("Tea") == NotSent("unavailable")
        backend.printers = (SimulatedUsbPrinter(engine=driver.engine()),)
        assert print_one("Tea") == Printed()
        assert len(backend.printers[0].engine.jobs) == 1
    else:
        port_name = tmp_path / "ttyUSB0"
        print_one = driver.printer(parse_address(f"serial://{port_name}?baud=921600").open)
        assert print_one("Tea") == NotSent("unavailable")
        with SimulatedSerialPrinter(driver.engine()) as serial_device:
            port_name.symlink_to(serial_device.port)
            assert print_one("Tea") == Printed()
            assert len(serial_device.jobs) == 1


@every_driver
def test_two_threads_do_not_mix_their_jobs(driver: Driver) -> None:
    """On the network the second waits for the first; a serial port is refused to it."""
    outcomes: list[tuple[str, PrintOutcome]] = []
    with driver.device() as (device, open_transport):

        def print_five(name: str) -> None:
            print_one = driver.printer(open_transport)
            outcomes.extend((name, print_one(name)) for _ in range(5))

        threads = [threading.Thread(target=print_five, args=(name,)) for name in ("Tea", "Milk")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = {as_printed(driver, driver.job(name)) for name in ("Tea", "Milk")}
        assert set(printed(device)) <= whole
        assert len(device.jobs) == sum(outcome == Printed() for _, outcome in outcomes)
        assert all(isinstance(outcome, Printed | NotSent) for _, outcome in outcomes)
        if driver.connection == "tcp":
            assert len(device.jobs) == 10


class OneByteAtATime:
    """A connection that brings every answer in pieces of one byte."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.can_read = inner.can_read
        self.bytes_per_s = inner.bytes_per_s

    @property
    def sent_bytes(self) -> int:
        return self._inner.sent_bytes

    def write(self, data: bytes, deadline_s: float) -> None:
        for at in range(len(data)):
            self._inner.write(data[at : at + 1], deadline_s)

    def read(self, count: int, deadline_s: float) -> bytes:
        return self._inner.read(min(count, 1), deadline_s)

    def close(self) -> None:
        self._inner.close()


@every_driver
def test_questions_jobs_and_answers_split_at_every_byte_mean_the_same(driver: Driver) -> None:
    with driver.device() as (device, open_transport):
        print_one = driver.printer(lambda: OneByteAtATime(open_transport()))
        assert print_one(NAME) == Printed()
        assert printed(device) == [as_printed(driver, driver.job(NAME))]
        device.mode = PrinterMode.COVER_OPEN
        assert print_one(NAME) == NotSent("cover_open")


@every_driver
def test_a_products_name_is_never_a_command(driver: Driver) -> None:
    with driver.device() as (device, open_transport):
        assert driver.printer(open_transport)(NAME) == Printed()
        (job,) = printed(device)
        assert job == as_printed(driver, driver.job(NAME))
        assert job.count(b"\x1b@") == (driver.language == "escpos")
        if driver.language == "zpl":
            assert (job.count(b"^XA"), job.count(b"~")) == (1, 0)
        if driver.language == "epl":
            assert [line for line in job.split(b"\n") if line.startswith(b"P")] == [b"P1"]


@every_receipt_driver
def test_a_euro_moves_no_pound_and_a_reset_no_page(driver: Driver) -> None:
    with driver.device() as (device, open_transport):
        print_one = driver.printer(open_transport)
        assert [print_one("€ £"), print_one("£ €")] == [Printed(), Printed()]
        first, second = (to_text(job) for job in device.jobs)
        assert "€ £                      £1.20 A\n" in first
        assert "£ €                      £1.20 A\n" in second
        # The same bytes after another till's reset: each job selects the page for itself.
        assert "£ €" in to_text(b"\x1b@\x1bt\x00" + device.jobs[1])


def test_a_barcode_with_a_bad_check_digit_never_reaches_a_printer() -> None:
    with pytest.raises(ValueError, match="check digit"):
        Barcode("5000159484694", Symbology.EAN13)


@every_receipt_driver
def test_a_roll_near_its_end_prints_and_is_told(driver: Driver) -> None:
    with driver.device(PrinterMode.NEAR_END) as (device, open_transport):
        assert driver.printer(open_transport)("Tea") == Printed(paper_near_end=True)
        assert len(device.jobs) == 1


@every_receipt_driver
def test_paper_that_ends_in_the_job_is_named_and_what_is_left_comes_with_the_next_roll(
    driver: Driver,
) -> None:
    """So it must not be printed again by itself."""
    patience = Patience(status_s=5, shortest_print_s=0.2, print_line_s=0)
    with driver.device() as (device, open_transport):
        device.change(lambda engine: setattr(engine, "paper_lasts_bytes", 40))
        device.change(lambda engine: setattr(engine, "resumes", True))
        assert driver.printer(open_transport, patience)("Tea") == Unconfirmed("paper_out")
        assert device.jobs == []
        device.mode = PrinterMode.OK
        device.change(lambda engine: engine.end_connection())
        assert len(device.jobs) == 1


@every_receipt_driver
def test_a_cutter_that_jams_leaves_the_receipt_unconfirmed(driver: Driver) -> None:
    patience = Patience(status_s=5, shortest_print_s=0.2, print_line_s=0)
    with driver.device() as (device, open_transport):
        device.change(lambda engine: setattr(engine, "jams_at_cut", True))
        assert driver.printer(open_transport, patience)("Tea") == Unconfirmed("printer_error")
        assert driver.printer(open_transport, patience)("Tea") == NotSent("printer_error")


@live_receipt_drivers
def test_a_slow_printer_is_waited_for(driver: Driver) -> None:
    with driver.device() as (device, open_transport):
        device.change(lambda engine: setattr(engine, "print_budget_bytes", 0))
        printer = ReceiptPrinter(open_transport, PROFILE, patience=PATIENT)
        outcome = printer.print_document(
            receipt_named("Tea"), while_it_prints=lambda _open_drawer: device.let_print(60)
        )
        assert outcome == Printed()
        assert device.jobs == [driver.job()]


@every_receipt_driver
@pytest.mark.parametrize("mode", [PrinterMode.OK, PrinterMode.PAPER_OUT, PrinterMode.COVER_OPEN])
@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_opens_at_once_even_without_paper(driver: Driver, mode: PrinterMode, pin: int) -> None:
    with driver.device(mode) as (device, open_transport):
        printer = ReceiptPrinter(open_transport, PrinterProfile(columns=32, drawer_pin=pin), patience=PATIENT)
        assert printer.open_drawer() == DrawerKicked()
        assert device.wait_for_drawer(1) == [pin]
        assert device.drawer_is_open


@every_receipt_driver
@pytest.mark.parametrize("open_is_high", [True, False])
def test_the_drawers_switch_is_read_whatever_its_polarity(driver: Driver, open_is_high: bool) -> None:
    with driver.device() as (device, open_transport):
        device.change(lambda engine: setattr(engine, "open_drawer_is_high", open_is_high))
        printer = ReceiptPrinter(open_transport, PROFILE, patience=PATIENT)
        levels: list[bool] = []
        for act in (device.close_drawer, device.open_drawer_by_key, device.close_drawer):
            act()
            status = printer.status()
            assert status is not None
            levels.append(status.drawer_pin_high)
        assert levels == [not open_is_high, open_is_high, not open_is_high]


@live_receipt_drivers
def test_reports_that_nobody_asked_for_are_not_taken_for_answers(driver: Driver) -> None:
    """Another program left automatic status back on; the drawer moves while the receipt prints."""
    with driver.device() as (device, open_transport):
        device.change(lambda engine: setattr(engine, "print_budget_bytes", len(REPORT_CHANGES)))
        moves = iter([device.open_drawer_by_key, device.close_drawer, device.open_drawer_by_key])

        def move_and_go_on(_open_drawer: object) -> None:
            next(moves, lambda: device.let_print(1000))()

        printer = ReceiptPrinter(lambda: ReportingAtOnce(open_transport()), PROFILE, patience=PATIENT)
        assert printer.print_document(receipt_named("Tea"), while_it_prints=move_and_go_on) == Printed()
        assert device.jobs == [driver.job()]


class ReportingAtOnce(OneByteAtATime):
    """Switches automatic status back on before anything else is written."""

    def __init__(self, inner: Transport) -> None:
        super().__init__(inner)
        inner.write(REPORT_CHANGES, 5)


LABEL_LANGUAGES = [ZplLanguage(), EplLanguage()]


@pytest.mark.parametrize("language", LABEL_LANGUAGES, ids=["zpl", "epl"])
def test_labels_through_a_queue_of_the_system_are_what_the_queue_says(
    language: ZplLanguage | EplLanguage,
) -> None:
    label = Label("Tea", "£1.20")
    with SimulatedIppPrinter() as queue:
        printer = LabelPrinter(
            lambda: CupsQueueTransport("receipts", queue.host, queue.port, poll_s=0.01),
            language,
            patience=PATIENT,
            trust_silence=True,
        )
        assert printer.print_label(label) == Printed()
        assert queue.documents == [language.encode(label)]
        queue.mode = QueueMode.PAPER_OUT
        assert printer.print_label(label) == NotSent("paper_out")
        queue.mode = QueueMode.ABORTS
        assert printer.print_label(label) == Unconfirmed("no_reply")


@pytest.mark.parametrize("language", LABEL_LANGUAGES, ids=["zpl", "epl"])
def test_labels_to_a_file_have_no_way_back(language: ZplLanguage | EplLanguage, tmp_path: Path) -> None:
    label = Label("Tea", "£1.20")
    open_file = parse_address(f"file://{tmp_path / 'labels.bin'}").open
    assert LabelPrinter(open_file, language, patience=PATIENT).print_label(label) == Unconfirmed(
        "no_way_back"
    )
    trusting = LabelPrinter(open_file, language, patience=PATIENT, trust_silence=True)
    assert trusting.print_label(label) == Printed()
    assert (tmp_path / "labels.bin").read_bytes() == language.encode(label) * 2


@pytest.mark.parametrize("language", LABEL_LANGUAGES, ids=["zpl", "epl"])
def test_labels_that_could_not_be_marked_as_sent_are_not_sent(language: ZplLanguage | EplLanguage) -> None:
    def disk_full() -> None:
        raise OSError("no space left on device")

    engine = ZplEngine() if isinstance(language, ZplLanguage) else EplEngine()
    with SimulatedPrinter(engine=engine) as device:
        printer = LabelPrinter(parse_address(device.address).open, language, patience=PATIENT)
        with pytest.raises(OSError, match="no space"):
            printer.print_label(Label("Tea", "£1.20"), before_first_byte=disk_full)
        assert printer.print_label(Label("Tea", "£1.20", copies=3)) == Printed()
        assert len(device.jobs) == 1


@pytest.mark.parametrize("language", LABEL_LANGUAGES, ids=["zpl", "epl"])
def test_labels_that_run_out_on_the_way_are_named(language: ZplLanguage | EplLanguage) -> None:
    engine = ZplEngine() if isinstance(language, ZplLanguage) else EplEngine()
    patience = Patience(status_s=5, shortest_print_s=0.3, print_line_s=0)
    with SimulatedPrinter(engine=engine) as device:
        printer = LabelPrinter(parse_address(device.address).open, language, patience=patience)

        def end_of_roll() -> None:
            device.mode = PrinterMode.PAPER_OUT

        assert printer.print_label(Label("Tea", "£1.20"), end_of_roll) == Unconfirmed("paper_out")
        device.mode = PrinterMode.OK
        assert len(device.wait_for_jobs(1)) == 1
