"""USB printers through pyusb on a simulated bus: claims are polite, deadlines hold, bytes are counted."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from hardware.document import ReceiptDocument, TextLine
from hardware.errors import (
    DeviceClosed,
    DeviceError,
    DeviceNotPermitted,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
)
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.receipt_printer import (
    NotSent,
    Patience,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.usb_backend import SimulatedUsbBackend, SimulatedUsbPrinter, UsbFault
from hardware.transports.usb import UsbTransport

FAR_BELOW_A_HANG_S = 5.0


def plug_in(printer: SimulatedUsbPrinter, serial_number: str = "") -> UsbTransport:
    return UsbTransport(
        printer.vendor_id, printer.product_id, serial_number, backend=SimulatedUsbBackend(printer)
    )


def test_bytes_go_both_ways_and_are_counted() -> None:
    printer = SimulatedUsbPrinter()
    with closing(plug_in(printer)) as transport:
        assert transport.can_read
        transport.write(b"\x10\x04\x01", 1.0)
        assert transport.sent_bytes == 3
        assert transport.read(64, 1.0) == b"\x12"
        assert transport.read(64, 0.01) == b""


def test_what_was_read_beyond_the_count_is_kept_for_the_next_read() -> None:
    with closing(plug_in(SimulatedUsbPrinter())) as transport:
        transport.write(b"\x10\x04\x01\x10\x04\x02", 1.0)
        assert transport.read(1, 1.0) == b"\x12"
        assert transport.read(1, 1.0) == b"\x12"
        assert transport.read(1, 0) == b""


def test_an_empty_packet_means_nothing_yet() -> None:
    with closing(plug_in(SimulatedUsbPrinter(sends_empty_packets=True))) as transport:
        assert transport.read(64, 0.03) == b""


def test_no_empty_packet_ends_a_write() -> None:
    printer = SimulatedUsbPrinter()
    with closing(plug_in(printer)) as transport:
        transport.write(b"", 1.0)
        transport.write(b"x" * 8192, 1.0)
    assert printer.transfer_sizes == [4096, 4096]


def test_the_printer_is_taken_from_the_kernels_driver_and_given_back() -> None:
    printer = SimulatedUsbPrinter(has_kernel_driver=True)
    with closing(plug_in(printer)):
        assert not printer.has_kernel_driver
    assert printer.has_kernel_driver


def test_a_kernel_driver_that_was_not_there_is_not_put_there() -> None:
    printer = SimulatedUsbPrinter()
    plug_in(printer).close()
    assert not printer.has_kernel_driver


def test_after_closing_nothing_is_open_and_another_program_may_have_it() -> None:
    printer = SimulatedUsbPrinter()
    backend = SimulatedUsbBackend(printer)
    for _ in range(2):
        transport = UsbTransport(0x04B8, 0x0E15, "X3", backend=backend)
        transport.close()
        transport.close()
        with pytest.raises(DeviceClosed):
            transport.write(b"x", 1.0)
        with pytest.raises(DeviceClosed):
            transport.read(1, 0)
    assert backend.open_handles == 0
    assert printer.claimed_by is None


@pytest.mark.parametrize(
    ("printer", "error", "words"),
    [
        (SimulatedUsbPrinter(product_id=0x0E16), DeviceUnavailable, "not plugged in"),
        (SimulatedUsbPrinter(claimed_by="another program"), DeviceRefused, "another program"),
        (SimulatedUsbPrinter(is_permitted=False), DeviceNotPermitted, r'ATTR{idVendor}=="04b8"'),
        (SimulatedUsbPrinter(interface_class=3), DeviceUnavailable, "no printer"),
        (SimulatedUsbPrinter(interface_protocol=4), DeviceUnavailable, "no printer"),
    ],
)
def test_what_cannot_be_opened_says_why_and_leaves_nothing_open(
    printer: SimulatedUsbPrinter, error: type[DeviceError], words: str
) -> None:
    backend = SimulatedUsbBackend(printer)
    with pytest.raises(error, match=words):
        UsbTransport(0x04B8, 0x0E15, backend=backend)
    assert backend.open_handles == 0


def test_no_permission_is_told_of_a_device_that_is_sought_by_its_serial_number_too() -> None:
    with pytest.raises(DeviceNotPermitted, match="udev"):
        plug_in(SimulatedUsbPrinter(is_permitted=False), "X3")


def test_a_device_without_a_serial_number_is_not_the_one_that_is_sought_by_it() -> None:
    with pytest.raises(DeviceUnavailable, match="serial number X3"):
        plug_in(SimulatedUsbPrinter(serial_number=""), "X3")


def test_of_two_alike_the_serial_number_decides() -> None:
    first, second = SimulatedUsbPrinter(serial_number="A"), SimulatedUsbPrinter(serial_number="B")
    backend = SimulatedUsbBackend(first, second)
    with closing(UsbTransport(0x04B8, 0x0E15, "B", backend=backend)) as transport:
        transport.write(b"x", 1.0)
    assert (bytes(first.received), bytes(second.received)) == (b"", b"x")
    with pytest.raises(DeviceUnavailable, match="serial number C"):
        UsbTransport(0x04B8, 0x0E15, "C", backend=backend)
    assert backend.open_handles == 0


def test_a_device_that_nobody_has_configured_is() -> None:
    printer = SimulatedUsbPrinter(is_configured=False)
    with closing(plug_in(printer)):
        assert printer.is_configured


def test_a_printer_in_its_makers_own_class_is_used() -> None:
    with closing(plug_in(SimulatedUsbPrinter(interface_class=0xFF))) as transport:
        transport.write(b"x", 1.0)


def test_a_printer_without_a_way_back_is_not_asked() -> None:
    with closing(plug_in(SimulatedUsbPrinter(has_in_endpoint=False))) as transport:
        assert not transport.can_read
        assert transport.read(64, 1.0) == b""


def test_a_printer_that_takes_no_more_ends_the_write_at_its_deadline() -> None:
    printer = SimulatedUsbPrinter(fault=UsbFault.STALL, faulty_after_bytes=5000)
    with closing(plug_in(printer)) as transport:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            transport.write(b"x" * 20_000, 0.05)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S
        assert transport.sent_bytes == len(printer.received) == 5000


@pytest.mark.parametrize("fault", [UsbFault.UNPLUG, UsbFault.HALT])
@pytest.mark.parametrize("after", [0, 1, 4095, 4096, 4097])
def test_a_printer_that_goes_away_has_at_most_what_counts_as_sent(fault: UsbFault, after: int) -> None:
    printer = SimulatedUsbPrinter(fault=fault, faulty_after_bytes=after)
    with closing(plug_in(printer)) as transport:
        with pytest.raises(DeviceClosed):
            transport.write(b"x" * 20_000, 1.0)
        assert len(printer.received) == after
        assert after <= transport.sent_bytes <= after + 4096
    assert not printer.is_halted


def test_a_printer_unplugged_before_the_job_is_noticed_at_once() -> None:
    printer = SimulatedUsbPrinter(has_kernel_driver=True)
    with closing(plug_in(printer)) as transport:
        printer.unplug()
        with pytest.raises(DeviceClosed, match="unplugged"):
            transport.read(64, 1.0)
        with pytest.raises(DeviceClosed, match="unplugged"):
            transport.write(b"x", 1.0)


def _with_engine(mode: PrinterMode) -> Callable[[], SimulatedUsbPrinter]:
    return lambda: SimulatedUsbPrinter(PrinterEngine(mode))


@pytest.mark.parametrize(
    ("make_printer", "outcome"),
    [
        (_with_engine(PrinterMode.OK), Printed()),
        (_with_engine(PrinterMode.PAPER_OUT), NotSent("paper_out")),
        (_with_engine(PrinterMode.NO_STATUS), Unconfirmed("no_reply")),
        (lambda: SimulatedUsbPrinter(has_in_endpoint=False), Unconfirmed("no_way_back")),
        (lambda: SimulatedUsbPrinter(fault=UsbFault.UNPLUG, faulty_after_bytes=12), Unconfirmed("closed")),
        (lambda: SimulatedUsbPrinter(fault=UsbFault.UNPLUG, faulty_after_bytes=2), NotSent("closed")),
        (lambda: SimulatedUsbPrinter(is_permitted=False), NotSent("not_permitted")),
    ],
)
def test_a_receipt_printer_on_usb_knows_what_became_of_a_receipt(
    make_printer: Callable[[], SimulatedUsbPrinter], outcome: PrintOutcome
) -> None:
    printer = make_printer()
    patience = Patience(status_s=0.1, shortest_write_s=0.2, shortest_print_s=0.1, print_line_s=0)
    receipts = ReceiptPrinter(lambda: plug_in(printer), PrinterProfile(), patience=patience)
    assert receipts.print_document(ReceiptDocument((TextLine("1 x Tea"),))) == outcome
