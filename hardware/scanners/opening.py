"""From an address in the settings to a scanner of its kind."""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from hardware.addresses import (
    EvdevAddress,
    HidAddress,
    ScannerAddress,
    SerialAddress,
    TcpAddress,
    parse_port,
    parse_scanner_address,
)
from hardware.errors import DeviceError
from hardware.scanners.evdev import InputDeviceFrames
from hardware.scanners.frame import ScanFrame
from hardware.scanners.hid_pos import open_hid_pos
from hardware.scanners.scanner import FrameScanner, FrameSource, ignore_connection, ignore_error
from hardware.scanners.serial_scanner import SerialFrames


def scanner_at(
    address: str,
    on_frame: Callable[[ScanFrame], None],
    on_connected: Callable[[bool], None] = ignore_connection,
    on_error: Callable[[DeviceError], None] = ignore_error,
    *,
    name: str = "",
) -> FrameScanner:
    """`serial://…` or the bare name of a port, `tcp://…`, `hid://vendor:product`, `evdev:///dev/input/…`.

    It is not opened yet: that happens on its own thread. Callbacks as for FrameScanner.
    Raises AddressInvalid.
    """
    parsed = parse_scanner_address(address) if "://" in address else parse_port(address)
    return FrameScanner(partial(_open, parsed), on_frame, on_connected, on_error, name=name)


def _open(address: ScannerAddress) -> FrameSource:
    match address:
        case SerialAddress() | TcpAddress():
            return SerialFrames(address.open())
        case HidAddress():
            return open_hid_pos(address.vendor_id, address.product_id, address.serial_number)
        case EvdevAddress():
            return InputDeviceFrames(address.path)
        case _:
            assert_never(address)
