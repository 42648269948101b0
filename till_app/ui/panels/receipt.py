"""A receipt or report on the screen, as it would print."""

from PySide6.QtWidgets import QWidget

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
        self.preview.show_text(printed_text(document))
        self.preview.setMinimumHeight(8 * current_theme().tokens.height.touch)
        self.add_button(ActionButton(self.tr("Close"), "Esc", Variant.SECONDARY)).clicked.connect(
            self.dismiss
        )
