"""Signing on, and unlocking: who works here, and the PIN."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.domain.catalogue import Role, StaffMember
from till_app.services.sign_on import LockedOut, SignedOn, WrongPin
from till_app.services.status import CatalogueChanged
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.pin_pad import PinPad
from till_app.ui.words import words_of_pin

_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class PinHint:
    """A demo shop tells its PINs on the sign-on screen; no other shop has any."""

    staff_code: str
    pin: str


class SignOnScreen(QWidget):
    """Everybody on the staff list as a button, and a pad for the PIN of the one who was chosen."""

    def __init__(self, shell: Shell, hints: Sequence[PinHint] = ()) -> None:
        super().__init__()
        self._shell = shell
        self._pins_by_code = {hint.staff_code: hint.pin for hint in hints}
        self._chosen: StaffMember | None = None
        self._members: tuple[StaffMember, ...] = ()
        self._buttons: dict[str, ActionButton] = {}
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = _label("", "large")
        self._advice = _label("", "body", "muted")
        self._tiles = QWidget()
        self._grid = QGridLayout(self._tiles)
        self._grid.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._tiles)
        self._hint = _label("", "small", "muted")
        self._hint.setText(self.tr("A demo shop: each PIN stands on its button."))
        people = QVBoxLayout()
        people.setContentsMargins(0, current_theme().tokens.space.m, 0, 0)
        for widget in (self._title, self._advice):
            people.addWidget(widget)
        people.addWidget(scroll, 1)
        people.addWidget(self._hint)
        self.set_up = ActionButton(
            self.tr("Set up the till"), variant=Variant.GHOST, note="Ctrl+F12", icon="settings"
        )
        self.set_up.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_up.clicked.connect(shell.open_installer)
        people.addWidget(self.set_up)
        self.pin_pad = PinPad()
        self.pin_pad.pin_entered.connect(self._on_pin)
        self._name = _label("", "title")
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._card = QFrame()
        self._card.setProperty("ground", "card")
        card = QVBoxLayout(self._card)
        card.addWidget(self._name)
        card.addWidget(self.pin_pad, 1)
        self._card_layout = card
        self._layout = QHBoxLayout(self)
        self._layout.addStretch(1)
        self._layout.addLayout(people, 9)
        self._layout.addWidget(self._card, 7)
        self._layout.addStretch(1)
        self._hint.setVisible(bool(hints))
        self.setFocusProxy(self.pin_pad)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def entered(self) -> None:
        self._read()
        self.pin_pad.clear()
        self.pin_pad.setFocus()

    def scanned(self, text: str) -> None:
        del text
        self._shell.say(Tone.BAD, self.tr("Sign on before you scan\nChoose your name and type your PIN."))

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        if "staff" in change.kinds:
            self._read()

    @property
    def chosen(self) -> StaffMember | None:
        return self._chosen

    def button_of(self, staff_code: str) -> ActionButton:
        member = next(member for member in self._members if member.staff_code == staff_code)
        return self._buttons[member.staff_id]

    def choose(self, member: StaffMember) -> None:
        self._chosen = member
        for staff_id, button in self._buttons.items():
            button.set_variant(Variant.CHOSEN if staff_id == member.staff_id else Variant.SECONDARY)
        self._name.setText(member.name)
        self.pin_pad.clear()
        self.pin_pad.setFocus()

    def _read(self) -> None:
        workplace = self._shell.services.workplace
        operator = workplace.operator
        if operator is not None and workplace.is_locked:
            self._title.setText(self.tr("Locked by {name}").format(name=operator.name))
            self._advice.setText(self.tr("The basket is kept. Type your PIN to go on."))
        else:
            self._title.setText(self.tr("Who is selling?"))
            self._advice.setText(self.tr("Choose your name and type your PIN."))
        self._members = self._shell.services.sign_on.staff()
        self._show_members()
        wanted = operator or self._chosen
        known = next((m for m in self._members if wanted and m.staff_id == wanted.staff_id), None)
        first = known or next(iter(self._members), None)
        if first is not None:
            self.choose(first)
        else:
            self._title.setText(self.tr("Nobody is on the staff list yet"))
            self._advice.setText(self.tr("It comes from the hub: connect this till to it once."))

    def _show_members(self) -> None:
        for button in self._buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for index, member in enumerate(self._members):
            button = ActionButton(member.name, note=self._note(member), icon="user", parent=self._tiles)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, who=member: self.choose(who))
            self._grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
            button.show()
            self._buttons[member.staff_id] = button
        self._grid.setRowStretch(len(self._members), 1)

    def _note(self, member: StaffMember) -> str:
        role = {
            Role.CASHIER: self.tr("Cashier"),
            Role.SUPERVISOR: self.tr("Supervisor"),
            Role.MANAGER: self.tr("Manager"),
            Role.INSTALLER: self.tr("Installer"),
        }[member.role]
        pin = self._pins_by_code.get(member.staff_code)
        return self.tr("{role} · PIN {pin}").format(role=role, pin=pin) if pin else role

    def _on_pin(self, pin: str) -> None:
        member = self._chosen
        if member is None:
            return
        result: SignedOn | WrongPin | LockedOut | None = None

        def check(_approver: StaffMember | None) -> None:
            nonlocal result
            result = self._shell.services.sign_on.sign_on(member.staff_id, pin)

        self._shell.attempt(check)
        match result:
            case SignedOn():
                self._shell.go(ScreenName.SELL)
            case (WrongPin() | LockedOut()) as refusal:
                self.pin_pad.show_refusal(words_of_pin(refusal, self._shell.formatter))
            case _:
                self.pin_pad.clear()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        # On a large screen keys do not grow beyond what a hand spans.
        self._card.setMaximumSize(round(520 * tokens.scale), round(720 * tokens.scale))
        self._layout.setContentsMargins(space.xl, space.m, space.xl, space.m)
        self._layout.setSpacing(space.xl)
        self._grid.setSpacing(space.s)
        self._card_layout.setContentsMargins(space.l, space.m, space.l, space.l)


def _label(text: str, style: str, tone: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("type", style)
    if tone:
        label.setProperty("tone", tone)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
