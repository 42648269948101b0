"""What a label printer's language must be able to say and to understand; ZPL and EPL are such languages."""

from enum import StrEnum
from typing import Protocol

from hardware.errors import NotReadyReason
from hardware.printers.labels import Label
from hardware.printers.status import PrinterCondition


class Progress(StrEnum):
    UNDER_WAY = "under_way"
    DONE = "done"


class LabelLanguage(Protocol):
    """Pure: bytes out and in. One object per printer."""

    def encode(self, label: Label) -> bytes: ...

    @property
    def status_question(self) -> bytes: ...

    def status(self, received: bytes) -> PrinterCondition | None:
        """From all that came since the question; None while that is incomplete."""
        ...

    @property
    def progress_question(self) -> bytes:
        """Sent again and again after a job; empty when the printer tells by itself."""
        ...

    def progress(self, received: bytes) -> Progress | NotReadyReason | None:
        """All that came since the job, or since the last question; None: incomplete."""
        ...
