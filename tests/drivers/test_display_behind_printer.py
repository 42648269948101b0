"""A display at the printer's connector: one thread for both, and neither gets what is meant for the other."""

from pathlib import Path

from hardware.simulated.displays import DisplayEngine
from hardware.simulated.printer import SimulatedPrinter
from tests.device_chaos.peers import NetworkPrinter
from tests.devices.print_room import print_room
from tests.services.counter import MILK, open_counter
from till_app.devices.printing import TillPrinting
from till_app.devices.till_display import TillDisplay
from till_app.services.device_settings import DeviceSettings, DisplaySettings, PrinterSettings
from till_app.services.device_status import CustomerMoment, CustomerView
from till_app.services.status import PrinterState

DONE = CustomerView(CustomerMoment.DONE, total="£1.65", change="£3.35")
SHOWN = ("Change         £3.35", "Thank you")
MESSAGE_BYTES = 50
"""Of one view of 2 × 20 characters, with what places and selects them."""


def test_a_receipt_is_printed_and_the_change_is_shown_over_one_line(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter, SimulatedPrinter() as printer:
        counter.begin_day()
        settings = DeviceSettings(
            printer=PrinterSettings(address=printer.address),
            display=DisplaySettings("dm_d", through_printer=True),
        )
        printing = TillPrinting(
            settings,
            counter.ledger,
            on_status=lambda _status: None,
            on_health=lambda _health: None,
            on_drawer=lambda _event: None,
        )
        display = TillDisplay(settings.display, printing, lambda _health: None)
        printing.start()
        display.start()
        try:
            counter.sell(MILK.barcodes[0], given_minor=500)
            printing.wake()
            display.show(DONE)
            job = printer.wait_for_jobs(1)[0]
            glass = DisplayEngine("dm_d")
            glass.feed(printer.wait_for_display(MESSAGE_BYTES))
            assert tuple(line.rstrip() for line in glass.glass.lines) == SHOWN
            assert b"Semi-skimmed milk" in job
            assert b"\x1f$" not in job
        finally:
            display.stop()
            printing.stop()


def test_what_was_to_be_shown_while_the_printer_was_off_is_shown_when_it_is_on(tmp_path: Path) -> None:
    printer = NetworkPrinter(resumes=True)
    try:
        printer.kill()
        with print_room(tmp_path, printer.address) as room:
            display = TillDisplay(
                DisplaySettings("dm_d", through_printer=True), room.printing, lambda _health: None
            )
            display.show(CustomerView(CustomerMoment.SELLING, total="£1.65"))
            display.show(DONE)
            room.add("a")
            room.statuses.wait_for_any(lambda status: status.state is PrinterState.WAITING)
            printer.revive()
            room.add("b")
            process = printer.process
            assert process is not None
            glass = DisplayEngine("dm_d")
            glass.feed(process.wait_for_display(MESSAGE_BYTES))
            assert tuple(line.rstrip() for line in glass.glass.lines) == SHOWN
            assert len(process.wait_for_jobs(2)) == 2
    finally:
        printer.kill()


def test_another_printer_is_told_what_the_display_behind_it_is_to_show(tmp_path: Path) -> None:
    with (
        SimulatedPrinter() as before,
        SimulatedPrinter() as after,
        print_room(tmp_path, before.address) as room,
    ):
        display = TillDisplay(
            DisplaySettings("dm_d", through_printer=True), room.printing, lambda _health: None
        )
        display.show(DONE)
        before.wait_for_display(MESSAGE_BYTES)
        room.printing.use(DeviceSettings(printer=PrinterSettings(after.address)))
        glass = DisplayEngine("dm_d")
        glass.feed(after.wait_for_display(MESSAGE_BYTES))
        assert tuple(line.rstrip() for line in glass.glass.lines) == SHOWN
