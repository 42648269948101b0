"""Codes of ZVT terminals in words: error messages and intermediate states (PA00P015, chapters 10 and 11)."""

ABORTED_BY_PERSON = 0x6C
"""Time-out of the cardholder, or the abort key."""
TAGGED_FIELDS_NOT_KNOWN = 0x9A
BUSY = frozenset({0x9C, 0xA0})
_LAST_OF_BANK = 0x63
"""Codes up to this one are the bank's own, not the terminal's."""

_ERRORS = {
    0x64: "Card not readable",
    0x65: "Card data missing",
    0x66: "Processing error",
    0x67: "Not allowed for this card",
    0x68: "Not allowed for this card",
    0x6A: "The terminal's memory is full",
    0x6B: "The till is not registered",
    0x6C: "Cancelled",
    0x6E: "Card blocked",
    0x6F: "Wrong currency",
    0x71: "Insufficient funds",
    0x72: "Chip error",
    0x73: "Card data wrong",
    0x77: "End of day not possible",
    0x78: "Card expired",
    0x79: "Card not yet valid",
    0x7A: "Card unknown",
    0x7B: "Magnetic stripe not possible",
    0x7C: "Magnetic stripe not possible",
    0x7D: "Communication error",
    0x7E: "Magnetic stripe not possible",
    0x83: "Function not possible",
    0x85: "Key missing",
    0x89: "PIN pad faulty",
    0x9A: "Protocol error",
    0x9B: "Communication fault",
    0x9C: "Please wait",
    0xA0: "Terminal not ready",
    0xA1: "The bank does not respond",
    0xA3: "No connection to the bank",
    0xA5: "Not allowed by the card schemes' rules",
    0xB1: "The terminal's memory is full",
    0xB2: "The merchant journal is full",
    0xB4: "Already reversed",
    0xB5: "Reversal not possible",
    0xB7: "Amount wrong",
    0xC2: "Diagnosis needed",
    0xC3: "Amount too high",
    0xC4: "Card profiles must be loaded",
    0xC5: "Payment method not supported",
    0xC6: "Currency not supported",
    0xC8: "Amount too small",
    0xC9: "Amount too small",
    0xCC: "Printer not ready",
    0xDC: "Card inserted",
    0xE2: "Card reader faulty",
    0xE4: "Terminal must be activated",
    0xEA: "Card not allowed",
    0xEB: "PIN not possible",
    0xEC: "PIN not possible",
    0xED: "PIN pad faulty",
    0xF0: "End of day is still open",
    0xFC: "A needed device is missing",
    0xFF: "System error",
}
_REMOVE_CARD = 0x40
"""Added to a state for which the card is to be removed as well."""
_STATES = {
    0x00: "Confirm the amount",
    0x01: "Please watch the PIN pad",
    0x02: "Please watch the PIN pad",
    0x03: "Not accepted",
    0x04: "Waiting for the bank",
    0x05: "Reversal being sent",
    0x06: "Bookings being sent",
    0x07: "Card not allowed",
    0x08: "Card unknown",
    0x09: "Card expired",
    0x0A: "Insert card",
    0x0B: "Remove card",
    0x0C: "Card not readable",
    0x0D: "Processing error",
    0x0E: "Please wait",
    0x0F: "End of day",
    0x10: "Card invalid",
    0x12: "System fault",
    0x13: "Payment not possible",
    0x14: "Insufficient funds",
    0x15: "Wrong PIN",
    0x16: "Limit too low",
    0x17: "Please wait",
    0x18: "PIN tried too often",
    0x19: "Card data wrong",
    0x1A: "Service mode",
    0x1B: "Approved",
    0x1C: "Approved",
    0x1D: "Declined",
    0x28: "Choose the currency",
    0x29: "Choose the language",
    0x2C: "Choose the application",
    0x68: "Card inserted",
    0x69: "Choose the currency",
    0x6A: "PIN being entered",
    0x6B: "PIN being entered",
    0x6C: "PIN being entered",
    0x6D: "PIN entered",
    0xC8: "Waiting for the operator",
    0xC9: "Diagnosis",
    0xCA: "Initialisation",
    0xD2: "Connecting to the bank",
    0xD3: "Connected to the bank",
    0xE0: "Choose the application",
    0xE1: "Choose the language",
    0xF1: "Offline",
    0xF2: "Online",
}
_CARD_TYPES = {
    2: "ec-card",
    5: "girocard",
    6: "Mastercard",
    8: "American Express",
    10: "Visa",
    11: "Visa Electron",
    12: "Diners",
    13: "V PAY",
    14: "JCB",
    46: "Maestro",
    198: "UnionPay",
}


def error_words(code: int) -> str:
    if code <= _LAST_OF_BANK:
        return "Declined"
    return _ERRORS.get(code, f"Error {code:02X}")


def error_reason(code: int) -> str:
    return f"zvt_{code:02x}"


def state_words(code: int) -> str:
    """Empty for a state that says nothing to an operator."""
    if code in _STATES:
        return _STATES[code]
    words = _STATES.get(code & ~_REMOVE_CARD, "") if code < 0x80 else ""
    return f"{words}. Remove card" if words else ""


def card_type_words(number: int) -> str:
    return _CARD_TYPES.get(number, "")
