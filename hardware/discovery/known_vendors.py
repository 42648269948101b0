"""Makers by their USB numbers, and what their devices most likely are."""

from dataclasses import dataclass

from hardware.discovery.found import (
    DISPLAY,
    LABEL_PRINTER,
    RECEIPT_PRINTER,
    SCALE,
    SCANNER,
    SERIAL_DEVICES,
    TERMINAL,
)


@dataclass(frozen=True, slots=True)
class Vendor:
    name: str
    suits: tuple[str, ...]


_RECEIPTS = (RECEIPT_PRINTER, DISPLAY)
_LABELS = (LABEL_PRINTER,)
_BOTH = (RECEIPT_PRINTER, LABEL_PRINTER)

_VENDORS = {
    0x0C2E: Vendor("Honeywell", (SCANNER,)),
    0x0536: Vendor("Honeywell (Hand Held Products)", (SCANNER,)),
    0x05E0: Vendor("Zebra (Symbol)", (SCANNER,)),
    0x05F9: Vendor("Datalogic (PSC)", (SCANNER,)),
    0x080C: Vendor("Datalogic", (SCANNER,)),
    0x1EAB: Vendor("Newland", (SCANNER,)),
    0x065A: Vendor("Opticon", (SCANNER,)),
    0x11FA: Vendor("Code Corporation", (SCANNER,)),
    0x076D: Vendor("Denso Wave", (SCANNER,)),
    0x04B8: Vendor("Epson", _RECEIPTS),
    0x0519: Vendor("Star Micronics", _RECEIPTS),
    0x1504: Vendor("Bixolon", _BOTH),
    0x1D90: Vendor("Citizen", _BOTH),
    0x2730: Vendor("Citizen", _BOTH),
    0x0DD4: Vendor("Custom", _RECEIPTS),
    0x0619: Vendor("Seiko Instruments", _BOTH),
    0x0404: Vendor("NCR", _RECEIPTS),
    0x08A6: Vendor("Toshiba TEC", _BOTH),
    0x154F: Vendor("SNBC", _RECEIPTS),
    0x0416: Vendor("Winbond (many receipt printers)", _RECEIPTS),
    0x0FE6: Vendor("ICS (many receipt printers)", _RECEIPTS),
    0x0A5F: Vendor("Zebra", _LABELS),
    0x1203: Vendor("TSC", _LABELS),
    0x0922: Vendor("Dymo", (LABEL_PRINTER, SCALE)),
    0x0EB8: Vendor("Mettler Toledo", (SCALE,)),
    0x0B67: Vendor("Fairbanks", (SCALE,)),
    0x0B00: Vendor("Ingenico", (TERMINAL,)),
    0x079B: Vendor("Ingenico (Sagem)", (TERMINAL,)),
    0x11CA: Vendor("Verifone", (TERMINAL,)),
    0x0403: Vendor("FTDI adapter", SERIAL_DEVICES),
    0x067B: Vendor("Prolific adapter", SERIAL_DEVICES),
    0x1A86: Vendor("CH340 adapter", SERIAL_DEVICES),
    0x10C4: Vendor("Silicon Labs adapter", SERIAL_DEVICES),
}


def vendor(vendor_id: int | None) -> Vendor | None:
    return _VENDORS.get(vendor_id) if vendor_id is not None else None


def is_scanner_maker(vendor_id: int) -> bool:
    known = vendor(vendor_id)
    return known is not None and SCANNER in known.suits and known.suits != SERIAL_DEVICES


def usb_detail(vendor_id: int, product_id: int, serial_number: str) -> str:
    """Such as `04b8:0e15 · serial number X3 · Epson`."""
    known = vendor(vendor_id)
    parts = [f"{vendor_id:04x}:{product_id:04x}"]
    if serial_number:
        parts.append(f"serial number {serial_number}")
    if known is not None:
        parts.append(known.name)
    return " · ".join(parts)
