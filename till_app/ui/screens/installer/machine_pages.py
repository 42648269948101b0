"""The installer's pages of the machine under the till: the copy of its records, and what is wrong with it."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from till_app.domain.times import from_text
from till_app.services.device_places import is_set_up
from till_app.services.ports import LedgerUnavailable
from till_app.services.set_up import MachineFacts, SetUp
from till_app.ui.device_state_words import state_words, status_words
from till_app.ui.devices_words import device_name
from till_app.ui.screens.installer.parts import Page, cards_on, tell_as_bug
from till_app.ui.screens.parts import words
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.fact_table import Fact, FactTable
from till_app.ui.words import words_of_disk

REPORT_NAME = "till-report.json"
_MEGABYTE = 1_000_000


class BackupPage(Page):
    """The copy of the till's records, and what the hub does not have as a file."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self.title.setText(self.tr("Backup"))
        self._shell = shell
        self._set_up = set_up
        self.facts = FactTable()
        self._column = cards_on(self, (self.tr("The till's records"), self.facts))
        remark = words(
            self.tr(
                "A copy is made once a day while nobody sells. What is sold is at the hub as soon as the link"
                " is up: the copy is for a till that has been without its hub."
            ),
            "body",
            "muted",
        )
        remark.setWordWrap(True)
        self._column.column.addWidget(remark)
        self._column.column.addStretch(1)
        self.export = self.add_to_foot(ActionButton(self.tr("Export unsent…"), "F7"))
        self.export.clicked.connect(lambda: shell.look_at(ScreenName.SYNC_CENTRE))
        self.back_up = self.add_to_foot(ActionButton(self.tr("Make a copy now"), "F5", Variant.PRIMARY))
        self.back_up.clicked.connect(self.make_copy)

    def entered(self) -> None:
        self._shell.errands.send(self, self._set_up.machine, self._show, tell_as_bug)

    def make_copy(self) -> None:
        def work() -> MachineFacts:
            self._set_up.back_up()
            return self._set_up.machine()

        self.back_up.setEnabled(False)
        self._shell.errands.send(self, work, self._on_copied, self._on_failed)

    def _on_copied(self, facts: MachineFacts) -> None:
        self.back_up.setEnabled(True)
        self._show(facts)
        self._shell.say(Tone.GOOD, self.tr("The copy is made"))

    def _on_failed(self, error: Exception) -> None:
        self.back_up.setEnabled(True)
        _say_disk(self._shell, error)

    def _show(self, facts: MachineFacts) -> None:
        formatter = self._shell.formatter
        now = from_text(self._shell.services.workplace.now_text())
        made = facts.backup_at
        unsent = self._shell.services.ledger.unsent().entries
        self.facts.show_facts(
            (
                Fact(
                    self.tr("Last copy"),
                    formatter.age(from_text(made), now) if made else self.tr("none yet"),
                    "" if made else "warn",
                ),
                Fact(self.tr("Where"), facts.backup),
                Fact(self.tr("Size of the records"), megabytes(facts.ledger_bytes)),
                Fact(self.tr("Not at the hub yet"), formatter.count(unsent), "warn" if unsent else ""),
            )
        )


class DiagnosticsPage(Page):
    """Versions, disk, records and devices, all on one page and in one file."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self.title.setText(self.tr("Diagnostics"))
        self._shell = shell
        self._set_up = set_up
        self.machine, self.devices = FactTable(), FactTable()
        self._column = cards_on(
            self, (self.tr("This computer"), self.machine), (self.tr("Devices"), self.devices)
        )
        self._column.column.addStretch(1)
        self.check = self.add_to_foot(ActionButton(self.tr("Check the records"), "F6"))
        self.check.clicked.connect(self.check_ledger)
        self.report = self.add_to_foot(ActionButton(self.tr("Save a report file…"), "F7", Variant.PRIMARY))
        self.report.clicked.connect(self.ask_where)

    def entered(self) -> None:
        self._shell.errands.send(self, self._set_up.machine, self._show_machine, tell_as_bug)
        self.show_devices()

    def show_devices(self) -> None:
        formatter = self._shell.formatter
        now = from_text(self._shell.services.workplace.now_text())
        settings = self._set_up.devices.settings()
        facts = []
        for health in self._set_up.devices.health():
            is_there = is_set_up(settings, health.device)
            state = state_words(health, is_set_up=is_there)
            details = status_words(health, formatter, now) if is_there else self.tr("not set up")
            told = " · ".join(part for part in (state.word, details) if part)
            tone = state.tone if state.tone in ("warn", "bad") else ""
            facts.append(Fact(device_name(health.device), told, tone))
        self.devices.show_facts(facts)

    def check_ledger(self) -> None:
        self.check.setEnabled(False)
        self._shell.errands.send(self, self._set_up.check_ledger, self._on_checked, self._on_failed)

    def _on_checked(self, result: str) -> None:
        self.check.setEnabled(True)
        if result == "ok":
            self._shell.say(Tone.GOOD, self.tr("The till's records are whole"))
        else:
            text = self.tr("The till's records are damaged\nCall for help before you sell on: {what}")
            self._shell.say(Tone.BAD, text.format(what=result))
        self.entered()

    def ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Where to put the report"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(REPORT_NAME)
        dialog.fileSelected.connect(lambda path: self.save_report(Path(path)))
        dialog.open()

    def save_report(self, path: Path) -> None:
        told = self.tr("The report is in a file\n{path}. No password and no key is in it.").format(path=path)
        self._shell.errands.send(
            self,
            lambda: self._set_up.save_report(path),
            lambda _none: self._shell.say(Tone.GOOD, told),
            self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self.check.setEnabled(True)
        _say_disk(self._shell, error)

    def _show_machine(self, facts: MachineFacts) -> None:
        is_whole = facts.ledger_check == "ok"
        is_full = facts.free_disk_bytes < 1000 * _MEGABYTE
        self.machine.show_facts(
            (
                Fact(self.tr("Release"), facts.app_version),
                Fact(self.tr("System"), facts.system),
                Fact(self.tr("Free disk"), megabytes(facts.free_disk_bytes), "warn" if is_full else ""),
                Fact(self.tr("Records"), megabytes(facts.ledger_bytes)),
                Fact(self.tr("Goods and prices"), megabytes(facts.catalogue_bytes)),
                Fact(
                    self.tr("Check of the records"),
                    self.tr("whole") if is_whole else facts.ledger_check,
                    "" if is_whole else "bad",
                ),
                Fact(self.tr("Folder"), facts.folder),
                Fact(self.tr("Log"), facts.log),
            )
        )


def megabytes(count: int) -> str:
    """`12.4 MB`, `52.1 GB`."""
    if count >= 1000 * _MEGABYTE:
        return f"{count / (1000 * _MEGABYTE):.1f} GB"
    return f"{count / _MEGABYTE:.1f} MB"


def _say_disk(shell: Shell, error: Exception) -> None:
    match error:
        case LedgerUnavailable(code=code):
            shell.say(Tone.BAD, words_of_disk(code))
        case OSError():
            shell.say(Tone.BAD, f"{error.filename or ''}\n{error.strerror or error}".strip())
        case _:
            raise error
