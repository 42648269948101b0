"""A cloud service for card terminals on a loopback port, in the shapes that Adyen publishes for its own.

What it does is set by its script, at any time; its book says what money moved, whatever the till heard of it.
"""

import ssl
import threading
from types import TracebackType

from hardware.simulated.cloud_answers import TERMINAL_ID, Json, failure, response, transaction
from hardware.simulated.cloud_http import KEY, CloudFault, CloudOutcome, CloudScript, CloudServer
from hardware.simulated.terminal_book import BookEntry, Movement, TerminalBook

__all__ = [
    "KEY",
    "TERMINAL_ID",
    "CloudFault",
    "CloudOutcome",
    "CloudScript",
    "Json",
    "SimulatedCloudTerminal",
]


class SimulatedCloudTerminal:
    """Runs on threads of its own from `with` to its end."""

    def __init__(
        self, script: CloudScript | None = None, *, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._script = script or CloudScript()
        self._book = TerminalBook()
        self._answers: dict[tuple[str, str, str], Json | None] = {}
        """By category, sale and service id; None while it is in progress."""
        self._aborted: set[str] = set()
        self._is_closing = False
        self._requests: list[Json] = []
        self._responses: list[Json] = []
        self.changed = threading.Condition(threading.RLock())
        self._server = CloudServer(("127.0.0.1", port), self)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        self.host = "127.0.0.1"
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="simulated-cloud-terminal", daemon=True
        )

    @property
    def address(self) -> str:
        return f"{self._scheme}://{self.host}:{self.port}"

    @property
    def script(self) -> CloudScript:
        with self.changed:
            return self._script

    @script.setter
    def script(self, script: CloudScript) -> None:
        with self.changed:
            self._script = script

    @property
    def transactions(self) -> tuple[BookEntry, ...]:
        with self.changed:
            return tuple(self._book.entries)

    @property
    def requests(self) -> tuple[Json, ...]:
        with self.changed:
            return tuple(self._requests)

    @property
    def responses(self) -> tuple[Json, ...]:
        """As they were meant, before a fault."""
        with self.changed:
            return tuple(self._responses)

    @property
    def is_closing(self) -> bool:
        with self.changed:
            return self._is_closing

    def wait_for_customer(self, timeout_s: float = 5.0) -> None:
        """Until a payment waits for its card. Raises TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(lambda: None in self._answers.values(), timeout_s):
                raise TimeoutError("no payment waits for a card")

    def __enter__(self) -> "SimulatedCloudTerminal":
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
        with self.changed:
            self._is_closing = True
            self.changed.notify_all()
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def answer(self, request: Json) -> tuple[Json, str]:
        """To a request's JSON, and its category; what money it moves is in the book when it returns."""
        header = request["SaleToPOIRequest"]["MessageHeader"]
        category: str = header["MessageCategory"]
        with self.changed:
            self._requests.append(request)
        body = request["SaleToPOIRequest"][f"{category}Request"]
        match category:
            case "Payment" | "Reversal":
                answered = self._pay(category, header, body)
            case "TransactionStatus":
                answered = self._tell_status(body["MessageReference"])
            case "Abort":
                answered = {}
                with self.changed:
                    self._aborted.add(body["MessageReference"]["ServiceID"])
                    self.changed.notify_all()
            case "Diagnosis":
                is_busy = self.script.outcome is CloudOutcome.BUSY
                answered = {"Response": failure("Busy") if is_busy else {"Result": "Success"}}
            case _:
                answered = {"Response": failure("MessageFormat")}
        whole = response(header, category, answered)
        with self.changed:
            self._responses.append(whole)
        return whole, category

    def _pay(self, category: str, header: Json, body: Json) -> Json:
        key = (category, header["SaleID"], header["ServiceID"])
        with self.changed:
            if key in self._answers:
                return {"Response": failure("MessageFormat", "message=ServiceID+was+used+before")}
            self._answers[key] = None
            self.changed.notify_all()
            if self._script.outcome is CloudOutcome.WAIT:
                self.changed.wait_for(lambda: header["ServiceID"] in self._aborted or self._is_closing)
            answered = self._decide(category, body)
            self._answers[key] = answered
            self.changed.notify_all()
            return answered

    def _decide(self, category: str, body: Json) -> Json:
        movement, asked_minor, currency, of_number = self._asked(category, body)
        if category == "Reversal" and (not asked_minor or self._is_reversed(of_number)):
            return {"Response": failure("NotAllowed", "refusalReason=Already+reversed")}
        approved_minor, verdict = asked_minor, {"Result": "Success"}
        match self._script.outcome:
            case CloudOutcome.DECLINE:
                approved_minor, verdict = 0, failure("Refusal", "refusalReason=214+Declined+online")
            case CloudOutcome.ABORT | CloudOutcome.WAIT:
                approved_minor, verdict = 0, failure("Cancel", "refusalReason=108+Shopper+cancelled+tx")
            case CloudOutcome.BUSY:
                approved_minor, verdict = 0, failure("Busy")
            case CloudOutcome.PARTIAL:
                approved_minor, verdict = (asked_minor + 1) // 2, {"Result": "Partial"}
        entry = BookEntry(
            reference=body["SaleData"]["SaleTransactionID"]["TransactionID"],
            movement=movement,
            asked_minor=asked_minor,
            approved_minor=approved_minor,
            currency=currency,
            number=self._book.next_number if approved_minor else 0,
            reason="" if approved_minor else str(verdict["ErrorCondition"]),
            of_number=of_number,
        )
        self._book.add(entry)
        return transaction(category, entry, verdict, body)

    def _asked(self, category: str, body: Json) -> tuple[Movement, int, str, int]:
        """What is to move, how much of which currency, and of which transaction."""
        if category == "Payment":
            amounts = body["PaymentTransaction"]["AmountsReq"]
            is_refund = body.get("PaymentData", {}).get("PaymentType") == "Refund"
            movement = Movement.REFUND if is_refund else Movement.PURCHASE
            return movement, round(amounts["RequestedAmount"] * 100), amounts["Currency"], 0
        number = int(body["OriginalPOITransaction"]["POITransactionID"]["TransactionID"].split(".T")[1])
        original = self._book.approved(number)
        if original is None:
            return Movement.REVERSAL, 0, "", number
        if "ReversedAmount" in body:
            return Movement.REFUND, round(body["ReversedAmount"] * 100), original.currency, 0
        return Movement.REVERSAL, original.approved_minor, original.currency, number

    def _is_reversed(self, of_number: int) -> bool:
        return of_number > 0 and self._book.is_reversed(of_number)

    def _tell_status(self, reference: Json) -> Json:
        key = (reference["MessageCategory"], reference["SaleID"], reference["ServiceID"])
        with self.changed:
            if key not in self._answers:
                return {"Response": failure("NotFound")}
            answered = self._answers[key]
        if answered is None:
            return {"Response": failure("InProgress")}
        repeated_header = {
            "MessageClass": "Service",
            "MessageCategory": key[0],
            "MessageType": "Response",
            "SaleID": key[1],
            "ServiceID": key[2],
            "POIID": TERMINAL_ID,
            "ProtocolVersion": "3.0",
        }
        return {
            "Response": {"Result": "Success"},
            "MessageReference": reference,
            "RepeatedMessageResponse": {
                "MessageHeader": repeated_header,
                "RepeatedResponseMessageBody": {f"{key[0]}Response": answered},
            },
        }
