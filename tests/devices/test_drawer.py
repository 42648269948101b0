"""The cash drawer: opened at once or not at all, and what became of it is told; no test waits for a clock."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.printers.receipt_printer import (
    DrawerKicked,
    DrawerOutcome,
    NotSent,
    Patience,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.status import ASK_WHEN_DONE
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.printer_peer import Reaction
from hardware.simulated.pty_pair import PtyPair
from tests.conftest import ExpectedLogs
from tests.devices.print_room import HandClock, print_room
from till_app.devices.drawer_kicks import DrawerKicks, KickEnd
from till_app.devices.drawer_rule import opening_cause
from till_app.devices.drawer_watch import DrawerWatch, Seen
from till_app.services.device_settings import DrawerSettings
from till_app.services.device_status import DeviceState, DrawerNews, DrawerOpening, OpeningReason
from till_app.services.status import PrinterState

SALE = DrawerOpening(OpeningReason.SALE, "aisha", "session-1", "2-000042")
NO_SALE = DrawerOpening(OpeningReason.NO_SALE, "aisha", "session-1")
WATCHED = DrawerSettings(open_when_pin_high=True)


# --------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("kinds", "change_minor", "cause"),
    [
        (["cash"], 0, "cash"),
        (["card"], 0, ""),
        (["card", "cash"], 35, "cash"),
        (["voucher"], 35, "change_due"),
        ([], 0, ""),
    ],
)
def test_cash_opens_it_and_so_does_change(kinds: list[str], change_minor: int, cause: str) -> None:
    assert opening_cause(DrawerSettings(), kinds, change_minor) == cause


def test_a_shop_may_have_it_open_for_vouchers_and_not_for_change() -> None:
    rule = DrawerSettings(opens_for=("voucher",), opens_when_change_due=False)
    assert opening_cause(rule, ["cash"], 35) == ""
    assert opening_cause(rule, ["cash", "voucher"], 0) == "voucher"


# --------------------------------------------------------------------------------------- its kicks


class Outcomes:
    """A drawer that answers what it is told to, after so many seconds."""

    def __init__(self, clock: HandClock, *outcomes: DrawerOutcome, takes_s: float = 0.0) -> None:
        self._clock = clock
        self._outcomes = list(outcomes)
        self._takes_s = takes_s
        self.pulses = 0

    def open(self, is_still_wanted: object) -> DrawerOutcome:
        assert callable(is_still_wanted)
        self._clock.now += self._takes_s
        if not is_still_wanted():
            return NotSent("too_late")
        outcome = self._outcomes.pop(0)
        self.pulses += isinstance(outcome, DrawerKicked)
        return outcome


def test_two_kicks_that_wait_are_one_pulse() -> None:
    clock = HandClock()
    kicks, drawer = DrawerKicks(clock), Outcomes(clock, DrawerKicked())
    kicks.ask(SALE)
    kicks.ask(NO_SALE)
    assert kicks.send(drawer.open) == [
        KickEnd(SALE, DrawerNews.KICKED),
        KickEnd(NO_SALE, DrawerNews.KICKED),
    ]
    assert (drawer.pulses, kicks.due_at) == (1, None)


def test_a_kick_that_is_late_is_dropped_before_the_drawer_is_even_reached() -> None:
    clock = HandClock()
    kicks, drawer = DrawerKicks(clock), Outcomes(clock)
    kicks.ask(SALE)
    clock.now += 5.1
    assert kicks.send(drawer.open) == [KickEnd(SALE, DrawerNews.DROPPED_LATE)]
    assert drawer.pulses == 0


def test_a_kick_that_becomes_late_on_the_way_is_dropped_right_before_its_bytes() -> None:
    clock = HandClock()
    kicks, drawer = DrawerKicks(clock), Outcomes(clock, DrawerKicked(), takes_s=5.1)
    kicks.ask(SALE)
    assert kicks.send(drawer.open) == [KickEnd(SALE, DrawerNews.DROPPED_LATE)]
    assert drawer.pulses == 0


def test_what_did_not_leave_is_tried_again_within_its_life_and_then_dropped_with_the_reason() -> None:
    clock = HandClock()
    kicks, drawer = DrawerKicks(clock), Outcomes(clock, *[NotSent("refused")] * 2)
    kicks.ask(SALE)
    assert kicks.send(drawer.open) == []
    assert kicks.due_at == pytest.approx(clock.now + 0.3)
    clock.now += 4.0
    assert kicks.send(drawer.open) == []
    clock.now += 1.1
    assert kicks.send(drawer.open) == [KickEnd(SALE, DrawerNews.DROPPED_LATE, "refused")]


@pytest.mark.parametrize("outcome", [NotSent("not_permitted"), Unconfirmed("closed")])
def test_what_no_second_try_can_mend_has_failed(outcome: DrawerOutcome) -> None:
    clock = HandClock()
    kicks = DrawerKicks(clock)
    kicks.ask(SALE)
    reason = outcome.reason if not isinstance(outcome, DrawerKicked) else ""
    assert kicks.send(Outcomes(clock, outcome).open) == [KickEnd(SALE, DrawerNews.FAILED, reason)]
    assert kicks.due_at is None


def test_a_driver_that_fails_is_told_and_not_tried_again(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the drawer's driver failed")

    def fail(_is_wanted: Callable[[], bool]) -> DrawerOutcome:
        raise RuntimeError("a bug of the driver")

    kicks = DrawerKicks(HandClock())
    kicks.ask(SALE)
    assert kicks.send(fail) == [KickEnd(SALE, DrawerNews.FAILED, "failed")]
    assert kicks.due_at is None


def test_a_till_that_stops_opens_no_drawer_any_more() -> None:
    kicks = DrawerKicks(HandClock())
    kicks.ask(SALE)
    assert kicks.give_up() == [KickEnd(SALE, DrawerNews.DROPPED_LATE)]
    assert kicks.due_at is None


# --------------------------------------------------------------------------------------- its watch


def test_open_after_a_kick_was_asked_for_and_open_without_one_was_not() -> None:
    clock = HandClock()
    watch = DrawerWatch(60, clock)
    assert watch.looked(False) == []
    watch.kicked(SALE)
    clock.now += 0.3
    assert watch.looked(True) == [Seen(DrawerNews.OPENED, SALE)]
    clock.now += 3
    assert watch.looked(False) == [Seen(DrawerNews.CLOSED, SALE)]
    assert watch.looked(True) == [Seen(DrawerNews.OPENED_UNASKED)]


def test_a_long_job_between_kick_and_look_makes_no_theft_of_it() -> None:
    clock = HandClock()
    watch = DrawerWatch(60, clock)
    watch.looked(False)
    watch.kicked(SALE)
    clock.now += 30
    assert watch.looked(True) == [Seen(DrawerNews.OPENED, SALE)]


def test_a_drawer_that_stands_open_at_the_start_accuses_nobody() -> None:
    assert DrawerWatch(60, HandClock()).looked(True) == [Seen(DrawerNews.OPENED)]


def test_left_open_is_told_once_and_when_it_is_shut_for_how_long() -> None:
    clock = HandClock()
    watch = DrawerWatch(60, clock)
    watch.looked(False)
    watch.kicked(SALE)
    watch.looked(True)
    clock.now += 59
    assert watch.looked(True) == []
    clock.now += 2
    assert watch.looked(True) == [Seen(DrawerNews.LEFT_OPEN, SALE, "61")]
    clock.now += 39
    assert watch.looked(True) == []
    assert watch.looked(False) == [Seen(DrawerNews.CLOSED, SALE, "100")]


def test_a_drawer_that_is_counted_is_not_left_open() -> None:
    clock = HandClock()
    watch = DrawerWatch(60, clock)
    watch.kicked(DrawerOpening(OpeningReason.COUNT))
    watch.looked(True)
    clock.now += 600
    assert watch.looked(True) == []
    assert watch.looked(False) == [Seen(DrawerNews.CLOSED, DrawerOpening(OpeningReason.COUNT))]


def test_without_a_limit_no_drawer_is_left_open() -> None:
    clock = HandClock()
    watch = DrawerWatch(0, clock)
    watch.looked(True)
    clock.now += 9999
    assert watch.looked(True) == []


def test_it_is_looked_at_closely_only_while_it_is_open_or_was_just_kicked() -> None:
    clock = HandClock()
    watch = DrawerWatch(60, clock)
    watch.looked(False)
    assert watch.look_at == clock.now + 5
    watch.kicked(SALE)
    assert watch.look_at == pytest.approx(clock.now + 0.3)
    watch.looked(False)
    assert watch.look_at == clock.now + 1
    watch.looked(None)
    assert watch.look_at == clock.now + 1
    clock.now += 11
    watch.looked(False)
    assert watch.look_at == clock.now + 5
    watch.looked(True)
    assert watch.look_at == clock.now + 1


# ----------------------------------------------------------------------------- behind the printer


def test_the_drawer_opens_before_the_receipt_and_its_opening_is_told(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address, drawer=WATCHED) as room:
        room.healths.wait_for_any(lambda health: health.facts.get("drawer") == "closed")
        room.queue("a")
        room.printing.open(SALE)
        room.printing.wake()
        printer.wait_for_jobs(1)
        assert printer.drawer_pins == [2]
        opened = room.drawer.wait_for_any(lambda event: event.news is DrawerNews.OPENED)
        assert opened.opening == SALE
        assert room.drawer.all[0].news is DrawerNews.KICKED
        printer.close_drawer()
        room.drawer.wait_for_any(lambda event: event.news is DrawerNews.CLOSED)


def test_a_key_in_the_drawer_is_told(tmp_path: Path) -> None:
    clock = HandClock()
    engine = PrinterEngine(open_drawer_is_high=False)
    drawer = DrawerSettings(open_when_pin_high=False)
    with (
        SimulatedPrinter(engine=engine) as printer,
        print_room(tmp_path, printer.address, drawer=drawer, monotonic=clock) as room,
    ):
        room.healths.wait_for_any(lambda health: health.facts.get("drawer") == "closed")
        printer.open_drawer_by_key()
        clock.now += 6
        room.printing.wake()
        event = room.drawer.wait(lambda event: event.news is DrawerNews.OPENED_UNASKED)
        assert event.opening is None


def test_whether_it_is_open_is_not_asked_before_that_is_learnt(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        room.printing.open(SALE)
        room.drawer.wait(lambda event: event.news is DrawerNews.KICKED)
        room.add("a")
        printer.wait_for_jobs(1)
        assert [event.news for event in room.drawer.all] == [DrawerNews.KICKED]


@pytest.mark.parametrize("mode", [PrinterMode.STALL, PrinterMode.NO_STATUS, PrinterMode.HUNG])
def test_a_printer_that_says_nothing_gets_no_kick_and_the_drawer_does_not_open_when_it_wakes(
    tmp_path: Path, mode: PrinterMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, was_tried = HandClock(), threading.Event()
    open_drawer = ReceiptPrinter.open_drawer

    def open_and_tell(printer: ReceiptPrinter, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
        outcome = open_drawer(printer, is_still_wanted)
        was_tried.set()
        return outcome

    monkeypatch.setattr(ReceiptPrinter, "open_drawer", open_and_tell)
    with SimulatedPrinter(mode) as printer:
        with print_room(tmp_path, printer.address, monotonic=clock, starts=False) as room:
            room.printing.open(SALE)
            room.printing.start()
            assert was_tried.wait(5)
            clock.now += 5.1
            room.printing.wake()
            event = room.drawer.wait_for_any(lambda event: event.news is DrawerNews.DROPPED_LATE)
            assert (event.opening, event.detail) == (SALE, "no_reply")
            printer.mode = PrinterMode.OK
            room.add("a")
            printer.wait_for_jobs(1)
        assert printer.drawer_pins == []


def test_the_receipt_waits_for_a_kick_that_has_to_be_tried_again(tmp_path: Path) -> None:
    clock = HandClock()
    with (
        SimulatedPrinter(PrinterMode.NO_STATUS) as printer,
        print_room(tmp_path, printer.address, monotonic=clock, starts=False) as room,
    ):
        room.queue("a")
        room.printing.open(SALE)
        room.printing.start()
        printer.mode = PrinterMode.OK
        clock.now += 1
        room.printing.wake()
        printer.wait_for_jobs(1)
        assert printer.drawer_pins == [2]


class HangsAfterItsAnswer(SimulatedPrinter):
    """It works off one question, and then nothing more."""

    def receive(self, data: bytes) -> Reaction:
        reaction = super().receive(data)
        if ASK_WHEN_DONE in data:
            self.mode = PrinterMode.HUNG
        return reaction


def test_a_printer_that_hangs_with_the_pulse_is_told_as_a_failure(tmp_path: Path) -> None:
    with HangsAfterItsAnswer() as printer, print_room(tmp_path, printer.address) as room:
        room.printing.open(SALE)
        event = room.drawer.wait(lambda event: event.news is DrawerNews.FAILED)
        assert event.detail == "no_reply"


def test_a_kick_overtakes_a_job_that_takes_long(tmp_path: Path) -> None:
    """The paper moves only when it is told to; the change is due now."""
    clock = HandClock()
    patience = Patience(status_s=0.5, shortest_write_s=2, shortest_print_s=10, print_line_s=0)
    engine = PrinterEngine(print_budget_bytes=10)
    with (
        SimulatedPrinter(engine=engine) as printer,
        print_room(tmp_path, printer.address, monotonic=clock, patience=patience) as room,
    ):
        room.add("slow")
        room.statuses.wait_for_any(lambda status: status.state is PrinterState.BUSY)
        room.printing.open(SALE)
        clock.now += 1.5
        assert printer.wait_for_drawer(1) == [2]
        assert printer.jobs == []
        printer.let_print(100_000)
        printer.wait_for_jobs(1)
        assert "Receipt slow" in to_text(printer.jobs[0])
        room.drawer.wait(lambda event: event.news is DrawerNews.KICKED)


def test_a_drawer_behind_a_printer_that_is_switched_off_does_not_open_when_it_is_on_again(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    gone = SimulatedPrinter()
    gone.close()
    with print_room(tmp_path, gone.address, monotonic=clock) as room:
        room.printing.open(SALE)
        room.healths.wait_for_any(lambda health: health.error == "refused")
        clock.now += 5.1
        room.printing.wake()
        event = room.drawer.wait_for_any(lambda event: event.news is DrawerNews.DROPPED_LATE)
        assert event.opening == SALE
        with SimulatedPrinter(port=gone.port) as printer:
            room.add("a")
            printer.wait_for_jobs(1)
            assert printer.drawer_pins == []


# ---------------------------------------------------------------------- with a connection of its own


def test_a_serial_drawer_is_opened_by_its_trigger(tmp_path: Path) -> None:
    with PtyPair() as cable:
        drawer = DrawerSettings("serial", f"serial://{cable.port}", trigger="1B 70 07")
        with print_room(tmp_path, drawer=drawer) as room:
            assert room.printing.is_set_up
            room.printing.open(NO_SALE)
            assert cable.receive(timeout_s=5.0) == b"\x1bp\x07"
            assert room.drawer.wait(lambda event: True).news is DrawerNews.KICKED
            health = {health.device: health for health in room.printing.health()}["drawer"]
            assert health.state is DeviceState.READY


def test_a_trigger_that_is_unplugged_is_told_and_opens_nothing_later(tmp_path: Path) -> None:
    clock = HandClock()
    drawer = DrawerSettings("usb", "file:///dev/no-such-trigger")
    with print_room(tmp_path, drawer=drawer, monotonic=clock, starts=False) as room:
        room.printing.open(NO_SALE)
        clock.now += 5.1
        room.printing.start()
        event = room.drawer.wait(lambda event: event.news is DrawerNews.DROPPED_LATE)
        assert event.opening == NO_SALE


def test_a_till_without_a_drawer_opens_none(tmp_path: Path) -> None:
    with (
        SimulatedPrinter() as printer,
        print_room(tmp_path, printer.address, drawer=DrawerSettings("none")) as room,
    ):
        assert not room.printing.is_set_up
        assert room.printing.opens_for(["cash"], 100) == ""
        room.printing.open(SALE)
        room.add("a")
        printer.wait_for_jobs(1)
        assert printer.drawer_pins == []
