"""Finds USB devices through libusb and says its failures as ours; moving bytes is the transport's.

libusb comes with a wheel, or from the system. Types name the part of pyusb that is used.
"""

import errno
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from hardware.errors import DeviceClosed, DeviceError, DeviceNotPermitted, DeviceRefused, DeviceUnavailable
from hardware.optional_library import load_library

PRINTER_CLASS = 7
VENDOR_CLASS = 0xFF
_IPP_OVER_USB_PROTOCOL = 4
_BULK = 0x02
_IN = 0x80
_TRANSFER_TYPE = 0x03


class Endpoint(Protocol):
    bEndpointAddress: int  # noqa: N815
    bmAttributes: int  # noqa: N815
    wMaxPacketSize: int  # noqa: N815


class Interface(Protocol):
    bInterfaceNumber: int  # noqa: N815
    bAlternateSetting: int  # noqa: N815
    bInterfaceClass: int  # noqa: N815
    bInterfaceProtocol: int  # noqa: N815

    def __iter__(self) -> Iterator[Endpoint]: ...


class UsbDevice(Protocol):
    """A `usb.core.Device`."""

    idVendor: int  # noqa: N815
    idProduct: int  # noqa: N815
    bus: int | None
    address: int | None
    iSerialNumber: int  # noqa: N815
    iProduct: int  # noqa: N815
    iManufacturer: int  # noqa: N815

    def get_active_configuration(self) -> Iterable[Interface]: ...

    def __iter__(self) -> Iterator[Iterable[Interface]]: ...

    def set_configuration(self) -> None: ...

    def set_interface_altsetting(self, interface: int, alternate_setting: int) -> None: ...

    def is_kernel_driver_active(self, interface: int) -> bool: ...

    def detach_kernel_driver(self, interface: int) -> None: ...

    def attach_kernel_driver(self, interface: int) -> None: ...

    def write(self, endpoint: int, data: bytes, timeout: int) -> int: ...

    def read(self, endpoint: int, size_or_buffer: int, timeout: int) -> Sequence[int]: ...

    def clear_halt(self, endpoint: int) -> None: ...


def usb_devices(backend: Any | None = None) -> list[UsbDevice]:
    """Those that are plugged in. Raises DeviceUnavailable where there is no libusb, and DeviceError."""
    core = load_library("usb.core")
    if core is None:
        raise DeviceUnavailable("pyusb is not installed")
    backend = backend or _backend()
    if backend is None:
        raise DeviceUnavailable("libusb is not installed")
    try:
        return list(core.find(find_all=True, backend=backend))
    except OSError as error:
        raise opening_failure(error, "the USB bus") from error


def _backend() -> Any | None:
    package = load_library("libusb_package")
    if package is not None and (backend := package.get_libusb1_backend()) is not None:
        return backend
    libusb = load_library("usb.backend.libusb1")
    return libusb.get_backend() if libusb is not None else None


def text_of(device: UsbDevice, index: int) -> str:
    """One of the device's descriptions of itself; empty when it has none, or it may not be asked."""
    util = load_library("usb.util")
    if not index or util is None:
        return ""
    try:
        return str(util.get_string(device, index) or "").strip("\0 ")
    except (OSError, ValueError, NotImplementedError):
        return ""


def dispose(device: UsbDevice) -> None:
    """Gives the device back to the system."""
    util = load_library("usb.util")
    if util is not None:
        util.dispose_resources(device)


def claim(device: UsbDevice, interface: int) -> None:
    util = load_library("usb.util")
    if util is not None:
        util.claim_interface(device, interface)


def release(device: UsbDevice, interface: int) -> None:
    util = load_library("usb.util")
    if util is not None:
        util.release_interface(device, interface)


def bulk_out(interface: Interface) -> Endpoint | None:
    return _bulk_endpoint(interface, 0)


def bulk_in(interface: Interface) -> Endpoint | None:
    return _bulk_endpoint(interface, _IN)


def _bulk_endpoint(interface: Interface, direction: int) -> Endpoint | None:
    for endpoint in interface:
        is_bulk = endpoint.bmAttributes & _TRANSFER_TYPE == _BULK
        if is_bulk and endpoint.bEndpointAddress & _IN == direction:
            return endpoint
    return None


def printer_interface(configuration: Iterable[Interface]) -> Interface | None:
    """Where a printer takes its own language: of the printer class, or of the maker's where there is none.

    A setting that answers is preferred. IPP over USB is another language and left alone.
    """
    usable = [
        interface
        for interface in configuration
        if interface.bInterfaceClass in (PRINTER_CLASS, VENDOR_CLASS)
        and not (
            interface.bInterfaceClass == PRINTER_CLASS
            and interface.bInterfaceProtocol == _IPP_OVER_USB_PROTOCOL
        )
        and bulk_out(interface) is not None
    ]
    # 1 one way, 2 both ways, 3 packets after IEEE 1284.4, which is not spoken here.
    usable.sort(
        key=lambda interface: (
            interface.bInterfaceClass != PRINTER_CLASS,
            interface.bInterfaceProtocol != 2,
            bulk_in(interface) is None,
            interface.bInterfaceProtocol == 3,
        )
    )
    return usable[0] if usable else None


def opening_failure(error: OSError, what: str) -> DeviceError:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return DeviceNotPermitted(f"this user may not open {what}")
        case errno.EBUSY:
            return DeviceRefused(f"{what} is used by another program")
        case errno.ENODEV | errno.ENOENT:
            return DeviceUnavailable(f"{what} was unplugged")
        case errno.ENOSYS | errno.EOPNOTSUPP:
            return DeviceUnavailable(f"{what} belongs to a driver of the system: use its print queue")
        case _:
            return DeviceUnavailable(f"{what}: {error.strerror or error}")


def running_failure(error: OSError, doing: str) -> DeviceClosed:
    match error.errno:
        case errno.ENODEV | errno.ENOENT:
            return DeviceClosed(f"the device was unplugged while {doing}")
        case errno.EPIPE:
            return DeviceClosed(f"the device refused the data while {doing}")
        case _:
            return DeviceClosed(f"the connection broke while {doing}: {error.strerror or error}")
