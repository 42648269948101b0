"""A receipt or report on the screen, as it would print; it can be saved as a text file."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from till_app.services.printed_text import printed_text
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.overlay_panel import OverlayPanel
from till_app.ui.widgets.receipt_preview import ReceiptPreview


class ReceiptPanel(OverlayPanel):
    """Further buttons may be added by whoever shows it."""

    def __init__(self, title: str, document: bytes, parent: QWidget | None = None) -> None:
        self.preview = ReceiptPreview()
        super().__init__(title, self.preview, width=520, parent=parent)
        self._text = printed_text(document)
        self.preview.show_text(self._text)
        self.preview.setMinimumHeight(8 * current_theme().tokens.height.touch)
        self.add_button(ActionButton(self.tr("Close"), "Esc", Variant.SECONDARY)).clicked.connect(
            self.dismiss
        )
        self.save = self.add_button(ActionButton(self.tr("Save as file"), "F6"))
        self.save.clicked.connect(self.ask_where_to_save)

    def ask_where_to_save(self) -> None:
        dialog = QFileDialog(self, self.tr("Where to save it"), str(Path.home()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(self.tr("Receipt") + ".txt")
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """As text, for a message or a stick; the panel says how it went."""
        try:
            path.write_text(self._text, encoding="utf-8")
        except OSError as error:
            self.set_detail(self.tr("It could not be saved: {reason}").format(reason=error.strerror or error))
        else:
            self.set_detail(self.tr("Saved as {name}").format(name=path.name))
