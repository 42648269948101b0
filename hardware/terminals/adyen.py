"""A card terminal of Adyen, reached through its cloud (Terminal API, synchronous).

Built to the published API and tried on a simulated service; not yet run against the real one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from hardware.errors import DeviceError
from hardware.terminals.adyen_messages import (
    Category,
    Json,
    failure,
    fresh_service_id,
    message,
    payment_body,
    read_json,
    read_result,
    reference_body,
    reversal_body,
    service_id_of,
    within,
)
from hardware.terminals.currencies import currency_number
from hardware.terminals.http_exchange import HttpAddress, HttpConnection, parse_url
from hardware.terminals.terminal import EndOfDayResult, Outcome, PaymentRequest, PaymentResult, Progress

_PATH = "/sync"
_REFUSED_STATUSES = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429})
"""With these the service says that it did nothing. TLS sees to it that nobody else says so."""


@dataclass(frozen=True, slots=True)
class AdyenTimes:
    """How long is waited for what, in seconds."""

    connect_s: float = 5.0
    short_s: float = 20.0
    """For a request that needs no cardholder."""
    cardholder_s: float = 160.0
    """The service ends a payment by itself after 150."""


class _Unanswered(Exception):
    """No answer of the service."""

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_have_arrived = may_have_arrived


class AdyenTerminal:
    """A CardTerminal."""

    can_query = True

    def __init__(
        self,
        address: str,
        terminal_id: str,
        secret: str,
        *,
        sale_id: str = "TILL",
        times: AdyenTimes | None = None,
    ) -> None:
        """`address`: `https://terminal-api-live.adyen.com`, or another of the service's, up to its `/sync`.

        `terminal_id` is what the service calls the POIID: model and serial number, such as `V400m-346403161`.
        Raises AddressInvalid.
        """
        self._address = _sync_address(address)
        self._terminal_id = terminal_id
        self._headers = {"X-API-Key": secret}
        self._sale_id = sale_id
        self._times = AdyenTimes() if times is None else times
        self._abort = threading.Event()

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        return self._move(Category.PAYMENT, payment_body(request, is_refund=False), request, progress)

    def refund(self, request: PaymentRequest, progress: Progress, of: str = "") -> PaymentResult:
        """With `of` the service takes the refund on and does it later; without, the card must be there."""
        if not of:
            return self._move(Category.PAYMENT, payment_body(request, is_refund=True), request, progress)
        return self._reverse(request, of, progress, is_whole=False)

    def reverse(self, request: PaymentRequest, of: str, progress: Progress) -> PaymentResult:
        return self._reverse(request, of, progress, is_whole=True)

    def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
        """NOT_FOUND: the terminal knows neither a payment nor a reversal by this reference."""
        for category in (Category.PAYMENT, Category.REVERSAL):
            try:
                result = self._ask_about(category, request)
            except _Unanswered as error:
                return PaymentResult(Outcome.UNKNOWN, reason=error.reason)
            if result.outcome is not Outcome.NOT_FOUND:
                return result
        return PaymentResult(Outcome.NOT_FOUND)

    def abort(self) -> None:
        self._abort.set()

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        """The service settles by itself; nothing is asked of it."""
        return EndOfDayResult(True, reason="automatic")

    def check(self) -> str:
        """Whether the terminal answers through the service."""
        body: Json = {"HostDiagnosisFlag": False}
        try:
            answer = self._ask(Category.DIAGNOSIS, fresh_service_id(), body, self._times.short_s)
        except _Unanswered as error:
            return error.reason
        response = within(answer, "DiagnosisResponse", "Response")
        return "" if within(response, "Result") == "Success" else failure(response).reason

    def close(self) -> None:
        self._abort.set()

    def _reverse(
        self, request: PaymentRequest, of: str, progress: Progress, *, is_whole: bool
    ) -> PaymentResult:
        try:
            body = reversal_body(request, of, is_whole=is_whole)
        except ValueError:
            return PaymentResult(Outcome.NOT_SENT, reason="terminal_reference_invalid")
        return self._move(Category.REVERSAL, body, request, progress)

    def _move(
        self, category: Category, body: Json, request: PaymentRequest, progress: Progress
    ) -> PaymentResult:
        """One attempt to move money, after a look whether the terminal can be reached at all."""
        self._abort.clear()
        if currency_number(request.currency) is None:
            # Amounts are made with two decimals: of another currency a hundred times too little.
            return PaymentResult(Outcome.NOT_SENT, reason="currency_unknown")
        if not_ready := self.check():
            return PaymentResult(Outcome.NOT_SENT, reason=not_ready)
        if self._abort.is_set():
            return PaymentResult(Outcome.NOT_SENT, reason="aborted")
        progress("Follow the terminal")
        service_id = service_id_of(request.reference)
        look = _AbortOnce(self._abort, lambda: self._send_abort(category, service_id))
        try:
            answer = self._ask(category, service_id, body, self._times.cardholder_s, look)
        except _Unanswered as error:
            outcome = Outcome.UNKNOWN if error.may_have_arrived else Outcome.NOT_SENT
            return PaymentResult(outcome, reason=error.reason)
        return read_result(category, answer, request)

    def _ask_about(self, category: Category, request: PaymentRequest) -> PaymentResult:
        service_id = service_id_of(request.reference)
        body = reference_body(category, service_id, self._sale_id)
        answer = self._ask(Category.STATUS, fresh_service_id(), body, self._times.short_s)
        status = within(answer, "TransactionStatusResponse")
        response = within(status, "Response")
        if within(response, "Result") != "Success":
            if within(response, "ErrorCondition") == "NotFound":
                return PaymentResult(Outcome.NOT_FOUND)
            return PaymentResult(Outcome.UNKNOWN, reason=failure(response).reason)
        repeated = within(status, "RepeatedMessageResponse")
        told = within(status, "MessageReference", "ServiceID") or within(
            repeated, "MessageHeader", "ServiceID"
        )
        if told != service_id:
            return PaymentResult(Outcome.UNKNOWN, reason="another_transaction")
        return read_result(category, within(repeated, "RepeatedResponseMessageBody"), request)

    def _send_abort(self, category: Category, service_id: str) -> None:
        """What came of it is told by the answer to the payment."""
        body = {"AbortReason": "MerchantAbort", **reference_body(category, service_id, self._sale_id)}
        data = message(Category.ABORT, fresh_service_id(), self._sale_id, self._terminal_id, body)
        try:
            self._post(data, self._times.connect_s, lambda: None)
        except _Unanswered:
            return

    def _ask(
        self,
        category: Category,
        service_id: str,
        body: Json,
        limit_s: float,
        look: Callable[[], None] = lambda: None,
    ) -> object:
        """The answer to just this request. Raises _Unanswered."""
        data = message(category, service_id, self._sale_id, self._terminal_id, body)
        answer = read_json(self._post(data, limit_s, look))
        event = within(answer, "SaleToPOIRequest", "EventNotification", "EventToNotify")
        if event is not None:
            # The service could not pass the request on, or got no answer: it does not say which.
            raise _Unanswered("terminal_unreachable", may_have_arrived=True)
        response = within(answer, "SaleToPOIResponse")
        if within(response, "MessageHeader", "ServiceID") != service_id:
            raise _Unanswered("garbled", may_have_arrived=True)
        return response

    def _post(self, data: bytes, limit_s: float, look: Callable[[], None]) -> bytes:
        try:
            connection = HttpConnection(self._address, self._times.connect_s)
        except DeviceError as error:
            raise _Unanswered(error.code, may_have_arrived=False) from error
        try:
            answer = connection.post(self._headers, data, limit_s, look)
        except DeviceError as error:
            raise _Unanswered(error.code, may_have_arrived=True) from error
        finally:
            connection.close()
        if answer.status != 200:
            may_have_arrived = answer.status not in _REFUSED_STATUSES
            raise _Unanswered(f"http_{answer.status}", may_have_arrived=may_have_arrived)
        return answer.body


class _AbortOnce:
    """Sends the wish to abort, when it is there, one time."""

    def __init__(self, wish: threading.Event, send: Callable[[], None]) -> None:
        self._wish = wish
        self._send: Callable[[], None] | None = send

    def __call__(self) -> None:
        if self._send is not None and self._wish.is_set():
            send, self._send = self._send, None
            send()


def _sync_address(text: str) -> HttpAddress:
    address = parse_url(text)
    if address.path.endswith(_PATH):
        return address
    return HttpAddress(address.host, address.port, address.path + _PATH, address.is_secure)
