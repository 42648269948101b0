"""The names of barcode symbologies by their AIM identifiers (ISO/IEC 15424)."""

_EXACT = {
    "]C1": "GS1-128",
    "]E0": "EAN-13, UPC-A or UPC-E",
    "]E1": "two-digit add-on",
    "]E2": "five-digit add-on",
    "]E3": "EAN-13 or UPC with an add-on",
    "]E4": "EAN-8",
    "]d2": "GS1 DataMatrix",
    "]Q3": "GS1 QR code",
    "]J1": "GS1 DotCode",
}
_FAMILIES = {
    "A": "Code 39",
    "B": "Telepen",
    "C": "Code 128",
    "D": "Code One",
    "E": "EAN or UPC",
    "F": "Codabar",
    "G": "Code 93",
    "H": "Code 11",
    "I": "Interleaved 2 of 5",
    "J": "DotCode",
    "K": "Code 16K",
    "L": "PDF417",
    "M": "MSI Plessey",
    "N": "Anker Plessey",
    "O": "Codablock",
    "P": "Plessey",
    "Q": "QR code",
    "R": "2 of 5 with straight bars",
    "S": "2 of 5 with straight bars",
    "U": "MaxiCode",
    "X": "a symbology of the scanner's own",
    "Z": "no barcode: keys or a magnetic card",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "h": "Han Xin code",
    "o": "OCR text",
    "p": "postal code",
    "s": "Supercode",
    "z": "Aztec code",
}


def symbology_name(identifier: str) -> str:
    """Of `]E0` and the like; empty without an identifier, and for one that is not assigned."""
    return _EXACT.get(identifier) or _FAMILIES.get(identifier[1:2], "")
