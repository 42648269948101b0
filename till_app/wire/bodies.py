"""The bodies of journal entries: JSON objects, one struct per kind, additive from version to version.

Amounts are integer minor units, VAT included; quantities are thousandths of the unit; moments are
RFC 3339 in UTC. A body is encoded once, at the till; its bytes are never made again.
"""

import msgspec


class Kind:
    """Values of an entry's `kind`."""

    SALE = "sale"
    BASKET_VOIDED = "basket_voided"
    DRAWER_MOVEMENT = "drawer_movement"
    NO_SALE = "no_sale"
    SESSION_OPENED = "session_opened"
    Z_REPORT = "z_report"
    X_REPORT = "x_report"
    REPRINT = "reprint"
    SIGNED_ON = "signed_on"
    SIGNED_OFF = "signed_off"
    PIN_REFUSED = "pin_refused"
    AGE_CHECK = "age_check"
    PRICE_OVERRIDDEN = "price_overridden"
    TENDER_REMOVED = "tender_removed"
    CUSTOMER_ADDED = "customer_added"
    STOCK_COUNTED = "stock_counted"
    STOCK_ADJUSTED = "stock_adjusted"
    TILL_HEALTH = "till_health"
    CHAIN_BEGUN = "chain_begun"
    COMPENSATION = "compensation"
    DRAWER_EVENT = "drawer_event"
    CARD_PAYMENT = "card_payment"
    SETTINGS_CHANGED = "settings_changed"


BODY_VERSION = 1


class OriginBody(msgspec.Struct, frozen=True):
    sale_uuid: str
    receipt_number: str
    line_number: int


class LineBody(msgspec.Struct, frozen=True):
    line_number: int
    item_id: str
    item_code: str
    code: str
    name: str
    unit: str
    department_id: str
    quantity_milli: int
    unit_price_minor: int
    list_price_minor: int | None
    discount_minor: int
    gross_minor: int
    net_minor: int
    tax_minor: int
    vat_code: str
    vat_rate_bp: int
    minimum_age: int = 0
    origin: OriginBody | None = None
    price_list_id: str | None = None
    """Of the list that `list_price_minor` came from, when it was not the item's own."""
    promotions: dict[str, int] = {}
    """By promotion, its part of `discount_minor`."""
    batch: str = ""
    """As the scanned code had it."""
    expires_on: str = ""
    """ISO date, as the scanned code had it."""


class TenderBody(msgspec.Struct, frozen=True):
    tender_id: str
    kind: str
    amount_minor: int
    given_minor: int
    change_minor: int
    reference: str = ""


class MovementBody(msgspec.Struct, frozen=True):
    movement_id: str
    session_id: str
    kind: str
    amount_minor: int
    at: str
    operator_id: str
    reason: str = ""
    sale_uuid: str | None = None


class CashMovementBody(MovementBody, frozen=True):
    """A movement outside a sale."""

    approved_by: str | None = None


class SaleBody(msgspec.Struct, frozen=True):
    uuid: str
    receipt_number: str
    till_code: str
    counter: int
    session_id: str
    opened_at: str
    completed_at: str
    operator_id: str
    operator_name: str
    currency: str
    total_minor: int
    lines: list[LineBody]
    tenders: list[TenderBody]
    movements: list[MovementBody]
    voided_lines: list[LineBody] = []
    approved_by: str | None = None
    age_checked: int = 0
    customer_id: str | None = None
    customer_name: str = ""
    promotion_names: dict[str, str] = {}
    """By id, of those in the lines, as the receipt has them."""
    drawer_opened_for: str = ""
    """Why the drawer was asked to open: `cash`, `change_due` or another tender; empty: it was not."""


class BasketVoidedBody(msgspec.Struct, frozen=True):
    uuid: str
    opened_at: str
    operator_id: str
    total_minor: int
    lines: list[LineBody]
    approved_by: str | None = None


class NoSaleBody(msgspec.Struct, frozen=True):
    operator_id: str
    reason: str
    approved_by: str | None = None


class SessionOpenedBody(msgspec.Struct, frozen=True):
    session_id: str
    number: int
    operator_id: str
    float_minor: int
    movement: MovementBody


class TaxBody(msgspec.Struct, frozen=True):
    vat_code: str
    rate_bp: int
    gross_minor: int
    net_minor: int
    tax_minor: int


class TenderTotalBody(msgspec.Struct, frozen=True):
    kind: str
    count: int
    amount_minor: int


class ReportBody(msgspec.Struct, frozen=True):
    """An X report, and the figures of a Z."""

    session_id: str
    session_number: int
    transaction_count: int
    sale_count: int
    sold_minor: int
    return_count: int
    returned_minor: int
    savings_minor: int
    total_minor: int
    voided_lines: int
    voided_baskets: int
    no_sales: int
    taxes: list[TaxBody]
    tenders: list[TenderTotalBody]
    movements_minor: dict[str, int]
    expected_cash_minor: int
    first_receipt: str | None
    last_receipt: str | None
    operator_id: str


class ZReportBody(msgspec.Struct, frozen=True):
    z_number: int
    report: ReportBody
    closed_at: str
    closed_by: str
    count_by_denomination: dict[str, int]
    declared_minor: int
    over_short_minor: int
    grand_total_minor: int
    journal_first_seq: int
    journal_last_seq: int
    chain_head: str
    unsent_count: int
    approved_by: str | None = None
    sales_at_hub: int | None = None
    """Of the session's transactions, those that the hub had acknowledged at closing."""
    chain_broken_at: int | None = None
    """The entry at which the till found its own journal broken."""


class ReprintBody(msgspec.Struct, frozen=True):
    document: str
    """Such as a receipt number, `GIFT 2-000001` or `Z 12`."""
    copy_number: int
    operator_id: str


class OperatorBody(msgspec.Struct, frozen=True):
    """Of signing on and off, and of a refused PIN."""

    operator_id: str


class AgeCheckBody(msgspec.Struct, frozen=True):
    basket_uuid: str
    item_id: str
    item_name: str
    minimum_age: int
    passed: bool
    operator_id: str


class PriceOverriddenBody(msgspec.Struct, frozen=True):
    basket_uuid: str
    line_number: int
    item_id: str
    item_name: str
    from_minor: int | None
    to_minor: int
    operator_id: str
    approved_by: str | None = None


class TenderRemovedBody(msgspec.Struct, frozen=True):
    """A tender that was taken and given back before the sale was complete."""

    basket_uuid: str
    tender_id: str
    kind: str
    amount_minor: int
    operator_id: str


class CustomerAddedBody(msgspec.Struct, frozen=True):
    customer_id: str
    name: str
    email: str
    phone: str
    address: list[str]
    note: str
    operator_id: str


class StockCountedBody(msgspec.Struct, frozen=True):
    """What was counted, and the movement that follows from it; the hub applies the movement only."""

    movement_id: str
    item_id: str
    location_id: str
    counted_milli: int
    expected_milli: int
    """The hub's level as the till had it, less what this till has sold since and not yet sent."""
    moved_milli: int
    """`counted_milli - expected_milli`."""
    operator_id: str
    reason: str = ""
    approved_by: str | None = None


class StockAdjustedBody(msgspec.Struct, frozen=True):
    movement_id: str
    item_id: str
    location_id: str
    moved_milli: int
    cause: str
    """Such as `waste`, `damaged`, `own_use`, `found`, `received`."""
    operator_id: str
    reason: str = ""
    approved_by: str | None = None


class TillHealthBody(msgspec.Struct, frozen=True):
    app_version: str
    system: str
    free_disk_bytes: int
    ledger_bytes: int
    catalogue_bytes: int
    unsent_entries: int
    clock_skew_s: int
    ledger_check: str
    """`ok`, or what SQLite's quick check found."""
    printer: str
    devices: dict[str, str] = {}
    """By device that is set up, its state."""


class ChainBegunBody(msgspec.Struct, frozen=True):
    """The first entry of a journal that goes on where another identity's ended."""

    previous_till_id: str
    previous_seq: int
    previous_hash: str
    reason: str
    """`forked`, `restored`, `revoked` or `moved` (to another hub)."""
    carried_over: int
    """Entries that follow as the hub did not have them; uuids, times and bodies are as they were."""
    grand_total_minor: int
    """What those entries add is in it."""
    receipt_counter: int = 0
    z_number: int = 0
    session_number: int = 0
    """The numbers used last: the chain goes on from them."""
    open_session: SessionOpenedBody | None = None
    """The one that goes on from the chain before."""


class CompensationBody(msgspec.Struct, frozen=True):
    """Settles an earlier entry that waits at the hub: a person has put right what it was about."""

    of_uuid: str
    reason: str
    operator_id: str
    approved_by: str | None = None


class DrawerEventBody(msgspec.Struct, frozen=True):
    """What became of the cash drawer outside of what sales, movements and `no_sale` say by themselves."""

    event: str
    """`dropped_late`, `failed`, `opened_unasked`, `left_open`, `opened_for_float`, `opened_for_count` or
    `opened_for_test`."""
    operator_id: str
    """Who was signed on; empty: nobody."""
    session_id: str = ""
    reason: str = ""
    """Why it was to open; for a failure, what it followed from."""
    detail: str = ""
    """Such as the receipt number, or for how many seconds it stood open."""


class CardPaymentBody(msgspec.Struct, frozen=True):
    """A step of a payment at a card terminal. There is one entry when it begins and one for each outcome.

    No card number is in it.
    """

    attempt_id: str
    """Also the `tender_id` of the tender that came of it."""
    basket_uuid: str
    purpose: str
    """`purchase`, `refund` or `reversal`."""
    state: str
    """`started`, `approved`, `declined`, `aborted`, `not_sent`, `unknown`, `reversed`, or `settled_by_hand`
    when a person looked."""
    amount_minor: int
    approved_minor: int
    currency: str
    operator_id: str
    terminal: str
    reference: str
    """Ours, as the terminal was given it."""
    terminal_reference: str = ""
    authorisation: str = ""
    scheme: str = ""
    reason: str = ""
    of_attempt: str = ""
    """What a reversal undoes."""
    approved_by: str | None = None


class SettingsChangedBody(msgspec.Struct, frozen=True):
    what: str
    """Such as `devices`."""
    operator_id: str
    changes: dict[str, str]
    """By name of the setting, what it is now; secrets are not among them."""
