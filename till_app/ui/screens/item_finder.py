"""Finds an item by scan, code or name, for screens that do something else with it than sell it."""

from PySide6.QtCore import QObject, Signal

from till_app.services.scanning import Misread, Pending, ReceiptScanned, Unknown
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.presenting import item_choice
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.search_box import SearchBox

_MOST_RESULTS = 40


class ItemFinder(QObject):
    """Says what is wrong with a code; asks which item when it fits several."""

    found = Signal(object)
    """Pending: the item, and how much of it the code stands for."""

    def __init__(self, shell: Shell, search: SearchBox, parent: QObject) -> None:
        """`search` is answered, too."""
        super().__init__(parent)
        self._shell = shell
        self._search = search
        search.query_changed.connect(self._on_query)
        search.result_chosen.connect(self._on_result)
        search.submitted.connect(self.look_up)

    def look_up(self, text: str) -> None:
        """A scanned or typed code."""
        self._search.dismiss()
        match self._shell.services.selling.look_up(text):
            case Unknown(code=code):
                words = self.tr("Unknown code {code}\nScan it again, or look for it by name.")
                self._shell.say(Tone.BAD, words.format(code=code))
            case Misread(code=code):
                self._shell.say(Tone.BAD, self.tr("Misread: scan it again\n{code}").format(code=code))
            case ReceiptScanned():
                self._shell.say(Tone.WARNING, self.tr("That is a receipt\nScan goods here."))
            case (single,):
                self.found.emit(single)
            case several:
                self._ask_which(several)

    def _ask_which(self, several: tuple[Pending, ...]) -> None:
        by_id = {each.item.item_id: each for each in several}
        panel = ChoosePanel(
            self.tr("Which one is it?"), [self._row(each) for each in several], "", self.tr("This one")
        )
        panel.chosen.connect(lambda item_id: self.found.emit(by_id[item_id]))
        self._shell.ask(panel)

    def _on_query(self, text: str) -> None:
        items = self._shell.services.catalogue.search(text, _MOST_RESULTS)
        rows = [self._row(Pending(item, item.item_code)) for item in items]
        self._search.show_results(text, rows, is_first_chosen=not text.isdigit())

    def _on_result(self, item_id: str) -> None:
        item = self._shell.services.catalogue.item(item_id)
        if item is not None:
            self.found.emit(Pending(item, item.item_code))

    def _row(self, pending: Pending) -> ChoiceRow:
        services, item = self._shell.services, pending.item
        return item_choice(
            item,
            services.selling.price_of(item),
            services.catalogue.stock(item.item_id),
            self._shell.formatter,
        )
