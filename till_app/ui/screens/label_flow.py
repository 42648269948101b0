"""Prints labels of an item: which item, which label, how many."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from till_app.domain.catalogue import Item
from till_app.domain.errors import DomainError
from till_app.domain.receipt_templates import DocumentKind
from till_app.services.scanning import Misread, ReceiptScanned, Unknown
from till_app.ui.panels.find_item import FindItemPanel
from till_app.ui.panels.label import LabelPanel
from till_app.ui.presenting import item_choice
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.choice_list import ChoiceRow

_MOST_RESULTS = 40


class LabelFlow(QObject):
    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell

    @property
    def is_possible(self) -> bool:
        """A printer is set up that takes labels."""
        return self._shell.services.documents.can_print_labels

    def begin(self) -> None:
        """With the question which item it is."""
        if not self.is_possible:
            self._shell.say(
                Tone.WARNING,
                self.tr("No printer is set up for labels\nThe installer adds one under Set up the till."),
            )
            return
        catalogue = self._shell.services.catalogue
        panel = FindItemPanel(
            self.tr("Print a label of what?"),
            lambda text: catalogue.search(text, _MOST_RESULTS),
            self._scanned,
            self._row,
        )
        panel.chosen.connect(self.ask)
        self._shell.ask(panel)

    def ask(self, item: Item) -> None:
        """Which label of this item, and how many."""

        def action(_approver: object) -> None:
            documents = self._shell.services.documents
            documents.label(item, DocumentKind.SHELF_EDGE_LABEL)  # refuses an item that has no price
            panel = LabelPanel(item.name, lambda kind: documents.label(item, kind))
            panel.accepted.connect(lambda copies: self._print(item, panel.kind, copies))
            self._shell.ask(panel)

        self._shell.attempt(action)

    def _print(self, item: Item, kind: DocumentKind, copies: int) -> None:
        def action(_approver: object) -> None:
            job = self._shell.services.documents.print_labels(item, kind, copies)
            self._shell.say(Tone.GOOD, self.tr("On its way to the printer: {title}").format(title=job.title))

        self._shell.attempt(action)

    def _scanned(self, text: str) -> Sequence[Item]:
        try:
            found = self._shell.services.selling.look_up(text)
        except DomainError:
            return ()
        if isinstance(found, Unknown | Misread | ReceiptScanned):
            return ()
        return tuple({each.item.item_id: each.item for each in found}.values())

    def _row(self, item: Item) -> ChoiceRow:
        services = self._shell.services
        price = services.selling.price_of(item)
        return item_choice(item, price, services.catalogue.stock(item.item_id), self._shell.formatter)
