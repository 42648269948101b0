"""What a ZVT terminal tells during a command: status, states, printouts; already without card numbers."""

from dataclasses import dataclass, field

from hardware.terminals.terminal import masked
from hardware.terminals.zvt_apdu import Bmp, Tag, from_bcd, read_fields, read_tagged
from hardware.terminals.zvt_words import card_type_words, state_words

_ENCODING = "cp437"
"""What a terminal sends to a till that has announced no other."""
_LAST_LINE = 0x81
_MERCHANT, _CUSTOMER = 1, 2


@dataclass(frozen=True, slots=True)
class ZvtStatus:
    """A status information: about a transaction, or the totals of a day."""

    result_code: int
    """0: approved."""
    amount_minor: int | None = None
    currency_number: str = ""
    receipt_number: int | None = None
    trace: int | None = None
    authorisation: str = ""
    scheme: str = ""
    words: str = ""


def read_status(data: bytes) -> ZvtStatus | None:
    """None for one that names no result. Raises ZvtMalformed."""
    fields = read_fields(data)
    if Bmp.RESULT_CODE not in fields:
        return None
    card_type = fields.get(Bmp.CARD_TYPE, b"\0")[0]
    return ZvtStatus(
        result_code=fields[Bmp.RESULT_CODE][0],
        amount_minor=_number(fields, Bmp.AMOUNT),
        currency_number=fields.get(Bmp.CURRENCY, b"").hex()[-3:],
        receipt_number=_number(fields, Bmp.RECEIPT_NUMBER),
        trace=_number(fields, Bmp.TRACE),
        authorisation=_text(fields.get(Bmp.AUTHORISATION, b"")),
        scheme=_text(fields.get(Bmp.CARD_NAME, b"")) or card_type_words(card_type),
        words=_text(fields.get(Bmp.ADDITIONAL_TEXT, b"")),
    )


def read_state(data: bytes) -> str:
    """What the terminal shows: its own words where it sends them. Raises ZvtMalformed."""
    if not data:
        return ""
    # The state, and how many minutes it may last; fields may follow.
    fields = read_fields(data[2:])
    for tag, value in read_tagged(fields.get(Bmp.TLV, b"")):
        if tag == Tag.DISPLAY_TEXTS:
            lines = [_text(line) for line_tag, line in read_tagged(value) if line_tag == Tag.TEXT_LINE]
            if any(lines):
                return " ".join(filter(None, lines))
    return state_words(data[0])


@dataclass(slots=True)
class Printouts:
    """What the terminal wants printed, by receipt."""

    _receipts: list[tuple[int, list[str]]] = field(default_factory=list)
    _is_open: bool = False
    """Lines come one by one and the last receipt has not ended."""

    def add_line(self, data: bytes) -> None:
        """A print line: its attribute and its text."""
        attribute = data[0] if data else _LAST_LINE
        if not self._is_open:
            self._receipts.append((0, []))
        lines = self._receipts[-1][1]
        if attribute & 0xC0 == 0xC0:
            lines.extend([""] * min(attribute & 0x3F, 3))
        else:
            lines.append(masked(data[1:].decode(_ENCODING).rstrip()))
        self._is_open = attribute != _LAST_LINE

    def add_block(self, data: bytes) -> None:
        """A whole receipt. Raises ZvtMalformed."""
        kind, lines = 0, list[str]()
        for tag, value in read_tagged(read_fields(data).get(Bmp.TLV, b"")):
            if tag == Tag.RECEIPT_TYPE and value:
                kind = value[-1]
            elif tag == Tag.PRINT_TEXTS:
                lines += [
                    masked(line.decode(_ENCODING).rstrip())
                    for line_tag, line in read_tagged(value)
                    if line_tag == Tag.TEXT_LINE
                ]
        self._receipts.append((kind, lines))
        self._is_open = False

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for _, lines in self._receipts for line in lines)

    @property
    def customer_copy(self) -> tuple[str, ...]:
        """Unmarked receipts come as the merchant's, then the customer's; a single one is the customer's."""
        return self._copy(_CUSTOMER) or (tuple(self._unmarked[-1]) if self._unmarked else ())

    @property
    def merchant_copy(self) -> tuple[str, ...]:
        return self._copy(_MERCHANT) or (tuple(self._unmarked[0]) if len(self._unmarked) > 1 else ())

    @property
    def _unmarked(self) -> list[list[str]]:
        return [lines for kind, lines in self._receipts if kind not in (_MERCHANT, _CUSTOMER)]

    def _copy(self, wanted: int) -> tuple[str, ...]:
        return tuple(line for kind, lines in self._receipts if kind == wanted for line in lines)


def _number(fields: dict[int, bytes], number: int) -> int | None:
    return from_bcd(fields[number]) if number in fields else None


def _text(value: bytes) -> str:
    return masked(value.split(b"\0")[0].decode(_ENCODING).strip())
