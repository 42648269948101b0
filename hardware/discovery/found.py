"""What a search comes upon, and the names by which the till knows the places that a device may take."""

from dataclasses import dataclass

RECEIPT_PRINTER = "receipt_printer"
LABEL_PRINTER = "label_printer"
DRAWER = "drawer"
SCANNER = "scanner"
SCALE = "scale"
DISPLAY = "display"
TERMINAL = "terminal"

NOT_PERMITTED = "this user may not open it"
"""In the detail."""
SERIAL_DEVICES = (SCALE, DISPLAY, SCANNER, RECEIPT_PRINTER, DRAWER)
"""What an adapter, which says nothing of what hangs behind it, may carry."""


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    """`serial_port`, `printer_file`, `usb_printer`, `network_printer`, `print_queue`, `input_device`,
    `hid_device`."""
    address: str
    """Ready for the settings; empty when it is seen and cannot be used, and `detail` says why."""
    name: str
    detail: str = ""
    suits: tuple[str, ...] = ()
    """Places at the till that it may take, the likeliest first."""
