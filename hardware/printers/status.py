"""ESC/POS status: the questions, and which of the bytes that come back are their answers."""

from dataclasses import dataclass
from enum import IntEnum

from hardware.errors import NotReadyReason


class Question(IntEnum):
    """`DLE EOT n`, answered at once, even by a printer that is offline."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    PAPER = 4

    @property
    def command(self) -> bytes:
        return b"\x10\x04" + bytes([self])


ASK_WHEN_DONE = b"\x1dr\x01"
"""`GS r 1` is carried out in order: its answer means that all before it was processed."""


@dataclass(frozen=True, slots=True)
class PrinterCondition:
    """What a printer that answers said of itself."""

    not_ready: NotReadyReason | None = None
    """What keeps it from printing; None: nothing."""
    paper_near_end: bool = False
    drawer_pin_high: bool = False
    """Whether that means open differs from drawer to drawer."""


def condition(answers: dict[Question, int]) -> PrinterCondition:
    """From the answers that came; a question left unanswered counts as no complaint."""
    printer = answers.get(Question.PRINTER, 0)
    cause = answers.get(Question.OFFLINE_CAUSE, 0)
    paper = answers.get(Question.PAPER, 0)
    not_ready: NotReadyReason | None = None
    if cause & 0x04:
        not_ready = NotReadyReason.COVER_OPEN
    elif cause & 0x20 or paper & 0x60:
        not_ready = NotReadyReason.PAPER_OUT
    elif cause & 0x40:
        not_ready = NotReadyReason.PRINTER_ERROR
    elif printer & 0x08:
        not_ready = NotReadyReason.OFFLINE
    return PrinterCondition(not_ready, bool(paper & 0x0C), bool(printer & 0x04))


class AnswerReader:
    """Sorts the bytes of a printer: real-time answers, in-order answers, and reports nobody asked for."""

    def __init__(self) -> None:
        self._report_bytes_left = 0

    def real_time(self, received: bytes) -> int | None:
        """The first answer to a Question in there."""
        return next((byte for byte in self._without_reports(received) if byte & 0x93 == 0x12), None)

    def in_order(self, received: bytes) -> int | None:
        """The first answer to ASK_WHEN_DONE in there."""
        return next((byte for byte in self._without_reports(received) if byte & 0x90 == 0), None)

    def _without_reports(self, received: bytes) -> bytes:
        """An automatic status report has 4 bytes, of which only the first can be told from an answer."""
        kept = bytearray()
        for byte in received:
            if self._report_bytes_left:
                self._report_bytes_left -= 1
            elif byte & 0x93 == 0x10:
                self._report_bytes_left = 3
            else:
                kept.append(byte)
        return bytes(kept)
