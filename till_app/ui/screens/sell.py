"""The sell screen: the basket on the left, the goods on the right, and the keys that change the basket."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import Item
from till_app.services.device_status import LiveWeight, WeightState
from till_app.services.status import CatalogueChanged
from till_app.ui.presenting import balance_words
from till_app.ui.screens.basket_pane import BasketPane
from till_app.ui.screens.customer_flow import CustomerFlow
from till_app.ui.screens.goods_pane import GoodsPane
from till_app.ui.screens.line_actions import LineActions
from till_app.ui.screens.more_actions import MoreActions
from till_app.ui.screens.scan_flow import ScanFlow
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.weight_words import NOTHING, short_words, tone_of
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.action_row import ActionRow
from till_app.ui.widgets.live_weight import WeightTone

_LEFT_SHARE, _RIGHT_SHARE = 38, 62
_SCALE_ANSWERS_MS = 1500


class SellScreen(QWidget):
    """Typing goes to the search field wherever the keyboard is; while that is empty, Space pays, Del voids
    the line, + and − change its quantity, up and down move the highlight."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        services = shell.services
        self.basket = BasketPane(services.selling, shell.formatter)
        self.goods = GoodsPane(services.catalogue, shell.formatter, services.selling.price_of)
        self.flow = ScanFlow(shell, self)
        self.line_actions = LineActions(shell, lambda: self.basket.current_line, self._refresh, self)
        self.customer_flow = CustomerFlow(shell, self._on_customer, self)
        self.more_actions = MoreActions(shell, self.customer_flow, self)
        self._keys: dict[str, Callable[[], None]] = {
            "+": self.line_actions.one_more,
            "-": self.line_actions.one_less,
        }
        self.action_row = ActionRow(self._action_buttons())
        self._lay_out()
        self.basket.pay_pressed.connect(self._on_pay)
        self.basket.customer_pressed.connect(self.customer_flow.begin)
        self.goods.item_chosen.connect(self._on_item_chosen)
        self.goods.code_typed.connect(self.scanned)
        self.goods.search.installEventFilter(self)
        self.flow.added.connect(self._on_added)
        self.flow.search_wanted.connect(self.goods.search.setFocus)
        self.setFocusProxy(self.goods.search)
        self.goods.refresh()
        self._is_restored = services.selling.is_open

    # ------------------------------------------------------------------- screen

    def entered(self) -> None:
        if self._is_restored:
            self._is_restored = False
            self._shell.say(
                Tone.INFO, self.tr("The open basket is back\nIt was saved before the till was switched off.")
            )
        self._refresh()
        self.goods.refresh()
        self._show_scale_soon()
        self.goods.search.dismiss()
        self.goods.search.setFocus()

    @property
    def message_place(self) -> QVBoxLayout:
        return self.basket.message_place

    def scanned(self, text: str) -> None:
        self.goods.search.dismiss()
        self.flow.scan(text, self.goods.take_multiplier())

    def weight_changed(self, live: LiveWeight) -> None:
        self.goods.weight.setVisible(self._shell.services.scale.is_set_up)
        self.goods.weight.show_weight(short_words(live, self._shell.formatter), tone_of(live))

    def _show_scale_soon(self) -> None:
        """A scale that was not asked for a while is given the time to answer before it is called silent."""
        scale = self._shell.services.scale
        self.goods.weight.setVisible(scale.is_set_up)
        if not scale.is_set_up:
            return
        live = scale.latest()
        if live.state is not WeightState.SILENT:
            self.weight_changed(live)
            return
        self.goods.weight.show_weight(NOTHING, WeightTone.QUIET)
        QTimer.singleShot(_SCALE_ANSWERS_MS, self, lambda: self.weight_changed(scale.latest()))

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        self.goods.catalogue_changed(change)
        if "customer" in change.kinds:
            self._show_customer()

    # ------------------------------------------------------------------ actions

    def button(self, key: str) -> ActionButton:
        """The button of the row that names this key."""
        return next(button for button in self.action_row.buttons if button.key == key)

    def _action_buttons(self) -> list[ActionButton]:
        lines, more = self.line_actions, self.more_actions
        actions: tuple[tuple[str, str, Callable[[], None]], ...] = (
            (self.tr("Quantity"), "F2", lines.ask_quantity),
            (self.tr("Discount"), "F3", lines.ask_discount),
            (self.tr("Price"), "F4", lines.ask_price),
            (self.tr("Void line"), "Del", lines.void_line),
            (self.tr("Void basket"), "F5", lines.ask_void_basket),
            (self.tr("Return"), "F6", lambda: self._shell.go(ScreenName.RETURNS)),
            (self.tr("No sale"), "F8", more.ask_no_sale),
            (self.tr("More"), "F9", more.open_panel),
        )
        buttons = []
        for caption, key, action in actions:
            button = ActionButton(caption, key, Variant.SECONDARY)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, act=action: act())
            buttons.append(button)
        return buttons

    def _on_pay(self) -> None:
        if self._shell.services.selling.is_open:
            self._shell.go(ScreenName.TENDER)
        else:
            self._shell.say(Tone.WARNING, self.tr("There is nothing to pay yet\nScan the first item."))

    def _on_item_chosen(self, item: Item) -> None:
        self.flow.add_item(item, self.goods.take_multiplier())

    def _on_added(self, line: BasketLine) -> None:
        self._refresh(line.line_id)

    def _on_customer(self) -> None:
        """Another customer may pay other prices."""
        self._refresh()
        self.goods.refresh()

    def _refresh(self, line_id: str | None = None) -> None:
        self.basket.refresh(line_id)
        self._shell.services.customer_view.changed(line_id, self.basket.basket_totals)
        self._show_customer()

    def _show_customer(self) -> None:
        services = self._shell.services
        named = services.selling.customer
        known = services.customers.current
        now = services.workplace.now_text()
        balance = balance_words(known, self._shell.formatter, now) if known else ""
        self.basket.show_customer(named.name if named else "", balance)

    # --------------------------------------------------------------------- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The search field gets its keys; those that mean the basket go there while it is empty."""
        if (
            watched is self.goods.search
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and not self.goods.search.text()
            and self._basket_key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that nothing else wanted: the basket's, or the beginning of a search."""
        if self._basket_key(event):
            return
        if event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            self.goods.search.setFocus()
            QCoreApplication.sendEvent(self.goods.search, event)
            return
        super().keyPressEvent(event)

    def _basket_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & _COMMANDS:
            return False
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Space and not event.isAutoRepeat():
            self.basket.pay.click()
            return True
        if key is Qt.Key.Key_Delete and not event.isAutoRepeat():
            self.button("Del").click()
            return True
        if key is Qt.Key.Key_Escape and self.goods.multiplier_milli is not None:
            self.goods.clear_multiplier()
            return True
        if event.text() in self._keys:
            self._keys[event.text()]()
            return True
        return key in _MOVING and self.basket.view.move_by_key(key)

    # ------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.VLine)
        self._right = QVBoxLayout()
        self._right.addWidget(self.goods, 1)
        self._right.addWidget(self.action_row)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.basket, _LEFT_SHARE)
        layout.addLayout(self._right, _RIGHT_SHARE)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._right.setContentsMargins(space.l, space.m, space.l, space.l)
        self._right.setSpacing(space.m)


_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_MOVING = frozenset((Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown))
