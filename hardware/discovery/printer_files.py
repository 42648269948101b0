"""Printers for which Linux makes a device file (`/dev/usb/lp0`)."""

from collections.abc import Iterator
from pathlib import Path

from hardware.addresses import FileAddress
from hardware.discovery.found import LABEL_PRINTER, NOT_PERMITTED, RECEIPT_PRINTER, Found
from hardware.discovery.known_vendors import usb_detail, vendor
from hardware.transports.permission import may_be_opened


def find_printer_files(
    devices: Path = Path("/dev/usb"), classes: Path = Path("/sys/class/usbmisc")
) -> Iterator[Found]:
    for path in sorted(devices.glob("lp*")):
        described = classes / path.name / "device"
        # The file belongs to an interface; the device that has it is a level above.
        usb_device = described.resolve().parent
        vendor_id, product_id = (_hexadecimal(usb_device / name) for name in ("idVendor", "idProduct"))
        known = vendor(vendor_id)
        details = []
        if vendor_id is not None and product_id is not None:
            details.append(usb_detail(vendor_id, product_id, _text(usb_device / "serial")))
        if not may_be_opened(str(path)):
            details.append(NOT_PERMITTED)
        yield Found(
            kind="printer_file",
            address=str(FileAddress(path)),
            name=_model(_text(described / "ieee1284_id")) or _text(usb_device / "product") or path.name,
            detail=" · ".join(details),
            suits=known.suits if known is not None else (RECEIPT_PRINTER, LABEL_PRINTER),
        )


def _model(ieee1284_id: str) -> str:
    """Of `MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;`."""
    fields = dict(part.split(":", 1) for part in ieee1284_id.split(";") if ":" in part)
    maker = fields.get("MFG") or fields.get("MANUFACTURER", "")
    model = fields.get("MDL") or fields.get("MODEL", "")
    return f"{maker} {model}".strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def _hexadecimal(path: Path) -> int | None:
    try:
        return int(_text(path), 16)
    except ValueError:
        return None
