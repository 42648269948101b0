"""A USB printer reached directly through libusb, where the system has no driver of its own for it.

The bytes are a stream: no zero-length packet ends a write, because some printers choke on one, and one that
comes in means "nothing yet".
"""

import contextlib
import errno
import time
from typing import Any

from hardware.errors import DeviceClosed, DeviceError, DeviceNotPermitted, DeviceTimeout, DeviceUnavailable
from hardware.transports import libusb
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline

_CHUNK_BYTES = 4096
"""A multiple of every packet size. When a transfer breaks, nobody knows how much of its chunk had left."""
_EMPTY_READ_PAUSE_S = 0.01
_READ_PACKETS = 4


class UsbTransport:
    """Claims the printer for this program, and takes it from the kernel's driver as long as it is open."""

    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(
        self, vendor_id: int, product_id: int, serial_number: str = "", *, backend: Any | None = None
    ) -> None:
        """`backend`: of pyusb; None is libusb. Raises DeviceError."""
        self.sent_bytes = 0
        self._name = f"USB device {vendor_id:04x}:{product_id:04x}"
        self._received = bytearray()
        self._has_detached_kernel_driver = False
        self._is_closed = False
        self._device = self._find(vendor_id, product_id, serial_number, backend)
        try:
            self._claim()
        except OSError as error:
            self.close()
            raise self._opening_failure(error, vendor_id) from error
        except BaseException:
            self.close()
            raise

    @property
    def can_read(self) -> bool:
        return self._in is not None

    def write(self, data: bytes, deadline_s: float) -> None:
        deadline = Deadline(deadline_s)
        rest = memoryview(data)
        while rest:
            taken = self._write_chunk(bytes(rest[:_CHUNK_BYTES]), deadline)
            self.sent_bytes += taken
            rest = rest[taken:]
            if rest and deadline.is_over:
                raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken in time")

    def read(self, count: int, deadline_s: float) -> bytes:
        self._check_open("reading")
        if self._in is None:
            return b""
        deadline = Deadline(deadline_s)
        while not self._received:
            try:
                # Whole packets: what a device sends beyond the buffer would be lost.
                size = self._in.wMaxPacketSize * _READ_PACKETS
                self._received += bytes(
                    self._device.read(self._in.bEndpointAddress, size, _milliseconds(deadline))
                )
            except OSError as error:
                if not _is_timeout(error):
                    raise libusb.running_failure(error, "reading") from error
            if self._received or deadline.is_over:
                break
            time.sleep(min(_EMPTY_READ_PAUSE_S, deadline.remaining_s))
        data = bytes(self._received[:count])
        del self._received[:count]
        return data

    def close(self) -> None:
        """Gives the printer back to the kernel's driver if it was taken from it."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._has_detached_kernel_driver:
            with contextlib.suppress(OSError, NotImplementedError):
                libusb.release(self._device, self._interface)
            with contextlib.suppress(OSError, NotImplementedError):
                self._device.attach_kernel_driver(self._interface)
        with contextlib.suppress(OSError):
            libusb.dispose(self._device)

    def _find(
        self, vendor_id: int, product_id: int, serial_number: str, backend: Any | None
    ) -> libusb.UsbDevice:
        alike = [
            device
            for device in libusb.usb_devices(backend)
            if (device.idVendor, device.idProduct) == (vendor_id, product_id)
        ]
        found: libusb.UsbDevice | None = None
        hides_its_number = False
        for device in alike:
            number = libusb.text_of(device, device.iSerialNumber) if serial_number else ""
            hides_its_number |= bool(device.iSerialNumber) and not number
            if number == serial_number:
                found = device
                break
            libusb.dispose(device)
        if found is not None:
            return found
        if hides_its_number:
            # A device that may not be opened does not tell its serial number.
            raise DeviceNotPermitted(_permission_hint(self._name, vendor_id))
        named = f" with serial number {serial_number}" if serial_number else ""
        raise DeviceUnavailable(f"{self._name}{named} is not plugged in")

    def _claim(self) -> None:
        interface = libusb.printer_interface(self._configuration())
        if interface is None:
            raise DeviceUnavailable(f"{self._name} is no printer")
        self._interface = interface.bInterfaceNumber
        self._in = libusb.bulk_in(interface)
        out = libusb.bulk_out(interface)
        assert out is not None
        self._out_address = out.bEndpointAddress
        # NotImplementedError: Windows, which has no kernel driver that could be detached.
        with contextlib.suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(self._interface):
                self._device.detach_kernel_driver(self._interface)
                self._has_detached_kernel_driver = True
        libusb.claim(self._device, self._interface)
        if interface.bAlternateSetting:
            self._device.set_interface_altsetting(self._interface, interface.bAlternateSetting)

    def _configuration(self) -> list[libusb.Interface]:
        try:
            return list(self._device.get_active_configuration())
        except OSError as error:
            if error.errno is not None:
                raise
            # pyusb says so, without a number, of a device that nobody has configured yet.
            self._device.set_configuration()
            return list(self._device.get_active_configuration())

    def _write_chunk(self, chunk: bytes, deadline: Deadline) -> int:
        self._check_open("writing")
        try:
            return self._device.write(self._out_address, chunk, _milliseconds(deadline))
        except OSError as error:
            if _is_timeout(error):
                raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken in time") from error
            self.sent_bytes += len(chunk)
            if error.errno == errno.EPIPE:
                with contextlib.suppress(OSError):
                    self._device.clear_halt(self._out_address)
            raise libusb.running_failure(error, "writing") from error

    def _check_open(self, doing: str) -> None:
        """pyusb would quietly open the device again."""
        if self._is_closed:
            raise DeviceClosed(f"the device was closed before {doing}")

    def _opening_failure(self, error: OSError, vendor_id: int) -> DeviceError:
        failure = libusb.opening_failure(error, self._name)
        if isinstance(failure, DeviceNotPermitted):
            return DeviceNotPermitted(_permission_hint(self._name, vendor_id))
        return failure


def _milliseconds(deadline: Deadline) -> int:
    """Never 0, which is for ever."""
    return max(1, int(deadline.remaining_s * 1000))


def _is_timeout(error: OSError) -> bool:
    return error.errno == errno.ETIMEDOUT


def _permission_hint(name: str, vendor_id: int) -> str:
    return (
        f"this user may not open the {name}; on Linux a file such as /etc/udev/rules.d/70-till.rules with "
        f'the line SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor_id:04x}", MODE="0660"'
        ', TAG+="uaccess" allows it, after plugging it in anew'
    )
