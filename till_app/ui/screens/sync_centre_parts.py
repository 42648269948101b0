"""The card of the link's state and the cards of facts, as the sync centre shows them."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QScroller,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.services.status import SyncStatus
from till_app.ui.screens.parts import Card, words
from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.fact_table import FactTable
from till_app.ui.widgets.top_bar import StatusState, StatusTone

_TWO_COLUMNS_FROM = 900
"""Width in pixels at 100 % at which the cards stand beside each other."""


class StateCard(QFrame):
    """The state of the link in plain words, a bar while something loads, and the one remedy that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "card")
        self._state: StatusState | None = None
        self._icon = QLabel()
        self.title = words("", "title")
        self.advice = words("", "body", "muted")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.hide()
        for label in (self.title, self.advice):
            label.setWordWrap(True)
        self.remedy = ActionButton("", "F9", Variant.PRIMARY)
        self.remedy.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.remedy.hide()
        self._column = QVBoxLayout()
        for widget in (self.title, self.advice, self.progress):
            self._column.addWidget(widget)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._column, 1)
        self._row.addWidget(self.remedy)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_state(self, state: StatusState, advice: str, status: SyncStatus) -> None:
        self._state = state
        self.title.setText(state.words)
        self.advice.setText(advice)
        load = status.load
        if load is not None:
            self.progress.setRange(0, 1000 if load.total else 0)
            self.progress.setValue(load.done * 1000 // load.total if load.total else 0)
        self.progress.setVisible(load is not None)
        self._show_icon()

    def _show_icon(self) -> None:
        if self._state is None:
            return
        tokens = current_theme().tokens
        ink = {
            StatusTone.GOOD: tokens.colours.saving,
            StatusTone.WARN: tokens.colours.on_warn_soft,
            StatusTone.BAD: tokens.colours.on_bad_soft,
        }[self._state.tone]
        size = round(tokens.height.icon * 1.4)
        self._icon.setFixedSize(QSize(size, size))
        self._icon.setPixmap(icon_pixmap(self._state.icon, ink, size, self.devicePixelRatioF()))

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._row.setContentsMargins(space.l, space.m, space.l, space.m)
        self._row.setSpacing(space.m)
        self._column.setSpacing(space.xs)
        self._show_icon()


class Overview(QScrollArea):
    """Three cards of facts, beside each other where there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting, self.hub, self.catalogue = FactTable(), FactTable(), FactTable()
        self._cards = (
            Card(self.tr("What waits here"), self.waiting),
            Card(self.tr("The shop's data"), self.catalogue),
            Card(self.tr("The hub"), self.hub),
        )
        inside = QWidget()
        inside.setProperty("ground", "page")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        current_theme().changed.connect(self.place_cards)
        self.place_cards()

    def place_cards(self) -> None:
        tokens = current_theme().tokens
        is_wide = self.width() >= round(_TWO_COLUMNS_FROM * tokens.scale)
        self._grid.setSpacing(tokens.space.m)
        places = ((0, 0, 1), (1, 0, 1), (0, 1, 2)) if is_wide else ((0, 0, 1), (2, 0, 1), (1, 0, 1))
        for card, (row, column, rows) in zip(self._cards, places, strict=True):
            self._grid.addWidget(card, row, column, rows, 1)
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1 if is_wide or column == 0 else 0)
        self._grid.setRowStretch(3, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_cards()
