"""Asks which label of an item to print, and how many; it shows what stands on one."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.receipt_templates import DocumentKind
from till_app.services.documents import MOST_LABELS
from till_app.services.printed_text import printed_text
from till_app.ui.panels.number_panel import NumberPanel
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.amount_entry import NumberEntry
from till_app.ui.widgets.num_pad import PadCorner
from till_app.ui.widgets.receipt_preview import ReceiptPreview

_COLUMNS = 28


class LabelPanel(NumberPanel):
    """`accepted` carries how many; `kind` says of which label."""

    def __init__(
        self, item_name: str, label: Callable[[DocumentKind], bytes], parent: QWidget | None = None
    ) -> None:
        """`label` gives the document of one, to be shown."""
        self._label = label
        self.kind = DocumentKind.SHELF_EDGE_LABEL
        self.shelf_edge = ActionButton("", "F1")
        self.price = ActionButton("", "F2")
        self.preview = ReceiptPreview()
        self.preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        space = current_theme().tokens.space
        kinds = QHBoxLayout()
        kinds.setSpacing(space.s)
        kinds.addWidget(self.shelf_edge)
        kinds.addWidget(self.price)
        what = QWidget()
        column = QVBoxLayout(what)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(kinds)
        column.addWidget(self.preview, 1)
        entry = NumberEntry(_copies, str, "0")
        entry.suggest("1")
        super().__init__(
            item_name,
            entry,
            "",
            corner=PadCorner.CLEAR,
            beside=what,
            parent=parent,
        )
        self.set_detail(self.tr("How many labels?"))
        self.accept_button.set_caption(self.tr("Print"))
        self.shelf_edge.set_caption(self.tr("Shelf edge"))
        self.price.set_caption(self.tr("Price"))
        self.shelf_edge.clicked.connect(lambda: self.choose(DocumentKind.SHELF_EDGE_LABEL))
        self.price.clicked.connect(lambda: self.choose(DocumentKind.PRICE_LABEL))
        self.choose(self.kind)

    def choose(self, kind: DocumentKind) -> None:
        self.kind = kind
        is_shelf_edge = kind is DocumentKind.SHELF_EDGE_LABEL
        self.shelf_edge.set_variant(Variant.CHOSEN if is_shelf_edge else Variant.SECONDARY)
        self.price.set_variant(Variant.SECONDARY if is_shelf_edge else Variant.CHOSEN)
        self.preview.show_text(printed_text(self._label(kind), _COLUMNS))
        self.entry.setFocus()


def _copies(text: str) -> int | None:
    """1 to MOST_LABELS."""
    copies = int(text) if text.isascii() and text.isdigit() else 0
    return copies if 1 <= copies <= MOST_LABELS else None
