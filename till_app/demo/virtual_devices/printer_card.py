"""A virtual receipt printer: its paper, and a switch for each thing that goes wrong with printers."""

from PySide6.QtWidgets import QCheckBox, QSizePolicy

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from till_app.demo.virtual_devices.paper_roll import PaperRoll
from till_app.demo.virtual_devices.parts import Switches, VirtualCard, number_box, row_of
from till_app.demo.virtual_devices.peers import VirtualPrinter
from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import tr

_CONTEXT = "VirtualDevices"
_SLOW_BYTES_A_LOOK, _ALL_BYTES = 40, 1_000_000_000
_ROLL_HEIGHT = 260
"""In pixels at 100 %: the least."""


class PrinterCard(VirtualCard):
    def __init__(self, title: str, printer: VirtualPrinter) -> None:
        super().__init__(title, printer.plug)
        self._printer = printer
        self._printed = self._broken = 0
        self.roll = PaperRoll()
        self.modes = Switches(
            (
                (PrinterMode.OK, tr(_CONTEXT, "All well")),
                (PrinterMode.NEAR_END, tr(_CONTEXT, "Near end")),
                (PrinterMode.PAPER_OUT, tr(_CONTEXT, "Paper out")),
                (PrinterMode.COVER_OPEN, tr(_CONTEXT, "Cover open")),
                (PrinterMode.OFFLINE, tr(_CONTEXT, "Offline")),
                (PrinterMode.NO_STATUS, tr(_CONTEXT, "Silent")),
                (PrinterMode.STALL, tr(_CONTEXT, "Stalled")),
                (PrinterMode.CUTTER_JAM, tr(_CONTEXT, "Cutter jam")),
            ),
            self._set_mode,
        )
        self.slow = QCheckBox(tr(_CONTEXT, "Slow"))
        self.dies = QCheckBox(tr(_CONTEXT, "Dies after"))
        self.bytes = number_box(1, 9_999, 300, "B")
        self.slow.toggled.connect(self._set_slow)
        self.dies.toggled.connect(lambda _on: self._set_death())
        self.bytes.valueChanged.connect(lambda _count: self._set_death())
        self.column.addWidget(self.modes)
        self.column.addLayout(row_of(self.slow, self.dies, self.bytes))
        self.column.addWidget(self.roll, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        current_theme().changed.connect(self._fit)
        self._fit()

    def look(self) -> None:
        peer = self._printer.peer
        if self.slow.isChecked():
            peer.let_print(_SLOW_BYTES_A_LOOK)
        mode = peer.mode
        if mode is not self.modes.chosen and mode in self.modes.buttons:
            self.modes.show_chosen(mode)
        jobs, broken = peer.jobs, peer.broken_jobs
        for job in jobs[self._printed :]:
            self.roll.print(job)
        for job in broken[self._broken :]:
            self.roll.print(job, is_torn=True)
        self._printed, self._broken = len(jobs), len(broken)

    def _set_mode(self, mode: PrinterMode) -> None:
        self._printer.peer.mode = mode

    def _set_slow(self, is_slow: bool) -> None:
        """What it had not printed yet comes out when it is quick again."""

        def change(engine: PrinterEngine) -> bytes:
            answers = b"" if is_slow else engine.let_print(_ALL_BYTES)
            engine.print_budget_bytes = 0 if is_slow else None
            return answers

        self._printer.peer.change(change)

    def _set_death(self) -> None:
        self._printer.peer.die_after = self.bytes.value() if self.dies.isChecked() else None

    def _fit(self) -> None:
        self.roll.setMinimumHeight(round(_ROLL_HEIGHT * current_theme().tokens.scale))
