"""The test of one device: what happens, what came back, and the question that only a person can answer."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from till_app.services.device_ports import TestReport
from till_app.services.device_testing import has_passed
from till_app.ui.bridge import Errands
from till_app.ui.device_state_words import fact_words, outcome_words, question_words, while_testing
from till_app.ui.devices_words import device_name
from till_app.ui.screens.parts import words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.fact_table import Fact, FactTable
from till_app.ui.widgets.overlay_panel import OverlayPanel

SCAN_WITHIN_S = 15


ReadScan = Callable[[str], dict[str, str]]
"""What a scan that came as key presses means, as facts of a test's report."""


class DeviceTestPanel(OverlayPanel):
    """Starts at once; F5 does it again. `concluded` comes once for each try that came to an end."""

    concluded = Signal(object, bool)
    """TestReport, and whether the device does what it should."""

    def __init__(
        self,
        device: str,
        errands: Errands,
        test: Callable[[], TestReport] | None,
        read_scan: ReadScan | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`test` runs on a thread of its own; None: a scan that is typed is waited for here."""
        body = QWidget()
        super().__init__(device_name(device), body, width=520, parent=parent)
        self.device = device
        self._errands = errands
        self._test = test
        self._read_scan = read_scan
        self._report: TestReport | None = None
        self._try = 0
        self._doing = words(while_testing(device), "strong")
        self._doing.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.facts = FactTable()
        self._question = words("", "strong")
        self._question.setWordWrap(True)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_theme().tokens.space.m)
        for widget in (self._doing, self._bar, self.facts, self._question):
            column.addWidget(widget)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._on_nothing_scanned)
        self.back = self.add_button(ActionButton(self.tr("Back"), "Esc"))
        self.back.clicked.connect(self.dismiss)
        self.again = self.add_button(ActionButton(self.tr("Once more"), "F5"))
        self.again.clicked.connect(self.begin)
        self.no = self.add_button(ActionButton(self.tr("No"), "F8", Variant.DANGER))
        self.no.clicked.connect(lambda: self._answer(is_right=False))
        self.yes = self.add_button(ActionButton(self.tr("Yes"), "F2", Variant.PRIMARY))
        self.yes.clicked.connect(lambda: self._answer(is_right=True))
        self.begin()

    @property
    def words(self) -> str:
        """What stands on the panel now, without its facts."""
        labels: tuple[QLabel, ...] = (self._doing, self._question)
        return "\n".join(label.text() for label in labels if label.text())

    def begin(self) -> None:
        self._try += 1
        number = self._try
        self._report = None
        self._doing.setText(while_testing(self.device))
        self._question.setText("")
        self.facts.show_facts(())
        self._bar.setVisible(True)
        self._show_buttons()
        if self._test is None:
            self._patience.start(SCAN_WITHIN_S * 1000)
            return
        self._errands.send(
            self,
            self._test,
            lambda report: self._on_report(report) if number == self._try else None,
            lambda error: self._on_failed(error) if number == self._try else None,
        )

    def scanned(self, text: str) -> None:
        """Typed by a scanner while this panel is open."""
        if self._test is None and self._report is None and self._read_scan is not None:
            facts = self._read_scan(text)
            self._on_report(TestReport(self.device, True, "ok", facts, "is_it_right"))

    def _on_nothing_scanned(self) -> None:
        if self._report is None:
            self._on_report(TestReport(self.device, False, "nothing_scanned", {}))

    def _on_report(self, report: TestReport) -> None:
        self._patience.stop()
        self._report = report
        self._bar.setVisible(False)
        asks = bool(report.question) and report.did_answer
        self._doing.setText(self.tr("It answered") if asks else outcome_words(report))
        self._question.setText(question_words(report.question) if asks else "")
        self.facts.show_facts(
            [Fact(*fact_words(name, value)) for name, value in report.facts.items() if value]
        )
        self._show_buttons()
        passed = has_passed(report, None)
        if passed is not None:
            self.concluded.emit(report, passed)
        (self.yes if asks else self.back).setFocus()

    def _on_failed(self, error: Exception) -> None:
        """Settings that make no sense say so themselves; anything else is a bug and is told as one."""
        self._bar.setVisible(False)
        self._doing.setText(str(error).removeprefix(f"{getattr(error, 'key', '')}: "))
        self._report = TestReport(self.device, False, "settings_invalid", {})
        self._show_buttons()
        if not isinstance(error, ValueError):
            raise error

    def _answer(self, *, is_right: bool) -> None:
        if self._report is not None:
            report = self._report
            self.close_panel()
            self.concluded.emit(report, is_right)

    def _show_buttons(self) -> None:
        report = self._report
        asks = report is not None and report.did_answer and bool(report.question)
        self.yes.setVisible(asks)
        self.no.setVisible(asks)
        self.again.setVisible(report is not None)
