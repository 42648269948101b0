"""The pole display: the newest view is shown, a lost display comes back with it, and nobody waits for it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.displays.languages import Lines, display_language
from hardware.displays.line_display import open_line_display
from hardware.errors import DeviceTimeout
from hardware.simulated.displays import DisplayEngine, SimulatedDisplay
from tests.conftest import ExpectedLogs
from tests.drivers.test_scale_worker import Heard
from till_app.devices.display_lines import display_lines
from till_app.devices.display_worker import DisplayWorker
from till_app.devices.till_display import TillDisplay
from till_app.services.device_settings import DisplaySettings
from till_app.services.device_status import CustomerMoment, CustomerView, DeviceState, ShownLine

WAIT_S = 5.0
MILK = ShownLine("Semi-skimmed milk 2L", "2 × £1.65", "£3.30")
SELLING = CustomerView(CustomerMoment.SELLING, (MILK,), last_line=MILK, total="£3.30")
SELLING_LINES = ("2 Semi-skimmed £3.30", "Total          £3.30")
IDLE = CustomerView(CustomerMoment.IDLE, message="High Street Grocers")
IDLE_LINES = ("High Street Grocers", "")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")


def twenty(view: CustomerView) -> Lines:
    return display_lines(view, 20)


@contextmanager
def worker_on(peer: SimulatedDisplay, heard: Heard) -> Iterator[DisplayWorker]:
    worker = DisplayWorker(
        lambda: open_line_display(peer.address, display_language("cd5220")),
        twenty,
        heard.on_health,
        check_s=0.01,
        first_retry_s=0.01,
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def test_a_view_is_shown(tmp_path: Path) -> None:
    heard = Heard()
    with SimulatedDisplay("cd5220") as peer, worker_on(peer, heard) as worker:
        worker.show(SELLING)
        peer.wait_for(SELLING_LINES)
        heard.wait_for_health(DeviceState.READY)
        worker.show(IDLE)
        peer.wait_for(IDLE_LINES)


def test_a_display_that_was_unplugged_shows_the_present_lines_when_it_is_back(tmp_path: Path) -> None:
    heard = Heard()
    with SimulatedDisplay("cd5220", link=tmp_path / "display") as peer, worker_on(peer, heard) as worker:
        worker.show(SELLING)
        peer.wait_for(SELLING_LINES)
        peer.unplug()
        heard.wait_for_health(DeviceState.UNREACHABLE)
        peer.lose_power()
        worker.show(IDLE)
        peer.plug_in()
        peer.wait_for(IDLE_LINES)
        peer.unplug()
        peer.lose_power()
        peer.plug_in()
        peer.wait_for(IDLE_LINES)


class StalledDisplay:
    """Holds the first write until it is let go, then times out as a transport does."""

    def __init__(self) -> None:
        self.is_writing = threading.Event()
        self.let_go = threading.Event()
        self.shown: list[Lines] = []

    def show(self, lines: Lines) -> None:
        if not self.is_writing.is_set():
            self.is_writing.set()
            self.let_go.wait(WAIT_S)
            raise DeviceTimeout("stalled")
        self.shown.append(lines)

    def check(self) -> None:
        """It is there."""

    def close(self) -> None:
        """Nothing is open."""


def test_a_stalled_display_holds_nobody_up_and_of_what_came_meanwhile_only_the_newest_is_shown() -> None:
    heard, display = Heard(), StalledDisplay()
    worker = DisplayWorker(lambda: display, twenty, heard.on_health, first_retry_s=0.01)
    worker.start()
    worker.show(SELLING)
    assert display.is_writing.wait(WAIT_S)
    for minor in range(200):
        worker.show(CustomerView(CustomerMoment.PAYING, total="£9.99", to_pay=f"£{minor}.00"))
    worker.show(IDLE)
    display.let_go.set()
    heard.wait_for_health(DeviceState.READY, "timeout")
    worker.stop()
    assert [tuple(line.strip() for line in lines) for lines in display.shown] == [IDLE_LINES]


def test_a_bug_in_the_words_does_not_end_the_worker(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the customer display's worker failed; it goes on")
    failed = threading.Event()

    def fail(_view: CustomerView) -> Lines:
        failed.set()
        raise RuntimeError("a bug in the till")

    with SimulatedDisplay("cd5220") as peer:
        worker = DisplayWorker(
            lambda: open_line_display(peer.address, display_language("cd5220")), fail, Heard().on_health
        )
        worker.start()
        worker.show(IDLE)
        assert failed.wait(WAIT_S)
        worker.stop()


class PrinterWire:
    """Stands where the printer's worker does; what it sends is heard by a display behind the printer."""

    def __init__(self) -> None:
        self.engine = DisplayEngine("dm_d", is_behind_printer=True)

    def send_raw(self, data: bytes) -> None:
        self.engine.feed(data)


def test_the_settings_may_change_while_it_shows_something() -> None:
    heard, printer = Heard(), PrinterWire()
    with SimulatedDisplay("cd5220") as first, SimulatedDisplay("logic_controls") as second:
        display = TillDisplay(DisplaySettings(address=first.address), printer, heard.on_health)
        display.start()
        display.show(SELLING)
        first.wait_for(SELLING_LINES)
        display.use(DisplaySettings("logic_controls", second.address, idle_text="Open late"))
        second.wait_for(SELLING_LINES)
        display.show(IDLE)
        second.wait_for(("     Open late", ""))
        display.use(DisplaySettings("dm_d", through_printer=True))
        assert tuple(line.strip() for line in printer.engine.glass.lines) == IDLE_LINES
        assert printer.engine.printer_bytes == b""
        display.use(DisplaySettings(address=first.address, code_page="CP9999"))
        health = display.health()
        assert (health.state, health.error) == (DeviceState.NEEDS_SOMEBODY, "profile_invalid")
        display.use(DisplaySettings())
        assert display.health().state is DeviceState.NOT_SET_UP
        display.stop()


@pytest.mark.parametrize(
    ("view", "columns", "lines"),
    [
        (SELLING, 20, SELLING_LINES),
        (
            CustomerView(
                CustomerMoment.SELLING,
                last_line=ShownLine("Mature cheddar", "0.412 kg × £9.50/kg", "£3.91"),
                total="£1,007.21",
            ),
            20,
            ("0.412 kg Matur £3.91", "Total      £1,007.21"),
        ),
        (
            CustomerView(CustomerMoment.PAYING, total="£7.21", to_pay="£2.21"),
            20,
            ("Total          £7.21", "To pay         £2.21"),
        ),
        (
            CustomerView(CustomerMoment.PAYING, total="−£1.65", change="£1.65"),
            20,
            ("Total         −£1.65", "You get        £1.65"),
        ),
        (
            CustomerView(CustomerMoment.DONE, total="£7.21", change="£2.79"),
            20,
            ("Change         £2.79", "Thank you"),
        ),
        (CustomerView(CustomerMoment.DONE, total="£7.21"), 20, ("Paid           £7.21", "Thank you")),
        (CustomerView(CustomerMoment.CLOSED), 20, ("       Closed       ", " " * 20)),
        (
            CustomerView(CustomerMoment.IDLE, message="The High Street Grocers\nOpen on Sundays"),
            20,
            ("The High Street Groc", "  Open on Sundays   "),
        ),
        (
            CustomerView(CustomerMoment.IDLE, message="The High Street Grocers"),
            20,
            ("  The High Street   ", "      Grocers       "),
        ),
        (CustomerView(CustomerMoment.SELLING, total="£1,234,567.89"), 8, ("", "4,567.89")),
    ],
)
def test_a_view_in_two_lines(view: CustomerView, columns: int, lines: Lines) -> None:
    assert display_lines(view, columns) == lines
