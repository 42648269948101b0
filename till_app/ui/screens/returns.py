"""Goods that come back: the receipt brings the sale, the operator picks how many of what."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember, Unit
from till_app.domain.returns import ReturnableLine
from till_app.domain.sale import Sale
from till_app.services.returns import ReturnableSale
from till_app.ui.screens.document_flow import DocumentFlow, has_goods
from till_app.ui.screens.parts import words
from till_app.ui.screens.return_flow import ReturnFlow
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.action_button import ActionButton, PayButton
from till_app.ui.widgets.painted_list import PaintedList
from till_app.ui.widgets.painting import RIGHT, draw_box, draw_text


class ReturnRow:
    """A sold line and how much of it is picked to come back."""

    def __init__(self, source: ReturnableLine, picked_milli: int, sold_text: str, picked_text: str) -> None:
        self.source = source
        self.picked_milli = picked_milli
        self.sold_text = sold_text
        self.picked_text = picked_text


class ReturnList(PaintedList[ReturnRow]):
    """The lines of a sale; what is picked stands at the right."""

    def row_height(self, row: ReturnRow, tokens: Tokens) -> int:
        return round(tokens.height.touch * 1.4)

    def spoken_row(self, row: ReturnRow) -> str:
        return f"{row.source.line.name}, {row.sold_text}, {row.picked_text}"

    def paint_row(
        self, painter: QPainter, rect: QRect, row: ReturnRow, is_current: bool, tokens: Tokens
    ) -> None:
        colours, space = tokens.colours, tokens.space
        if is_current or row.picked_milli:
            draw_box(painter, QRectF(rect), 0, colours.accent_soft)
        room = rect.adjusted(space.l, space.s, -space.l, -space.s)
        upper = QRect(room.left(), room.top(), room.width() * 2 // 3, room.height() // 2)
        lower = QRect(room.left(), upper.bottom() + 1, upper.width(), room.height() // 2)
        right = QRect(upper.right(), room.top(), room.width() - upper.width(), room.height())
        ink = colours.text if row.source.left_milli else colours.text_muted
        draw_text(painter, upper, row.source.line.name, tokens.type.strong, ink)
        draw_text(painter, lower, row.sold_text, tokens.type.small, colours.text_muted)
        draw_text(
            painter,
            right,
            row.picked_text,
            tokens.type.amount,
            colours.text if row.picked_milli else colours.text_muted,
            RIGHT,
        )


class ReturnsScreen(QWidget):
    """Type or scan a receipt; tap a line once for each piece that came back."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._services = shell.services
        self._flow = ReturnFlow(shell, lambda: shell.go(ScreenName.SELL), self)
        self._found: ReturnableSale | None = None
        self._picked: dict[int, int] = {}
        self._number = QLineEdit()
        self._number.setPlaceholderText(self.tr("Scan the receipt's barcode, or type its number"))
        self._number.setAccessibleName(self.tr("Receipt number"))
        self._number.returnPressed.connect(self._on_number)
        self._heading = words("", "title")
        self._hint = words(
            self.tr("No receipt? Scan the goods that came back: a supervisor then approves."), "body", "muted"
        )
        self._hint.setWordWrap(True)
        self._list = ReturnList()
        self._list.row_chosen.connect(self.on_row_chosen)
        back = ActionButton(self.tr("Back to the basket"), "Esc")
        back.clicked.connect(lambda: self._shell.go(ScreenName.SELL))
        self._none = ActionButton(self.tr("None"), "F3")
        self._none.clicked.connect(lambda: self._pick({}))
        self._all = ActionButton(self.tr("Everything"), "F4")
        self._all.clicked.connect(self.on_everything)
        self._documents = DocumentFlow(shell, self)
        self.gift = self._documents.gift_button()
        self.gift.clicked.connect(lambda: self._with_sale(self._documents.gift_receipt))
        self.pick_up = self._documents.pick_up_button()
        self.pick_up.clicked.connect(lambda: self._with_sale(self._documents.pick_up_slip))
        self._take = PayButton(self.tr("Return these"), "F6")
        self._take.clicked.connect(self.on_take)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(back, 1)
        self._buttons.addWidget(self._none, 1)
        self._buttons.addWidget(self._all, 1)
        self._buttons.addWidget(self._take, 3)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self._number)
        self._heading.setWordWrap(True)
        self._top = QHBoxLayout()
        self._top.addWidget(self._heading, 1)
        for button in (self.gift, self.pick_up):
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self._top.addWidget(button)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self._hint)
        self._layout.addWidget(self._list, 1)
        self._layout.addLayout(self._buttons)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    # ------------------------------------------------------------------ the screen

    @property
    def picked_texts(self) -> list[str]:
        return [row.picked_text for row in self._list.rows]

    @property
    def heading_text(self) -> str:
        return self._heading.text()

    def entered(self) -> None:
        self._found = None
        self._number.clear()
        self._pick({})
        self._number.setFocus()

    def scanned(self, text: str) -> None:
        found = self._services.selling.look_up(text)
        if isinstance(found, tuple):
            self._flow.take_back(found)
        else:
            self.bring_back(text)

    def _on_number(self) -> None:
        self._shell.attempt(lambda _approver: self.bring_back(self._number.text()))

    def bring_back(self, typed: str) -> None:
        """Show the sale of a receipt number or a scanned receipt barcode."""
        found = self._services.returns.find(typed)
        if found is None:
            self._shell.say(
                Tone.BAD,
                self.tr(
                    "This till has no receipt {number}. Check the number; without it, scan the goods."
                ).format(number=typed.strip()),
            )
            self._number.selectAll()
            return
        self._found = found
        self._number.setText(found.sale.receipt_number)
        self._pick({})
        self._list.set_current(0)
        self._list.setFocus()

    def _pick(self, picked: Mapping[int, int]) -> None:
        self._picked = dict(picked)
        found, formatter = self._found, self._shell.formatter
        heading = ""
        if found is not None and found.is_gift:
            heading = self.tr("Gift receipt {number} · whoever brings it may not know the price")
        elif found is not None:
            heading = self.tr("Receipt {number} · {total}")
        if found is not None:
            total = formatter.amount(found.sale.total_minor)
            heading = heading.format(number=found.sale.receipt_number, total=total)
        self._heading.setText(heading)
        for button in (self.gift, self.pick_up):
            button.setVisible(found is not None and has_goods(found.sale))
        self._hint.setVisible(found is None)
        self._list.setVisible(found is not None)
        rows = [self._row(source) for source in found.lines] if found else []
        self._list.show_rows(rows, self._list.current if rows and self._list.current >= 0 else None)
        self._take.setEnabled(bool(self._picked))
        self._all.setEnabled(found is not None and not found.is_exhausted)
        self._none.setEnabled(bool(self._picked))

    def _row(self, source: ReturnableLine) -> ReturnRow:
        formatter, line = self._shell.formatter, source.line
        sold_text = self.tr("{sold} sold at {amount}").format(
            sold=formatter.quantity(line.quantity_milli), amount=formatter.amount(line.gross_minor)
        )
        if source.returned.quantity_milli:
            sold_text += self.tr(" · {back} came back already").format(
                back=formatter.quantity(source.returned.quantity_milli)
            )
        picked_milli = self._picked.get(line.line_number, 0)
        picked_text = (
            self.tr("{picked} back").format(picked=formatter.quantity(picked_milli))
            if picked_milli
            else self.tr("tap to return")
            if source.left_milli
            else self.tr("all came back")
        )
        return ReturnRow(source, picked_milli, sold_text, picked_text)

    # ------------------------------------------------------------------ what is pressed

    def on_row_chosen(self, index: int) -> None:
        """One more piece; a weighed line comes back whole; past the last it begins again at none."""
        source = self._list.rows[index].source
        number = source.line.line_number
        step_milli = source.left_milli if source.line.unit is Unit.KILOGRAM else 1000
        picked_milli = self._picked.get(number, 0) + step_milli
        picked = {key: value for key, value in self._picked.items() if key != number}
        if picked_milli <= source.left_milli and source.left_milli:
            picked[number] = picked_milli
        self._pick(picked)

    def on_everything(self) -> None:
        if self._found is not None:
            self._pick(
                {
                    source.line.line_number: source.left_milli
                    for source in self._found.lines
                    if source.left_milli > 0
                }
            )

    def _with_sale(self, act: Callable[[Sale], object]) -> None:
        if self._found is not None:
            act(self._found.sale)

    def on_take(self) -> None:
        found, picked = self._found, dict(self._picked)
        if found is None or not picked:
            return

        def take_back(approver: StaffMember | None) -> None:
            self._services.returns.add(found.sale.uuid, picked, approver)
            self._shell.go(ScreenName.SELL)

        self._shell.attempt(take_back)

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._layout.setContentsMargins(space.xl, space.l, space.xl, space.l)
        self._layout.setSpacing(space.m)
        self._buttons.setSpacing(space.s)
        self._top.setSpacing(space.s)
