"""USB printers for pyusb without a USB bus: a backend whose devices are simulated, with their faults."""

import array
import errno
import importlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from hardware.simulated.printer_engine import PrinterEngine

_OUT, _IN = 0x02, 0x82
_PACKET_BYTES = 64
_STRING_DESCRIPTOR = 3
_ENGLISH = 0x0409


class UsbFault(StrEnum):
    NONE = "none"
    STALL = "stall"
    """It takes no more data, as a printer without paper does."""
    HALT = "halt"
    """It refuses data until the halt is cleared."""
    UNPLUG = "unplug"


@dataclass(slots=True)
class SimulatedUsbPrinter:
    """One device on the bus. Its fields may be changed at any time."""

    engine: PrinterEngine = field(default_factory=PrinterEngine)
    vendor_id: int = 0x04B8
    product_id: int = 0x0E15
    serial_number: str = "X3"
    product: str = "TM-T20III"
    interface_class: int = 7
    interface_protocol: int = 2
    has_in_endpoint: bool = True
    is_permitted: bool = True
    is_configured: bool = True
    has_kernel_driver: bool = False
    sends_empty_packets: bool = False
    """Where other printers let the computer wait until they have something to say."""
    fault: UsbFault = UsbFault.NONE
    faulty_after_bytes: int = 0
    """The fault begins when so many bytes have been taken."""
    received: bytearray = field(default_factory=bytearray)
    claimed_by: object | None = None
    is_halted: bool = False
    transfer_sizes: list[int] = field(default_factory=list)
    _answers: bytearray = field(default_factory=bytearray)
    _unplugged: threading.Event = field(default_factory=threading.Event)

    @property
    def is_plugged_in(self) -> bool:
        return not self._unplugged.is_set()

    def unplug(self) -> None:
        """A transfer that is under way ends at once."""
        self._unplugged.set()

    def take(self, data: bytes, timeout_s: float) -> int:
        """How many bytes were taken."""
        taken = data
        if self.fault is not UsbFault.NONE:
            taken = data[: max(0, self.faulty_after_bytes - len(self.received))]
        self.transfer_sizes.append(len(data))
        self.received += taken
        self._answers += self.engine.feed(taken)
        if len(taken) == len(data):
            return len(taken)
        match self.fault:
            case UsbFault.UNPLUG:
                self.engine.die()
                self.unplug()
                raise _unplugged()
            case UsbFault.HALT:
                self.is_halted = True
                raise _failure("Pipe error", -9, errno.EPIPE)
        if self._unplugged.wait(timeout_s):
            raise _unplugged()
        if not taken:
            raise _failure("Operation timed out", -7, errno.ETIMEDOUT)
        return len(taken)

    def give(self, size: int, timeout_s: float) -> bytes:
        if size % _PACKET_BYTES:
            raise _failure("Overflow", -8, errno.EOVERFLOW)
        if not self._answers:
            if self.sends_empty_packets:
                return b""
            if self._unplugged.wait(timeout_s):
                raise _unplugged()
            raise _failure("Operation timed out", -7, errno.ETIMEDOUT)
        given = bytes(self._answers[:size])
        del self._answers[:size]
        return given


def _failure(text: str, libusb_number: int, number: int) -> OSError:
    """As pyusb's own backend raises it."""
    core = importlib.import_module("usb.core")
    kind = core.USBTimeoutError if number == errno.ETIMEDOUT else core.USBError
    failure: OSError = kind(text, libusb_number, number)
    return failure


def _unplugged() -> OSError:
    return _failure("No such device (it may have been disconnected)", -4, errno.ENODEV)


@dataclass(slots=True)
class _Handle:
    printer: SimulatedUsbPrinter


class SimulatedUsbBackend:
    """What pyusb takes as `backend`. A transfer with a time-out of 0, which is for ever, fails the test."""

    def __init__(self, *printers: SimulatedUsbPrinter) -> None:
        self.printers = printers
        self.open_handles = 0

    def enumerate_devices(self) -> Iterator[SimulatedUsbPrinter]:
        return (printer for printer in self.printers if printer.is_plugged_in)

    def get_parent(self, dev: SimulatedUsbPrinter) -> None:
        return None

    def get_device_descriptor(self, dev: SimulatedUsbPrinter) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64,
            idVendor=dev.vendor_id, idProduct=dev.product_id, bcdDevice=0x0100,
            iManufacturer=0, iProduct=1 if dev.product else 0, iSerialNumber=2 if dev.serial_number else 0,
            bNumConfigurations=1, address=1 + self.printers.index(dev), bus=1, port_number=1,
            port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: SimulatedUsbPrinter, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=b"",
        )  # fmt: skip

    def get_interface_descriptor(
        self, dev: SimulatedUsbPrinter, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        if (intf, alt) != (0, 0):
            raise IndexError("there is one interface")
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=1 + dev.has_in_endpoint, bInterfaceClass=dev.interface_class, bInterfaceSubClass=1,
            bInterfaceProtocol=dev.interface_protocol, iInterface=0, extra_descriptors=b"",
        )  # fmt: skip

    def get_endpoint_descriptor(
        self, dev: SimulatedUsbPrinter, ep: int, intf: int, alt: int, config: int
    ) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(_OUT, _IN)[ep], bmAttributes=2,
            wMaxPacketSize=_PACKET_BYTES, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )  # fmt: skip

    def open_device(self, dev: SimulatedUsbPrinter) -> _Handle:
        if not dev.is_permitted:
            raise _failure("Access denied (insufficient permissions)", -3, errno.EACCES)
        if not dev.is_plugged_in:
            raise _unplugged()
        self.open_handles += 1
        return _Handle(dev)

    def close_device(self, dev_handle: _Handle) -> None:
        self.open_handles -= 1

    def get_configuration(self, dev_handle: _Handle) -> int:
        return int(dev_handle.printer.is_configured)

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        dev_handle.printer.is_configured = True

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        printer = dev_handle.printer
        if printer.has_kernel_driver or printer.claimed_by is not None:
            raise _failure("Resource busy", -6, errno.EBUSY)
        printer.claimed_by = dev_handle

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.printer.claimed_by = None
        dev_handle.printer.engine.end_connection()

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        return dev_handle.printer.has_kernel_driver

    def detach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.printer.has_kernel_driver = False

    def attach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        if dev_handle.printer.claimed_by is not None:
            raise _failure("Resource busy", -6, errno.EBUSY)
        dev_handle.printer.has_kernel_driver = True

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        dev_handle.printer.is_halted = False

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._check(dev_handle, timeout)
        return dev_handle.printer.take(bytes(data), timeout / 1000)

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._check(dev_handle, timeout)
        given = dev_handle.printer.give(len(buff), timeout / 1000)
        buff[: len(given)] = array.array("B", given)
        return len(given)

    # pyusb looks them up before it takes the bulk ones.
    intr_write = iso_write = bulk_write
    intr_read = iso_read = bulk_read

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,  # noqa: N803
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: Any,
        timeout: int,
    ) -> int:
        """The texts with which a device describes itself."""
        kind, index = wValue >> 8, wValue & 0xFF
        printer = dev_handle.printer
        if kind != _STRING_DESCRIPTOR or index > 2:
            raise _failure("Pipe error", -9, errno.EPIPE)
        text = (
            _ENGLISH.to_bytes(2, "little"),
            printer.product.encode("utf-16-le"),
            printer.serial_number.encode("utf-16-le"),
        )[index]
        descriptor = bytes([2 + len(text), _STRING_DESCRIPTOR]) + text
        data[: len(descriptor)] = array.array("B", descriptor)
        return len(descriptor)

    def _check(self, dev_handle: _Handle, timeout: int) -> None:
        if timeout <= 0:
            raise AssertionError("a transfer without a deadline")
        if not dev_handle.printer.is_plugged_in:
            raise _unplugged()
        if dev_handle.printer.claimed_by is not dev_handle:
            raise AssertionError("a transfer on an interface that was not claimed")
