"""Scanners that speak HID-POS: a USB device with reports of its own, neither keyboard nor serial port."""

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hardware.errors import DeviceClosed, DeviceNotPermitted, DeviceUnavailable
from hardware.optional_library import load_library
from hardware.scanners.frame import ScanFrame
from hardware.scanners.hid_report import (
    BAR_CODE_SCANNER_PAGE,
    STANDARD_LAYOUT,
    HidPosLayout,
    HidPosReader,
    layout_of,
)

log = logging.getLogger(__name__)

_WAIT_MS = 60
_REPORT_BYTES = 1024
_DESCRIPTOR_BYTES = 4096
LONGEST_PAUSE_S = 1.0
"""Between two reports of one code; after it, what came is no whole code."""
_HONEYWELL = 0x0C2E
_HONEYWELL_HID_POS_ON = bytes((254, 1))
"""A feature report that lets its scanners send over this interface."""


class HidDevice(Protocol):
    """An open device, as the library `hidapi` has it."""

    def read(self, max_length: int, timeout_ms: int) -> Sequence[int]:
        """One report, or nothing in time. Raises OSError or ValueError when it is gone."""
        ...

    def get_report_descriptor(self, max_length: int) -> Sequence[int]: ...

    def close(self) -> None: ...


class HidPosFrames:
    """The frames of an open device."""

    def __init__(
        self, device: HidDevice, now_s: Callable[[], float] = time.monotonic, wait_ms: int = _WAIT_MS
    ) -> None:
        self._device = device
        self._now_s = now_s
        self._wait_ms = wait_ms
        self._reader = HidPosReader(_layout(device))
        self._heard_at = 0.0

    def frames(self) -> list[ScanFrame]:
        try:
            report = bytes(self._device.read(_REPORT_BYTES, self._wait_ms))
        except (OSError, ValueError) as error:
            raise DeviceClosed(f"the scanner went away: {error}") from error
        now_s = self._now_s()
        if self._reader.is_within_code and now_s - self._heard_at > LONGEST_PAUSE_S:
            log.warning("the rest of a scan did not come: its beginning is dropped")
            self._reader.forget()
        if not report:
            return []
        self._heard_at = now_s
        frame = self._reader.feed(report, now_s)
        return [frame] if frame else []

    def close(self) -> None:
        self._device.close()


def open_hid_pos(vendor_id: int, product_id: int, serial_number: str = "") -> HidPosFrames:
    """Raises DeviceUnavailable, also when the library is not installed, and DeviceNotPermitted."""
    library = _library()
    found = [
        each
        for each in library.enumerate(vendor_id, product_id)
        if serial_number in ("", each["serial_number"])
    ]
    if not found:
        raise DeviceUnavailable(f"no HID device {vendor_id:04x}:{product_id:04x} is plugged in")
    # Of a scanner that is a keyboard, too, the other interface; not every system tells the page.
    best = max(found, key=lambda each: each.get("usage_page") == BAR_CODE_SCANNER_PAGE)
    device = library.device()
    try:
        device.open_path(best["path"])
    except OSError as error:
        raise DeviceNotPermitted(
            f"{vendor_id:04x}:{product_id:04x} is there and cannot be opened: {error}"
        ) from error
    if vendor_id == _HONEYWELL:
        with contextlib.suppress(OSError, ValueError):  # older ones know no such report and need none
            device.send_feature_report(_HONEYWELL_HID_POS_ON)
    return HidPosFrames(device)


def _library() -> Any:
    """On Linux through /dev/hidraw, which leaves the kernel's driver in place; it ships no types."""
    library = load_library("hidraw") or load_library("hid")
    if library is None:
        raise DeviceUnavailable("HID-POS scanners need the package hidapi, which is not installed")
    return library


def _layout(device: HidDevice) -> HidPosLayout:
    """By the device's descriptor, else as most of them have it."""
    try:
        descriptor = bytes(device.get_report_descriptor(_DESCRIPTOR_BYTES))
    except (OSError, ValueError, AttributeError) as error:
        log.debug("the scanner's report descriptor cannot be read: %s", error)
        return STANDARD_LAYOUT
    return layout_of(descriptor) or STANDARD_LAYOUT
