"""What a code says beside its number reaches the line: weight, price, batch, date; past it none is sold."""

import pytest

from tests.services.chain_shop import apply, setting
from tests.services.counter import CHEDDAR, MILK, SAM, SUPERVISOR_PIN, ShopCounter, an_item
from tests.services.test_facts_on_record import bodies
from till_app.domain.catalogue import Unit
from till_app.domain.errors import DomainError
from till_app.domain.gtin import check_digit
from till_app.domain.in_store import UK_LAYOUTS, EmbeddedValue, InStoreLayout, layouts_as_text
from till_app.services.scanning import Added, Expired, Misread, NeedsAgeCheck, Pending, ScanResult
from till_app.wire.bodies import Kind, SaleBody

GS = "\x1d"
MILK_GTIN = "05000128104517"
HAM = an_item("ham", "Air-dried ham", 2400, unit=Unit.KILOGRAM, barcodes=("95011015300038",))
GAZETTE = an_item("gazette", "Gazette", 250, barcodes=("9770262996038",))
SHERRY = an_item("sherry", "Sherry", 1200, minimum_age=18, barcodes=("5010327000176",))
SPECIAL = an_item("special", "Gazette, special issue", 600, barcodes=("977026299603812",))


def line_of(result: ScanResult) -> tuple[str, int, int]:
    assert isinstance(result, Added)
    return result.line.name, result.line.quantity_milli, result.line.gross_minor


@pytest.fixture
def shop(counter: ShopCounter) -> ShopCounter:
    apply(counter, HAM, GAZETTE, SPECIAL, SHERRY)
    return counter


@pytest.mark.parametrize(
    ("scanned", "quantity_milli", "gross_minor"),
    [
        ("]e001950110153000383103000412", 412, 989),  # at £24.00 a kilogram
        ("]e001950110153000383922000391", 163, 391),  # what £3.91 pays for
        ("]e0019501101530003831030004123922000391", 412, 391),
        ("https://example.org/01/95011015300038?3103=000412", 412, 989),
        ("]e001950110153000383932826391", 163, 391),
    ],
)
def test_variable_goods_cost_what_their_code_says(
    shop: ShopCounter, scanned: str, quantity_milli: int, gross_minor: int
) -> None:
    assert line_of(shop.services.selling.scan(scanned)) == (HAM.name, quantity_milli, gross_minor)


def test_a_price_in_another_currency_is_refused(shop: ShopCounter) -> None:
    with pytest.raises(DomainError) as refusal:
        shop.services.selling.scan("]e001950110153000383932978391")
    assert (refusal.value.code, refusal.value.facts["currency"]) == ("price_in_other_currency", "EUR")
    assert not shop.services.selling.is_open


def test_a_code_that_says_how_much_takes_no_keyed_quantity(shop: ShopCounter) -> None:
    with pytest.raises(DomainError, match="quantity_fixed"):
        shop.services.selling.scan("]e001950110153000383103000412", 2000)


def test_a_case_brings_as_many_as_it_holds(counter: ShopCounter) -> None:
    assert line_of(counter.services.selling.scan(f"]C102{MILK_GTIN}376")) == (MILK.name, 6000, 990)


def test_the_weight_of_what_is_sold_by_the_piece_says_nothing(counter: ShopCounter) -> None:
    assert line_of(counter.services.selling.scan(f"]C101{MILK_GTIN}3103000412")) == (MILK.name, 1000, 165)


def test_batch_and_date_are_on_record_with_the_sale(counter: ShopCounter) -> None:
    counter.sell(f"]d201{MILK_GTIN}17261231" + "10LOT7" + GS + "21S1", "milk")
    (body,) = bodies(counter, Kind.SALE, SaleBody)
    assert [(line.batch, line.expires_on) for line in body.lines] == [("LOT7", "2026-12-31"), ("", "")]


def test_goods_of_two_batches_stay_two_lines_and_of_one_become_one(counter: ShopCounter) -> None:
    selling = counter.services.selling
    for batch in ("A", "B", "A"):
        selling.scan(f"]d201{MILK_GTIN}10{batch}")
    assert [(line.batch, line.quantity_milli) for line in selling.lines] == [("A", 2000), ("B", 1000)]


def test_a_saved_basket_keeps_batch_and_date(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan(f"]d201{MILK_GTIN}17261231" + "10LOT7")
    selling.read_again()
    assert (selling.lines[0].batch, selling.lines[0].expires_on) == ("LOT7", "2026-12-31")


@pytest.mark.parametrize(("yymmdd", "is_sold"), [("261124", True), ("261123", False), ("261100", True)])
def test_goods_are_good_on_their_last_day_and_not_after_it(
    counter: ShopCounter, yymmdd: str, is_sold: bool
) -> None:
    result = counter.services.selling.scan(f"]d201{MILK_GTIN}17{yymmdd}")
    assert isinstance(result, Added) is is_sold
    assert counter.services.selling.is_open is is_sold


def test_expired_goods_are_sold_only_with_a_supervisor_who_is_on_record(counter: ShopCounter) -> None:
    selling = counter.services.selling
    result = selling.scan(f"]d201{MILK_GTIN}17261120")
    assert isinstance(result, Expired)
    assert result.expires_on == "2026-11-20"
    with pytest.raises(DomainError, match="approval_needed"):
        selling.add_expired(result.pending)
    assert isinstance(selling.add_expired(result.pending, SAM), Added)
    assert selling.lines[0].approved_by == "sam"
    counter.sell(given_minor=165)
    (body,) = bodies(counter, Kind.SALE, SaleBody)
    assert (body.approved_by, body.lines[0].expires_on) == ("sam", "2026-11-20")


def test_a_supervisor_who_sells_expired_goods_is_on_record_too(counter: ShopCounter) -> None:
    counter.sign_on(SAM, SUPERVISOR_PIN)
    selling = counter.services.selling
    result = selling.scan(f"]d201{MILK_GTIN}17261120")
    assert isinstance(result, Expired)
    selling.add_expired(result.pending)
    assert selling.lines[0].approved_by == "sam"


def test_an_accepted_date_does_not_skip_the_age_check(shop: ShopCounter) -> None:
    selling = shop.services.selling
    result = selling.scan("]d20105010327000176" + "17261120")
    assert isinstance(result, Expired)
    asked = selling.add_expired(result.pending, SAM)
    assert isinstance(asked, NeedsAgeCheck)
    assert isinstance(selling.add(asked.pending, age_confirmed=True), Added)
    assert (selling.lines[0].name, selling.lines[0].approved_by) == (SHERRY.name, "sam")


def test_a_listed_issue_goes_before_its_magazine_and_the_issue_is_on_the_line(shop: ShopCounter) -> None:
    selling = shop.services.selling
    assert line_of(selling.scan("977026299603805"))[0] == GAZETTE.name
    assert line_of(selling.scan("977026299603812"))[0] == SPECIAL.name
    assert [line.code for line in selling.lines] == ["9770262996038 05", "9770262996038 12"]


def test_a_labels_layout_is_the_tills_own_else_the_hubs_else_the_usual_one(counter: ShopCounter) -> None:
    settings, selling = counter.services.settings, counter.services.selling
    hubs = InStoreLayout("20", 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True)
    own = InStoreLayout("20", 5, 5, EmbeddedValue.WEIGHT, 3)
    label = hubs.label("00011", 391)
    assert len(settings.label_layouts) == len(UK_LAYOUTS)
    apply(counter, setting("label_layouts", layouts_as_text((hubs,))))
    settings.read_again()
    assert line_of(selling.scan(label)) == (CHEDDAR.name, 412, 391)
    settings.use_label_layouts((own,))
    assert line_of(selling.scan(own.label("00011", 500))) == (CHEDDAR.name, 500, 475)
    settings.use_label_layouts(())
    assert settings.label_layouts == (hubs,)


def test_a_label_whose_price_was_misread_is_scanned_again(counter: ShopCounter) -> None:
    layout = InStoreLayout("20", 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True)
    counter.services.settings.use_label_layouts((layout,))
    good = layout.label("00011", 391)
    body = good[:8] + "0392"
    bad = body + check_digit(body)
    assert counter.services.selling.scan(bad) == Misread(bad, "")


def test_a_labelled_price_comes_back_without_a_receipt(counter: ShopCounter) -> None:
    pending = counter.services.selling.look_up(UK_LAYOUTS[0].label("00011", 391))
    assert isinstance(pending, tuple)
    assert pending == (Pending(CHEDDAR, "2000011003913", None, fixed_price_minor=391),)
    line = counter.services.selling.add_return_without_receipt(pending[0], SAM)
    assert (line.quantity_milli, line.gross_minor) == (-412, -391)
