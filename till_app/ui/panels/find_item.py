"""Finds an item by what is typed or scanned, while a question is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import Item
from till_app.ui.panels.find_panel import FindPanel
from till_app.ui.widgets.choice_list import ChoiceRow


class FindItemPanel(FindPanel):
    """A scan takes what it stands for; of several the highlighted one is taken."""

    chosen = Signal(object)
    """Item."""

    def __init__(
        self,
        title: str,
        search: Callable[[str], Sequence[Item]],
        scan: Callable[[str], Sequence[Item]],
        row: Callable[[Item], ChoiceRow],
        parent: QWidget | None = None,
    ) -> None:
        """`scan` answers a code with the items that have it."""
        super().__init__(
            title, self.tr("Scan, or type a name, barcode or PLU"), self.tr("Search for an item"), parent
        )
        self._search = search
        self._scan = scan
        self._row = row
        self._found: dict[str, Item] = {}
        self.add_take(self.tr("This one"))
        self.show_found()

    def scanned(self, text: str) -> None:
        self.field.setText(text)
        items = self._scan(text)
        self.show_rows(self._rows(items), self.tr("Nothing has that code"))
        if len(items) == 1:
            self.choose(items[0].item_id)

    def rows_for(self, text: str) -> Sequence[ChoiceRow]:
        return self._rows(self._search(text))

    def empty_words(self, text: str) -> str:
        return self.tr("Nothing found") if text else self.tr("Scan it, or type what it is called")

    def choose(self, key: str) -> None:
        item = self._found[key]
        self.close_panel()
        self.chosen.emit(item)

    def _rows(self, items: Sequence[Item]) -> Sequence[ChoiceRow]:
        self._found = {item.item_id: item for item in items}
        return [self._row(item) for item in items]
