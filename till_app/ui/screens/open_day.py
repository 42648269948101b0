"""Opening the day: the float that is in the drawer before the first sale."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.amount_entry import AmountEntry
from till_app.ui.widgets.num_pad import NumPad, PadCorner

SUGGESTED_FLOATS_MINOR = (15_000, 10_000, 0)


class OpenDayScreen(QWidget):
    """An amount, three usual ones, and one button that opens the day."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel(self.tr("Open the day"))
        self._title.setProperty("type", "large")
        self._day = QLabel()
        self._day.setProperty("tone", "muted")
        advice = QLabel(
            self.tr("How much cash is in the drawer? This is the float that sales are counted from.")
        )
        advice.setWordWrap(True)
        self._day.setWordWrap(True)
        self.entry = AmountEntry(shell.formatter)
        self.entry.submitted.connect(self._on_open)
        self.suggestions = [
            ActionButton(shell.formatter.amount_short(amount_minor))
            for amount_minor in SUGGESTED_FLOATS_MINOR
        ]
        for button, amount_minor in zip(self.suggestions, SUGGESTED_FLOATS_MINOR, strict=True):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, amount=amount_minor: self._suggest(amount))
        self.pad = NumPad(PadCorner.DOUBLE_ZERO)
        self.pad.key_pressed.connect(self.entry.press)
        self.open_button = PayButton(self.tr("Open the day"), "Return")
        self.open_button.clicked.connect(self._on_open)
        self.other_person = ActionButton(self.tr("Somebody else"), "Esc", Variant.GHOST)
        self.other_person.clicked.connect(self._on_other_person)
        words = QVBoxLayout()
        for widget in (self._title, self._day, advice):
            words.addWidget(widget)
        words.addStretch(1)
        words.addWidget(self.other_person, 0, Qt.AlignmentFlag.AlignLeft)
        suggested = QHBoxLayout()
        for button in self.suggestions:
            suggested.addWidget(button)
        self._suggested = suggested
        self._card = QFrame()
        self._card.setProperty("ground", "card")
        self._card_layout = QVBoxLayout(self._card)
        self._card_layout.addWidget(self.entry)
        self._card_layout.addLayout(suggested)
        self._card_layout.addWidget(self.pad, 1)
        self._card_layout.addWidget(self.open_button)
        self._layout = QHBoxLayout(self)
        self._layout.addStretch(1)
        self._layout.addLayout(words, 8)
        self._layout.addWidget(self._card, 8)
        self._layout.addStretch(1)
        self.setFocusProxy(self.entry)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def entered(self) -> None:
        workplace = self._shell.services.workplace
        operator = workplace.operator
        day = self._shell.formatter.day(date.fromisoformat(workplace.business_date))
        name = operator.name if operator else ""
        self._day.setText(self.tr("{day} · {name}").format(day=day, name=name))
        self._suggest(SUGGESTED_FLOATS_MINOR[0])
        if workplace.clock_is_behind:
            words = self.tr(
                "This computer's clock is behind\nIt says {day}; there are later sales. Set it first."
            )
            self._shell.say(Tone.WARNING, words.format(day=day))

    def scanned(self, text: str) -> None:
        del text
        self._shell.say(Tone.BAD, self.tr("Open the day before you scan\nType the float and press Enter."))

    def _suggest(self, amount_minor: int) -> None:
        self.entry.suggest_amount(amount_minor)
        self.entry.setFocus()

    def _on_open(self) -> None:
        float_minor = self.entry.value
        if float_minor is None:
            return

        def open_day(_approver: StaffMember | None) -> None:
            self._shell.services.cash_control.open_session(float_minor)

        if self._shell.attempt(open_day):
            self._shell.go(ScreenName.SELL)

    def _on_other_person(self) -> None:
        if self._shell.attempt(lambda _approver: self._shell.services.sign_on.sign_off()):
            self._shell.go(ScreenName.SIGN_ON)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        # On a large screen keys do not grow beyond what a hand spans.
        self._card.setMaximumSize(round(520 * tokens.scale), round(720 * tokens.scale))
        self._layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        self._layout.setSpacing(space.xl)
        self._card_layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        self._card_layout.setSpacing(space.m)
        self._suggested.setSpacing(space.s)
