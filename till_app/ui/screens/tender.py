"""Paying: what is to pay or to give back, with what, and what changes hands."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.domain.tender import TenderKind
from till_app.ui.screens.card_flow import CardFlow
from till_app.ui.screens.parts import words
from till_app.ui.screens.tender_summary import TenderSummary
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.terminal_words import card_note
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.amount_entry import AmountEntry
from till_app.ui.widgets.fitted_label import FittedLabel
from till_app.ui.widgets.num_pad import NumPad
from till_app.ui.widgets.painting import RIGHT

MOST_SUGGESTIONS = 4


class TenderScreen(QWidget):
    """Cash with suggested sums, cards, several of them, and refunds."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._services = shell.services
        self._kind = TenderKind.CASH
        self._shown_tenders = shell.services.selling.tenders
        self._summary = TenderSummary(shell.formatter)
        self._summary.undo.clicked.connect(self.on_undo)
        self._summary.back.clicked.connect(lambda: self._shell.go(ScreenName.SELL))
        self._card_flow = CardFlow(shell, self._settle, self)
        self._build_middle()
        self._build_pad()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._summary, 31)
        layout.addWidget(self._middle, 42)
        layout.addWidget(self._pad_side, 27)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    # ------------------------------------------------------------------ the parts

    def _build_middle(self) -> None:
        self._middle = QWidget()
        self._to_pay = words("", "title", "muted")
        self._due = FittedLabel("", "hero")
        self._cash = ActionButton(self.tr("Cash"), "F1")
        self._card = ActionButton(self.tr("Card"), "F2")
        for button, kind in ((self._cash, TenderKind.CASH), (self._card, TenderKind.CARD)):
            button.clicked.connect(lambda _checked=False, chosen=kind: self._choose(chosen))
        kinds = QHBoxLayout()
        kinds.addWidget(self._cash)
        kinds.addWidget(self._card)
        self._suggestion_row = QWidget()
        suggestions = QHBoxLayout(self._suggestion_row)
        suggestions.setContentsMargins(0, 0, 0, 0)
        self._suggestions: list[ActionButton] = []
        self._suggested_minor: list[int] = []
        for position in range(MOST_SUGGESTIONS):
            button = ActionButton("", f"F{position + 5}")
            button.clicked.connect(lambda _checked=False, index=position: self._on_suggestion(index))
            suggestions.addWidget(button)
            self._suggestions.append(button)
        self._change = QFrame()
        self._change.setProperty("ground", "good")
        self._change_words = words("", "title")
        self._change_amount = FittedLabel("", "display", "on_good_soft", RIGHT)
        self._change_layout = QHBoxLayout(self._change)
        self._change_layout.addWidget(self._change_words)
        self._change_layout.addWidget(self._change_amount, 1)
        self._middle_layout = QVBoxLayout(self._middle)
        self._middle_layout.addWidget(self._to_pay)
        self._middle_layout.addWidget(self._due)
        self._middle_layout.addLayout(kinds)
        self._middle_layout.addWidget(self._suggestion_row)
        self._middle_layout.addStretch(1)
        self.message_place = QVBoxLayout()
        self._middle_layout.addLayout(self.message_place)
        self._middle_layout.addWidget(self._change)

    def _build_pad(self) -> None:
        self._pad_side = QWidget()
        self._entry = AmountEntry(self._shell.formatter)
        self._entry.submitted.connect(self.on_take)
        self._entry.changed.connect(lambda _value: self._show_change())
        pad = NumPad()
        pad.key_pressed.connect(self._entry.press)
        self._take = PayButton("", "Return")
        self._take.clicked.connect(self.on_take)
        self._pad_layout = QVBoxLayout(self._pad_side)
        self._pad_layout.addWidget(self._entry)
        self._pad_layout.addWidget(pad, 1)
        self._pad_layout.addWidget(self._take)

    # ------------------------------------------------------------------ the screen

    @property
    def due_text(self) -> str:
        return self._due.text

    @property
    def change_text(self) -> str:
        """The change, or what would be left to pay; empty when neither is shown."""
        return "" if self._change.isHidden() else self._change_amount.text

    def entered(self) -> None:
        checkout = self._services.checkout
        self._kind = checkout.refund_kind if checkout.balance_minor < 0 else TenderKind.CASH
        self._read()
        self._entry.setFocus()

    def scanned(self, _text: str) -> None:
        self._shell.say(
            Tone.BAD, self.tr("Not added. Press Esc to go back to the basket, then scan it again.")
        )

    def payment_heard(self) -> None:
        """While it is shown: the card terminal is better or worse, or told late of a payment."""
        self._card.set_note(card_note(self._services.card_payments))
        if self._services.selling.tenders != self._shown_tenders:
            self._read()

    def _read(self) -> None:
        self._services.customer_view.changed()
        checkout, formatter = self._services.checkout, self._shell.formatter
        basket = self._services.selling.basket
        balance_minor = checkout.balance_minor
        is_refund = balance_minor < 0
        self._due.set_text(formatter.amount(abs(balance_minor)))
        self._to_pay.setText(
            self.tr("To give back")
            if is_refund
            else self.tr("To pay")
            if balance_minor
            else self.tr("Nothing to pay")
        )
        self._shown_tenders = self._services.selling.tenders
        self._summary.show_basket(basket, self._shown_tenders)
        self._card.set_note(card_note(self._services.card_payments))
        self._suggested_minor = list(checkout.suggestions_minor)
        for index, button in enumerate(self._suggestions):
            has = index < len(self._suggested_minor)
            button.setEnabled(has)
            button.set_caption(formatter.amount_short(self._suggested_minor[index]) if has else "–")
            button.set_note(self.tr("exact") if index == 0 else "")
        self._show_kind()
        self._entry.suggest_amount(abs(balance_minor))
        self._show_change()

    def _choose(self, kind: TenderKind) -> None:
        self._kind = kind
        self._entry.suggest_amount(abs(self._services.checkout.balance_minor))
        self._show_kind()
        self._show_change()
        self._entry.setFocus()

    def _show_kind(self) -> None:
        is_cash = self._kind is TenderKind.CASH
        balance_minor = self._services.checkout.balance_minor
        self._cash.set_variant(Variant.CHOSEN if is_cash else Variant.SECONDARY)
        self._card.set_variant(Variant.SECONDARY if is_cash else Variant.CHOSEN)
        self._suggestion_row.setVisible(is_cash and balance_minor > 0)
        if balance_minor == 0:
            caption = self.tr("Finish")
        elif balance_minor < 0:
            caption = self.tr("Give cash") if is_cash else self.tr("Refund to card")
        else:
            caption = self.tr("Take cash") if is_cash else self.tr("Take card")
        self._take.set_caption(caption)

    def _show_change(self) -> None:
        formatter = self._shell.formatter
        due_minor = self._services.checkout.balance_minor
        keyed_minor = self._entry.value or 0
        over_minor = keyed_minor - due_minor
        shows_change = self._kind is TenderKind.CASH and due_minor > 0 and over_minor >= 0
        shows_rest = due_minor > 0 and over_minor < 0
        self._change.setVisible(shows_change or shows_rest)
        if shows_change:
            self._change_words.setText(
                self.tr("Change from {given}").format(given=formatter.amount(keyed_minor))
            )
            self._change_amount.set_text(formatter.amount(over_minor))
        elif shows_rest:
            self._change_words.setText(self.tr("Then still to pay"))
            self._change_amount.set_text(formatter.amount(-over_minor))

    # ------------------------------------------------------------------ what is pressed

    def on_take(self) -> None:
        balance_minor = self._services.checkout.balance_minor
        amount_minor = self._entry.value or 0
        if balance_minor == 0:
            self._settle(lambda: None)
        elif self._kind is TenderKind.CARD:
            self._card_flow.take(amount_minor, is_refund=balance_minor < 0)
        elif balance_minor < 0:
            self._settle(lambda: self._services.checkout.refund(TenderKind.CASH, amount_minor))
        else:
            self._settle(lambda: self._services.checkout.pay_cash(amount_minor))

    def _on_suggestion(self, index: int) -> None:
        given_minor = self._suggested_minor[index]
        self._settle(lambda: self._services.checkout.pay_cash(given_minor))

    def on_undo(self) -> None:
        self._card_flow.take_back(self._services.selling.tenders[-1], self._read)

    def _settle(self, take: Callable[[], object]) -> None:
        """Take the money, and when that settles it, complete the sale."""
        checkout = self._services.checkout
        before = len(self._services.selling.tenders)

        def action(approver: StaffMember | None) -> None:
            # With an approver the action runs a second time; the money was taken the first time.
            if len(self._services.selling.tenders) == before:
                take()
            if checkout.balance_minor == 0:
                checkout.complete(approver)
                self._shell.go(ScreenName.SALE_DONE)

        self._shell.attempt(action)
        if self._services.selling.is_open:
            self._read()
            self._entry.setFocus()

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._middle_layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        self._middle_layout.setSpacing(space.m)
        self._pad_layout.setContentsMargins(space.s, space.xl, space.xl, space.xl)
        self._pad_layout.setSpacing(space.m)
        self._change_layout.setContentsMargins(space.l, space.l, space.l, space.l)
