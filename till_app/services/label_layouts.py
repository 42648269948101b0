"""The table of the shop's own labels between the till's settings and the rules that read a label by it."""

from collections.abc import Iterable

from till_app.domain.in_store import EmbeddedValue, InStoreLayout, check_layouts
from till_app.services.device_settings import LabelLayout


def in_store_layouts(rows: Iterable[LabelLayout]) -> tuple[InStoreLayout, ...]:
    """Raises LayoutInvalid for a row, or a table, that makes no sense."""
    layouts = tuple(
        InStoreLayout(
            row.prefix,
            row.item_digits,
            row.value_digits,
            EmbeddedValue(row.value),
            row.decimals,
            row.has_verifier,
        )
        for row in rows
    )
    check_layouts(layouts)
    return layouts


def label_layouts(layouts: Iterable[InStoreLayout]) -> tuple[LabelLayout, ...]:
    """As the till's settings keep them."""
    return tuple(
        LabelLayout(
            layout.prefix,
            layout.item_digits,
            layout.value_digits,
            layout.value.value,
            layout.decimals,
            layout.has_verifier,
        )
        for layout in layouts
    )
