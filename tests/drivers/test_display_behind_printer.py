"""A display at the printer's connector: one thread for both, and neither gets what is meant for the other."""

from pathlib import Path

from hardware.simulated.displays import DisplayEngine
from hardware.simulated.printer import SimulatedPrinter
from tests.services.counter import MILK, open_counter
from till_app.devices.printing import TillPrinting
from till_app.devices.till_display import TillDisplay
from till_app.services.device_settings import DeviceSettings, DisplaySettings, PrinterSettings
from till_app.services.device_status import CustomerMoment, CustomerView

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
