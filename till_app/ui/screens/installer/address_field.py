"""Where a device is: chosen from what was found or typed, and how a serial line is set."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from till_app.services.device_ports import FoundDevice
from till_app.services.line_addresses import BAUD_RATES, Line, completed, is_serial, join_line, split_line
from till_app.ui.devices_words import found_words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.form_fields import ChoiceField, EditableChoiceField, FormField

_LINE_BEGINNINGS = ("/", "COM", "SERIAL:")
_THREE_COLUMNS_FROM = 480
"""Width in pixels at 100 %."""


class AddressField(FormField):
    """The line's settings are there only for a serial line."""

    def __init__(self, key: str, name: str, hint: str = "", *, placeholder: str = "") -> None:
        super().__init__(key, "")
        self.name = name
        self.place = EditableChoiceField(key, name, hint, placeholder=placeholder)
        self.place.edited.connect(self._on_edited)
        self._columns = 0
        usual = ("", self.tr("as usual"))
        self._line_fields = {
            "baud": ChoiceField(
                "baud", self.tr("Baud"), [usual, *((str(rate), str(rate)) for rate in BAUD_RATES)]
            ),
            "bits": ChoiceField("bits", self.tr("Data bits"), [usual, ("8", "8"), ("7", "7")]),
            "parity": ChoiceField(
                "parity",
                self.tr("Parity"),
                [usual, ("N", self.tr("none")), ("E", self.tr("even")), ("O", self.tr("odd"))],
            ),
            "stop": ChoiceField("stop", self.tr("Stop bits"), [usual, ("1", "1"), ("2", "2")]),
            "flow": ChoiceField(
                "flow",
                self.tr("Flow control"),
                [usual, ("none", self.tr("none")), ("rtscts", "RTS/CTS"), ("xonxoff", "XON/XOFF")],
            ),
        }
        self.line = QWidget()
        self._grid = QGridLayout(self.line)
        self._grid.setContentsMargins(0, current_theme().tokens.space.s, 0, 0)
        self._grid.setSpacing(current_theme().tokens.space.s)
        for field in self._line_fields.values():
            field.edited.connect(self.edited)
        self._place(2)
        self._column.addWidget(self.place)
        self._column.addWidget(self.line)
        self.line.hide()
        self.setFocusProxy(self.place)

    def offer(self, found: Sequence[FoundDevice]) -> None:
        self.place.offer([(device.address, f"{device.name} · {found_words(device)}") for device in found])

    def value(self) -> str:
        base, line = split_line(completed(self.place.value()))
        chosen = Line(**{name: str(field.value()) for name, field in self._line_fields.items()})
        # What is typed behind the address holds as long as the choices below say nothing.
        return join_line(base, chosen if chosen != Line() else line)

    def show_value(self, value: object) -> None:
        base, line = split_line(str(value))
        self.place.show_value(base)
        for name, field in self._line_fields.items():
            field.show_value(getattr(line, name))
        self.line.setVisible(is_serial(base))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scale = current_theme().tokens.scale
        self._place(3 if self.width() >= round(_THREE_COLUMNS_FROM * scale) else 2)

    def _place(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for index, field in enumerate(self._line_fields.values()):
                self._grid.addWidget(field, index // columns, index % columns)

    def _on_edited(self) -> None:
        typed = self.place.value()
        base, line = split_line(typed)
        if line != Line():
            self.show_value(typed)
        # The first letters of a network address are none of a line yet: nothing jumps while it is typed.
        self.line.setVisible(is_serial(base) and base.upper().startswith(_LINE_BEGINNINGS))
        self.edited.emit()
