"""The answers of a simulated cloud service, in the shapes that Adyen publishes for its Terminal API."""

from collections.abc import Mapping
from typing import Any

from hardware.simulated.terminal_book import BookEntry, Movement

CARD = "4111111111111111"
"""Sent on purpose on receipts and in fields: a driver must lose it."""
TERMINAL_ID = "V400m-346403161"

Json = dict[str, Any]


def response(header: Json, category: str, answered: Json) -> Json:
    return {
        "SaleToPOIResponse": {
            "MessageHeader": {**header, "MessageType": "Response"},
            f"{category}Response": answered,
        }
    }


def reject(request: Json) -> Json:
    header = {**request["SaleToPOIRequest"]["MessageHeader"], "MessageClass": "Event"}
    header |= {"MessageCategory": "Event", "MessageType": "Notification"}
    event = {
        "EventToNotify": "Reject",
        "EventDetails": "message=Did+not+receive+a+response+from+the+POI.",
        "TimeStamp": "2026-11-24T12:34:56.000Z",
    }
    return {"SaleToPOIRequest": {"MessageHeader": header, "EventNotification": event}}


def failure(condition: str, details: str = "") -> Json:
    response = {"Result": "Failure", "ErrorCondition": condition}
    return {**response, "AdditionalResponse": details} if details else response


def transaction(category: str, entry: BookEntry, response: Mapping[str, object], body: Json) -> Json:
    """The body of a payment's or a reversal's answer."""
    answered: Json = {
        "Response": dict(response),
        "SaleData": body["SaleData"],
        "POIData": {
            "POITransactionID": {
                "TransactionID": f"VK9D.T{entry.number}",
                "TimeStamp": "2026-11-24T12:34:56.000Z",
            },
        },
        "PaymentReceipt": [_receipt("CashierReceipt", entry), _receipt("CustomerReceipt", entry)],
    }
    if category == "Reversal":
        answered["ReversedAmount"] = entry.approved_minor / 100
        answered["OriginalPOITransaction"] = body["OriginalPOITransaction"]
    elif entry.approved_minor:
        answered["PaymentResult"] = {
            "PaymentType": "Refund" if entry.movement is Movement.REFUND else "Normal",
            "OnlineFlag": True,
            "PaymentAcquirerData": {
                "AcquirerPOIID": TERMINAL_ID,
                "ApprovalCode": f"{123000 + entry.number}",
                "MerchantID": "Shop",
            },
            "PaymentInstrumentData": {
                "PaymentInstrumentType": "Card",
                "CardData": {"PaymentBrand": "visa", "MaskedPan": CARD, "EntryMode": ["Contactless"]},
            },
            "AmountsResp": {"AuthorizedAmount": entry.approved_minor / 100, "Currency": entry.currency},
        }
    return answered


def _receipt(kind: str, entry: BookEntry) -> Json:
    amount = f"{entry.approved_minor // 100}.{entry.approved_minor % 100:02d}"
    texts = (
        f"name={kind}&key=merchantTitle",
        "key=filler",
        f"name=Card&value={CARD}&key=pan",
        f"name=TOTAL&value={entry.currency}+{amount}&key=totalAmount",
    )
    lines = [{"Text": text, "EndOfLineFlag": True} for text in texts]
    return {
        "DocumentQualifier": kind,
        "RequiredSignatureFlag": False,
        "OutputContent": {"OutputFormat": "Text", "OutputText": lines},
    }
