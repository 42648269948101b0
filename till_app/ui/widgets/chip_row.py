"""A row of pages or departments to choose one from; it slides when there are too many for the room."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScroller,
    QSizePolicy,
    QWidget,
)

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.painting import CENTRE, draw_box, draw_focus_ring, draw_text, metrics_for


@dataclass(frozen=True, slots=True)
class Chip:
    key: str
    label: str


class _ChipButton(QAbstractButton):
    stepped = Signal(int)
    """Left (-1) or right (1): to the neighbour."""

    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(parent)
        self.chip = chip
        self.setText(chip.label)
        # "&" in a name is a letter: Qt would have made an Alt shortcut of it.
        self.setShortcut(QKeySequence())
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(chip.label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        words = metrics_for(tokens.type.strong).horizontalAdvance(self.text())
        return QSize(words + 2 * tokens.space.l, tokens.height.touch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # Qt would look for another chip above or below: they are the page's
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            draw_box(painter, box, box.height() / 2, colours.inverse)
        else:
            fill = colours.surface_pressed if self.isDown() else colours.surface
            draw_box(painter, box, box.height() / 2, fill, colours.line, tokens.hairline)
        if self.hasFocus():
            draw_focus_ring(painter, box, box.height() / 2, tokens)
        ink = colours.on_inverse if self.isChecked() else colours.text
        draw_text(painter, self.rect(), self.text(), tokens.type.strong, ink, CENTRE)
        painter.end()


class _Strip(QScrollArea):
    """Scrolled by its arrows and by touch; keys are the page's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class ChipRow(QWidget):
    """Exactly one chip is chosen; left and right move between them."""

    chip_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[_ChipButton] = []
        self._inside = QWidget()
        self._inside.setProperty("ground", "page")
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._scroll = _Strip()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._inside)
        QScroller.grabGesture(self._scroll.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self._back = ActionButton("", variant=Variant.GHOST, icon="chevron-left")
        self._on = ActionButton("", variant=Variant.GHOST, icon="chevron-right")
        self._back.setAccessibleName(self.tr("Earlier"))
        self._on.setAccessibleName(self.tr("Further"))
        self._back.clicked.connect(lambda: self._slide(-1))
        self._on.clicked.connect(lambda: self._slide(1))
        for arrow in (self._back, self._on):
            arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            arrow.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._back)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._on)
        self._scroll.horizontalScrollBar().valueChanged.connect(self._show_arrows)
        self._scroll.horizontalScrollBar().rangeChanged.connect(self._show_arrows)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_chips(self, chips: Sequence[Chip], chosen: str | None = None) -> None:
        """`chosen` is the key of the one that holds now; without it the first, and no signal."""
        for button in self._chips:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        self._chips = []
        for chip in chips:
            button = _ChipButton(chip, self._inside)
            button.clicked.connect(lambda _checked=False, key=chip.key: self.chip_chosen.emit(key))
            button.stepped.connect(self._on_stepped)
            self._row.addWidget(button)
            button.show()
            self._chips.append(button)
        self._row.addStretch(1)
        if chips:
            self.choose(chosen if chosen is not None else chips[0].key)
        self._on_theme_changed()

    @property
    def chosen(self) -> str | None:
        return next((button.chip.key for button in self._chips if button.isChecked()), None)

    def choose(self, key: str) -> None:
        """Marks a chip without a signal."""
        for button in self._chips:
            if button.chip.key == key:
                button.setChecked(True)
                self._scroll.ensureWidgetVisible(button, current_theme().tokens.space.xl, 0)

    def chip(self, key: str) -> QAbstractButton:
        return next(button for button in self._chips if button.chip.key == key)

    @property
    def is_overflowing(self) -> bool:
        return self._inside.minimumSizeHint().width() > self.width()

    def _on_stepped(self, step: int) -> None:
        at = next((index for index, button in enumerate(self._chips) if button.hasFocus()), None)
        if at is None or not 0 <= at + step < len(self._chips):
            return
        button = self._chips[at + step]
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(button)
        button.click()

    def _slide(self, direction: int) -> None:
        bar = self._scroll.horizontalScrollBar()
        bar.setValue(bar.value() + direction * max(1, self._scroll.viewport().width() * 2 // 3))

    def _show_arrows(self) -> None:
        bar = self._scroll.horizontalScrollBar()
        for arrow, is_useful in ((self._back, bar.value() > 0), (self._on, bar.value() < bar.maximum())):
            arrow.setVisible(is_useful)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_arrows()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self._row.setSpacing(tokens.space.s)
        self.setFixedHeight(tokens.height.touch)
        for arrow in (self._back, self._on):
            arrow.setFixedWidth(tokens.height.touch)
        self._show_arrows()
