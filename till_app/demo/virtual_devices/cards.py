"""The cards of drawer, scale, customer display, scanner and card terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QElapsedTimer, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QSlider, QVBoxLayout, QWidget

from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.line_scanner import SimulatedLineScanner
from hardware.simulated.scales import CAPACITY_GRAMS, ScaleFault, SimulatedScale
from hardware.simulated.terminal_book import BookEntry
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from till_app.demo.virtual_devices.parts import Switches, VirtualCard, label, number_box, row_of, small_button
from till_app.demo.virtual_devices.peers import VirtualPrinter
from till_app.ui.formatting import NO_BREAK_SPACE
from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import tr
from till_app.ui.widgets.painting import colour

_CONTEXT = "VirtualDevices"
_SHUTS_AFTER_MS = 4_000
_LEAST_GRAMS = -500


class DrawerPicture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.is_open = False

    def show_open(self, is_open: bool) -> None:
        if is_open is not self.is_open:
            self.is_open = is_open
            self.setAccessibleName(tr(_CONTEXT, "open") if is_open else tr(_CONTEXT, "closed"))
            self.update()

    def sizeHint(self) -> QSize:
        scale = current_theme().tokens.scale
        return QSize(round(130 * scale), round(64 * scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, height = self.width(), self.height()
        body = height * 2 // 5
        painter.setBrush(colour(colours.bar))
        painter.drawRoundedRect(0, 0, width, body, tokens.radius.s, tokens.radius.s)
        if not self.is_open:
            painter.setBrush(colour(colours.bar_muted))
            painter.drawRoundedRect(width // 2 - width // 8, body // 2 - 3, width // 4, 6, 3, 3)
        else:
            painter.setBrush(colour(colours.placeholder))
            painter.drawRect(width // 16, body, width * 7 // 8, height - body - 6)
            icon = height // 3
            for share, name in ((0.25, "coins"), (0.6, "banknote")):
                picture = icon_pixmap(name, colours.on_placeholder, icon, self.devicePixelRatioF())
                painter.drawPixmap(round(width * share), body + (height - body - 6 - icon) // 2, picture)
            painter.setBrush(colour(colours.bar))
            painter.drawRoundedRect(width // 20, height - 8, width * 9 // 10, 8, 4, 4)
        painter.end()


class DrawerCard(VirtualCard):
    """It hangs on the receipt printer, as a drawer does."""

    def __init__(self, printer: VirtualPrinter) -> None:
        super().__init__(tr(_CONTEXT, "Cash drawer"))
        self._printer = printer
        self._open_since = QElapsedTimer()
        self.picture = DrawerPicture()
        self.state = label("", "small", "muted")
        self.shut = small_button(tr(_CONTEXT, "Close it"), self._shut)
        self.by_key = small_button(tr(_CONTEXT, "Open with key"), self._open_by_key)
        self.shuts_itself = QCheckBox(tr(_CONTEXT, "Shuts itself"))
        self.shuts_itself.setChecked(True)
        beside = QVBoxLayout()
        beside.addWidget(self.state)
        beside.addWidget(self.shuts_itself)
        above = row_of(self.picture)
        above.addLayout(beside)
        self.column.addLayout(above)
        self.column.addLayout(row_of(self.shut, self.by_key))
        self.look()

    def look(self) -> None:
        is_open = self._printer.peer.drawer_is_open
        if is_open and not self.picture.is_open:
            self._open_since.start()
        self.picture.show_open(is_open)
        self.shut.setEnabled(is_open)
        self.by_key.setEnabled(not is_open)
        times = len(self._printer.peer.drawer_pins)
        words = tr(_CONTEXT, "open") if is_open else tr(_CONTEXT, "closed")
        self.state.setText(tr(_CONTEXT, "{state}\nopened {count} times").format(state=words, count=times))
        if is_open and self.shuts_itself.isChecked() and self._open_since.elapsed() >= _SHUTS_AFTER_MS:
            self._shut()

    def _open_by_key(self) -> None:
        self._printer.peer.open_drawer_by_key()

    def _shut(self) -> None:
        self._printer.peer.close_drawer()


class ScaleCard(VirtualCard):
    def __init__(self, scale: SimulatedScale) -> None:
        super().__init__(tr(_CONTEXT, "Scale"), lambda is_in: scale.plug_in() if is_in else scale.unplug())
        self._scale = scale
        self.grams = number_box(_LEAST_GRAMS, CAPACITY_GRAMS + 500, 0, "g")
        self.grams.setAccessibleName(tr(_CONTEXT, "Weight in grams"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 5_000)
        self.slider.setSingleStep(5)
        self.unstable = QCheckBox(tr(_CONTEXT, "Unstable"))
        self.faults = Switches(
            (
                (ScaleFault.NONE, tr(_CONTEXT, "All well")),
                (ScaleFault.SILENT, tr(_CONTEXT, "Silent")),
                (ScaleFault.GARBAGE, tr(_CONTEXT, "Garbled")),
            ),
            self._set_fault,
            columns=3,
        )
        weights = [
            small_button(words, partial(self.grams.setValue, grams))
            for grams, words in (
                (0, tr(_CONTEXT, "Nothing")),
                (412, "412 g"),
                (-20, tr(_CONTEXT, "Below 0")),
            )
        ]
        self.column.addLayout(row_of(self.slider, self.grams, self.unstable))
        self.column.addLayout(row_of(*weights))
        self.column.addWidget(self.faults)
        self.grams.valueChanged.connect(self._weigh)
        self.slider.valueChanged.connect(self.grams.setValue)
        self.unstable.toggled.connect(self._shake)

    def look(self) -> None:
        """The till may have set it to zero."""
        pan_grams = self._scale.pan.grams
        if pan_grams != self.grams.value():
            self.grams.setValue(pan_grams)

    def _weigh(self, grams: int) -> None:
        self._scale.pan.grams = grams
        was_blocked = self.slider.blockSignals(True)
        self.slider.setValue(grams)
        self.slider.blockSignals(was_blocked)

    def _shake(self, is_moving: bool) -> None:
        self._scale.pan.is_moving = is_moving

    def _set_fault(self, fault: ScaleFault) -> None:
        self._scale.pan.fault = fault


class DisplayCard(VirtualCard):
    def __init__(self, display: SimulatedDisplay) -> None:
        super().__init__(
            tr(_CONTEXT, "Customer display"), lambda is_in: display.plug_in() if is_in else display.unplug()
        )
        self._display = display
        self.glass = QLabel()
        self.glass.setObjectName("glass")
        self.glass.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.glass.setTextFormat(Qt.TextFormat.PlainText)
        self.column.addWidget(self.glass)
        current_theme().changed.connect(self._fit)
        self._fit()
        self.look()

    def look(self) -> None:
        shown = "\n".join(self._display.lines) if self.plugged_in.isChecked() else "\n"
        text = shown.replace(" ", NO_BREAK_SPACE)
        if text != self.glass.text():
            self.glass.setText(text)

    def _fit(self) -> None:
        font: QFont = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(current_theme().tokens.type.title.size_px)
        font.setBold(True)
        self.glass.setFont(font)


@dataclass(frozen=True, slots=True)
class ScannedCode:
    words: str
    code: str


class ScannerCard(VirtualCard):
    def __init__(self, scanner: SimulatedLineScanner, codes: Sequence[ScannedCode]) -> None:
        super().__init__(
            tr(_CONTEXT, "Scanner"), lambda is_in: scanner.plug_in() if is_in else scanner.unplug()
        )
        self._scanner = scanner
        self.codes: dict[str, QWidget] = {}
        self.twice = QCheckBox(tr(_CONTEXT, "Scans twice"))
        buttons = []
        for each in codes:
            button = small_button(each.words, partial(self.scan, each.code))
            self.codes[each.code] = button
            buttons.append(button)
        for start in range(0, len(buttons), 2):
            self.column.addLayout(row_of(*buttons[start : start + 2]))
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(tr(_CONTEXT, "Any code"))
        self.typed.returnPressed.connect(self._scan_typed)
        self.heard = label("", "small", "warn")
        self.heard.hide()
        self.column.addLayout(row_of(self.typed, self.twice))
        self.column.addWidget(self.heard)

    def scan(self, code: str) -> None:
        is_heard = [self._scanner.scan(code.encode()) for _ in range(2 if self.twice.isChecked() else 1)]
        self.heard.setText("" if all(is_heard) else tr(_CONTEXT, "Nobody listens to this scanner now"))
        self.heard.setVisible(not all(is_heard))

    def _scan_typed(self) -> None:
        code = self.typed.text().strip()
        if code:
            self.scan(code)
            self.typed.clear()


class TerminalCard(VirtualCard):
    """What the next payment comes to; after a broken link it approves again."""

    def __init__(self, terminal: SimulatedZvtTerminal) -> None:
        super().__init__(tr(_CONTEXT, "Card terminal"))
        self._terminal = terminal
        self._known = len(terminal.transactions)
        self.outcomes = Switches(
            (
                (ZvtOutcome.APPROVE, tr(_CONTEXT, "Approve")),
                (ZvtOutcome.DECLINE, tr(_CONTEXT, "Decline")),
                (ZvtOutcome.PARTIAL, tr(_CONTEXT, "Half of it")),
                (ZvtOutcome.ABORT, tr(_CONTEXT, "Red key")),
                (ZvtOutcome.WAIT, tr(_CONTEXT, "No card comes")),
                (ZvtOutcome.BUSY, tr(_CONTEXT, "Busy")),
                (ZvtOutcome.LOST, tr(_CONTEXT, "Approve, link breaks")),
                (ZvtOutcome.SILENT, tr(_CONTEXT, "Falls silent")),
            ),
            self._set_outcome,
        )
        self.last = label(tr(_CONTEXT, "No payment yet"), "small", "muted")
        self.column.addWidget(self.outcomes)
        self.column.addWidget(self.last)

    def look(self) -> None:
        transactions = self._terminal.transactions
        if len(transactions) == self._known:
            return
        self._known = len(transactions)
        self.last.setText(_entry_words(transactions[-1]))
        if self.outcomes.chosen in (ZvtOutcome.LOST, ZvtOutcome.SILENT):
            self.outcomes.show_chosen(ZvtOutcome.APPROVE)
            self._set_outcome(ZvtOutcome.APPROVE)

    def _set_outcome(self, outcome: ZvtOutcome) -> None:
        self._terminal.script = ZvtScript(outcome)


def _entry_words(entry: BookEntry) -> str:
    amount = f"{entry.approved_minor / 100:.2f}"
    if not entry.approved_minor:
        return tr(_CONTEXT, "{what}: {reason}").format(what=entry.movement, reason=entry.reason)
    return tr(_CONTEXT, "{what} no. {number}: {amount}").format(
        what=entry.movement, number=entry.number, amount=amount
    )
