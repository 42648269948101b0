"""Pages put together from the widgets with plausible data, to be looked at and measured; no services."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from till_app.domain.currency import GBP
from till_app.ui.formatting import Formatter
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.action_row import ActionRow
from till_app.ui.widgets.amount_entry import AmountEntry, QuantityEntry
from till_app.ui.widgets.banner import Banner, BannerAction, BannerMessage, BannerTone
from till_app.ui.widgets.basket_view import BasketRow, BasketView, RowTone
from till_app.ui.widgets.chip_row import Chip, ChipRow
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.fitted_label import FittedLabel
from till_app.ui.widgets.num_pad import NumPad, PadCorner
from till_app.ui.widgets.overlay_panel import OverlayHost, OverlayPanel
from till_app.ui.widgets.pin_pad import PinPad
from till_app.ui.widgets.quick_key_grid import QuickKeyGrid, QuickKeyTile
from till_app.ui.widgets.receipt_preview import ReceiptPreview
from till_app.ui.widgets.search_box import SearchBox
from till_app.ui.widgets.top_bar import StatusState, StatusTone, TopBar
from till_app.ui.widgets.totals_panel import Totals, TotalsPanel

ROWS = [
    BasketRow("2", "Semi-skimmed milk 2L", "5000128104517", "", "£3.30"),
    BasketRow("1", "Sourdough loaf 800g", "in-store 200011", "", "£3.20"),
    BasketRow("0.412", "Mature cheddar", "weighed · £9.50 /kg", "", "£3.91"),
    BasketRow("3", "Porridge oats 1kg", "5000108022176", "3 for 2 −£1.45", "£4.35", RowTone.SAVING),
    BasketRow("1", "Newspaper", "void line", "", "£1.50", RowTone.VOID),
    BasketRow(
        "−1", "Filter coffee, a name too long for one line 250g", "return", "", "−£2.60", RowTone.RETURN
    ),
    BasketRow("1", "Red wine 75cl", "age checked 25+", "", "£8.75"),
]

TILES = [
    ("Sourdough loaf", "£3.20", "12 left", "#e8d8b8"),
    ("Semi-skimmed 2L", "£1.65", "48 left", "#d7e5f3"),
    ("Free-range eggs 6", "£2.10", "31 left", ""),
    ("Bananas, loose", "£0.18 each", "", "#f4e8a8"),
    ("Carrier bag", "£0.30", "200 left", ""),
    ("Mature cheddar", "£9.50 /kg", "weigh", "#f2dca0"),
    ("Tomatoes, vine", "£3.40 /kg", "weigh", "#f0b8ae"),
    ("Filter coffee", "£2.60", "", "#ccb8a4"),
    ("Croissant", "£1.80", "9 left", ""),
    ("Porridge oats 1kg", "£1.45", "22 left", "#e8dccb"),
    ("Red wine 75cl", "£8.75", "18 left", "#c8a2aa"),
    ("Lager 4 × 440ml", "£5.20", "40 left", ""),
    ("Birthday card", "£2.99", "15 left", "#e6c5de"),
    ("Newspaper", "£1.50", "7 left", ""),
    ("Gift card", "any value", "", "#bfd9cd"),
    ("Washed baby potatoes", "£1.10", "4 left", ""),
]

RECEIPT = """\
          HIGH STREET STORES
     12 High Street, Anytown AB1 2CD
        VAT No GB 123 4567 89

Semi-skimmed milk 2L
  2 x £1.65                     £3.30 Z
Sourdough loaf 800g             £3.20 Z
Red wine 75cl                   £8.75 A
-----------------------------------------
TOTAL                          £15.25
Cash                           £20.00
CHANGE                          £4.75

VAT A 20 %   gross £8.75  VAT £1.46

Till 2  Sale 2-004182  24 Nov 2026 14:32
"""


class Scene(QWidget):
    """A page under the top bar."""

    def __init__(self, operator: str, states: list[StatusState]) -> None:
        super().__init__()
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.top_bar = TopBar()
        self.top_bar.show_place("High Street", "Till 2")
        self.top_bar.show_operator(operator)
        self.top_bar.show_time("14:32")
        self.top_bar.show_states(states)
        self.page = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.top_bar)
        outer.addWidget(self.page, 1)


class SellScene(Scene):
    def __init__(self) -> None:
        super().__init__(
            "Cashier 12",
            [
                StatusState("hub", "Online · all sales sent", StatusTone.GOOD, "wifi"),
                StatusState("printer", "Printer", StatusTone.GOOD, "printer"),
                StatusState("scanner", "Scanner", StatusTone.GOOD, "scan-barcode"),
                StatusState("scale", "Scale: zero it", StatusTone.WARN, "scale"),
            ],
        )
        space = current_theme().tokens.space
        left = QWidget()
        left.setProperty("ground", "surface")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.basket = BasketView()
        self.totals = TotalsPanel()
        self.totals.show_totals(Totals("Items 8", "−£1.45", "£1.46", "£22.06"))
        self.pay = PayButton("Pay", "Space")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.basket, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(space.l, space.m, space.l, space.l)
        foot.setSpacing(space.m)
        foot.addWidget(self.totals)
        foot.addWidget(self.pay)
        column.addLayout(foot)
        self.banner = Banner()
        self.search = SearchBox()
        self.chips = ChipRow()
        names = (
            "Quick keys",
            "Bakery",
            "Dairy",
            "Fruit & veg",
            "Drinks",
            "Cards & gifts",
            "Household",
            "All…",
        )
        self.chips.show_chips([Chip(name, name) for name in names])
        self.grid = QuickKeyGrid()
        self.grid.show_tiles([tile(*words) for words in TILES])
        self.action_row = ActionRow(
            [
                ActionButton(caption, key)
                for caption, key in (
                    ("Quantity", "F2"),
                    ("Discount", "F3"),
                    ("Void line", "Del"),
                    ("Customer", "F4"),
                    ("Return", "F6"),
                    ("Park · 1", "F7"),
                    ("No sale", "F8"),
                    ("More", "F9"),
                )
            ]
        )
        self.action_row.buttons[4].setEnabled(False)
        right = QVBoxLayout()
        right.setContentsMargins(space.l, space.m, space.l, space.l)
        right.setSpacing(space.m)
        for widget in (self.banner, self.search, self.chips):
            right.addWidget(widget)
        right.addWidget(self.grid, 1)
        right.addWidget(self.action_row)
        layout = QHBoxLayout(self.page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left, 38)
        layout.addLayout(right, 62)
        self.host = OverlayHost(self)
        self.basket.show_rows(ROWS, len(ROWS) - 1)

    def show_trouble(self) -> None:
        """On a low screen the message takes the room of the departments while it stands."""
        is_low = self.height() < 560 * current_theme().tokens.scale
        self.chips.setVisible(not is_low)
        self.banner.show_message(
            BannerMessage(
                BannerTone.WARN,
                "Receipt 1042 waits: the printer is out of paper",
                "The sale is saved. Put a new roll in, or choose another way.",
                (BannerAction("skip", "Skip"), BannerAction("other", "Other printer")),
            )
        )

    def show_search(self) -> None:
        self.search.setText("milk")
        self.search.show_results(
            "milk",
            [
                ChoiceRow("1", "Semi-skimmed milk 2L", "5000128104517 · Dairy", "£1.65"),
                ChoiceRow("2", "Whole milk 1L", "5000128104524 · Dairy", "£1.15"),
                ChoiceRow("3", "Milk chocolate 100g", "7622210449283 · Confectionery", "£2.00"),
            ],
        )

    def ask_weight(self) -> OverlayPanel:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        entry = QuantityEntry("kg")
        pad = NumPad(PadCorner.POINT)
        pad.setMinimumHeight(4 * current_theme().tokens.height.touch + 40)
        pad.key_pressed.connect(entry.press)
        for key in "0.412":
            entry.press(key)
        column.addWidget(entry)
        column.addWidget(pad, 1)
        panel = OverlayPanel("How heavy are the tomatoes?", body, detail="£3.40 per kg, typed by hand")
        panel.add_button(ActionButton("Back", "Esc")).clicked.connect(panel.dismiss)
        panel.add_button(ActionButton("Add", "Return", Variant.PRIMARY)).clicked.connect(panel.close_panel)
        self.host.open_panel(panel)
        return panel

    def ask_pin(self) -> PinPad:
        pin = PinPad()
        panel = OverlayPanel("Supervisor's PIN", pin, detail="For a discount of more than 10 %", width=340)
        self.host.open_panel(panel)
        pin.show_refusal("That PIN is not right")
        for key in ("1", "2"):
            pin.pad.key_pressed.emit(key)
        return pin


class TenderScene(Scene):
    def __init__(self) -> None:
        super().__init__(
            "Cashier 12",
            [
                StatusState("hub", "Offline · 14 sales waiting since 14:05", StatusTone.WARN, "wifi-off"),
                StatusState("printer", "Printer: no answer", StatusTone.BAD, "printer"),
            ],
        )
        space = current_theme().tokens.space
        formatter = Formatter(GBP)
        self.receipt = ReceiptPreview()
        self.receipt.show_text(RECEIPT)
        middle = QVBoxLayout()
        middle.setSpacing(space.m)
        to_pay = QLabel("To pay")
        to_pay.setProperty("type", "title")
        to_pay.setProperty("tone", "muted")
        middle.addWidget(to_pay)
        self.due = FittedLabel("£12.06", "hero")
        middle.addWidget(self.due)
        tenders = QGridLayout()
        tenders.setSpacing(space.s)
        names = (
            ("Cash", "F1", "", "banknote"),
            ("Card", "F2", "keyed by hand", "credit-card"),
            ("Gift card", "F3", "needs the hub", "tag"),
            ("Voucher", "F4", "", "receipt"),
        )
        for index, (caption, key, note, icon) in enumerate(names):
            button = ActionButton(caption, key, note=note, icon=icon)
            if index == 0:
                button.set_variant(Variant.CHOSEN)
            if index == 2:
                button.setEnabled(False)
            button.setMinimumHeight(current_theme().tokens.height.pay)
            tenders.addWidget(button, index // 2, index % 2)
        middle.addLayout(tenders)
        middle.addStretch(1)
        answers = QHBoxLayout()
        answers.addWidget(ActionButton("Back to the basket", "Esc", Variant.GHOST))
        answers.addWidget(ActionButton("Void basket", "", Variant.DANGER))
        middle.addLayout(answers)
        right = QVBoxLayout()
        right.setSpacing(space.m)
        self.entry = AmountEntry(formatter)
        self.entry.suggest_amount(2000)
        self.pad = NumPad()
        self.pad.key_pressed.connect(self.entry.press)
        self.take = PayButton("Take cash", "Return")
        right.addWidget(self.entry)
        right.addWidget(self.pad, 1)
        right.addWidget(self.take)
        layout = QHBoxLayout(self.page)
        layout.setContentsMargins(space.l, space.l, space.l, space.l)
        layout.setSpacing(space.xl)
        layout.addWidget(self.receipt, 34)
        layout.addLayout(middle, 36)
        layout.addLayout(right, 30)


def tile(label: str, price_text: str, sub_text: str, ground: str) -> QuickKeyTile:
    picture = None
    if ground:
        picture = QPixmap(400, 200)
        picture.fill(QColor(ground))
    return QuickKeyTile(label, label, price_text, sub_text, picture)
