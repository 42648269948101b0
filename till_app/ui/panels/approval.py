"""Asks a second person, who may do what the operator may not, for a PIN."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.services.sign_on import LockedOut, PinResult, SignedOn, WrongPin
from till_app.ui.formatting import Formatter
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.action_row import ActionRow
from till_app.ui.widgets.overlay_panel import OverlayPanel
from till_app.ui.widgets.pin_pad import PinPad
from till_app.ui.words import words_of_pin


class ApprovalPanel(OverlayPanel):
    approved = Signal(object)
    """The StaffMember who typed the right PIN."""

    def __init__(
        self,
        what: str,
        approvers: Sequence[StaffMember],
        check: Callable[[str, str], PinResult | None],
        formatter: Formatter,
        parent: QWidget | None = None,
    ) -> None:
        """`check` takes a staff id and a PIN; None: it could not be checked, and that was said already."""
        body = QWidget()
        super().__init__(self.tr("Approval needed"), body, detail=what, width=400, parent=parent)
        self._check = check
        self._formatter = formatter
        self._chosen: StaffMember | None = None
        self.pin_pad = PinPad()
        self.pin_pad.pin_entered.connect(self._on_pin)
        self._buttons_by_id: dict[str, ActionButton] = {}
        for member in approvers:
            button = ActionButton(member.name)
            button.clicked.connect(lambda _checked=False, who=member: self.choose(who))
            self._buttons_by_id[member.staff_id] = button
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_theme().tokens.space.s)
        if approvers:
            column.addWidget(ActionRow(list(self._buttons_by_id.values())))
            column.addWidget(self.pin_pad, 1)
            body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            body.setFocusProxy(self.pin_pad)
            self.choose(approvers[0])
        else:
            self.pin_pad.setParent(body)
            self.pin_pad.hide()
            nobody = QLabel(self.tr("Nobody on the staff list may approve this. Ask the manager."))
            nobody.setWordWrap(True)
            column.addWidget(nobody)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)

    @property
    def chosen(self) -> StaffMember | None:
        return self._chosen

    def choose(self, member: StaffMember) -> None:
        self._chosen = member
        for staff_id, button in self._buttons_by_id.items():
            button.set_variant(Variant.CHOSEN if staff_id == member.staff_id else Variant.SECONDARY)
        self.pin_pad.clear()
        self.pin_pad.setFocus()

    def _on_pin(self, pin: str) -> None:
        if self._chosen is None:
            return
        match self._check(self._chosen.staff_id, pin):
            case SignedOn(member=member):
                self.close_panel()
                self.approved.emit(member)
            case (WrongPin() | LockedOut()) as refusal:
                self.pin_pad.show_refusal(words_of_pin(refusal, self._formatter))
            case None:
                self.pin_pad.clear()
