"""Stock at the till: what is believed to be where, counted or adjusted, one item after the other."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.catalogue import Item, StaffMember
from till_app.services.scanning import Pending
from till_app.services.status import CatalogueChanged
from till_app.services.stock_taking import StockCause, StockHere
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.screens.item_finder import ItemFinder
from till_app.ui.screens.label_flow import LabelFlow
from till_app.ui.screens.parts import words
from till_app.ui.shell import NextStep, ScreenName, Shell, Tone
from till_app.ui.sound import Sound
from till_app.ui.stock_words import cause_words, place_row
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton
from till_app.ui.widgets.amount_entry import QuantityEntry
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.num_pad import NumPad, PadCorner
from till_app.ui.widgets.search_box import SearchBox

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(slots=True)
class _Chosen:
    """The item on the screen."""

    item: Item
    scanned_milli: int
    """What its scans so far brought: the first shows it, the next ones count."""


class StockScreen(QWidget):
    """Scan, type how many there are, Enter; scan the next. Scanning the same again counts one more."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._services = shell.services
        self._chosen: _Chosen | None = None
        self._places: tuple[StockHere, ...] = ()
        self._done: list[ChoiceRow] = []
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchBox(self.tr("Scan, or type a name, barcode or PLU"))
        self._finder = ItemFinder(shell, self.search, self)
        self._finder.found.connect(self._bring)
        self._name = words("", "title")
        self._name.setWordWrap(True)
        self._hint = words("", "body", "muted")
        self._hint.setWordWrap(True)
        self.places = ChoiceList()
        self.places.setAccessibleName(self.tr("Where it is"))
        self.places.set_empty_text(self.tr("The stock of an item stands here"))
        self.places.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.done = ChoiceList()
        self.done.setAccessibleName(self.tr("Recorded here"))
        self.done.set_empty_text(self.tr("What you record is listed here"))
        self.done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.entry = QuantityEntry()
        self.entry.submitted.connect(self.count)
        self.entry.changed.connect(lambda _value: self._show_buttons())
        self.pad = NumPad(PadCorner.POINT)
        self.pad.key_pressed.connect(self._on_pad)
        self.adjust_button = ActionButton(self.tr("Adjust"), "F3", note=self.tr("with a cause"))
        self.adjust_button.clicked.connect(self.ask_cause)
        self._labels = LabelFlow(shell, self)
        self.label_button = ActionButton(self.tr("Print a label"), "F2", icon="tag")
        self.label_button.clicked.connect(self.ask_label)
        self.count_button = PayButton(self.tr("That is the count"), "Return")
        self.count_button.clicked.connect(self.count)
        back = ActionButton(self.tr("Back to the basket"), "Esc")
        back.clicked.connect(lambda: self._shell.go(ScreenName.SELL))
        for button in (self.adjust_button, self.label_button, self.count_button, back):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out(back)
        self.setFocusProxy(self.search)

    # ------------------------------------------------------------------- screen

    def entered(self) -> None:
        self._done = []
        self.done.show_rows([])
        self._show(None)
        self.search.dismiss()
        self.search.setFocus()

    def scanned(self, text: str) -> None:
        """An item by its code. A number that stands there and is not saved is asked about first."""
        self._finder.look_up(text)

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        if self._chosen is not None and change.kinds & {"item", "stock", "location"}:
            self._read_places()

    # --------------------------------------------------------------------- items

    def _bring(self, pending: Pending) -> None:
        item = pending.item
        scanned_milli = pending.quantity_milli or 1000
        chosen = self._chosen
        if chosen is not None and chosen.item.item_id == item.item_id and not item.is_weighed:
            self._one_more(chosen, scanned_milli)
            return
        if chosen is not None and self.entry.value is not None:
            self._say_unsaved(chosen.item, pending)
            return
        self._shell.play(Sound.GOOD_SCAN)
        self._show(_Chosen(item, scanned_milli))

    def _one_more(self, chosen: _Chosen, scanned_milli: int) -> None:
        so_far_milli = chosen.scanned_milli if self.entry.value is None else self.entry.value
        self._shell.play(Sound.GOOD_SCAN)
        self.entry.suggest(_plain(so_far_milli + scanned_milli))
        self.entry.setFocus()

    def _say_unsaved(self, item: Item, following: Pending) -> None:
        number = self._shell.formatter.quantity(self.entry.value or 0)

        def drop_it() -> None:
            self.entry.clear()
            self._bring(following)

        def save_it() -> None:
            if self.count():
                self._bring(following)

        self._shell.say(
            Tone.WARNING,
            self.tr("{number} of “{item}” is not saved yet\nSave it as counted, or drop it.").format(
                number=number, item=item.name
            ),
            [NextStep(self.tr("Save it"), save_it), NextStep(self.tr("Drop it"), drop_it)],
        )

    def _show(self, chosen: _Chosen | None) -> None:
        self._chosen = chosen
        self.entry.clear()
        if chosen is None:
            self._name.setText(self.tr("Stock"))
            self._hint.setText(
                self.tr(
                    "Scan an item to see what is where. Type how many there are and press Enter to count it."
                )
            )
            self._places = ()
            self.places.show_rows([])
        else:
            item = chosen.item
            self._name.setText(item.name)
            code = item.barcodes[0] if item.barcodes else item.plu or item.item_code
            self._hint.setText(f"{item.item_code} · {code}" if code != item.item_code else code)
            self._read_places()
            self.entry.setFocus()
        self._show_buttons()

    def _read_places(self) -> None:
        if self._chosen is None:
            return
        self._places = self._services.stock_taking.stock_of(self._chosen.item)
        rows = [place_row(place, self._shell.formatter) for place in self._places]
        keeps = 0 <= self.places.current < len(rows)
        self.places.show_rows(rows, self.places.current if keeps else 0 if rows else None)

    def ask_label(self) -> None:
        if self._chosen is not None:
            self._labels.ask(self._chosen.item)

    # ------------------------------------------------------------------ recording

    @property
    def _place(self) -> StockHere | None:
        index = self.places.current
        return self._places[index] if 0 <= index < len(self._places) else None

    def count(self) -> bool:
        """The number that stands there is what is there. False: nothing was recorded."""
        chosen, place, counted_milli = self._chosen, self._place, self.entry.value
        if chosen is None or place is None or counted_milli is None:
            return False

        def action(approver: StaffMember | None) -> None:
            body = self._services.stock_taking.count(
                chosen.item, place.location.location_id, counted_milli, approver=approver
            )
            was = self.tr("counted, {expected} expected").format(
                expected=self._shell.formatter.quantity(body.expected_milli)
            )
            self._recorded(chosen.item, place, was, self._shell.formatter.quantity(counted_milli))

        return self._shell.attempt(action)

    def ask_cause(self) -> None:
        """Why the number that stands there went or came."""
        chosen, place, quantity_milli = self._chosen, self._place, self.entry.value
        if chosen is None or place is None or not quantity_milli:
            self._shell.say(Tone.WARNING, self.tr("Type how many first\nThen say why they went or came."))
            return
        quantity = self._shell.formatter.quantity(quantity_milli)
        rows = [
            ChoiceRow(cause.value, cause_words(cause), "", f"{'+' if cause.sign > 0 else '−'}{quantity}")
            for cause in StockCause
        ]
        title = self.tr("{quantity} of {item}: why?").format(quantity=quantity, item=chosen.item.name)
        panel = ChoosePanel(title, rows, place.location.name, self.tr("Adjust"))
        panel.chosen.connect(
            lambda cause: self._adjust(chosen.item, place, quantity_milli, StockCause(cause))
        )
        self._shell.ask(panel)

    def _adjust(self, item: Item, place: StockHere, quantity_milli: int, cause: StockCause) -> None:
        def action(approver: StaffMember | None) -> None:
            body = self._services.stock_taking.adjust(
                item, place.location.location_id, quantity_milli, cause, approver=approver
            )
            sign = "+" if body.moved_milli > 0 else ""
            self._recorded(
                item, place, cause_words(cause), sign + self._shell.formatter.quantity(body.moved_milli)
            )

        self._shell.attempt(action)

    def _recorded(self, item: Item, place: StockHere, what: str, amount: str) -> None:
        several = len(self._places) > 1
        detail = f"{what} · {place.location.name}" if several else what
        self._done.insert(0, ChoiceRow(str(len(self._done)), item.name, detail, amount))
        self.done.show_rows(self._done, None)
        self.entry.clear()
        if self._chosen is not None:
            self._chosen.scanned_milli = 0
        self._read_places()
        self.search.setFocus()

    # ---------------------------------------------------------------------- keys

    def _on_pad(self, key: str) -> None:
        if self._chosen is not None:
            self.entry.press(key)
            self.entry.setFocus()

    def _show_buttons(self) -> None:
        is_ready = self._chosen is not None and self.entry.value is not None
        self.count_button.setEnabled(is_ready)
        self.adjust_button.setEnabled(is_ready)
        self.label_button.setVisible(self._labels.is_possible)
        self.label_button.setEnabled(self._chosen is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that the entry has no use for: up and down choose the place, letters begin a search."""
        if Qt.Key(event.key()) in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.places.move_by_key(Qt.Key(event.key()))
            return
        text = event.text()
        if text and text.isprintable() and not event.modifiers() & _COMMANDS:
            self.search.setFocus()
            QCoreApplication.sendEvent(self.search, event)
            return
        super().keyPressEvent(event)

    # -------------------------------------------------------------------- layout

    def _lay_out(self, back: ActionButton) -> None:
        self._left = QVBoxLayout()
        self._left.addWidget(self.search)
        self._left.addWidget(self._name)
        self._left.addWidget(self._hint)
        self._left.addWidget(self.places, 2)
        self._left.addWidget(words(self.tr("RECORDED"), "small_strong", "muted"))
        self._left.addWidget(self.done, 3)
        card = QFrame()
        card.setProperty("ground", "card")
        self._right = QVBoxLayout(card)
        self._right.addWidget(words(self.tr("How many are there?"), "strong"))
        self._right.addWidget(self.entry)
        self._right.addWidget(self.pad, 1)
        self._columns = QHBoxLayout()
        self._columns.addLayout(self._left, 3)
        self._columns.addWidget(card, 2)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(back, 1)
        self._buttons.addWidget(self.label_button, 1)
        self._buttons.addWidget(self.adjust_button, 1)
        self._buttons.addWidget(self.count_button, 2)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._columns, 1)
        self._layout.addLayout(self._buttons)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._layout.setContentsMargins(space.xl, space.l, space.xl, space.l)
        self._layout.setSpacing(space.m)
        self._left.setSpacing(space.s)
        self._right.setContentsMargins(space.l, space.l, space.l, space.l)
        self._right.setSpacing(space.m)
        self._columns.setSpacing(space.l)
        self._buttons.setSpacing(space.s)


def _plain(quantity_milli: int) -> str:
    """As it would be typed."""
    whole, fraction = divmod(quantity_milli, 1000)
    return f"{whole}.{fraction:03}" if fraction else str(whole)
