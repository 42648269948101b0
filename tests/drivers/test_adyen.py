"""The cloud terminal's driver and a service that fails in every way: what is said of the money is true."""

import json
import logging
from collections.abc import Iterator

import pytest

from hardware.errors import AddressInvalid
from hardware.simulated.cloud_terminal import (
    KEY,
    TERMINAL_ID,
    CloudFault,
    CloudOutcome,
    CloudScript,
    Json,
    SimulatedCloudTerminal,
)
from hardware.terminals.adyen import AdyenTerminal, AdyenTimes
from hardware.terminals.adyen_messages import read_json, read_result, service_id_of
from hardware.terminals.terminal import Outcome, PaymentRequest, PaymentResult

HASTY = AdyenTimes(cardholder_s=0.3)
HASTY_QUESTIONS = AdyenTimes(short_s=0.3)
ENDLESS = (CloudFault.SILENCE, CloudFault.DRIP)
NOTHING_DONE = {
    CloudFault.HTTP_401: "http_401",
    CloudFault.HTTP_429: "http_429",
}
"""The service itself says so."""


@pytest.fixture
def peer() -> Iterator[SimulatedCloudTerminal]:
    with SimulatedCloudTerminal() as service:
        yield service


def driver(peer: SimulatedCloudTerminal, key: str = KEY, times: AdyenTimes | None = None) -> AdyenTerminal:
    return AdyenTerminal(peer.address, TERMINAL_ID, key, times=times)


def ignore(words: str) -> None:
    """Progress that nobody looks at."""


def asked(amount_minor: int = 1234, reference: str = "attempt-1") -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "GBP")


@pytest.mark.parametrize("fault", list(CloudFault))
def test_an_answer_that_fails_in_any_way_never_makes_a_wrong_claim(
    peer: SimulatedCloudTerminal, fault: CloudFault
) -> None:
    terminal = driver(peer, times=HASTY if fault in ENDLESS else None)
    peer.script = CloudScript(fault=fault)
    result = terminal.purchase(asked(), ignore)
    assert result.outcome is (Outcome.NOT_SENT if fault in NOTHING_DONE else Outcome.UNKNOWN)
    assert result.reason == NOTHING_DONE.get(fault, result.reason) != ""
    peer.script = CloudScript()
    answer = terminal.query(asked())
    assert answer.amount_minor == sum(entry.moved_minor for entry in peer.transactions)
    assert answer.outcome is (Outcome.APPROVED if answer.amount_minor else Outcome.NOT_FOUND)


@pytest.mark.parametrize("fault", list(CloudFault))
def test_a_service_that_does_not_answer_before_the_payment_is_sent_no_payment(
    peer: SimulatedCloudTerminal, fault: CloudFault
) -> None:
    peer.script = CloudScript(fault=fault, fault_on=("Diagnosis",))
    terminal = driver(peer, times=HASTY_QUESTIONS if fault in ENDLESS else None)
    assert terminal.purchase(asked(), ignore).outcome is Outcome.NOT_SENT
    assert peer.transactions == ()


@pytest.mark.parametrize("fault", list(CloudFault))
def test_a_query_without_a_clear_answer_says_unknown(peer: SimulatedCloudTerminal, fault: CloudFault) -> None:
    terminal = driver(peer, times=HASTY_QUESTIONS if fault in ENDLESS else None)
    peer.script = CloudScript(fault=fault, fault_on=("TransactionStatus",))
    assert terminal.query(asked()).outcome is Outcome.UNKNOWN


class Confused(SimulatedCloudTerminal):
    """It tells of another transaction than it is asked about."""

    def answer(self, request: Json) -> tuple[Json, str]:
        response, category = super().answer(request)
        status = response["SaleToPOIResponse"].get("TransactionStatusResponse", {})
        if "MessageReference" in status:
            status["MessageReference"] = {**status["MessageReference"], "ServiceID": "OTHER"}
        return response, category


def test_the_news_of_another_transaction_is_no_answer() -> None:
    with Confused() as peer:
        terminal = driver(peer)
        assert terminal.purchase(asked(), ignore).outcome is Outcome.APPROVED
        assert terminal.query(asked()) == PaymentResult(Outcome.UNKNOWN, reason="another_transaction")


def test_nothing_there_means_not_sent(peer: SimulatedCloudTerminal) -> None:
    peer.close()
    result = driver(peer).purchase(asked(), ignore)
    assert (result.outcome, result.reason) == (Outcome.NOT_SENT, "refused")


def test_a_wrong_key_is_not_sent_and_is_told_nowhere(
    peer: SimulatedCloudTerminal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    terminal = driver(peer, "AQE-secret-of-the-shop")
    result = terminal.purchase(asked(), ignore)
    assert (result.outcome, result.reason) == (Outcome.NOT_SENT, "http_401")
    assert "AQE-secret" not in f"{result!r} {terminal!r} {caplog.text}"


def test_amounts_are_sent_to_the_penny_as_json_numbers(peer: SimulatedCloudTerminal) -> None:
    terminal = driver(peer)
    for number, amount_minor in enumerate((1, 10, 29, 115, 1999, 99999999, 123456789012)):
        result = terminal.purchase(asked(amount_minor, f"attempt-{number}"), ignore)
        assert result.amount_minor == amount_minor
    sent = [
        json.dumps(request["SaleToPOIRequest"]["PaymentRequest"]["PaymentTransaction"]["AmountsReq"])
        for request in peer.requests
        if "PaymentRequest" in request["SaleToPOIRequest"]
    ]
    assert [text.split(": ")[-1].rstrip("}") for text in sent] == [
        "0.01", "0.1", "0.29", "1.15", "19.99", "999999.99", "1234567890.12",
    ]  # fmt: skip


def test_a_reference_has_one_short_service_id_of_its_own() -> None:
    references = [f"0199a1b2-0000-7000-8000-{number:012d}" for number in range(2000)]
    ids = [service_id_of(reference) for reference in references]
    assert len(set(ids)) == 2000
    assert all(len(made) == 10 and made.isalnum() for made in ids)
    assert service_id_of(references[0]) == ids[0]


def test_a_payment_that_waits_for_its_card_is_in_progress(peer: SimulatedCloudTerminal) -> None:
    terminal = driver(peer, times=HASTY)
    peer.script = CloudScript(CloudOutcome.WAIT)
    assert terminal.purchase(asked(), ignore) == PaymentResult(Outcome.UNKNOWN, reason="timeout")
    peer.wait_for_customer()
    assert terminal.query(asked()) == PaymentResult(Outcome.UNKNOWN, reason="in_progress")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("{}", "garbled"),
        ("[]", "garbled"),
        ('{"PaymentResponse": {"Response": {"Result": "Maybe"}}}', "garbled"),
        ('{"PaymentResponse": {"Response": {"Result": "Success"}}}', "amount_unreadable"),
        (
            '{"PaymentResponse": {"Response": {"Result": "Success"},'
            ' "PaymentResult": {"AmountsResp": {"AuthorizedAmount": 12.345, "Currency": "GBP"}}}}',
            "amount_unreadable",
        ),
        (
            '{"PaymentResponse": {"Response": {"Result": "Success"},'
            ' "PaymentResult": {"AmountsResp": {"AuthorizedAmount": 12.34, "Currency": "EUR"}}}}',
            "amount_unreadable",
        ),
        (
            '{"PaymentResponse": {"Response": {"Result": "Success"},'
            ' "PaymentResult": {"AmountsResp": {"AuthorizedAmount": true, "Currency": "GBP"}}}}',
            "amount_unreadable",
        ),
        (
            '{"PaymentResponse": {"Response": {"Result": "Success"},'
            ' "PaymentResult": {"AmountsResp": {"AuthorizedAmount": 1e99999999, "Currency": "GBP"}}}}',
            "amount_unreadable",
        ),
        (
            '{"PaymentResponse": {"Response": {"Result": "Failure", "ErrorCondition": "InProgress"}}}',
            "in_progress",
        ),
    ],
)
def test_an_answer_that_does_not_say_what_moved_is_unknown(answer: str, reason: str) -> None:
    result = read_result("Payment", read_json(answer.encode()), asked())
    assert result == PaymentResult(Outcome.UNKNOWN, reason=reason)


def test_an_answer_in_the_published_shape_is_read() -> None:
    """As in the service's documentation: fields that nobody here needs, and an amount without decimals."""
    answer = """{"PaymentResponse": {
        "POIData": {"POIReconciliationID": "1000", "POITransactionID": {
            "TransactionID": "BV0q001643892070000.VK9DRSLLRCQ2WN82",
            "TimeStamp": "2022-02-03T12:41:10.000Z"}},
        "PaymentReceipt": [{"DocumentQualifier": "CustomerReceipt", "RequiredSignatureFlag": false,
            "OutputContent": {"OutputFormat": "Text", "OutputText": [
                {"CharacterStyle": "Bold", "EndOfLineFlag": true, "Text": "key=header1"},
                {"EndOfLineFlag": true, "Text": "name=Card&value=%2a%2a%2a%2a1111&key=pan"},
                {"EndOfLineFlag": true, "Text": "name=TOTAL&value=%c2%a3%2079.00&key=totalAmount"}]}}],
        "PaymentResult": {
            "AmountsResp": {"AuthorizedAmount": 79, "Currency": "GBP"},
            "PaymentAcquirerData": {"ApprovalCode": "123456", "MerchantID": "Shop"},
            "PaymentInstrumentData": {"CardData": {"PaymentBrand": "mc", "MaskedPan": "679999 **** 9990"}}},
        "Response": {"Result": "Success", "AdditionalResponse": "tid=75102737&AID=A000000004306001"}}}"""
    result = read_result("Payment", read_json(answer.encode()), asked(7900))
    assert result == PaymentResult(
        Outcome.APPROVED,
        amount_minor=7900,
        authorisation="123456",
        terminal_reference="BV0q001643892070000.VK9DRSLLRCQ2WN82@2022-02-03T12:41:10.000Z",
        scheme="mc",
        customer_copy=("", "Card ****1111", "TOTAL £ 79.00"),
    )


@pytest.mark.parametrize("address", ["http://terminal.example", "terminal.example", "tcp://terminal.example"])
def test_the_service_is_reached_by_https_only(address: str) -> None:
    with pytest.raises(AddressInvalid):
        AdyenTerminal(address, TERMINAL_ID, KEY)


def test_a_currency_without_two_decimals_is_not_asked_for_a_hundredth(peer: SimulatedCloudTerminal) -> None:
    terminal = driver(peer)
    for move in (
        terminal.purchase(PaymentRequest("attempt-1", 1000, "JPY"), ignore),
        terminal.refund(PaymentRequest("attempt-2", 1000, "JPY"), ignore),
        terminal.reverse(PaymentRequest("attempt-3", 1000, "JPY"), "tender@2026-11-24", ignore),
    ):
        assert (move.outcome, move.reason) == (Outcome.NOT_SENT, "currency_unknown")
    assert peer.transactions == ()
