"""HID devices that are scanners: those of the HID-POS usage page, and those of makers of scanners."""

from collections.abc import Iterator, Sequence
from typing import Any

from hardware.addresses import HidAddress
from hardware.discovery.found import SCANNER, Found
from hardware.discovery.known_vendors import is_scanner_maker, usb_detail
from hardware.optional_library import load_library

_BARCODE_SCANNER_PAGE = 0x8C
_KEYBOARD = (0x01, 0x06)


def find_hid_devices(devices: Sequence[dict[str, Any]] | None = None) -> Iterator[Found]:
    """`devices`: as hidapi enumerates them; None asks it, if it is installed."""
    seen: set[str] = set()
    for device in _enumerate() if devices is None else devices:
        vendor_id, product_id = int(device["vendor_id"]), int(device["product_id"])
        usage = (int(device.get("usage_page") or 0), int(device.get("usage") or 0))
        # As a keyboard it is found among the input devices.
        is_scanner = usage[0] == _BARCODE_SCANNER_PAGE or (is_scanner_maker(vendor_id) and usage != _KEYBOARD)
        serial_number = str(device.get("serial_number") or "")
        address = str(HidAddress(vendor_id, product_id, serial_number))
        if not is_scanner or address in seen:
            continue
        seen.add(address)
        yield Found(
            kind="hid_device",
            address=address,
            name=str(device.get("product_string") or "HID scanner"),
            detail=usb_detail(vendor_id, product_id, serial_number),
            suits=(SCANNER,),
        )


def _enumerate() -> Sequence[dict[str, Any]]:
    # On Linux by /dev/hidraw, which tells what a device is for.
    hid = load_library("hidraw") or load_library("hid")
    if hid is None:
        return ()
    try:
        return list(hid.enumerate())
    except (OSError, AttributeError):
        # AttributeError: another library goes by that name.
        return ()
