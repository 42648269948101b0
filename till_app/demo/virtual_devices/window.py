"""The window of the virtual devices: a card for each, beside the till or out of its way."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QScreen, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from till_app.demo.virtual_devices.cards import (
    DisplayCard,
    DrawerCard,
    ScaleCard,
    ScannedCode,
    ScannerCard,
    TerminalCard,
)
from till_app.demo.virtual_devices.parts import Switches, VirtualCard, row_of, small_button, window_style
from till_app.demo.virtual_devices.peers import VirtualDevices
from till_app.demo.virtual_devices.printer_card import PrinterCard
from till_app.ui.theme.theme import current_theme

_LOOK_MS = 100
_WIDTH, _WIDE_FROM = 640, 600
"""In pixels at 100 %: the window's own, and at which cards stand in two columns."""
_BESIDE_FROM = 1900
"""A screen so wide has room for both windows."""


class VirtualDevicesWindow(QWidget):
    """Closing it says `closed`: whoever made it pulls the cables then."""

    closed = Signal()
    used = Signal()
    """A button or switch was pressed: nobody types here now."""

    def __init__(self, devices: VirtualDevices, codes: Sequence[ScannedCode]) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Virtual devices"))
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.printer = PrinterCard(self.tr("Receipt printer"), devices.printer)
        self.fallback = PrinterCard(self.tr("Second printer"), devices.fallback)
        self.drawer = DrawerCard(devices.printer)
        self.scale = ScaleCard(devices.scale)
        self.display = DisplayCard(devices.display)
        self.scanner = ScannerCard(devices.scanner, codes)
        self.terminal = TerminalCard(devices.terminal)
        self.cards: tuple[VirtualCard, ...] = (
            self.printer,
            self.fallback,
            self.drawer,
            self.scale,
            self.display,
            self.scanner,
            self.terminal,
        )
        self.put_away = small_button(self.tr("Put away (Esc)"), self.hide)
        self.unplug_all = small_button(self.tr("Unplug all"), self.close)
        self._head = row_of(self.put_away, self.unplug_all)
        away = QShortcut("Esc", self)
        away.activated.connect(self.put_away.click)
        self.printers = QStackedWidget()
        self.printers.addWidget(self.printer)
        self.printers.addWidget(self.fallback)
        self.which_printer = Switches(
            ((self.printer, self.tr("Receipt printer")), (self.fallback, self.tr("Second printer"))),
            self.printers.setCurrentWidget,
        )
        for card in (self.printer, self.fallback):
            card.roll.fed.connect(partial(self.show_printer, card))
        self._lay_out_columns()
        for button in self.findChildren(QAbstractButton):
            button.clicked.connect(lambda _checked=False: self.used.emit())
        self.scale.slider.sliderReleased.connect(self.used)
        self._looks = QTimer(self)
        self._looks.setInterval(_LOOK_MS)
        self._looks.timeout.connect(self.look)
        self._looks.start()
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_printer(self, card: PrinterCard) -> None:
        """The one that printed last."""
        self.printers.setCurrentWidget(card)
        self.which_printer.show_chosen(card)

    def look(self) -> None:
        """What the devices did since the last time."""
        for card in self.cards:
            card.look()

    def room_wanted_px(self, screen: QScreen) -> int:
        """Of that screen's right side, which is the till's; 0 where both have no room."""
        scale = current_theme().tokens.scale
        is_wide = screen.availableGeometry().width() >= _BESIDE_FROM * scale
        return round(_WIDTH * scale) if is_wide else 0

    def place_beside(self, till: QWidget, taken: QRect | None = None) -> None:
        """Show it at the right of a wide screen, or on another one; where it would be in the way it stays
        hidden until somebody asks for it.

        `taken`: the screen of the customer.
        """
        scale = current_theme().tokens.scale
        here = till.screen().availableGeometry()
        width = round(_WIDTH * scale)
        elsewhere = self._free_screen(till.screen(), taken)
        if self.room_wanted_px(till.screen()):
            self.setGeometry(here.right() + 1 - width, here.top(), width, here.height())
            self.show()
        elif elsewhere is not None:
            self.setGeometry(QRect(elsewhere.topLeft(), QSize(width, elsewhere.height())))
            self.show()
        else:
            width = min(width, here.width())
            self.setGeometry(here.right() + 1 - width, here.top(), width, here.height())

    def bring_forward(self) -> None:
        """For somebody who asks for it."""
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._looks.stop()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        scale = current_theme().tokens.scale
        return QSize(round(_WIDTH * scale), round(960 * scale))

    # -------------------------------------------------------------------- within

    def _free_screen(self, tills: QScreen, taken: QRect | None) -> QRect | None:
        for screen in tills.virtualSiblings():
            geometry = screen.geometry()
            is_customers = taken is not None and geometry.intersects(taken)
            if not geometry.intersects(tills.geometry()) and not is_customers:
                return screen.availableGeometry()
        return None

    def _lay_out_columns(self) -> None:
        inside = QWidget()
        inside.setProperty("ground", "page")
        self._columns = QHBoxLayout(inside)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._columns.addLayout(self._left, 1)
        self._columns.addLayout(self._right, 1)
        for card in (self.display, self.drawer, self.scale, self.scanner, self.terminal):
            self._left.addWidget(card)
        for part in (self.which_printer, self.printers):
            self._left.addWidget(part)
        self._left.setStretchFactor(self.printers, 1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head)
        layout.addWidget(self._scroll)

    def _arrange(self) -> None:
        """The printers have a column of their own where there is room."""
        is_wide = self.width() >= round(_WIDE_FROM * current_theme().tokens.scale)
        column = self._right if is_wide else self._left
        self._columns.setStretch(1, 1 if is_wide else 0)
        self._columns.setSpacing(current_theme().tokens.space.s if is_wide else 0)
        if column.indexOf(self.printers) < 0:
            other = self._left if is_wide else self._right
            for part in (self.which_printer, self.printers):
                other.removeWidget(part)
                column.addWidget(part)
            column.setStretchFactor(self.printers, 1)
            if is_wide:
                other.addStretch(1)
            else:
                self._drop_stretch()

    def _drop_stretch(self) -> None:
        for index in reversed(range(self._left.count())):
            item = self._left.itemAt(index)
            if item is not None and item.spacerItem() is not None:
                self._left.takeAt(index)

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self.setStyleSheet(window_style())
        self._head.setContentsMargins(space.s, space.s, space.s, 0)
        self._columns.setContentsMargins(space.s, space.s, space.s, space.s)
        for column in (self._left, self._right):
            column.setSpacing(space.s)
        self._arrange()
