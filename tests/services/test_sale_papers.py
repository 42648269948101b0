"""Gift receipts, credit notes and pick-up slips as the paper carries them, and on record."""

import datetime as dt
import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware.document import ReceiptDocument, from_json
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.simulated.paper import paper_picture
from hardware.text_cleaning import text_width
from hardware.text_layout import render_text
from tests.conftest import ExpectedLogs
from tests.services.chain_shop import CAFE, apply, fill_chain
from tests.services.counter import CHEDDAR, MORAG, SAM, WINE, ShopCounter
from tests.services.full_disk import full_disk
from till_app.domain.catalogue import Setting
from till_app.domain.currency import GBP
from till_app.domain.errors import DomainError
from till_app.domain.sale import Sale
from till_app.domain.tender import TenderKind
from till_app.services.document_parts import DocumentParts
from till_app.services.ports import JobKind, JobState, LedgerUnavailable, PrintJob
from till_app.services.sale_papers import SalePapers
from till_app.services.scanning import Pending
from till_app.services.shipped_templates import read_templates
from till_app.ui.formatting import Formatter
from till_app.wire.bodies import Kind

WIDTHS = (32, 42, 48, 64)
ODD_NAMES = (
    "Extra mature farmhouse cheddar with caramelised onion, wax-coated, limited edition of the year 2026",
    "حليب كامل الدسم ٢ لتر",
    "Noodles 日清 🍜👨‍👩‍👧 hot",
    "Bad\x1b@name\x00\x1dV\x00 tea\r\nbags",
    "Wordwithoutanyspacewhatsoever" * 3,
)


def apart(document: bytes, columns: int = 42) -> str:
    return render_text(from_json(document), columns)


def latest(counter: ShopCounter) -> Sale:
    return counter.ledger.latest_sales(1)[0]


def trade(counter: ShopCounter) -> Sale:
    """Two kinds of VAT, two of one, and a weight."""
    selling, checkout = counter.services.selling, counter.services.checkout
    selling.scan("5000128104517", 2000)
    selling.add(Pending(CHEDDAR, "4100", 412))
    selling.add(Pending(WINE, "wine"), age_confirmed=True)
    checkout.pay_cash(2000)
    return checkout.complete().sale


def give_back(counter: ShopCounter, sale: Sale, quantities_milli: dict[int, int]) -> Sale:
    counter.services.returns.add(sale.uuid, quantities_milli)
    checkout = counter.services.checkout
    checkout.refund(TenderKind.CASH, -checkout.total_minor)
    return checkout.complete().sale


def papers(counter: ShopCounter) -> SalePapers:
    services, formatting = counter.services, Formatter(GBP, zone=dt.UTC)
    parts = DocumentParts(services.workplace, formatting, str, templates=services.settings.template)
    return SalePapers(parts, formatting, str, counter.ledger.sale, services.customers.find)


def codes_on_paper(document: ReceiptDocument, columns: int) -> list[tuple[str, str]]:
    """As zxing-cpp reads them from a picture of the paper."""
    profile = PrinterProfile(columns=columns, font="B" if columns == 64 else "A")
    judge: Any = importlib.import_module("zxingcpp")
    found = judge.read_barcodes(paper_picture(encode(document, profile), profile.dots_across))
    return [(code.format.name, code.text) for code in found]


# --------------------------------------------------------------------- gift receipt


def test_a_gift_receipt_names_no_price(counter: ShopCounter) -> None:
    sale = trade(counter)
    text = render_text(papers(counter).gift_receipt(sale, {1, 2, 3}), 32)
    assert text == (
        "      High Street Grocers\n"
        "         1 High Street\n"
        "         Leeds LS1 1AA\n"
        "     VAT No. GB 123 4567 82\n"
        "          GIFT RECEIPT\n"
        "--------------------------------\n"
        "Semi-skimmed milk 2L           2\n"
        "Mature cheddar          0.412 kg\n"
        "Red wine 75cl                  1\n"
        "--------------------------------\n"
        "Receipt                 2-000001\n"
        "Bought on            24 Nov 2026\n"
        "          *GR2-000001*\n"
        "           Thank you\n"
    )


def test_a_gift_receipt_of_some_goods_leaves_the_others_out(counter: ShopCounter) -> None:
    job = counter.services.documents.gift_receipt(trade(counter), {3})
    text = apart(job.document)
    assert "Red wine 75cl" in text
    assert "milk" not in text
    assert "£" not in text
    assert (job.kind, job.title) == (JobKind.GIFT_RECEIPT, "Gift receipt 2-000001")


def test_the_returns_screen_takes_a_gift_receipt_as_the_receipt(counter: ShopCounter) -> None:
    sale = trade(counter)
    found = counter.services.returns.find("GR2-000001")
    assert found is not None
    assert (found.sale.uuid, found.is_gift) == (sale.uuid, True)
    by_receipt = counter.services.returns.find("RN2-000001")
    assert by_receipt is not None
    assert not by_receipt.is_gift


def test_each_gift_receipt_is_counted_by_itself_and_opens_no_drawer(counter: ShopCounter) -> None:
    sale = trade(counter)
    counter.devices.asked.clear()
    documents, reprints = counter.services.documents, counter.services.reprints
    documents.gift_receipt(sale, {1})
    documents.gift_receipt(sale, {3})
    assert b"COPY 1" in reprints.reprint(sale).document
    bodies = [json.loads(each.body) for each in counter.ledger.entries_after(0, 99, 10**6)]
    counted = [(body["document"], body["copy_number"]) for body in bodies if "copy_number" in body]
    assert counted == [("GIFT 2-000001", 1), ("GIFT 2-000001", 2), ("2-000001", 1)]
    assert counter.devices.asked == ["wake"] * 3


def test_a_gift_receipt_of_nothing_is_refused(counter: ShopCounter) -> None:
    sale = trade(counter)
    refund = give_back(counter, sale, {1: 1000})
    documents = counter.services.documents
    empty: list[Callable[[], PrintJob]] = [
        lambda: documents.gift_receipt(sale, ()),
        lambda: documents.gift_receipt(sale, {99}),
        lambda: documents.gift_receipt(refund),
        lambda: documents.pick_up_slip(refund),
        lambda: documents.credit_note(sale),
    ]
    for refused in empty:
        with pytest.raises(DomainError, match="nothing_to_print"):
            refused()


def test_what_could_not_be_recorded_is_not_printed_or_counted(counter: ShopCounter) -> None:
    sale = trade(counter)
    jobs_before = len(counter.ledger.open_jobs())
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.documents.pick_up_slip(sale)
    assert len(counter.ledger.open_jobs()) == jobs_before
    assert b"COPY" not in counter.services.documents.pick_up_slip(sale).document


def test_nobody_prints_at_a_locked_till(counter: ShopCounter) -> None:
    sale = trade(counter)
    counter.services.sign_on.lock()
    with pytest.raises(DomainError, match="not_signed_on"):
        counter.services.documents.gift_receipt(sale)


# ---------------------------------------------------------------------- credit note


def test_a_credit_note_says_what_hmrc_asks_of_it(counter: ShopCounter) -> None:
    refund = give_back(counter, trade(counter), {1: 2000, 3: 1000})
    assert render_text(papers(counter).credit_note(refund), 42) == (
        "           High Street Grocers\n"
        "              1 High Street\n"
        "              Leeds LS1 1AA\n"
        "          VAT No. GB 123 4567 82\n"
        "               CREDIT NOTE\n"
        "------------------------------------------\n"
        "Semi-skimmed milk 2L                3.30 Z\n"
        "  2 ×\n"
        "  receipt 2-000001, 24 Nov 2026\n"
        "Red wine 75cl                       8.75 A\n"
        "  receipt 2-000001, 24 Nov 2026\n"
        "------------------------------------------\n"
        "Total without VAT                   £10.59\n"
        "VAT                                  £1.46\n"
        "CREDITED                            £12.05\n"
        "Cash refund                         £12.05\n"
        "\n"
        "VAT     Rate     Gross       Net       VAT\n"
        "A       20\u00a0%      8.75      7.29      1.46\n"
        "Z        0\u00a0%      3.30      3.30      0.00\n"
        "\n"
        "Reason                      goods returned\n"
        "Credit note                     CN2-000002\n"
        "Date                     24 Nov 2026 14:32\n"
        "Till                                     2\n"
        "Served by                            Aisha\n"
        "               *RN2-000002*\n"
        "                Thank you\n"
    )


def test_a_credit_note_names_the_customer_with_their_address(counter: ShopCounter) -> None:
    fill_chain(counter, replace(CAFE, address=("5 Mill Lane", "Leeds LS2 2BB")))
    cafe = counter.catalogue.customer("cafe")
    assert cafe is not None
    sale = trade(counter)
    counter.services.returns.add(sale.uuid, {3: 1000})
    counter.services.customers.attach(cafe)
    counter.services.checkout.refund(TenderKind.CARD, 875)
    refund = counter.services.checkout.complete().sale
    text = apart(counter.services.documents.credit_note(refund).document)
    assert "Customer                       Corner Café\n5 Mill Lane\nLeeds LS2 2BB\n" in text
    assert "Card refund                          £8.75\n" in text


def test_an_exchange_credits_only_what_came_back(counter: ShopCounter) -> None:
    sale = trade(counter)
    counter.services.returns.add(sale.uuid, {1: 1000})
    counter.services.selling.add(Pending(WINE, "wine"), age_confirmed=True)
    counter.services.checkout.pay_cash(counter.services.checkout.balance_minor)
    exchange = counter.services.checkout.complete().sale
    text = apart(counter.services.documents.credit_note(exchange).document)
    assert "CREDITED                             £1.65\n" in text
    assert "Set against goods bought with receipt\n2-000002\n" in text
    assert "Red wine" not in text


def test_goods_without_a_receipt_are_credited_as_such(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.add_return_without_receipt(Pending(CHEDDAR, "4100", 412), SAM)
    counter.services.checkout.refund(TenderKind.CASH, 391)
    refund = counter.services.checkout.complete(SAM).sale
    text = apart(counter.services.documents.credit_note(refund).document)
    assert "Mature cheddar                      3.91 Z\n  0.412 kg\n  no receipt was presented\n" in text


def test_a_second_credit_note_is_a_copy(counter: ShopCounter) -> None:
    refund = give_back(counter, trade(counter), {1: 1000})
    first, second = (counter.services.documents.credit_note(refund) for _ in range(2))
    assert b"COPY" not in first.document
    assert b"COPY 1" in second.document
    assert apart(second.document).count("CREDIT NOTE") == 1


# --------------------------------------------------------------------- pick-up slip


def test_a_pick_up_slip_goes_with_the_goods_and_is_signed(counter: ShopCounter) -> None:
    fill_chain(counter)
    cafe = counter.catalogue.customer("cafe")
    assert cafe is not None
    counter.services.selling.scan("oats")
    counter.services.customers.attach(cafe)
    sale = trade(counter)
    text = render_text(papers(counter).pick_up_slip(sale), 32)
    assert text.splitlines()[4:] == [
        "          PICK-UP SLIP",
        "--------------------------------",
        "Corner Café",
        "01132 496001",
        "orders@corner.example",
        "--------------------------------",
        "Porridge oats 1kg          1 [ ]",
        "Semi-skimmed milk 2L       2 [ ]",
        "Mature cheddar      0.412 kg [ ]",
        "Red wine 75cl              1 [ ]",
        "--------------------------------",
        "Paid                      £16.71",
        "Receipt                 2-000001",
        "Date           24 Nov 2026 14:32",
        "Served by                  Aisha",
        "          *RN2-000001*",
        "",
        "Collected by, on:",
        "",
        "",
        "________________________________",
    ]


def test_a_slip_for_nobody_has_a_line_to_write_the_name_on(counter: ShopCounter) -> None:
    text = apart(counter.services.documents.pick_up_slip(trade(counter)).document)
    assert f"For:\n\n{'_' * 42}\n" in text


# ------------------------------------------------------------------- on the paper


PRINTS: list[Callable[[ShopCounter, Sale, Sale], PrintJob]] = [
    lambda counter, sale, _refund: counter.services.documents.gift_receipt(sale),
    lambda counter, _sale, refund: counter.services.documents.credit_note(refund),
    lambda counter, sale, _refund: counter.services.documents.pick_up_slip(sale),
    lambda counter, sale, _refund: counter.services.reprints.reprint(sale),
]


@pytest.mark.parametrize("make", PRINTS, ids=["gift", "credit", "pick_up", "copy"])
def test_no_name_breaks_a_document_at_any_width(
    counter: ShopCounter, make: Callable[[ShopCounter, Sale, Sale], PrintJob]
) -> None:
    for number, name in enumerate(ODD_NAMES):
        apply(
            counter, replace(WINE, item_id=f"odd-{number}", item_code=f"ODD{number}", name=name, barcodes=())
        )
        counter.services.selling.add(
            Pending(counter.catalogue.find(f"ODD{number}")[0], f"ODD{number}"), age_confirmed=True
        )
    counter.services.checkout.pay_cash(10_000)
    sale = counter.services.checkout.complete().sale
    refund = give_back(counter, sale, {line.line_number: 1000 for line in sale.lines})
    document = from_json(make(counter, sale, refund).document)
    for columns in WIDTHS:
        lines = render_text(document, columns).splitlines()
        assert max(map(text_width, lines)) <= columns
        assert not any(character in "".join(lines) for character in "\x1b\x00\x1d\r")
        assert "limited" in "".join(lines)


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_barcode_of_each_document_is_read_from_its_paper(counter: ShopCounter, columns: int) -> None:
    sale = trade(counter)
    refund = give_back(counter, sale, {1: 1000})
    found = [codes_on_paper(from_json(make(counter, sale, refund).document), columns) for make in PRINTS]
    assert found == [
        [("Code128", "GR2-000001")],
        [("Code128", "RN2-000002")],
        [("Code128", "RN2-000001")],
        [("Code128", "RN2-000001")],
    ]


def test_a_shops_own_template_puts_the_qr_code_and_leaves_the_rest_out(counter: ShopCounter) -> None:
    blocks = ["shop", "mark", "title", "lines", "total", "tenders", "vat", "identity", "qr", "blank"]
    template = {"document": "receipt", "blocks": blocks, "qr_text": "https://x.example/{number}?{code}"}
    apply(counter, Setting("receipt_template", json.dumps(template)))
    counter.services.settings.read_again()
    document = from_json(counter.services.receipts.receipt(trade(counter)))
    assert codes_on_paper(document, 42) == [("QRCode", "https://x.example/2-000001?RN2-000001")]
    assert "Thank you" not in render_text(document, 42)


def test_a_broken_template_never_stops_a_receipt(counter: ShopCounter, expected_logs: ExpectedLogs) -> None:
    apply(counter, Setting("receipt_template", '{"document": "receipt", "blocks": ["logo"]}'))
    expected_logs.expect("receipt_template has a value that is none")
    counter.services.settings.read_again()
    assert "*RN2-000001*" in apart(counter.services.receipts.receipt(trade(counter)))
    job = counter.ledger.open_jobs()[0]
    assert job.state is JobState.QUEUED


def test_a_broken_file_of_templates_is_logged_and_the_others_are_read(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    (tmp_path / "c.json").write_text('{"document": "price_label", "blocks": ["price"]}')
    expected_logs.expect("a.json cannot be used, the usual one holds")
    expected_logs.expect("b.json cannot be read, the usual one holds")
    templates = read_templates(tmp_path)
    assert [(each.kind.value, each.blocks) for each in templates] == [("price_label", ("price",))]


def test_the_hubs_template_wins_over_the_shipped_one(counter: ShopCounter, tmp_path: Path) -> None:
    settings = counter.services.settings
    (tmp_path / "label.json").write_text('{"document": "price_label", "blocks": ["price", "date"]}')
    (shipped,) = read_templates(tmp_path)
    settings.use_templates([shipped])
    assert settings.template(shipped.kind) == shipped
    apply(counter, Setting("receipt_template", '{"document": "price_label", "blocks": ["price"]}'))
    settings.read_again()
    assert settings.template(shipped.kind).blocks == ("price",)


def test_prints_for_customers_are_journal_entries_that_the_hub_knows(counter: ShopCounter) -> None:
    counter.services.documents.pick_up_slip(trade(counter))
    entry = counter.ledger.entries_after(0, 99, 10**6)[-1]
    assert entry.kind == Kind.REPRINT
    assert json.loads(entry.body) == {
        "document": "PICK-UP 2-000001",
        "copy_number": 1,
        "operator_id": "aisha",
    }


def test_staff_of_every_role_may_print(counter: ShopCounter) -> None:
    sale = trade(counter)
    for member, pin in ((SAM, "2222"), (MORAG, "333333")):
        counter.sign_on(member, pin)
        assert counter.services.documents.gift_receipt(sale).kind is JobKind.GIFT_RECEIPT
