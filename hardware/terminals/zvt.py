"""A card terminal that speaks ZVT over TCP (PA00P015). Built to the specification, tried on simulated peers.

ZVT carries no reference of the till's. So before each attempt the terminal is asked for its last transaction;
after a lost link it is asked again, and only a change that can be nothing but our attempt proves it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from hardware.errors import DeviceError
from hardware.terminals.currencies import currency_number, printed_amount
from hardware.terminals.terminal import EndOfDayResult, Outcome, PaymentRequest, PaymentResult, Progress
from hardware.terminals.zvt_apdu import Apdu, Bmp, Control, Tag, bcd, tagged
from hardware.terminals.zvt_link import Ending, Reply, ZvtLink, ZvtTimes
from hardware.terminals.zvt_memory import LastTransaction, ZvtMemory
from hardware.terminals.zvt_messages import Printouts, ZvtStatus
from hardware.terminals.zvt_words import (
    ABORTED_BY_PERSON,
    BUSY,
    TAGGED_FIELDS_NOT_KNOWN,
    error_reason,
    error_words,
)
from hardware.transports.base import Transport

ZVT_PORT = 20007

_CONFIGURATION = 0x02 | 0x04 | 0x08
"""The till prints the receipts of payments and of administration, and wants to hear of states."""
_PAYMENT_TYPE = 0x40
"""The terminal decides."""
_BLOCKS_PERMITTED = tagged(
    Tag.PERMITTED_COMMANDS,
    tagged(Tag.PERMITTED_COMMAND, Control.PRINT_TEXT_BLOCK.to_bytes(2, "big")),
)
_STATUS_BYTES = {0x01: "initialisation_needed", 0x02: "diagnosis_needed"}


class WayToTerminal(Protocol):
    """As TcpAddress."""

    def open(self, connect_s: float) -> Transport:
        """Raises DeviceError."""
        ...


class _Refused(Exception):
    """The terminal said no before any money was asked for."""

    def __init__(self, code: int) -> None:
        super().__init__(error_words(code))
        self.code = code

    @property
    def reason(self) -> str:
        return "busy" if self.code in BUSY else error_reason(self.code)


class ZvtTerminal:
    """A CardTerminal. It connects for each call; between them the terminal is free for another till."""

    can_query = True

    def __init__(
        self,
        address: WayToTerminal,
        password: str = "000000",
        *,
        memory: Path | None = None,
        times: ZvtTimes | None = None,
    ) -> None:
        """`memory`: a file by which a till that was killed during a payment can ask what came of it.

        Raises ValueError for a password that is not six digits.
        """
        if len(password) != 6:
            raise ValueError("a password of six digits is needed")
        self._connect: Callable[[float], Transport] = address.open
        self._password = bcd(password, 3)
        self._memory = ZvtMemory(memory)
        self._times = ZvtTimes() if times is None else times
        self._abort = threading.Event()

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        kind = bytes([Bmp.STATUS_BYTE, _PAYMENT_TYPE])
        return self._move(Control.AUTHORISATION, _amount(request) + kind, request, progress)

    def refund(self, request: PaymentRequest, progress: Progress, of: str = "") -> PaymentResult:
        return self._move(Control.REFUND, self._password + _amount(request), request, progress)

    def reverse(self, request: PaymentRequest, of: str, progress: Progress) -> PaymentResult:
        if not of.isascii() or not of.isdigit() or len(of) > 4:
            return PaymentResult(Outcome.NOT_SENT, reason="terminal_reference_invalid")
        data = self._password + bytes([Bmp.RECEIPT_NUMBER]) + bcd(of, 2)
        return self._move(Control.REVERSAL, data, request, progress)

    def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
        """UNKNOWN too when somebody used the terminal since: then its last transaction proves nothing.

        One case cannot be told from our payment: the same amount, keyed on the terminal as its very next one.
        """
        before = self._memory.before(request.reference)
        if before is None:
            return PaymentResult(Outcome.UNKNOWN, reason="nothing_known_before")
        try:
            with self._open(currency_number(request.currency)) as link:
                reply = self._ask_last(link)
        except DeviceError as error:
            return PaymentResult(Outcome.UNKNOWN, reason=error.code)
        except _Refused as refusal:
            return PaymentResult(Outcome.UNKNOWN, reason=refusal.reason, words=str(refusal))
        return _judged(before, reply, request)

    def abort(self) -> None:
        self._abort.set()

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        try:
            with self._open(None) as link:
                reply = link.run(Apdu(Control.END_OF_DAY, self._password), self._times.cardholder_s, progress)
        except DeviceError as error:
            return EndOfDayResult(False, reason=error.code)
        except _Refused as refusal:
            return EndOfDayResult(False, reason=refusal.reason, words=str(refusal))
        code = _failure(reply)
        if code:
            return EndOfDayResult(False, _Refused(code).reason, error_words(code), reply.printouts.lines)
        return EndOfDayResult(True, printout=reply.printouts.lines or _totals(reply.status))

    def check(self) -> str:
        try:
            with self._open(None) as link:
                reply = link.run(
                    Apdu(Control.STATUS_ENQUIRY, self._password), self._times.short_s, lambda _: None
                )
        except DeviceError as error:
            return error.code
        except _Refused as refusal:
            return refusal.reason
        code = _failure(reply)
        if code in BUSY:
            return "busy"
        return next((reason for bit, reason in _STATUS_BYTES.items() if reply.status_byte & bit), "")

    def close(self) -> None:
        self._abort.set()

    def _move(
        self, control: Control, data: bytes, request: PaymentRequest, progress: Progress
    ) -> PaymentResult:
        """One attempt to move money. From the first byte of its command on, an error means UNKNOWN."""
        self._abort.clear()
        number = currency_number(request.currency)
        if number is None:
            return PaymentResult(Outcome.NOT_SENT, reason="currency_unknown")
        try:
            with self._open(number) as link:
                self._memory.keep(request.reference, _last(self._ask_last(link)))
                if self._abort.is_set():
                    return PaymentResult(Outcome.NOT_SENT, reason="aborted")
                sent_before = link.sent_bytes
                try:
                    reply = link.run(Apdu(control, data), self._times.cardholder_s, progress, self._abort)
                except DeviceError as error:
                    if link.sent_bytes == sent_before:
                        raise
                    return PaymentResult(Outcome.UNKNOWN, reason=error.code)
        except DeviceError as error:
            return PaymentResult(Outcome.NOT_SENT, reason=error.code)
        except _Refused as refusal:
            return PaymentResult(Outcome.NOT_SENT, reason=refusal.reason, words=str(refusal))
        return _result(reply, request)

    @contextmanager
    def _open(self, currency: str | None) -> Iterator[ZvtLink]:
        """A registered connection. Raises DeviceError or _Refused."""
        link = ZvtLink(self._connect, self._times)
        try:
            self._register(link, currency)
            yield link
        finally:
            link.close()

    def _register(self, link: ZvtLink, currency: str | None) -> None:
        data = self._password + bytes([_CONFIGURATION])
        if currency is not None:
            data += bcd(currency, 2)
            tags = bytes([Bmp.SERVICE_BYTE, 0, Bmp.TLV, len(_BLOCKS_PERMITTED)]) + _BLOCKS_PERMITTED
            reply = self._run_short(link, Apdu(Control.REGISTRATION, data + tags))
            if _failure(reply) != TAGGED_FIELDS_NOT_KNOWN:
                _require(reply)
                return
        _require(self._run_short(link, Apdu(Control.REGISTRATION, data)))

    def _ask_last(self, link: ZvtLink) -> Reply:
        """The terminal's last transaction. Raises DeviceError, or _Refused while it is busy."""
        reply = self._run_short(link, Apdu(Control.REPEAT_RECEIPT, self._password))
        if _failure(reply) in BUSY:
            raise _Refused(_failure(reply))
        return reply

    def _run_short(self, link: ZvtLink, command: Apdu) -> Reply:
        return link.run(command, self._times.short_s, lambda _: None)


def _amount(request: PaymentRequest) -> bytes:
    currency = currency_number(request.currency) or "0"
    return bytes([Bmp.AMOUNT]) + bcd(request.amount_minor, 6) + bytes([Bmp.CURRENCY]) + bcd(currency, 2)


def _failure(reply: Reply) -> int:
    """The terminal's error code; 0 for a command that it did."""
    if reply.ending is not Ending.COMPLETED:
        return reply.code or 0xFF
    return reply.status.result_code if reply.status is not None else 0


def _require(reply: Reply) -> None:
    if code := _failure(reply):
        raise _Refused(code)


def _last(reply: Reply) -> LastTransaction | None:
    """None when the terminal has none or does not tell enough of it to know it again."""
    status = reply.status
    if reply.ending is not Ending.COMPLETED or status is None:
        return None
    if status.receipt_number is None or status.amount_minor is None:
        return None
    return LastTransaction(status.receipt_number, status.trace, status.amount_minor)


def _result(reply: Reply, request: PaymentRequest) -> PaymentResult:
    status = reply.status
    is_approved = status is not None and status.result_code == 0
    if reply.ending is Ending.REFUSED:
        return PaymentResult(
            Outcome.NOT_SENT, reason=_Refused(reply.code).reason, words=error_words(reply.code)
        )
    if reply.ending is Ending.ABORTED and is_approved:
        # Approved, and then given up: the terminal may or may not have taken it back.
        return PaymentResult(Outcome.UNKNOWN, reason=error_reason(reply.code), words=error_words(reply.code))
    if code := _failure(reply):
        return _refused_result(code, reply)
    if status is None:
        return PaymentResult(Outcome.UNKNOWN, reason="no_result")
    return _approved(status, reply.printouts, request)


def _refused_result(code: int, reply: Reply) -> PaymentResult:
    return PaymentResult(
        Outcome.ABORTED if code == ABORTED_BY_PERSON else Outcome.DECLINED,
        reason=error_reason(code),
        words=error_words(code),
        customer_copy=reply.printouts.customer_copy,
        merchant_copy=reply.printouts.merchant_copy,
    )


def _approved(status: ZvtStatus, printouts: Printouts, request: PaymentRequest) -> PaymentResult:
    if not status.amount_minor:
        return PaymentResult(Outcome.UNKNOWN, reason="no_amount")
    if status.currency_number not in ("", currency_number(request.currency)):
        return PaymentResult(Outcome.UNKNOWN, reason="currency_differs")
    is_whole = status.amount_minor >= request.amount_minor
    return PaymentResult(
        Outcome.APPROVED if is_whole else Outcome.PARTIALLY_APPROVED,
        amount_minor=status.amount_minor,
        words=status.words,
        authorisation=status.authorisation,
        terminal_reference="" if status.receipt_number is None else f"{status.receipt_number:04d}",
        scheme=status.scheme,
        customer_copy=printouts.customer_copy,
        merchant_copy=printouts.merchant_copy,
    )


def _judged(before: LastTransaction, reply: Reply, request: PaymentRequest) -> PaymentResult:
    """What the terminal's last transaction proves about an attempt that was made after `before`."""
    now = _last(reply)
    if now is None or reply.status is None:
        return PaymentResult(Outcome.UNKNOWN, reason="last_transaction_not_told")
    if now == before:
        return PaymentResult(Outcome.NOT_FOUND)
    if now.receipt_number != before.next_receipt_number or now.amount_minor != request.amount_minor:
        return PaymentResult(Outcome.UNKNOWN, reason="another_transaction")
    if reply.status.result_code:
        return _refused_result(reply.status.result_code, reply)
    return _approved(reply.status, reply.printouts, request)


def _totals(status: ZvtStatus | None) -> tuple[str, ...]:
    """For a terminal that prints nothing at the end of its day."""
    if status is None or status.amount_minor is None:
        return ()
    return ("END OF DAY", f"TOTAL {printed_amount(status.amount_minor, '')}".rstrip())
