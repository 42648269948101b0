"""Pages of tiles for goods without a barcode, as many at a time as there is room for."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.quick_key_tile import QuickKeyTile, TileButton

__all__ = ["QuickKeyGrid", "QuickKeyTile"]

MOST_COLUMNS = 5
MOST_ROWS = 3


class QuickKeyGrid(QWidget):
    """As many of 5 × 3 tiles as there is room for; further ones on pages, turned by button or Page keys."""

    tile_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: tuple[QuickKeyTile, ...] = ()
        self._page = 0
        self._columns, self._rows = MOST_COLUMNS, MOST_ROWS
        self._buttons = [self._new_button() for _ in range(MOST_COLUMNS * MOST_ROWS)]
        self._grid = QGridLayout()
        self._previous = ActionButton("", variant=Variant.SECONDARY, icon="chevron-left", parent=self)
        self._next = ActionButton("", variant=Variant.SECONDARY, icon="chevron-right", parent=self)
        self._previous.setAccessibleName(self.tr("Previous page"))
        self._next.setAccessibleName(self.tr("Next page"))
        self._previous.clicked.connect(lambda: self.turn_to(self._page - 1))
        self._next.clicked.connect(lambda: self.turn_to(self._page + 1))
        self._where = QLabel()
        self._where.setProperty("type", "small")
        self._where.setProperty("tone", "muted")
        self._pager = QWidget(self)
        pager = QHBoxLayout(self._pager)
        pager.setContentsMargins(0, 0, 0, 0)
        pager.addStretch(1)
        for widget in (self._previous, self._where, self._next):
            widget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            pager.addWidget(widget)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._grid, 1)
        self._layout.addWidget(self._pager)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _new_button(self) -> TileButton:
        button = TileButton(self)
        button.clicked.connect(lambda: self._on_clicked(button))
        return button

    @property
    def page(self) -> int:
        """From 0."""
        return self._page

    @property
    def page_count(self) -> int:
        return max(1, -(-len(self._tiles) // self.tiles_per_page))

    @property
    def tiles_per_page(self) -> int:
        return self._columns * self._rows

    def show_tiles(self, tiles: Sequence[QuickKeyTile]) -> None:
        """Replaces the tiles and goes to the first page."""
        self._tiles = tuple(tiles)
        self._page = 0
        self._refill()

    def replace_tiles(self, tiles: Sequence[QuickKeyTile]) -> None:
        """Other words on the same tiles (a price, a stock figure, a picture that came): the page stays."""
        self._tiles = tuple(tiles)
        self._refill()

    def turn_to(self, page: int) -> None:
        wanted = min(max(page, 0), self.page_count - 1)
        if wanted != self._page:
            self._page = wanted
            self._refill()

    def button_at(self, position: int) -> QAbstractButton:
        """The button at a position of the page, from 0, left to right."""
        return self._buttons[position]

    def _refill(self) -> None:
        self._page = min(self._page, self.page_count - 1)
        start = self._page * self.tiles_per_page
        for index, button in enumerate(self._buttons):
            place = start + index
            is_used = index < self.tiles_per_page
            button.show_tile(self._tiles[place] if is_used and place < len(self._tiles) else None)
            button.setVisible(is_used)
        self._pager.setVisible(self.page_count > 1)
        self._where.setText(self.tr("{page} of {pages}").format(page=self._page + 1, pages=self.page_count))
        self._previous.setEnabled(self._page > 0)
        self._next.setEnabled(self._page < self.page_count - 1)

    def _on_clicked(self, button: TileButton) -> None:
        if button.tile is not None:
            self.tile_chosen.emit(button.tile.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_PageDown:
            self.turn_to(self._page + 1)
        elif key == Qt.Key.Key_PageUp:
            self.turn_to(self._page - 1)
        elif not self._move_focus(key):
            event.ignore()

    def _move_focus(self, key: int) -> bool:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        at = next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)
        step = steps.get(Qt.Key(key))
        if at is None or step is None:
            return False
        target = at + step
        if 0 <= target < self.tiles_per_page and self._buttons[target].tile is not None:
            self._buttons[target].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        tokens = current_theme().tokens
        return QSize(2 * tokens.height.tile_width, tokens.height.touch)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self._grid.setSpacing(tokens.space.m - 2)
        self._layout.setSpacing(tokens.space.s)
        self._lay_out()
        self.update()

    def _lay_out(self) -> None:
        """Columns and rows that the room allows at a size that can be read and touched."""
        tokens = current_theme().tokens
        gap = tokens.space.m - 2
        pager = self._pager.sizeHint()
        # Too low for a tile above the pager: they stand side by side.
        is_low = self.height() < tokens.height.tile_height + pager.height()
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if is_low else QBoxLayout.Direction.TopToBottom
        )
        width = self.width() - (pager.width() if is_low else 0)
        columns = min(max((width + gap) // (tokens.height.tile_width + gap), 2), MOST_COLUMNS)
        height = self.height() - (0 if is_low else pager.height())
        rows = min(max((height + gap) // (tokens.height.tile_height + gap), 1), MOST_ROWS)
        if (columns, rows) == (self._columns, self._rows) and self._grid.count():
            return
        first = self._page * self.tiles_per_page
        self._columns, self._rows = columns, rows
        for index, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            if index < columns * rows:
                self._grid.addWidget(button, index // columns, index % columns)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(MOST_ROWS):
            self._grid.setRowStretch(row, 1 if row < rows else 0)
        self._page = first // self.tiles_per_page
        self._refill()
