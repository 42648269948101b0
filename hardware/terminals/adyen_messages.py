"""What Adyen's Terminal API calls things: requests as JSON, and answers read back without card numbers."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qs

from hardware.terminals.terminal import Outcome, PaymentRequest, PaymentResult, masked

Json = dict[str, object]

_MOST_DIGITS = 12
_BODY_OF = {"Payment": "PaymentResponse", "Reversal": "ReversalResponse"}
_WORDS = {
    "Aborted": "Cancelled",
    "Busy": "Terminal busy",
    "Cancel": "Cancelled",
    "DeviceOut": "Terminal out of order",
    "InvalidCard": "Card not valid",
    "MessageFormat": "The request was not understood",
    "NotAllowed": "Not allowed",
    "PaymentRestriction": "Not allowed for this card",
    "Refusal": "Declined",
    "UnavailableDevice": "Terminal not available",
    "UnavailableService": "Not possible on this terminal",
    "UnreachableHost": "The bank does not respond",
    "WrongPIN": "Wrong PIN",
}


class Category(StrEnum):
    PAYMENT = "Payment"
    REVERSAL = "Reversal"
    STATUS = "TransactionStatus"
    ABORT = "Abort"
    DIAGNOSIS = "Diagnosis"


def service_id_of(reference: str) -> str:
    """The service wants 1 to 10 letters and digits, not used in two days: the same for each reference."""
    return base64.b32encode(hashlib.sha256(reference.encode()).digest()).decode()[:10]


def fresh_service_id() -> str:
    return secrets.token_hex(5)


def message(category: Category, service_id: str, sale_id: str, terminal_id: str, body: Json) -> bytes:
    header = {
        "ProtocolVersion": "3.0",
        "MessageClass": "Service",
        "MessageCategory": category,
        "MessageType": "Request",
        "ServiceID": service_id,
        "SaleID": sale_id,
        "POIID": terminal_id,
    }
    name = f"{category}Request"
    return json.dumps({"SaleToPOIRequest": {"MessageHeader": header, name: body}}).encode()


def payment_body(request: PaymentRequest, *, is_refund: bool) -> Json:
    amounts = {"Currency": request.currency, "RequestedAmount": _amount(request.amount_minor)}
    body: Json = {
        "SaleData": {"SaleTransactionID": _transaction(request.reference)},
        "PaymentTransaction": {"AmountsReq": amounts},
    }
    if is_refund:
        body["PaymentData"] = {"PaymentType": "Refund"}
    return body


def reversal_body(request: PaymentRequest, of: str, *, is_whole: bool) -> Json:
    """`of`: a terminal reference of an earlier result. Raises ValueError for one that is none."""
    transaction_id, separator, time = of.partition("@")
    if not separator or not transaction_id or not time:
        raise ValueError("no terminal reference of this service")
    body: Json = {
        "OriginalPOITransaction": {
            "POITransactionID": {"TransactionID": transaction_id, "TimeStamp": time},
        },
        "ReversalReason": "MerchantCancel",
        "SaleData": {
            "SaleToAcquirerData": f"currency={request.currency}",
            "SaleTransactionID": _transaction(request.reference),
        },
    }
    if not is_whole:
        body["ReversedAmount"] = _amount(request.amount_minor)
    return body


def reference_body(category: Category, service_id: str, sale_id: str) -> Json:
    """Which earlier request is meant: of a status request, and of an abort with its reason."""
    return {
        "MessageReference": {"MessageCategory": category, "SaleID": sale_id, "ServiceID": service_id},
    }


def _transaction(reference: str) -> Json:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"TransactionID": reference, "TimeStamp": now}


def _amount(amount_minor: int) -> float:
    """JSON has no decimals: the shortest digits of this float, which are sent, are these."""
    return float(f"{amount_minor // 100}.{amount_minor % 100:02d}")


def read_json(data: bytes) -> object:
    """None for what is no JSON."""
    try:
        return json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def within(value: object, *names: str) -> object:
    """The value that stands under these names; None where one is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text_within(value: object, *names: str) -> str:
    found = within(value, *names)
    return masked(found) if isinstance(found, str) else ""


def read_result(category: str, body: object, request: PaymentRequest) -> PaymentResult:
    """Of the body of a payment's or a reversal's answer."""
    answer = within(body, _BODY_OF.get(category, ""))
    match within(answer, "Response", "Result"):
        case "Success" | "Partial" as result:
            return _approved(category, answer, request, is_partial=result == "Partial")
        case "Failure":
            return failure(within(answer, "Response"), answer)
        case _:
            return PaymentResult(Outcome.UNKNOWN, reason="garbled")


def _approved(category: str, answer: object, request: PaymentRequest, *, is_partial: bool) -> PaymentResult:
    amounts = within(answer, "PaymentResult", "AmountsResp")
    if category == Category.REVERSAL:
        reversed_amount = within(answer, "ReversedAmount")
        amount_minor = request.amount_minor if reversed_amount is None else _minor(reversed_amount)
    else:
        amount_minor = _minor(within(amounts, "AuthorizedAmount"))
    if not amount_minor or within(amounts, "Currency") not in (None, request.currency):
        return PaymentResult(Outcome.UNKNOWN, reason="amount_unreadable")
    is_whole = amount_minor >= request.amount_minor and not is_partial
    transaction = within(answer, "POIData", "POITransactionID")
    copies = _copies(within(answer, "PaymentReceipt"))
    return PaymentResult(
        Outcome.APPROVED if is_whole else Outcome.PARTIALLY_APPROVED,
        amount_minor=amount_minor,
        authorisation=text_within(answer, "PaymentResult", "PaymentAcquirerData", "ApprovalCode"),
        terminal_reference=_reference(transaction),
        scheme=text_within(answer, "PaymentResult", "PaymentInstrumentData", "CardData", "PaymentBrand"),
        customer_copy=copies.get("CustomerReceipt", ()),
        merchant_copy=copies.get("CashierReceipt", ()),
    )


def failure(response: object, answer: object = None) -> PaymentResult:
    """The service said that no money moved, and why."""
    condition = text_within(response, "ErrorCondition")
    copies = _copies(within(answer, "PaymentReceipt"))
    match condition:
        case "InProgress":
            return PaymentResult(Outcome.UNKNOWN, reason="in_progress")
        case "Busy":
            outcome = Outcome.NOT_SENT
        case "Aborted" | "Cancel":
            outcome = Outcome.ABORTED
        case _:
            outcome = Outcome.DECLINED
    return PaymentResult(
        outcome,
        reason="busy" if outcome is Outcome.NOT_SENT else f"adyen_{condition.lower() or 'failure'}",
        words=_refusal_words(response) or _WORDS.get(condition, ""),
        customer_copy=copies.get("CustomerReceipt", ()),
        merchant_copy=copies.get("CashierReceipt", ()),
    )


def _reference(transaction: object) -> str:
    """Not masked: it is a number of the service, and asking for this transaction needs it as it is."""
    transaction_id, time = within(transaction, "TransactionID"), within(transaction, "TimeStamp")
    return f"{transaction_id}@{time}" if isinstance(transaction_id, str) and isinstance(time, str) else ""


def _minor(amount: object) -> int:
    """0 for what is no amount of whole pennies."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        return 0
    if Decimal(amount).adjusted() > _MOST_DIGITS:
        return 0
    minor = Decimal(amount) * 100
    return int(minor) if minor == minor.to_integral_value() and minor > 0 else 0


def _refusal_words(response: object) -> str:
    text = within(response, "AdditionalResponse")
    if not isinstance(text, str) or "=" not in text:
        return ""
    return masked(parse_qs(text).get("refusalReason", [""])[0])


def _copies(receipts: object) -> dict[str, tuple[str, ...]]:
    """By the service's names for them."""
    if not isinstance(receipts, list):
        return {}
    return {
        text_within(receipt, "DocumentQualifier"): _lines(within(receipt, "OutputContent", "OutputText"))
        for receipt in receipts
    }


def _lines(texts: object) -> tuple[str, ...]:
    if not isinstance(texts, list):
        return ()
    found = [within(text, "Text") for text in texts]
    return tuple(_line(text) for text in found if isinstance(text, str))


def _line(text: str) -> str:
    """`name=TOTAL&value=12.34&key=totalAmount` as a line of a receipt."""
    parts = parse_qs(text)
    return masked(" ".join(parts[name][0] for name in ("name", "value") if name in parts))
