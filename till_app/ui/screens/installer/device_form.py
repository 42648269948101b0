"""The form of one device: its fields, of which those that matter are shown, and the settings they say."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from till_app.services.device_places import PlaceSettings
from till_app.services.device_ports import FoundDevice
from till_app.ui.screens.installer.address_field import AddressField
from till_app.ui.screens.installer.device_fields import API_KEY, fields_of, matters
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.form_fields import FormField, SecretField

_TWO_COLUMNS_FROM = 620
"""Width in pixels at 100 % at which fields stand beside each other."""
CLOUD_KEY_NAME = "card_terminal"
"""Under which a cloud terminal's key is kept."""


class DeviceForm(QFrame):
    edited = Signal()

    def __init__(self, device: str, place: PlaceSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.device = device
        self._place = place
        self.fields = {field.key: field for field in fields_of(device)}
        self._grid = QGridLayout(self)
        for field in self.fields.values():
            field.setParent(self)
            field.show_value(getattr(place, field.key))
            field.edited.connect(self._on_edited)
        self._show_what_matters()
        current_theme().changed.connect(self._lay_out)
        self._lay_out()

    @property
    def place(self) -> PlaceSettings:
        """As the form says it; of a secret key only its name."""
        values = {key: field.value() for key, field in self.fields.items() if key != API_KEY}
        if self.typed_key:
            values[API_KEY] = CLOUD_KEY_NAME
        return msgspec.structs.replace(self._place, **values)

    @property
    def has_address(self) -> bool:
        return any(isinstance(field, AddressField) for field in self.fields.values())

    @property
    def typed_key(self) -> str:
        """A new key of a cloud service, to be kept elsewhere; empty: nothing was typed."""
        field = self.fields.get(API_KEY)
        return field.typed if isinstance(field, SecretField) else ""

    def offer(self, found: Sequence[FoundDevice]) -> None:
        for field in self.fields.values():
            if isinstance(field, AddressField):
                field.offer(found)

    def focus_on(self, key: str) -> FormField | None:
        """The field of that name, if it is here; else the keyboard goes to the first."""
        shown = [field for field in self.fields.values() if not field.isHidden()]
        wanted = self.fields.get(key)
        is_here = wanted in shown
        (wanted if wanted is not None and is_here else shown[0]).setFocus()
        return wanted if is_here else None

    def _on_edited(self) -> None:
        self._show_what_matters()
        self.edited.emit()

    def _show_what_matters(self) -> None:
        place = self.place
        for key, field in self.fields.items():
            field.setVisible(matters(self.device, place, key))
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Two columns do not hold a page open that has become too narrow for them."""
        return QSize(4 * current_theme().tokens.height.touch, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self._grid.setContentsMargins(space.l, space.l, space.l, space.l)
        self._grid.setHorizontalSpacing(space.xl)
        self._grid.setVerticalSpacing(space.m)
        is_wide = self.width() >= round(_TWO_COLUMNS_FROM * tokens.scale)
        shown = [field for field in self.fields.values() if not field.isHidden()]
        columns = 2 if is_wide else 1
        at = 0
        for field in shown:
            if isinstance(field, AddressField):
                at += at % columns
                self._grid.addWidget(field, at // columns, 0, 1, columns)
                at += columns
            else:
                self._grid.addWidget(field, at // columns, at % columns)
                at += 1
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if is_wide else 0)
