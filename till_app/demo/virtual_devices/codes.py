"""What the virtual scanner has to scan: goods of the demo shop, and codes that go wrong."""

from till_app.demo.virtual_devices.cards import ScannedCode
from till_app.ui.translation import tr

_CONTEXT = "VirtualDevices"


def demo_codes() -> tuple[ScannedCode, ...]:
    return (
        ScannedCode(tr(_CONTEXT, "Milk"), "0400001000045"),
        ScannedCode(tr(_CONTEXT, "Oats"), "5000108022824"),
        ScannedCode(tr(_CONTEXT, "Sourdough"), "2000101"),
        ScannedCode(tr(_CONTEXT, "Birthday card"), "0400001000199"),
        ScannedCode(tr(_CONTEXT, "Newspaper"), "9779999001008"),
        ScannedCode(tr(_CONTEXT, "Carrier bag"), "0400001000892"),
        ScannedCode(tr(_CONTEXT, "Wine (age)"), "0400001000144"),
        ScannedCode(tr(_CONTEXT, "Cheddar at £3.91"), "2000011003913"),
        ScannedCode(tr(_CONTEXT, "Bacon, 250 g"), "2100016002505"),
        ScannedCode(tr(_CONTEXT, "Unknown code"), "5000000000012"),
        ScannedCode(tr(_CONTEXT, "Damaged barcode"), "5000108022825"),
    )
