"""The right side of the sell screen: search, pages of quick keys, departments, and what is left of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from till_app.domain.catalogue import Item
from till_app.domain.pricing import EffectivePrice
from till_app.services.ports import Catalogue
from till_app.services.status import CatalogueChanged
from till_app.ui.formatting import Formatter, parse_quantity
from till_app.ui.pictures import PictureShelf
from till_app.ui.presenting import item_choice, price_words, stock_words
from till_app.ui.theme.theme import current_theme
from till_app.ui.weight_words import possible_short_words
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.chip_row import Chip, ChipRow
from till_app.ui.widgets.live_weight import WeightChip
from till_app.ui.widgets.quick_key_grid import QuickKeyGrid, QuickKeyTile
from till_app.ui.widgets.search_box import SearchBox

MOST_RESULTS = 40
MOST_OF_A_DEPARTMENT = 600
_PAGE, _DEPARTMENT = "page:", "department:"
_MULTIPLY = "*"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a tile says, as read from the catalogue once; only its picture may come later."""

    item: Item
    label: str
    price_text: str
    stock_text: str


class GoodsPane(QWidget):
    item_chosen = Signal(object)
    """Item."""
    code_typed = Signal(str)

    def __init__(
        self, catalogue: Catalogue, formatter: Formatter, price_of: Callable[[Item], EffectivePrice]
    ) -> None:
        """`price_of`: what an item costs the customer who is served now."""
        super().__init__()
        self._catalogue = catalogue
        self._price_of = price_of
        self._formatter = formatter
        self._shown: list[_Shown] = []
        self._chips: list[Chip] = []
        self._multiplier_milli: int | None = None
        self._pictures = PictureShelf(self._picture, self)
        self._pictures.arrived.connect(self._retile)
        self.search = SearchBox()
        self.multiplier = ActionButton("", variant=Variant.CHOSEN)
        self.multiplier.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.multiplier.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.multiplier.hide()
        self.multiplier.clicked.connect(self.clear_multiplier)
        self.chips = ChipRow()
        self.grid = QuickKeyGrid()
        self._top = QHBoxLayout()
        self._top.addWidget(self.multiplier)
        self._top.addWidget(self.search, 1)
        self.weight = WeightChip(possible_short_words(formatter))
        """What lies on the scale; hidden on a till without one."""
        self.weight.hide()
        self._top.addWidget(self.weight)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self.chips)
        self._layout.addWidget(self.grid, 1)
        self.search.textEdited.connect(self._on_edited)
        self.search.query_changed.connect(self._on_query)
        self.search.result_chosen.connect(self._choose_by_id)
        self.search.submitted.connect(self._on_submitted)
        self.chips.chip_chosen.connect(self._show_chip)
        self.grid.tile_chosen.connect(self._choose_by_id)
        self.setFocusProxy(self.search)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # --------------------------------------------------------------- multiplier

    @property
    def multiplier_milli(self) -> int | None:
        """The quantity keyed before an item, `3 *`; None when there is none."""
        return self._multiplier_milli

    def take_multiplier(self) -> int | None:
        """The keyed quantity, for the item that comes now; it counts once."""
        quantity_milli = self._multiplier_milli
        self.clear_multiplier()
        return quantity_milli

    def clear_multiplier(self) -> None:
        self._multiplier_milli = None
        self.multiplier.hide()

    def _on_edited(self, text: str) -> None:
        """`3 *` leaves the field and stands beside it until the item comes."""
        typed, sign, rest = text.partition(_MULTIPLY)
        quantity_milli = parse_quantity(typed) if sign else None
        if not quantity_milli:
            return
        self._multiplier_milli = quantity_milli
        self.multiplier.set_caption(
            self.tr("{quantity} ×").format(quantity=self._formatter.quantity(quantity_milli))
        )
        self.multiplier.setAccessibleName(
            self.tr("Quantity {quantity} for the next item").format(
                quantity=self._formatter.quantity(quantity_milli)
            )
        )
        self.multiplier.show()
        self.search.setText(rest.lstrip())

    # ------------------------------------------------------------------- search

    def _on_query(self, text: str) -> None:
        items = self._catalogue.search(text, MOST_RESULTS)
        rows = [
            item_choice(item, self._price_of(item), self._catalogue.stock(item.item_id), self._formatter)
            for item in items
        ]
        self.search.show_results(text, rows, is_first_chosen=not self._is_code(text))

    def _on_submitted(self, text: str) -> None:
        """A name whose results were not seen yet shows them first; a code is a code."""
        if self._is_code(text):
            self.search.dismiss()
            self.code_typed.emit(text)
        else:
            self._on_query(text)

    def _is_code(self, text: str) -> bool:
        return text.isdigit() or bool(self._catalogue.find(text))

    def _choose_by_id(self, item_id: str) -> None:
        item = self._catalogue.item(item_id)
        if item is not None:
            self.item_chosen.emit(item)
        self.search.setFocus()

    # -------------------------------------------------------------------- tiles

    def refresh(self) -> None:
        """Reads pages, departments and tiles again; the chosen chip stays."""
        pages = dict.fromkeys(key.page for key in self._catalogue.quick_keys())
        chips = [Chip(_PAGE + page, page) for page in pages]
        chips += [Chip(_DEPARTMENT + d.department_id, d.name) for d in self._catalogue.departments()]
        if chips != self._chips:
            before = self.chips.chosen
            chosen = before if before in {chip.key for chip in chips} else None
            self.chips.show_chips(chips, chosen)
            self._chips = chips
        if self.chips.chosen is not None:
            self._read_chip(self.chips.chosen)
            self._retile()

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        if change.kinds & {"quick_key", "department", "shop"}:
            self.refresh()
        elif (
            change.kinds & {"item", "stock", "price", "price_list", "customer"}
            and self.chips.chosen is not None
        ):
            self._read_chip(self.chips.chosen)
            self._retile()
        if change.pictures:
            self._want_pictures()

    def _show_chip(self, key: str) -> None:
        self._read_chip(key)
        self.grid.show_tiles(self._tiles())
        self.search.setFocus()

    def _read_chip(self, key: str) -> None:
        if key.startswith(_PAGE):
            self._shown = self._of_page(key.removeprefix(_PAGE))
        else:
            department_id = key.removeprefix(_DEPARTMENT)
            items = self._catalogue.items_in_department(department_id, MOST_OF_A_DEPARTMENT)
            self._shown = [self._in_words(item, item.name) for item in items]
        self._want_pictures()

    def _of_page(self, page: str) -> list[_Shown]:
        keys = [key for key in self._catalogue.quick_keys() if key.page == page]
        found = [(self._catalogue.item(key.item_id), key.label) for key in keys]
        return [self._in_words(item, label or item.name) for item, label in found if item is not None]

    def _in_words(self, item: Item, label: str) -> _Shown:
        stock = self._catalogue.stock(item.item_id)
        return _Shown(
            item,
            label,
            price_words(item, self._price_of(item), self._formatter),
            stock_words(item, stock, self._formatter),
        )

    def _want_pictures(self) -> None:
        self._pictures.want(shown.item.picture for shown in self._shown)

    def _picture(self, sha256: str) -> bytes | None:
        content = self._catalogue.picture(sha256)
        if content is None:
            self._catalogue.want_picture(sha256)
        return content

    def _retile(self) -> None:
        self.grid.replace_tiles(self._tiles())

    def _tiles(self) -> Sequence[QuickKeyTile]:
        return [
            QuickKeyTile(
                shown.item.item_id,
                shown.label,
                shown.price_text,
                shown.stock_text,
                self._pictures.pixmap(shown.item.picture),
            )
            for shown in self._shown
        ]

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self._layout.setSpacing(tokens.space.m)
        self._top.setSpacing(tokens.space.s)
        self.multiplier.setMinimumHeight(tokens.height.field)
