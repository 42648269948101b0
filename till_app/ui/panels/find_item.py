"""Finds an item by what is typed or scanned, while a question is open."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from till_app.domain.catalogue import Item
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.overlay_panel import OverlayPanel

_PAUSE_MS = 60
_ROWS_SEEN = 5
_MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FindItemPanel(OverlayPanel):
    """Typing searches, up and down move, Enter takes the highlighted one; a scan takes what it stands for."""

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
        body = QWidget()
        super().__init__(title, body, width=560, parent=parent)
        self._search = search
        self._scan = scan
        self._row = row
        self._found: dict[str, Item] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._search_typed)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Scan, or type a name, barcode or PLU"))
        self.field.setAccessibleName(self.tr("Search for an item"))
        self.field.textEdited.connect(lambda _text: self._pause.start())
        self.field.returnPressed.connect(self.accept)
        self.field.installEventFilter(self)
        self.list = ChoiceList()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.choice_made.connect(self.choose)
        tokens = current_theme().tokens
        self.list.setFixedHeight(_ROWS_SEEN * round(tokens.height.touch * 1.05))
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.space.m)
        column.addWidget(self.field)
        column.addWidget(self.list)
        body.setFocusProxy(self.field)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        self.take = self.add_button(ActionButton(self.tr("This one"), "Return", Variant.PRIMARY))
        self.take.clicked.connect(self.accept)
        self._show((), self.tr("Scan it, or type what it is called"))

    def scanned(self, text: str) -> None:
        found = self._scan(text)
        self.field.setText(text)
        self._show(found, self.tr("Nothing has that code"))
        if len(found) == 1:
            self.choose(found[0].item_id)

    def accept(self) -> None:
        """Takes the highlighted one, of those that fit what stands in the field now."""
        if self._pause.isActive():
            self._search_typed()
        row = self.list.current_row
        if row is not None:
            self.choose(row.key)

    def choose(self, item_id: str) -> None:
        item = self._found[item_id]
        self.close_panel()
        self.chosen.emit(item)

    def _search_typed(self) -> None:
        self._pause.stop()
        text = self.field.text().strip()
        found = self._search(text) if text else ()
        self._show(found, self.tr("Nothing found") if text else self.tr("Scan it, or type what it is called"))

    def _show(self, found: Sequence[Item], empty_text: str) -> None:
        self._found = {item.item_id: item for item in found}
        self.list.set_empty_text(empty_text)
        rows = [self._row(item) for item in found]
        self.list.show_rows(rows, 0 if rows else None)
        self.take.setEnabled(bool(rows))

    def hideEvent(self, event: QHideEvent) -> None:
        """A search that was still to come is not made once nobody looks."""
        self._pause.stop()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVING and self.list.move_by_key(key):
                return True
        return super().eventFilter(watched, event)
