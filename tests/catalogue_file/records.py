"""Any record of each kind that a hub may send, as Hypothesis strategies; and a few plain ones."""

from hypothesis import strategies as st

from till_app.domain.promotions import PromotionKind
from till_app.wire.changes import (
    CustomerRecord,
    DepartmentRecord,
    ItemRecord,
    LiveRecord,
    LocationRecord,
    PriceListRecord,
    PriceRecord,
    PromotionRecord,
    QuickKeyRecord,
    ReceiptTextRecord,
    SettingRecord,
    ShopRecord,
    StaffRecord,
    StockRecord,
    VatRateRecord,
)

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_ids = st.sampled_from(["a", "b", "0193-é", "", "it's", "x y"])
_whole = st.integers(-(2**63), 2**63 - 1)
_small = st.integers(0, 9_999)
_flags = st.booleans()
_hashes = st.sampled_from(["a" * 64, "b" * 64, "c" * 64])
_days = st.none() | st.sampled_from(["2026-01-01", "2026-11-24"])
_lists = st.lists(_texts, max_size=3)

_items = st.builds(
    ItemRecord,
    item_id=_ids,
    item_code=_texts,
    name=_texts,
    description=_texts,
    department_id=_ids,
    vat_code=_texts,
    price_minor=st.none() | _whole,
    unit=st.sampled_from(["each", "kg"]),
    plu=st.none() | _texts,
    barcodes=_lists,
    minimum_age=_small,
    picture=st.none() | _hashes,
    blocked=_flags,
    pictures=st.lists(_hashes, max_size=3),
    pack_milli=st.dictionaries(_texts, st.integers(1, 2**40), max_size=3),
)
_rates = st.builds(
    VatRateRecord,
    code=_ids,
    name=_texts,
    kind=st.just("standard"),
    rate_bp=_small,
    changes=st.lists(st.tuples(_texts, _small), max_size=3, unique_by=lambda each: each[0]).map(sorted),
)
_promotions = st.builds(
    PromotionRecord,
    promotion_id=_ids,
    name=_texts,
    kind=st.sampled_from([kind.value for kind in PromotionKind]),
    valid_from=_days,
    valid_until=_days,
    quantity=st.integers(2, 9),
    value=_small,
    item_ids=st.lists(_ids, max_size=4),
    department_ids=st.lists(_ids, max_size=4),
)
_customers = st.builds(
    CustomerRecord,
    customer_id=_ids,
    customer_code=_texts,
    name=_texts,
    email=_texts,
    phone=_texts,
    address=_lists,
    price_list_id=st.none() | _ids,
    balance_minor=_whole,
    credit_limit_minor=_whole,
    balance_at=_texts,
    note=_texts,
    active=_flags,
)
_texts_on_receipts = st.builds(
    ReceiptTextRecord,
    receipt_text_id=_ids,
    place=st.sampled_from(["header", "footer"]),
    position=_whole,
    text=_texts,
    valid_from=_days,
    valid_until=_days,
)

any_record: st.SearchStrategy[LiveRecord] = st.one_of(
    _items,
    _rates,
    _promotions,
    _customers,
    _texts_on_receipts,
    st.builds(StockRecord, _ids, _whole, _texts, _ids),
    st.builds(LocationRecord, _ids, _texts, _ids, _flags),
    st.builds(DepartmentRecord, _ids, _texts, _whole),
    st.builds(PriceListRecord, _ids, _texts, _whole, _days, _days, _flags),
    st.builds(PriceRecord, _ids, _ids, _ids, _whole),
    st.builds(SettingRecord, _ids, _texts),
    st.builds(QuickKeyRecord, _ids, _texts, _whole, _whole, _ids, _texts),
    st.builds(StaffRecord, _ids, _texts, _texts, st.sampled_from(["cashier", "manager"]), _texts, _flags),
    st.builds(ShopRecord, _ids, _texts, _lists, _texts, _texts, st.just("GBP"), _texts, _texts),
)


def item_record(
    item_id: str,
    name: str = "Milk",
    *,
    price_minor: int = 165,
    barcodes: tuple[str, ...] = (),
    picture: str | None = None,
) -> ItemRecord:
    return ItemRecord(
        item_id=item_id,
        item_code=f"code-{item_id}",
        name=name,
        description="",
        department_id="dairy",
        vat_code="Z",
        price_minor=price_minor,
        unit="each",
        plu=None,
        barcodes=list(barcodes),
        minimum_age=0,
        picture=picture,
        blocked=False,
    )
