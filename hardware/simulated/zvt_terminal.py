"""A card terminal on a loopback port that speaks ZVT, written from the specification apart from the driver.

What it does is set by its script, at any time; its book says what money moved, whatever the till heard of it.
"""

import contextlib
import selectors
import socket
import threading
from dataclasses import dataclass
from types import TracebackType

from hardware.simulated import zvt_bytes as say
from hardware.simulated.terminal_book import BookEntry, Movement, TerminalBook
from hardware.simulated.zvt_connection import LinkFault, LinkLost, ZvtConnection, ZvtOutcome, ZvtScript

__all__ = ["CARD", "LinkFault", "SimulatedZvtTerminal", "ZvtOutcome", "ZvtScript"]

CARD = "4111111111111111"
"""Sent on purpose in fields and on receipts, as careless terminals do: a driver must lose it."""

_COMPLETION = say.message(0x06, 0x0F)


@dataclass(slots=True)
class _Attempt:
    movement: Movement
    amount_minor: int
    of_number: int = 0


class SimulatedZvtTerminal:
    """Runs on a thread of its own from `with` to its end. One connection at a time."""

    def __init__(self, script: ZvtScript | None = None, *, port: int = 0, currency: str = "GBP") -> None:
        self._script = script or ZvtScript()
        self._currency = currency
        self._book = TerminalBook()
        self._transcript: list[tuple[bool, bytes]] = []
        self._changed = threading.Condition()
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen()
        self.host = "127.0.0.1"
        self.port: int = self._listener.getsockname()[1]
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="simulated-zvt-terminal", daemon=True)
        self._link: ZvtConnection | None = None
        self._is_card_awaited = False

    @property
    def address(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    @property
    def script(self) -> ZvtScript:
        with self._changed:
            return self._script

    @script.setter
    def script(self, script: ZvtScript) -> None:
        with self._changed:
            self._script = script

    @property
    def transactions(self) -> tuple[BookEntry, ...]:
        with self._changed:
            return tuple(self._book.entries)

    @property
    def transcript(self) -> tuple[tuple[bool, bytes], ...]:
        """Each message and whether it came from the till."""
        with self._changed:
            return tuple(self._transcript)

    def key_by_hand(self, amount_minor: int) -> None:
        """A payment that somebody makes on the terminal itself."""
        with self._changed:
            self._enter(_Attempt(Movement.PURCHASE, amount_minor), amount_minor, "")

    def wait_for_customer(self, timeout_s: float = 5.0) -> None:
        """Until a payment waits for its card. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_card_awaited, timeout_s):
                raise TimeoutError("no payment waits for a card")

    def __enter__(self) -> "SimulatedZvtTerminal":
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stop_writer.close()
        if self._thread.ident is not None:
            self._thread.join()
        self._stop_reader.close()
        self._listener.close()

    def _run(self) -> None:
        while self._is_ready(self._listener):
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client, contextlib.suppress(ConnectionError, LinkLost):
                self._link = ZvtConnection(self, client)
                while True:
                    self._obey(self._link.receive())

    def _obey(self, request: bytes) -> None:
        control, data = request[:2], say.data_of(request)
        if self.script.outcome is ZvtOutcome.BUSY and control != b"\x06\xb0":
            self._send(say.message(0x84, 0x9C))
            return
        match control.hex():
            case "0600":
                self._register(data)
            case "0601":
                self._pay(_Attempt(Movement.PURCHASE, say.amount_in(data)))
            case "0631":
                self._pay(_Attempt(Movement.REFUND, say.amount_in(data[3:])))
            case "0630":
                self._reverse(say.receipt_number_in(data[3:]))
            case "0620":
                self._repeat()
            case "0650":
                self._end_day()
            case "0501":
                self._tell(say.ACKNOWLEDGEMENT, say.message(0x06, 0x0F, b"\x00"))
            case "06b0":
                self._send(say.ACKNOWLEDGEMENT)
            case "8000":
                return
            case _:
                self._send(say.message(0x84, 0x83))

    def _register(self, data: bytes) -> None:
        has_tags = len(data) > 8
        if has_tags and not self.script.knows_tags:
            self._send(say.message(0x84, 0x9A))
            return
        self._tell(
            say.ACKNOWLEDGEMENT,
            say.message(0x06, 0x0F, b"\x19\x00\x29\x52\x52\x35\x35\x49" + say.currency(self._currency)),
        )

    def _pay(self, attempt: _Attempt) -> None:
        script = self.script
        try:
            self._tell(say.ACKNOWLEDGEMENT, say.message(0x04, 0xFF, b"\x0a\x01"))
            if script.outcome is ZvtOutcome.WAIT:
                self._wait_for_abort()
            if script.outcome is ZvtOutcome.SILENT:
                self._say_nothing()
            self._tell(say.message(0x04, 0xFF, b"\x04"))
        except (LinkLost, ConnectionError):
            if script.goes_on_alone:
                self._decide(attempt, script.outcome)
            raise
        entry = self._decide(attempt, script.outcome)
        if not entry.approved_minor:
            code = 0x6C if entry.reason == "aborted" else 0x05
            self._tell(say.message(0x04, 0x0F, bytes([0x27, code])), say.message(0x06, 0x1E, bytes([code])))
            return
        if script.outcome is ZvtOutcome.LOST:
            raise LinkLost
        if script.outcome is ZvtOutcome.MUTE:
            self._tell(_COMPLETION)
            return
        self._tell(say.status(entry, CARD))
        if script.outcome is ZvtOutcome.REVERT:
            with self._changed:
                self._book.take_back(entry)
            self._tell(say.message(0x06, 0x1E, b"\xcc"))
            return
        self._print(("MERCHANT COPY", *_receipt(entry)), ("CUSTOMER COPY", *_receipt(entry)))
        self._tell(_COMPLETION)

    def _decide(self, attempt: _Attempt, outcome: ZvtOutcome) -> BookEntry:
        with self._changed:
            match outcome:
                case ZvtOutcome.DECLINE:
                    return self._enter(attempt, 0, "declined")
                case ZvtOutcome.ABORT | ZvtOutcome.WAIT:
                    return self._enter(attempt, 0, "aborted")
                case ZvtOutcome.PARTIAL:
                    return self._enter(attempt, (attempt.amount_minor + 1) // 2, "")
                case _:
                    return self._enter(attempt, attempt.amount_minor, "")

    def _enter(self, attempt: _Attempt, approved_minor: int, reason: str) -> BookEntry:
        entry = BookEntry(
            reference="",
            movement=attempt.movement,
            asked_minor=attempt.amount_minor,
            approved_minor=approved_minor,
            currency=self._currency,
            number=self._book.next_number if approved_minor else 0,
            reason=reason,
            of_number=attempt.of_number,
        )
        self._book.add(entry)
        self._changed.notify_all()
        return entry

    def _wait_for_abort(self) -> None:
        with self._changed:
            self._is_card_awaited = True
            self._changed.notify_all()
        assert self._link is not None
        while self._link.receive()[:2] != b"\x06\xb0":
            pass
        self._send(say.ACKNOWLEDGEMENT)

    def _say_nothing(self) -> None:
        """Until the till hangs up."""
        assert self._link is not None
        while True:
            self._link.receive()

    def _reverse(self, number: int) -> None:
        with self._changed:
            original = self._book.approved(number)
            is_reversed = self._book.is_reversed(number)
        if original is None or is_reversed:
            self._tell(say.ACKNOWLEDGEMENT, say.message(0x06, 0x1E, b"\xb4" if is_reversed else b"\xb5"))
        else:
            self._pay(_Attempt(Movement.REVERSAL, original.approved_minor, number))

    def _repeat(self) -> None:
        with self._changed:
            last = self._book.last_approved
        if last is None:
            self._tell(say.ACKNOWLEDGEMENT, say.message(0x06, 0x1E, b"\x83"))
            return
        self._tell(say.ACKNOWLEDGEMENT, say.status(last, CARD))
        self._print(("COPY", *_receipt(last)))
        self._tell(_COMPLETION)

    def _end_day(self) -> None:
        with self._changed:
            total_minor = sum(entry.moved_minor for entry in self._book.open_entries)
            self._book.end_day()
        self._tell(
            say.ACKNOWLEDGEMENT,
            say.message(0x04, 0x0F, b"\x27\x00\x04" + say.digits(max(total_minor, 0), 6)),
        )
        self._print(("END OF DAY", f"TOTAL {total_minor}"))
        self._tell(_COMPLETION)

    def _print(self, *receipts: tuple[str, ...]) -> None:
        for kind, lines in enumerate(receipts, start=1 if len(receipts) > 1 else 2):
            if self.script.prints_in_blocks:
                self._tell(say.text_block(kind, lines))
            else:
                self._tell(*say.print_lines(lines))

    def _tell(self, *messages: bytes) -> None:
        """Each but the acknowledgement is to be acknowledged before the next."""
        assert self._link is not None
        for data in messages:
            self._send(data)
            if data[0] != 0x80:
                while self._link.receive()[:1] not in (b"\x80", b"\x84"):
                    pass  # a request to abort that comes too late

    def _send(self, data: bytes) -> None:
        assert self._link is not None
        self._link.send(data)

    def record(self, is_from_till: bool, data: bytes) -> None:
        with self._changed:
            self._transcript.append((is_from_till, data))

    def _is_ready(self, source: socket.socket) -> bool:
        """Waits until there is something to read; False when the terminal is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stop_reader, selectors.EVENT_READ)
            selector.register(source, selectors.EVENT_READ)
            return all(key.fileobj is not self._stop_reader for key, _ in selector.select())

    def wait_for_data(self, client: socket.socket) -> None:
        if not self._is_ready(client):
            raise LinkLost


def _receipt(entry: BookEntry) -> tuple[str, ...]:
    return (
        entry.movement.upper(),
        f"RECEIPT {entry.number:04d}",
        f"CARD {CARD}",
        f"AMOUNT {entry.approved_minor}",
    )
