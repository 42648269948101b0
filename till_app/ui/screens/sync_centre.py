"""The sync centre: what waits for the hub, what is set aside there, how both sides agree, and what to do."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.times import from_text
from till_app.services.journal_export import ExportFailed, ExportReport
from till_app.services.pairing_text import PREFIX
from till_app.services.ports import LedgerUnavailable
from till_app.services.status import CheckReport, SyncStatus
from till_app.ui.screens.day_comparison import DayComparison
from till_app.ui.screens.sync_centre_parts import Overview, StateCard
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.status_words import (
    MASS_REMOVAL,
    TO_PAIR_AGAIN,
    hub_advice,
    hub_state,
    not_paired_state,
)
from till_app.ui.sync_words import catalogue_facts, hub_facts, set_aside_row, waiting_facts
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.chip_row import Chip, ChipRow
from till_app.ui.widgets.note_list import NoteList
from till_app.ui.words import words_of_disk, words_of_refusal

OVERVIEW, SET_ASIDE, DAYS = "overview", "set_aside", "days"


class SyncCentreScreen(QWidget):
    """Read by anybody; what changes something asks for whoever may."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._check_before: CheckReport | None = None
        self._is_checking = False
        self._dialog: QFileDialog | None = None
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.state_card = StateCard()
        self.state_card.remedy.set_caption(self.tr("Remove them"))
        self.state_card.remedy.clicked.connect(self.accept_removal)
        self.overview = Overview()
        self.set_aside = NoteList()
        self.set_aside.setAccessibleName(self.tr("Set aside at the hub"))
        self.days = NoteList()
        self.days.setAccessibleName(self.tr("Closed days"))
        self.comparison = DayComparison(shell, self.days, self)
        self.chips = ChipRow()
        self.chips.chip_chosen.connect(self.show_part)
        self.again = ActionButton(self.tr("Compare again"), "F4")
        self.again.clicked.connect(self.comparison.begin)
        self.again.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.again.hide()
        self._parts = QStackedWidget()
        self._widgets = {OVERVIEW: self.overview, SET_ASIDE: self.set_aside, DAYS: self.days}
        for widget in self._widgets.values():
            self._parts.addWidget(widget)
        self.back = ActionButton(self.tr("Back"), "Esc")
        self.back.clicked.connect(self._shell.look_back)
        self.export = ActionButton(self.tr("Export unsent"), "F7", note=self.tr("to a file"))
        self.export.clicked.connect(self.ask_where_to_export)
        self.pair_again = ActionButton(self.tr("Pair again"), "F8")
        self.pair_again.clicked.connect(self.ask_to_pair)
        self.check = ActionButton(self.tr("Check everything"), "F6")
        self.check.clicked.connect(self.check_everything)
        self.send = ActionButton(self.tr("Send now"), "F5", Variant.PRIMARY)
        self.send.clicked.connect(self.send_now)
        self._lay_out()
        self._chip_words: tuple[str, ...] = ()
        self._show()

    # ------------------------------------------------------------------- screen

    def entered(self) -> None:
        self._show()
        self.show_part(OVERVIEW)
        self.chips.choose(OVERVIEW)
        self.chips.chip(OVERVIEW).setFocus()

    def scanned(self, text: str) -> None:
        if text.lower().startswith(PREFIX):
            self.ask_to_pair(text)
        else:
            self._shell.say(Tone.BAD, self.tr("Not added. Go back first, then scan it again."))

    def sync_changed(self, status: SyncStatus) -> None:
        if status.check != self._check_before:
            self._is_checking = False
        self._show()

    def minute_passed(self) -> None:
        self._show()

    def show_part(self, key: str) -> None:
        self._parts.setCurrentWidget(self._widgets[key])
        self.again.setVisible(key == DAYS)
        if key == DAYS:
            self.comparison.begin()

    # ------------------------------------------------------------------- showing

    def _show(self) -> None:
        shell, status = self._shell, self._shell.sync_status
        formatter, facts = shell.formatter, shell.control.facts()
        skew_limit_s = shell.services.settings.current.clock_skew_warning_s
        now = from_text(shell.services.workplace.now_text())
        if facts.is_paired:
            state = hub_state(status, formatter, skew_limit_s)
            advice = hub_advice(status, formatter, skew_limit_s)
        else:
            state = not_paired_state()
            advice = self.tr("What is sold here stays here. Pair this till with its hub.")
        self.state_card.show_state(state, advice, status)
        self.state_card.remedy.setVisible(status.error_code == MASS_REMOVAL)
        self.overview.waiting.show_facts(waiting_facts(status, formatter, now))
        self.overview.hub.show_facts(hub_facts(status, facts, formatter, now, skew_limit_s))
        self.overview.catalogue.show_facts(
            catalogue_facts(status, formatter, now, is_checking=self._is_checking)
        )
        self._show_set_aside(status)
        must_pair = not facts.is_paired or status.error_code in TO_PAIR_AGAIN
        self.pair_again.set_caption(self.tr("Pair again") if facts.is_paired else self.tr("Pair this till"))
        self.pair_again.set_variant(Variant.PRIMARY if must_pair else Variant.SECONDARY)
        has_other = must_pair or status.error_code == MASS_REMOVAL
        self.send.set_variant(Variant.SECONDARY if has_other else Variant.PRIMARY)
        for button in (self.send, self.check):
            button.setEnabled(facts.is_paired)

    def _show_set_aside(self, status: SyncStatus) -> None:
        rows = [set_aside_row(entry, self._shell.formatter) for entry in status.waiting_at_hub]
        self.set_aside.show_rows(rows)
        self.set_aside.set_empty_text(
            self.tr("The hub does not say which: see its page")
            if status.quarantined
            else self.tr("Nothing of this till waits for anybody at the hub")
        )
        count = self._shell.formatter.count(status.quarantined)
        set_aside = self.tr("Set aside at the hub · {count}").format(count=count)
        labels = (
            self.tr("Overview"),
            set_aside if status.quarantined else self.tr("Set aside at the hub"),
            self.tr("Closed days"),
        )
        if labels != self._chip_words:
            self._chip_words = labels
            had_focus = any(
                self.chips.chip(key).hasFocus() for key in self._widgets if self.chips.chosen is not None
            )
            chosen = self.chips.chosen or OVERVIEW
            chips = [Chip(key, label) for key, label in zip(self._widgets, labels, strict=True)]
            self.chips.show_chips(chips, chosen)
            if had_focus:
                self.chips.chip(chosen).setFocus()

    # ------------------------------------------------------------------- actions

    def send_now(self) -> None:
        self._shell.control.send_now()
        self._shell.say(Tone.GOOD, self.tr("Asking the hub now"))

    def check_everything(self) -> None:
        if self._shell.sync_status.protocol == 1:
            self._shell.say(Tone.INFO, self.tr("This hub is too old to be compared with\nUpdate the hub."))
            return
        self._check_before = self._shell.sync_status.check
        self._is_checking = True
        self._shell.control.check_everything()
        self._show()

    def accept_removal(self) -> None:
        def accept(approver: StaffMember | None) -> None:
            self._shell.services.workplace.authorise(Permission.ACCEPT_REMOVAL, approver)
            self._shell.control.accept_removal()

        self._shell.attempt(accept)

    def ask_to_pair(self, scanned: object = "") -> None:
        """`scanned`: the text of a pairing code, which then need not be scanned again."""

        def begin(approver: StaffMember | None) -> None:
            control = self._shell.control
            if control.facts().is_paired and control.can_sell():  # a new till has nobody to ask
                self._shell.services.workplace.authorise(Permission.LINK_TILL, approver)
            self._shell.look_at(ScreenName.PAIRING)
            if isinstance(scanned, str) and scanned:
                self._shell.scan(scanned)

        self._shell.attempt(begin)

    def ask_where_to_export(self) -> None:
        def ask(approver: StaffMember | None) -> None:
            self._shell.services.workplace.authorise(Permission.LINK_TILL, approver)
            if not self._shell.services.ledger.unsent().entries:
                self._shell.say(Tone.INFO, self.tr("Nothing to export: the hub has everything"))
                return
            self._open_dialog()

        self._shell.attempt(ask)

    def _open_dialog(self) -> None:
        suggested = self._shell.control.suggested_export()
        dialog = QFileDialog(self, self.tr("Where to put what the hub does not have"), str(suggested.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        self.export.setEnabled(False)
        self._shell.errands.send(
            self, lambda: self._shell.control.export_unsent(path), self._on_exported, self._on_export_failed
        )

    def _on_exported(self, report: ExportReport) -> None:
        self.export.setEnabled(True)
        count = self._shell.formatter.count
        text = self.tr("{entries} records, {sales} of them sales, are in a file\n{path}")
        hint = self.tr("They stay here, too. The office imports the file at the hub.")
        path = text.format(entries=count(report.entries), sales=count(report.sales), path=report.path)
        self._shell.say(Tone.INFO, f"{path}\n{hint}")

    def _on_export_failed(self, error: Exception) -> None:
        self.export.setEnabled(True)
        match error:
            case ExportFailed():
                text = self.tr("The file could not be written; everything is still here\n{reason}.")
                self._shell.say(Tone.BAD, text.format(reason=error))
            case DomainError():
                self._shell.say(Tone.BAD, words_of_refusal(error, self._shell.formatter))
            case LedgerUnavailable(code=code):
                self._shell.say(Tone.BAD, words_of_disk(code))
            case _:
                raise error

    # ---------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, down and pages move what is shown, wherever the keyboard is."""
        key = Qt.Key(event.key())
        part = self._parts.currentWidget()
        if isinstance(part, NoteList) and not part.hasFocus() and part.move_by_key(key):
            part.setFocus()
            return
        bar = self.overview.verticalScrollBar()
        step = {
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
        }.get(key)
        if part is self.overview and step is not None:
            bar.setValue(bar.value() + step)
            return
        super().keyPressEvent(event)

    # -------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(self.chips, 1)
        self._head.addWidget(self.again)
        self._buttons = QHBoxLayout()
        for button in (self.back, self.export, self.pair_again, self.check, self.send):
            self._buttons.addWidget(button, 1)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.state_card)
        self._layout.addLayout(self._head)
        self._layout.addWidget(self._parts, 1)
        # Below: a message that comes and goes leaves what is read where it is.
        self.message_place = QVBoxLayout()
        self._layout.addLayout(self.message_place)
        self._layout.addLayout(self._buttons)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self.again.setFixedHeight(tokens.height.touch)
        self._layout.setContentsMargins(space.xl, space.l, space.xl, space.l)
        self._layout.setSpacing(space.m)
        self._head.setSpacing(space.s)
        self._buttons.setSpacing(space.s)
        self.overview.verticalScrollBar().setSingleStep(tokens.height.touch)
