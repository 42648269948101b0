"""How the widgets behave: keys, touch, signals, and what they paint again."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.scenes import ROWS, SellScene, tile
from till_app.domain.currency import GBP
from till_app.ui.formatting import Formatter
from till_app.ui.theme.theme import Theme, ThemeMode
from till_app.ui.theme.tokens import DARK_COLOURS, Tokens
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.action_row import ActionRow
from till_app.ui.widgets.amount_entry import AmountEntry, QuantityEntry
from till_app.ui.widgets.banner import Banner, BannerAction, BannerMessage, BannerTone
from till_app.ui.widgets.basket_view import BasketRow, BasketView
from till_app.ui.widgets.chip_row import Chip, ChipRow
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.key_hint import key_name
from till_app.ui.widgets.num_pad import BACKSPACE, NumPad
from till_app.ui.widgets.overlay_panel import OverlayHost, OverlayPanel
from till_app.ui.widgets.pin_pad import PinPad
from till_app.ui.widgets.quick_key_grid import QuickKeyGrid
from till_app.ui.widgets.quick_key_tile import cover_cropped
from till_app.ui.widgets.receipt_preview import ReceiptPreview
from till_app.ui.widgets.search_box import SearchBox
from till_app.ui.widgets.top_bar import StatusState, StatusTone, TopBar

Show = Callable[..., QWidget]


class PaintCountingBasket(BasketView):
    """Notes the name of each row that is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[str] = []

    def paint_row(
        self, painter: QPainter, rect: QRect, row: BasketRow, is_current: bool, tokens: Tokens
    ) -> None:
        self.painted.append(row.name)
        super().paint_row(painter, rect, row, is_current, tokens)


def _painted_after(basket: PaintCountingBasket, change: Callable[[], object]) -> list[str]:
    QApplication.processEvents()
    basket.painted.clear()
    change()
    QApplication.processEvents()
    return basket.painted


def _focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.fixture
def basket(show: Show) -> PaintCountingBasket:
    view = PaintCountingBasket()
    view.show_rows(ROWS, 0)
    show(view, 480, 600)
    return view


def test_one_changed_line_paints_one_row(basket: PaintCountingBasket) -> None:
    changed = [*ROWS]
    changed[1] = BasketRow("2", "Sourdough loaf 800g", "in-store 200011", "", "£6.40")
    assert _painted_after(basket, lambda: basket.show_rows(changed)) == ["Sourdough loaf 800g"]


def test_an_added_line_paints_itself_and_the_row_that_was_current(basket: PaintCountingBasket) -> None:
    longer = [*ROWS, BasketRow("1", "Croissant", "", "", "£1.80")]
    painted = _painted_after(basket, lambda: basket.show_rows(longer, len(ROWS)))
    assert painted == ["Semi-skimmed milk 2L", "Croissant"]


def test_the_same_lines_paint_nothing(basket: PaintCountingBasket) -> None:
    assert _painted_after(basket, lambda: basket.show_rows(list(ROWS))) == []


def test_an_emptied_basket_forgets_its_current_row(basket: PaintCountingBasket) -> None:
    basket.show_rows([])
    assert (basket.current, basket.current_row) == (-1, None)


def test_up_and_down_move_the_highlight_and_say_so(basket: PaintCountingBasket) -> None:
    moves: list[int] = []
    basket.current_changed.connect(moves.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Down):
        QTest.keyClick(basket, key)
    assert moves == [1, 2, 1, len(ROWS) - 1]


def test_a_touch_selects_the_row_under_it(basket: PaintCountingBasket) -> None:
    moves: list[int] = []
    basket.current_changed.connect(moves.append)
    QTest.mouseClick(basket.viewport(), Qt.MouseButton.LeftButton, pos=basket.row_rect(2).center())
    assert moves == [2]
    assert basket.current_row == ROWS[2]


def test_a_long_basket_scrolls_to_the_line_just_added(show: Show) -> None:
    view = BasketView()
    show(view, 480, 200)
    rows = [BasketRow("1", f"Item {number}", "", "", "£1.00") for number in range(100)]
    view.show_rows(rows, 99)
    assert view.viewport().rect().contains(view.row_rect(99))


def test_a_screen_reader_hears_the_current_row(basket: PaintCountingBasket) -> None:
    basket.set_current(3)
    assert basket.accessibleDescription() == "3, Porridge oats 1kg, 5000108022176, 3 for 2 −£1.45, £4.35"


def test_a_buttons_key_presses_it_at_once(show: Show) -> None:
    window = QWidget()
    column = QVBoxLayout(window)
    pressed: list[str] = []
    for button in (ActionButton("Quantity", "F2"), PayButton("Pay", "Space")):
        button.clicked.connect(lambda _checked=False, name=button.caption: pressed.append(name))
        column.addWidget(button)
    show(window)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F2)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    assert pressed == ["Quantity", "Pay"]


def test_a_disabled_button_ignores_its_key(show: Show) -> None:
    button = ActionButton("Return", "F6")
    pressed: list[bool] = []
    button.clicked.connect(pressed.append)
    button.setEnabled(False)
    show(button)
    QTest.keyClick(button.windowHandle(), Qt.Key.Key_F6)
    assert pressed == []


def test_an_ampersand_in_a_caption_is_a_letter_and_no_shortcut(show: Show) -> None:
    row = ChipRow()
    row.show_chips([Chip("fv", "Fruit &veg")])
    button = ActionButton("Cards &gifts")
    assert row.chip("fv").shortcut().isEmpty()
    assert button.shortcut().isEmpty()


def test_keys_are_named_as_they_are_engraved() -> None:
    assert [key_name(key) for key in ("Space", "Del", "F2", "Return", "Ctrl+F", "")] == [
        "Space",
        "Del",
        "F2",
        "↵",
        "Ctrl+F",
        "",
    ]


def test_buttons_take_a_second_line_before_a_caption_is_cut(show: Show) -> None:
    row = ActionRow([ActionButton(name, "F2") for name in ("Quantity", "Discount", "Void line", "Customer")])
    show(row, 900, 120)
    assert row.row_count == 1
    row.resize(200, 200)
    assert row.row_count == 2


def test_the_pad_and_the_keyboard_key_the_same_amount(show: Show) -> None:
    entry, pad = AmountEntry(Formatter(GBP)), NumPad()
    pad.key_pressed.connect(entry.press)
    show(entry)
    for caption in ("1", "2", "5", "0"):
        pad.key(caption).click()
    assert (entry.value, entry.shown_text) == (1250, "£12.50")
    pad.key(BACKSPACE).click()
    assert entry.value == 125
    entry.clear()
    QTest.keyClicks(entry, "12.5")
    assert (entry.value, entry.shown_text) == (1250, "£12.5")


def test_a_suggested_amount_gives_way_to_the_first_figure() -> None:
    entry = AmountEntry(Formatter(GBP))
    entry.suggest_amount(1206)
    assert entry.value == 1206
    entry.press("2")
    assert entry.value == 2


def test_what_is_no_number_cannot_be_keyed() -> None:
    entry = QuantityEntry("kg")
    for key in "0.4.125":
        entry.press(key)
    assert (entry.value, entry.shown_text) == (412, "0.412\u00a0kg")
    for key in "9999999999999":
        entry.press(key)
    assert entry.value == 412


def test_a_pin_leaves_once_and_is_forgotten(show: Show) -> None:
    pin = PinPad()
    entered: list[str] = []
    pin.pin_entered.connect(entered.append)
    show(pin, 320, 520)
    pin.setFocus()
    QTest.keyClicks(pin, "123")
    QTest.keyClick(pin, Qt.Key.Key_Return)
    assert entered == []
    QTest.keyClicks(pin, "4")
    QTest.keyClick(pin, Qt.Key.Key_Return)
    assert (entered, pin.length) == (["1234"], 0)
    pin.show_refusal("That PIN is not right")
    assert pin.message == "That PIN is not right"


def test_quick_keys_are_paged_and_say_which_was_chosen(show: Show) -> None:
    grid = QuickKeyGrid()
    grid.show_tiles([tile(f"Item {number}", "£1.00", "", "") for number in range(20)])
    show(grid, 900, 600)
    chosen: list[str] = []
    grid.tile_chosen.connect(chosen.append)
    assert (grid.tiles_per_page, grid.page_count) == (15, 2)
    grid.button_at(0).click()
    grid.turn_to(1)
    grid.button_at(4).click()
    assert chosen == ["Item 0", "Item 19"]
    assert not grid.button_at(5).isEnabled()


def test_a_smaller_page_of_quick_keys_keeps_every_tile_reachable(show: Show) -> None:
    grid = QuickKeyGrid()
    grid.show_tiles([tile(f"Item {number}", "£1.00", "", "") for number in range(20)])
    show(grid, 360, 330)
    assert grid.tiles_per_page < 15
    assert grid.tiles_per_page * grid.page_count >= 20


def test_arrows_walk_over_the_quick_keys_and_enter_chooses(show: Show) -> None:
    grid = QuickKeyGrid()
    grid.show_tiles([tile(f"Item {number}", "£1.00", "", "") for number in range(15)])
    show(grid, 900, 600)
    chosen: list[str] = []
    grid.tile_chosen.connect(chosen.append)
    grid.button_at(0).setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(_focused(), key)
    assert chosen == ["Item 6"]


def test_a_picture_fills_its_tile_without_being_stretched() -> None:
    picture = QPixmap(400, 100)
    picture.fill(QColor("red"))
    cropped = cover_cropped(picture, QSize(50, 50), 2.0)
    assert cropped.size() == QSize(100, 100)
    assert cropped.deviceIndependentSize().toSize() == QSize(50, 50)


def test_one_chip_is_chosen_and_too_many_can_be_reached(show: Show) -> None:
    row = ChipRow()
    row.show_chips([Chip(f"d{number}", f"Department {number}") for number in range(12)])
    show(row, 400, 60)
    chosen: list[str] = []
    row.chip_chosen.connect(chosen.append)
    assert (row.chosen, row.is_overflowing) == ("d0", True)
    row.chip("d0").setFocus()
    QTest.keyClick(row.chip("d0"), Qt.Key.Key_Right)
    assert (chosen, row.chosen) == (["d1"], "d1")
    row.choose("d11")
    last = row.chip("d11")
    assert row.rect().contains(last.mapTo(row, last.rect().center()))


def test_a_query_is_announced_once_typing_pauses_and_enter_takes_the_first_result(
    show: Show, qtbot: QtBot
) -> None:
    window = QWidget()
    search = SearchBox(parent=window)
    show(window)
    search.resize(400, 48)
    queries: list[str] = []
    chosen: list[str] = []
    search.query_changed.connect(queries.append)
    search.result_chosen.connect(chosen.append)
    search.setFocus()
    QTest.keyClicks(search, "milk")
    qtbot.waitUntil(lambda: bool(queries), timeout=1000)
    assert queries == ["milk"]
    search.show_results("mil", [ChoiceRow("0", "Late answer")])
    assert not search.is_showing_results
    search.show_results("milk", [ChoiceRow("1", "Milk 1L"), ChoiceRow("2", "Milk 2L")])
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert chosen == ["2"]
    assert (search.text(), search.is_showing_results) == ("", False)


def test_enter_before_any_result_hands_over_the_typed_code(show: Show) -> None:
    search = SearchBox()
    show(search)
    submitted: list[str] = []
    search.submitted.connect(submitted.append)
    QTest.keyClicks(search, "96385074")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert submitted == ["96385074"]


def test_a_banner_offers_next_steps_and_only_good_news_leaves_by_itself(show: Show) -> None:
    banner = Banner()
    show(banner, 700, 90)
    chosen: list[str] = []
    banner.action_chosen.connect(chosen.append)
    banner.show_message(
        BannerMessage(BannerTone.BAD, "No such code", "", (BannerAction("ask", "Ask the hub"),))
    )
    banner.buttons[0].click()
    assert (chosen, banner.is_leaving_by_itself) == (["ask"], False)
    banner.show_message(BannerMessage(BannerTone.GOOD, "Receipt printed"))
    assert (banner.buttons, banner.is_leaving_by_itself) == ([], True)
    banner.close_message()
    assert banner.isHidden()


class Page:
    """A page with a field and a shortcut below an overlay host."""

    def __init__(self, show: Show) -> None:
        self.window = QWidget()
        self.field = QLineEdit(self.window)
        self.pressed: list[str] = []
        below = ActionButton("Void", "F2", parent=self.window)
        below.clicked.connect(lambda: self.pressed.append("void"))
        self.host = OverlayHost(self.window)
        show(self.window, 800, 600)
        self.field.setFocus()

    def ask(self, title: str) -> tuple[OverlayPanel, QuantityEntry, ActionButton]:
        entry = QuantityEntry("kg")
        panel = OverlayPanel(title, entry, detail="£3.40 per kg")
        add = ActionButton("Add", "Return", Variant.PRIMARY)
        add.clicked.connect(panel.close_panel)
        panel.add_button(add)
        self.host.open_panel(panel)
        return panel, entry, add


def test_a_question_takes_the_keyboard_and_gives_it_back(show: Show) -> None:
    page = Page(show)
    _, entry, add = page.ask("Weight?")
    QApplication.processEvents()
    assert entry.hasFocus()
    add.click()
    assert not page.host.is_open
    assert page.field.hasFocus()


def test_tab_goes_round_inside_a_question(show: Show) -> None:
    page = Page(show)
    _, entry, add = page.ask("Weight?")
    focused = []
    for _ in range(3):
        QTest.keyClick(_focused(), Qt.Key.Key_Tab)
        focused.append(_focused())
    assert focused == [add, entry, add]


def test_keys_of_the_page_do_nothing_while_a_question_is_open(show: Show) -> None:
    page = Page(show)
    panel, _, _ = page.ask("Weight?")
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_F2)
    assert page.pressed == []
    panel.dismiss()
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_F2)
    assert page.pressed == ["void"]


def test_a_touch_beside_a_question_does_not_reach_the_page(show: Show) -> None:
    page = Page(show)
    page.ask("Weight?")
    assert page.window.childAt(QPoint(5, 5)) is page.host


def test_escape_dismisses_a_question_unless_it_must_be_answered(show: Show) -> None:
    page = Page(show)
    panel, _, _ = page.ask("Weight?")
    dismissed: list[bool] = []
    panel.dismissed.connect(lambda: dismissed.append(True))
    panel.is_dismissable = False
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_Escape)
    assert page.host.is_open
    panel.is_dismissable = True
    QTest.keyClick(page.window.windowHandle(), Qt.Key.Key_Escape)
    assert (page.host.is_open, dismissed) == (False, [True])


def test_a_second_question_waits_for_the_first(show: Show) -> None:
    page = Page(show)
    closed: list[bool] = []
    page.host.closed.connect(lambda: closed.append(True))
    first, _, _ = page.ask("Weight?")
    second, entry, _ = page.ask("Did receipt 1042 print?")
    assert page.host.panel is first
    first.close_panel()
    assert page.host.panel is second
    assert entry.hasFocus()
    assert closed == []
    second.close_panel()
    assert closed == [True]


def test_a_receipt_keeps_its_lines(show: Show) -> None:
    preview = ReceiptPreview()
    show(preview, 400, 300)
    preview.show_text("TOTAL  £15.25\nCash   £20.00\n")
    assert preview.text == "TOTAL  £15.25\nCash   £20.00"
    assert preview.paper_rect().width() <= preview.viewport().width()


def test_a_narrow_bar_drops_the_words_of_what_is_well_before_those_of_trouble(show: Show) -> None:
    bar = TopBar()
    bar.show_place("High Street", "Till 2")
    bar.show_operator("Cashier 12")
    bar.show_time("14:32")
    bar.show_states(
        [
            StatusState("hub", "Online · all sales sent", StatusTone.GOOD, "wifi"),
            StatusState("printer", "Printer out of paper", StatusTone.BAD, "printer"),
        ]
    )
    show(bar, 640, 48)
    assert bar.pill("hub").is_compact
    assert not bar.pill("printer").is_compact
    assert bar.pill("hub").accessibleName() == "Online · all sales sent"
    bar.resize(1200, 48)
    assert not bar.pill("hub").is_compact


def test_a_touched_pill_says_what_it_is_about(show: Show) -> None:
    bar = TopBar()
    pressed: list[str] = []
    bar.status_pressed.connect(pressed.append)
    bar.show_states([StatusState("hub", "Offline", StatusTone.WARN, "wifi-off")])
    show(bar, 800, 48)
    bar.pill("hub").click()
    bar.show_states([StatusState("hub", "Online", StatusTone.GOOD, "wifi")])
    assert pressed == ["hub"]
    assert bar.pill("hub").accessibleName() == "Online"


def test_a_change_of_theme_reaches_widgets_that_are_shown(show: Show, theme: Theme) -> None:
    scene = SellScene()
    show(scene, 1366, 768)
    touch_before = scene.pay.minimumHeight()
    theme.apply(ThemeMode.DARK, 1.5)
    QApplication.processEvents()
    image: QImage = scene.grab().toImage()
    assert image.pixelColor(image.width() - 2, image.height() - 2) == QColor(DARK_COLOURS.page)
    assert scene.pay.minimumHeight() == round(touch_before * 1.5)
