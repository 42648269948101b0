"""The page of the test print: what an installer looks at to see whether a printer is set up well."""

from hardware.document import Align, Barcode, Blank, Cut, QrCode, ReceiptDocument, Row, Rule, Size, TextLine

HARD_CHARACTERS = "£ € é à ñ ü ß Å ø ½ ×"
"""All in CP858; on paper they must read the same."""


def print_test_page(columns: int) -> ReceiptDocument:
    """The ruler ends at the paper's edge when the columns are right."""
    ruler = "".join(str(number % 10) for number in range(1, columns + 1))
    return ReceiptDocument(
        (
            TextLine("TEST PRINT", Align.CENTER, bold=True, size=Size.LARGE),
            TextLine(HARD_CHARACTERS, Align.CENTER),
            Rule(),
            TextLine(ruler),
            Row("left", "right £1.00"),
            Row("a long name that does not fit on one line and wraps", "£12,345.67 A"),
            TextLine("bold", bold=True),
            TextLine("tall", size=Size.TALL),
            TextLine("outside the code page: Łódź ₹ 日本"),
            Row("شاي 500g ☕", "£1.00"),
            TextLine("white on black", inverse=True),
            Blank(),
            Barcode("RN1-000001"),
            Blank(),
            QrCode("TEST PRINT"),
            Cut(),
        )
    )
