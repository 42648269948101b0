"""Keyboards that look like scanners (Linux): a scanner that types shows itself as one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hardware.addresses import EvdevAddress
from hardware.discovery.found import NOT_PERMITTED, SCANNER, Found
from hardware.discovery.known_vendors import is_scanner_maker, usb_detail
from hardware.transports.permission import may_be_opened

_IDENTITY = re.compile(r"^I: Bus=\S+ Vendor=([0-9a-f]{4}) Product=([0-9a-f]{4})", re.MULTILINE)
_NAME = re.compile(r'^N: Name="(.*)"$', re.MULTILINE)
_UNIQUE = re.compile(r"^U: Uniq=(.*)$", re.MULTILINE)
_EVENT = re.compile(r"^H: Handlers=.*\b(event\d+)\b", re.MULTILINE)
_LOOKS_LIKE_A_SCANNER = re.compile(
    r"scan|barcode|bar code|imager|symbol|honeywell|datalogic|newland", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Keyboard:
    vendor_id: int
    product_id: int
    name: str
    serial_number: str
    event: str
    """`event3`."""


def find_input_devices(
    listing: Path = Path("/proc/bus/input/devices"), inputs: Path = Path("/dev/input")
) -> Iterator[Found]:
    """The address is the lasting one of `by-id` where there is one."""
    try:
        text = listing.read_text(errors="replace")
    except OSError:
        return
    lasting = _lasting_names(inputs / "by-id")
    for keyboard in _keyboards(text):
        is_scanner = is_scanner_maker(keyboard.vendor_id) or _LOOKS_LIKE_A_SCANNER.search(keyboard.name)
        if not is_scanner:
            continue
        path = lasting.get(keyboard.event, inputs / keyboard.event)
        yield Found(
            kind="input_device",
            address=str(EvdevAddress(PurePosixPath(path))),
            name=keyboard.name,
            detail=_detail(keyboard, path),
            suits=(SCANNER,),
        )


def _detail(keyboard: _Keyboard, path: Path) -> str:
    detail = usb_detail(keyboard.vendor_id, keyboard.product_id, keyboard.serial_number)
    return detail if may_be_opened(str(path)) else f"{detail} · {NOT_PERMITTED}"


def _keyboards(text: str) -> Iterator[_Keyboard]:
    for block in text.split("\n\n"):
        identity, event = _IDENTITY.search(block), _EVENT.search(block)
        if identity is None or event is None or " kbd " not in f"{block} ".replace("=kbd", "= kbd"):
            continue
        name, unique = _NAME.search(block), _UNIQUE.search(block)
        yield _Keyboard(
            vendor_id=int(identity[1], 16),
            product_id=int(identity[2], 16),
            name=name[1] if name else event[1],
            serial_number=unique[1].strip() if unique else "",
            event=event[1],
        )


def _lasting_names(folder: Path) -> dict[str, Path]:
    """By `event3`."""
    try:
        return {link.resolve().name: link for link in sorted(folder.iterdir())}
    except OSError:
        return {}
