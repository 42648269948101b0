"""A printer that says that all is well and does nothing: what it obeys minutes later must do no harm."""

from collections.abc import Iterator

import pytest

from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.receipt_printer import NO_REPLY, DrawerKicked, NotSent, Patience, ReceiptPrinter
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.serial_printer import SimulatedSerialPrinter
from hardware.transports.serial_port import SerialTransport
from hardware.transports.tcp import TcpTransport

IMPATIENT = Patience(status_s=0.2, shortest_write_s=0.2, shortest_print_s=0.2, print_line_s=0)


@pytest.fixture(params=["tcp", "serial"])
def hung(
    request: pytest.FixtureRequest,
) -> Iterator[tuple[SimulatedPrinter | SimulatedSerialPrinter, ReceiptPrinter]]:
    """It prints and does what it held, as soon as it goes on."""
    engine = PrinterEngine(PrinterMode.HUNG, resumes=True)
    if request.param == "tcp":
        with SimulatedPrinter(engine=engine) as peer:
            yield (
                peer,
                ReceiptPrinter(
                    lambda: TcpTransport(peer.host, peer.port), PrinterProfile(), patience=IMPATIENT
                ),
            )
    else:
        with SimulatedSerialPrinter(engine) as serial:
            yield (
                serial,
                ReceiptPrinter(lambda: SerialTransport(serial.port), PrinterProfile(), patience=IMPATIENT),
            )


def test_a_printer_that_hangs_is_sent_no_pulse_that_it_might_obey_when_it_goes_on(
    hung: tuple[SimulatedPrinter | SimulatedSerialPrinter, ReceiptPrinter],
) -> None:
    peer, printer = hung
    assert printer.open_drawer() == NotSent(NO_REPLY)
    peer.mode = PrinterMode.OK
    assert peer.drawer_pins == []
    assert printer.open_drawer() == DrawerKicked()
    assert peer.drawer_pins == [2]
