"""USB devices of the printer class, reached through libusb."""

import sys
from collections.abc import Iterator
from typing import Any

from hardware.addresses import UsbAddress
from hardware.discovery.found import LABEL_PRINTER, NOT_PERMITTED, RECEIPT_PRINTER, Found
from hardware.discovery.known_vendors import usb_detail, vendor
from hardware.errors import DeviceError
from hardware.transports import libusb


def find_usb_printers(backend: Any | None = None) -> Iterator[Found]:
    """None on Windows: libusb would need a driver there in place of the printer's own."""
    if sys.platform == "win32" and backend is None:
        return
    try:
        devices = libusb.usb_devices(backend)
    except DeviceError:
        return
    for device in devices:
        try:
            if _is_printer(device):
                yield _found(device)
        finally:
            libusb.dispose(device)


def _is_printer(device: libusb.UsbDevice) -> bool:
    """By its descriptors, for which a device need not be opened."""
    try:
        return any(
            interface.bInterfaceClass == libusb.PRINTER_CLASS and libusb.printer_interface([interface])
            for configuration in device
            for interface in configuration
        )
    except OSError:
        return False


def _has_kernel_driver(device: libusb.UsbDevice) -> bool:
    """False where it cannot be known."""
    try:
        interface = next(filter(None, map(libusb.printer_interface, device)), None)
        return interface is not None and device.is_kernel_driver_active(interface.bInterfaceNumber)
    except (OSError, NotImplementedError):
        return False


def _found(device: libusb.UsbDevice) -> Found:
    serial_number = libusb.text_of(device, device.iSerialNumber)
    known = vendor(device.idVendor)
    name = libusb.text_of(device, device.iProduct)
    detail = usb_detail(device.idVendor, device.idProduct, serial_number)
    if device.iProduct and not name:
        detail += f" · {NOT_PERMITTED}"
    elif _has_kernel_driver(device):
        detail += " · the system has a driver for it: better use its device file"
    return Found(
        kind="usb_printer",
        address=str(UsbAddress(device.idVendor, device.idProduct, serial_number)),
        name=name or (known.name if known is not None else "USB printer"),
        detail=detail,
        suits=known.suits if known is not None else (RECEIPT_PRINTER, LABEL_PRINTER),
    )
