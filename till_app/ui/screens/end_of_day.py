"""The end of the day: count the drawer blind, see what it should hold, read the X, close with the Z."""

from collections.abc import Mapping

from PySide6.QtCore import QDateTime, QRect, QRectF, QSize, Qt, QTimeZone
from PySide6.QtGui import QIntValidator, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.domain.catalogue import StaffMember
from till_app.domain.reports import SessionReport, counted_minor
from till_app.domain.session import MovementKind
from till_app.domain.tender import TenderKind
from till_app.services.report_printouts import custody_words
from till_app.ui.screens.parts import Card, FigureTable, words
from till_app.ui.screens.terminal_settlement import TerminalSettlement
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import tr
from till_app.ui.widgets.action_button import ActionButton, PayButton
from till_app.ui.widgets.fitted_label import FittedLabel
from till_app.ui.widgets.painting import RIGHT, draw_box, draw_text

MOST_PIECES = 9999
FIELD_WIDTH = 84
"""In pixels at 100 %."""


class CountSheet(QWidget):
    """Pieces of each note and coin, and what they come to."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formatter = shell.formatter
        self._fields: dict[int, QLineEdit] = {}
        self._sums: dict[int, FittedLabel] = {}
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        grid.setContentsMargins(0, 0, current_theme().tokens.space.s, 0)
        grid.setHorizontalSpacing(current_theme().tokens.space.m)
        grid.setColumnStretch(2, 1)
        for row, denomination in enumerate(self._formatter.currency.denominations_minor):
            field = QLineEdit()
            field.setValidator(QIntValidator(0, MOST_PIECES, field))
            field.setAlignment(Qt.AlignmentFlag.AlignCenter)
            field.setPlaceholderText("0")
            field.setProperty("compact", True)
            field.setFixedWidth(round(FIELD_WIDTH * current_theme().tokens.scale))
            name = self._formatter.denomination(denomination)
            field.setAccessibleName(self.tr("Pieces of {denomination}").format(denomination=name))
            field.textChanged.connect(lambda _text: self._show_sums())
            field.returnPressed.connect(lambda current=row: self._go_on_from(current))
            total = FittedLabel("", "strong", align=RIGHT)
            grid.addWidget(words(name), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(total, row, 2)
            self._fields[denomination] = field
            self._sums[denomination] = total
        self._total = FittedLabel("", "large", align=RIGHT, lead=self.tr("Counted"))
        inner = QWidget()
        inner.setProperty("ground", "surface")
        inner.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._total)
        self._show_sums()

    @property
    def pieces(self) -> Mapping[int, int]:
        """By denomination in minor units; those left empty are none."""
        return {
            denomination: int(field.text()) if field.text().isdigit() else 0
            for denomination, field in self._fields.items()
        }

    def field(self, denomination_minor: int) -> QLineEdit:
        return self._fields[denomination_minor]

    def clear(self) -> None:
        for field in self._fields.values():
            field.clear()

    def focus_first(self) -> None:
        next(iter(self._fields.values())).setFocus()

    def set_locked(self, is_locked: bool) -> None:
        for field in self._fields.values():
            field.setReadOnly(is_locked)

    def _go_on_from(self, row: int) -> None:
        fields = list(self._fields.values())
        fields[min(row + 1, len(fields) - 1)].setFocus()

    def _show_sums(self) -> None:
        pieces = self.pieces
        for denomination, label in self._sums.items():
            label.set_text(self._formatter.amount(denomination * pieces[denomination]))
        self._total.set_text(self._formatter.amount(counted_minor(pieces)))


class HourBars(QWidget):
    """Sales by hour as bars, largest at full height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours: list[tuple[int, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_hours(self, sold_by_hour_minor: Mapping[int, int]) -> None:
        """Hours are local, 0–23."""
        self._hours = sorted(sold_by_hour_minor.items())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(110 * current_theme().tokens.scale))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        if self._hours:
            most = max(1, *(amount for _hour, amount in self._hours))
            width = min(self.width() // len(self._hours), round(64 * tokens.scale))
            foot = round(20 * tokens.scale)
            for index, (hour, amount_minor) in enumerate(self._hours):
                height = max(2, round((self.height() - foot) * max(amount_minor, 0) / most))
                left = index * width
                bar = QRectF(left + width * 0.15, self.height() - foot - height, width * 0.7, height)
                draw_box(painter, bar, tokens.radius.s / 2, tokens.colours.accent)
                draw_text(
                    painter,
                    QRect(left, self.height() - foot, width, foot),
                    str(hour),
                    tokens.type.caption,
                    tokens.colours.text_muted,
                    Qt.AlignmentFlag.AlignCenter,
                )
        painter.end()


class EndOfDayScreen(QWidget):
    """The expected cash is shown only after the count: a blind count is an honest one. One button at a
    time asks to be pressed: first that the count is done, then that the day is closed."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._services = shell.services
        self._report: SessionReport | None = None
        self._is_counted = False
        self._left = QFrame()
        self._left.setProperty("ground", "surface")
        self._count = CountSheet(shell)
        self._count_done = PayButton(self.tr("The count is done"), "F4")
        self._count_done.clicked.connect(self.on_count_done)
        self._left_layout = QVBoxLayout(self._left)
        self._left_layout.addWidget(words(self.tr("Count the drawer"), "title"))
        self.open_drawer = ActionButton(self.tr("Open the drawer"), "F2", note=self.tr("to count it"))
        self.open_drawer.clicked.connect(self.on_open_drawer)
        self._left_layout.addWidget(self.open_drawer)
        if not self._services.drawer.is_set_up:  # what is shown before it has a parent opens as a window
            self.open_drawer.hide()
        self._left_layout.addWidget(self._count, 1)
        self._cash, self._today, self._vat = FigureTable(), FigureTable(), FigureTable()
        self._hours = HourBars()
        cards = QGridLayout()
        cards.addWidget(Card(self.tr("Cash"), self._cash), 0, 0)
        cards.addWidget(Card(self.tr("Sales by hour"), self._hours), 0, 1)
        cards.addWidget(Card(self.tr("Today"), self._today), 1, 0)
        cards.addWidget(Card(self.tr("VAT and tenders"), self._vat), 1, 1)
        self._cards = cards
        inner = QWidget()
        inner.setLayout(cards)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        back = ActionButton(self.tr("Back"), "Esc")
        back.clicked.connect(lambda: self._shell.go(ScreenName.SELL))
        x_report = ActionButton(self.tr("X report"), "F3", icon="printer")
        x_report.clicked.connect(self.on_x_report)
        self._close = PayButton(self.tr("Close the day"), "F9")
        self._close.clicked.connect(self.on_close)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(back, 1)
        self._buttons.addWidget(x_report, 1)
        self._settlement = TerminalSettlement(shell, self)
        self._buttons.addWidget(self._settlement.button, 1)
        self._buttons.addWidget(self._count_done, 2)
        self._buttons.addWidget(self._close, 2)
        right = QWidget()
        self._right_layout = QVBoxLayout(right)
        self._right_layout.addWidget(scroll, 1)
        self._right_layout.addLayout(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._left, 30)
        layout.addWidget(right, 70)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    @property
    def count(self) -> CountSheet:
        return self._count

    @property
    def tells_figures(self) -> bool:
        return any(figure for table in (self._today, self._vat) for _name, figure, _tone in table.rows)

    @property
    def cash_text(self) -> str:
        """The cash card's rows, a line each."""
        return "\n".join(f"{name} {figure}".strip() for name, figure, _tone in self._cash.rows)

    def entered(self) -> None:
        self._is_counted = False
        self._count.clear()
        self._count.set_locked(False)
        self._count.focus_first()
        self._read()

    def payment_heard(self) -> None:
        self._settlement.payment_heard()

    def scanned(self, _text: str) -> None:
        self._shell.say(Tone.BAD, self.tr("Not added. Go back to the basket first, then scan it again."))

    def _read(self) -> None:
        report = self._services.reporting.read()
        self._report = report
        self._show_cash(report)
        self._show_figures(report)
        self._settlement.read()
        self._hours.show_hours(
            {_local_hour(hour): amount for hour, amount in report.sold_by_hour_minor.items()}
        )
        self._close.setVisible(self._is_counted)
        self._count_done.setVisible(not self._is_counted)

    def _show_figures(self, report: SessionReport) -> None:
        """Today's figures would tell what is in the drawer."""
        if not self._is_counted:
            for table in (self._today, self._vat):
                table.show_rows([(self.tr("Shown when the count is done."), "", "muted")])
            return
        formatter = self._shell.formatter
        self._today.show_rows(
            [
                (
                    self.tr("Sales, {count}").format(count=report.sale_count),
                    formatter.amount(report.sold_minor),
                    "",
                ),
                (
                    self.tr("Returns, {count}").format(count=report.return_count),
                    formatter.amount(report.returned_minor),
                    "",
                ),
                (self.tr("Discounts"), formatter.amount(-report.savings_minor), ""),
                (self.tr("Average sale"), formatter.amount(report.average_minor), ""),
                (self.tr("Voided lines and baskets"), f"{report.voided_lines} · {report.voided_baskets}", ""),
                (self.tr("No sales"), str(report.no_sales), ""),
            ]
        )
        tender_names = {TenderKind.CASH: self.tr("Cash"), TenderKind.CARD: self.tr("Card")}
        self._vat.show_rows(
            [
                *[
                    (
                        self.tr("{code} {rate} on {gross}").format(
                            code=tax.vat_code,
                            rate=formatter.percent(tax.rate_bp),
                            gross=formatter.amount(tax.gross_minor),
                        ),
                        formatter.amount(tax.tax_minor),
                        "",
                    )
                    for tax in report.tax_lines
                ],
                ("", "", ""),
                *[
                    (
                        f"{tender_names[tender.kind]}, {tender.count}",
                        formatter.amount(tender.amount_minor),
                        "",
                    )
                    for tender in report.tenders
                ],
            ]
        )

    def _show_cash(self, report: SessionReport) -> None:
        formatter = self._shell.formatter
        if not self._is_counted:
            self._cash.show_rows([(self.tr("Shown when the count is done."), "", "muted")])
            return
        names = {
            MovementKind.FLOAT: self.tr("Float at opening"),
            MovementKind.TENDER: self.tr("Cash taken"),
            MovementKind.CHANGE: self.tr("Change given"),
            MovementKind.REFUND: self.tr("Cash refunds"),
            MovementKind.LOAN: self.tr("Loans"),
            MovementKind.PICK_UP: self.tr("Lifted to the safe"),
            MovementKind.PAID_IN: self.tr("Paid in"),
            MovementKind.PAID_OUT: self.tr("Paid out"),
        }
        difference_minor = counted_minor(self._count.pieces) - report.expected_cash_minor
        difference = formatter.amount(difference_minor)
        self._cash.show_rows(
            [
                *[
                    (names[kind], formatter.amount(amount), "")
                    for kind, amount in report.movements_minor.items()
                ],
                ("", "", ""),
                (self.tr("Expected"), formatter.amount(report.expected_cash_minor), ""),
                (self.tr("Over"), difference, "warn")
                if difference_minor > 0
                else (self.tr("Short"), difference, "bad")
                if difference_minor < 0
                else (self.tr("Difference"), difference, "good"),
            ]
        )

    def on_count_done(self) -> None:
        self._is_counted = True
        self._count.set_locked(True)
        self._read()
        self._close.setFocus()

    def on_open_drawer(self) -> None:
        self._shell.attempt(self._services.cash_control.open_to_count)

    def on_x_report(self) -> None:
        def read(approver: StaffMember | None) -> None:
            reporting = self._services.reporting
            reporting.x_report(approver)
            if reporting.last_document is not None:
                words = self.tr("The X report is on its way to the printer.")
                self._shell.delivered(reporting.last_document, words)

        self._shell.attempt(read)

    def on_close(self) -> None:
        pieces = dict(self._count.pieces)

        def close(approver: StaffMember | None) -> None:
            z = self._services.reporting.close_day(pieces, approver)
            self._services.sign_on.sign_off()
            self._shell.go(ScreenName.SIGN_ON)
            title = self.tr("The day is closed: Z report {number}").format(number=z.z_number)
            custody = custody_words(z, lambda text: tr("Receipt", text))
            tone = Tone.GOOD if z.chain_broken_at is None else Tone.BAD
            self._shell.say(tone, f"{title}\n{custody}")

        self._shell.attempt(close)

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._left_layout.setContentsMargins(space.xl, space.l, space.l, space.l)
        self._left_layout.setSpacing(space.m)
        self._right_layout.setContentsMargins(space.xl, space.l, space.xl, space.l)
        self._right_layout.setSpacing(space.m)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(space.l)
        self._buttons.setSpacing(space.m)


def _local_hour(utc_hour: int) -> int:
    now = QDateTime.currentDateTimeUtc()
    at_hour = QDateTime(now.date(), now.time(), QTimeZone.utc())
    at_hour = at_hour.addSecs((utc_hour - now.time().hour()) * 3600)
    return at_hour.toLocalTime().time().hour()
