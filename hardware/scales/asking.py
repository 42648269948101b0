"""Question and answer over any transport: one deadline for both, and what is no answer is passed over."""

from collections.abc import Callable
from typing import Generic, TypeVar

from hardware.errors import DeviceTimeout
from hardware.scales.scale import ScaleAnswerInvalid, ScaleLacksFunction
from hardware.transports.base import Deadline, Transport

T = TypeVar("T")

ANSWER_S = 0.5
_LONGEST_ANSWER_BYTES = 256
_MOST_READS = 16
"""A line that never pauses fills no memory and holds nobody up."""


class AnswerFinder(Generic[T]):
    """Bytes in any portions to the first whole answer among them."""

    def __init__(self, find: Callable[[bytes], T | None]) -> None:
        """`find` looks for an answer anywhere in what came; None: not whole yet."""
        self._find = find
        self._received = b""

    def feed(self, data: bytes) -> T | None:
        """Raises what `find` raises: ScaleAnswerInvalid, ScaleUnitRefused."""
        self._received = (self._received + data)[-_LONGEST_ANSWER_BYTES:]
        return self._find(self._received)

    @property
    def received(self) -> bytes:
        return self._received


class AskingScale:
    """The part that all protocols share: each question begins on an empty line."""

    can_zero = False
    can_tare = False

    def __init__(self, transport: Transport, answer_s: float = ANSWER_S) -> None:
        self._transport = transport
        self._answer_s = answer_s

    def zero(self) -> None:
        raise ScaleLacksFunction("this scale is set to zero at the scale itself")

    def tare(self) -> None:
        raise ScaleLacksFunction("this scale takes its tare at the scale itself")

    def close(self) -> None:
        self._transport.close()

    def _deadline(self) -> Deadline:
        return Deadline(self._answer_s)

    def _forget_what_came(self) -> None:
        """A late answer to an earlier question must not be taken for the one to this."""
        for _ in range(_MOST_READS):
            if not self._transport.read(4096, 0.0):
                return

    def _say(self, words: bytes, deadline: Deadline) -> None:
        self._transport.write(words, deadline.remaining_s)

    def _hear(self, find: Callable[[bytes], T | None], deadline: Deadline) -> T:
        finder = AnswerFinder(find)
        while True:
            data = self._transport.read(_LONGEST_ANSWER_BYTES, deadline.remaining_s)
            answer = finder.feed(data)
            if answer is not None:
                return answer
            if deadline.is_over:
                break
        if finder.received:
            raise ScaleAnswerInvalid(f"no answer of this protocol: {finder.received[-32:].hex(' ')}")
        raise DeviceTimeout("the scale does not answer")

    def _ask(self, question: bytes, find: Callable[[bytes], T | None]) -> T:
        deadline = self._deadline()
        self._forget_what_came()
        self._say(question, deadline)
        return self._hear(find, deadline)
