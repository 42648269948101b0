"""The receipt as it prints now: the last sale's, at the width of the printer that is set up, and its logo."""

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout

from till_app.services.printed_text import printed_text
from till_app.services.set_up import SetUp
from till_app.ui.screens.installer.parts import Page
from till_app.ui.screens.parts import words
from till_app.ui.shell import Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.receipt_preview import ReceiptPreview

_LOGO_SIZE = (220, 120)
"""At most, in pixels at 100 %."""


class ReceiptPage(Page):
    """Head and foot texts are the shop's: they are changed at the hub."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self.title.setText(self.tr("Receipt"))
        self._shell = shell
        self._set_up = set_up
        self._what = words("", "body", "muted")
        self._what.setWordWrap(True)
        self.preview = ReceiptPreview()
        self._logo = QLabel()
        self._logo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.logo_words = words("", "body")
        self.logo_words.setWordWrap(True)
        side = QVBoxLayout()
        side.setSpacing(current_theme().tokens.space.m)
        for widget in (self._what, self._logo, self.logo_words):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(current_theme().tokens.space.l)
        row.addWidget(self.preview, 3)
        row.addLayout(side, 2)
        self.content.addLayout(row, 1)
        self.choose = self.add_to_foot(ActionButton(self.tr("Choose a logo…"), "F6"))
        self.choose.clicked.connect(self.ask_which_logo)
        self.print_logo = self.add_to_foot(ActionButton("", "F7"))
        self.print_logo.clicked.connect(self.switch_logo)

    def entered(self) -> None:
        self._show_receipt()
        self._read_logo()

    def _show_receipt(self) -> None:
        columns = self._set_up.devices.settings().printer.columns
        services = self._shell.services
        sale = next(iter(services.ledger.latest_sales(1)), None)
        if sale is None:
            self._what.setText(self.tr("Nothing has been sold here yet: sell something, then look again."))
            self.preview.show_text("")
            return
        width = self.tr("{title}, at {count} columns as the receipt printer is set").format(
            title=services.receipts.title(sale), count=columns
        )
        remark = self.tr("Texts at its head and foot are changed at the hub.")
        self._what.setText(f"{width}. {remark}")
        self.preview.show_text(printed_text(services.receipts.receipt(sale), columns))

    # ---------------------------------------------------------------------- logo

    def _read_logo(self) -> None:
        self._shell.errands.send(self, self._set_up.logo, self._show_logo, self._on_failed)

    def _show_logo(self, content: bytes | None) -> None:
        is_printed = self._set_up.devices.settings().printer.prints_logo
        picture = QPixmap()
        if content is not None:
            picture.loadFromData(content)
        self._logo.setVisible(not picture.isNull())
        if not picture.isNull():
            scale = current_theme().tokens.scale
            width, height = (round(side * scale) for side in _LOGO_SIZE)
            if picture.width() > width or picture.height() > height:
                picture = picture.scaled(
                    width,
                    height,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            self._logo.setPixmap(picture)
        if content is None:
            self.logo_words.setText(self.tr("No logo yet: choose a black and white PNG."))
        elif is_printed:
            self.logo_words.setText(self.tr("The logo is printed at the head of each receipt."))
        else:
            self.logo_words.setText(self.tr("The logo is not printed."))
        self.print_logo.setEnabled(content is not None)
        self.print_logo.set_caption(self.tr("Do not print it") if is_printed else self.tr("Print the logo"))
        self.print_logo.set_variant(Variant.SECONDARY if is_printed else Variant.PRIMARY)

    def ask_which_logo(self) -> None:
        dialog = QFileDialog(self, self.tr("The shop's logo"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("*.png")
        dialog.fileSelected.connect(lambda path: self.take_logo(Path(path)))
        dialog.open()

    def take_logo(self, path: Path) -> None:
        self._shell.errands.send(
            self, lambda: self._set_up.take_logo(path), lambda _none: self._read_logo(), self._on_failed
        )

    def switch_logo(self) -> None:
        devices = self._set_up.devices
        settings = devices.settings()
        printer = msgspec.structs.replace(settings.printer, prints_logo=not settings.printer.prints_logo)
        changed = msgspec.structs.replace(settings, printer=printer)
        self._shell.errands.send(
            self, lambda: devices.use(changed), lambda _none: self._read_logo(), self._on_failed
        )

    def _on_failed(self, error: Exception) -> None:
        match error:
            case ValueError():
                why = str(error)
            case OSError():
                why = error.strerror or str(error)
            case _:
                raise error
        self._shell.say(Tone.BAD, self.tr("The logo stays as it is\n{why}").format(why=why))
