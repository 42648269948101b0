"""Under which keys and words a row of a kind that can be searched is found."""

from collections.abc import Callable
from dataclasses import dataclass

from till_app.catalogue_file import schema as t
from till_app.catalogue_file.records import CUSTOMER, ITEM, Kind, Row
from till_app.catalogue_file.text import customer_keys, folded_words, item_keys

_NO_KEYS: frozenset[str] = frozenset()
_BARCODES = dict(ITEM.codecs)[ITEM.fields.index("barcodes")]


@dataclass(frozen=True, slots=True)
class Searched:
    """Both functions are given the values of their fields as they stand in the row."""

    kind: Kind
    keys_table: str
    key_fields: tuple[str, ...]
    keys: Callable[..., frozenset[str]]
    words_table: str
    word_fields: tuple[str, ...]
    words: Callable[..., str]
    """Joined by spaces; empty: not to be found by words."""

    def keys_of(self, row: Row) -> frozenset[str]:
        return self.keys(*(row[at] for at in self._places(self.key_fields)))

    def words_of(self, row: Row) -> str:
        return self.words(*(row[at] for at in self._places(self.word_fields)))

    def _places(self, names: tuple[str, ...]) -> list[int]:
        return [self.kind.fields.index(name) for name in names]


def _item_keys(item_code: str, plu: str | None, barcodes: str) -> frozenset[str]:
    return item_keys(item_code, plu, _BARCODES.value(barcodes))


def _item_words(name: str) -> str:
    return " ".join(folded_words(name))


def _customer_keys(customer_code: str, phone: str, email: str, active: int) -> frozenset[str]:
    return customer_keys(customer_code, phone, email) if active else _NO_KEYS


def _customer_words(name: str, active: int) -> str:
    return " ".join(folded_words(name)) if active else ""


SEARCHED: dict[str, Searched] = {
    "item": Searched(
        kind=ITEM,
        keys_table=t.item_key.name,
        key_fields=("item_code", "plu", "barcodes"),
        keys=_item_keys,
        words_table=t.ITEM_WORDS,
        word_fields=("name",),
        words=_item_words,
    ),
    "customer": Searched(
        kind=CUSTOMER,
        keys_table=t.customer_key.name,
        key_fields=("customer_code", "phone", "email", "active"),
        keys=_customer_keys,
        words_table=t.CUSTOMER_WORDS,
        word_fields=("name", "active"),
        words=_customer_words,
    ),
}
