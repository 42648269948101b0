"""The customer's screen while somebody buys: lines, the line that changed last in large, and the total."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from till_app.services.device_status import CustomerMoment, CustomerView, ShownLine
from till_app.ui.customer_screen.drawing import cut_to, draw_fitted, draw_paragraph, draw_placeholder
from till_app.ui.customer_screen.lines_view import LinesView, PictureOf
from till_app.ui.customer_screen.sizes import ScreenSizes, sizes_for
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import RIGHT, colour, draw_text, metrics_for

_LINES_SHARE = 0.56
"""Of the width, when the screen is wide."""
_LAST_SHARE = 0.2
"""Of the height, when the screen is high."""
_MOST_NAME_LINES = 3


class LastLine(QWidget):
    """What was scanned just now: its picture, its name whole if there is room, what it costs."""

    def __init__(self, picture_of: PictureOf) -> None:
        super().__init__()
        self._picture_of = picture_of
        self._line: ShownLine | None = None
        self._sizes = sizes_for(QSize(1366, 768))
        self._has_pictures = True
        self._cut: tuple[str, QSize, QPixmap] | None = None

    def use(self, sizes: ScreenSizes, *, has_pictures: bool) -> None:
        self._sizes, self._has_pictures = sizes, has_pictures
        self.update()

    def show_line(self, line: ShownLine | None) -> None:
        if line != self._line:
            self._line = line
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        line = self._line
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(current_theme().tokens.colours.page))
        if line is not None:
            self._paint(painter, line)
        painter.end()

    def _paint(self, painter: QPainter, line: ShownLine) -> None:
        gap = self._sizes.gap
        inner = self.rect().adjusted(gap, gap, -gap, -gap)
        if self._has_pictures:
            inner = self._paint_picture(painter, inner, line)
        self._paint_words(painter, inner, line)

    def _paint_picture(self, painter: QPainter, inner: QRect, line: ShownLine) -> QRect:
        """The room that is left for the words."""
        gap = self._sizes.gap
        if inner.width() > inner.height() * 2 or inner.height() < self._words_height() + 3 * gap:
            side = min(inner.height(), inner.width() // 3)
            place = QRect(inner.left(), inner.top() + (inner.height() - side) // 2, side, side)
            left = inner.adjusted(side + gap, max(0, (inner.height() - self._words_height()) // 2), 0, 0)
        else:
            height = min(inner.width() * 3 // 4, inner.height() - self._words_height() - gap)
            place = QRect(inner.left(), inner.top(), inner.width(), height)
            left = inner.adjusted(0, height + gap, 0, 0)
        picture = self._picture(line.picture, place.size())
        if picture is None:
            draw_placeholder(painter, place, self._sizes.radius, current_theme().tokens)
        else:
            painter.drawPixmap(place.topLeft(), picture)
        return left

    def _paint_words(self, painter: QPainter, inner: QRect, line: ShownLine) -> None:
        sizes, colours = self._sizes, current_theme().tokens.colours
        amount_height = metrics_for(sizes.last_amount).height()
        name_room = inner.height() - amount_height
        most_lines = min(_MOST_NAME_LINES, max(1, name_room // metrics_for(sizes.last_name).height()))
        taken = draw_paragraph(
            painter, inner, line.name, sizes.last_name, colours.text, most_lines=most_lines
        )
        foot = QRect(inner.left(), inner.top() + taken, inner.width(), amount_height)
        amount_width = metrics_for(sizes.last_amount).horizontalAdvance(line.amount) + 1
        beside = foot.adjusted(0, 0, -amount_width - sizes.gap // 2, 0)
        draw_text(painter, beside, line.quantity, sizes.detail, colours.text_muted)
        draw_fitted(painter, foot, line.amount, sizes.last_amount, colours.text, RIGHT)

    def _words_height(self) -> int:
        sizes = self._sizes
        return 2 * metrics_for(sizes.last_name).height() + metrics_for(sizes.last_amount).height()

    def _picture(self, sha256: str, size: QSize) -> QPixmap | None:
        if self._cut is not None and self._cut[:2] == (sha256, size):
            return self._cut[2]
        whole = self._picture_of(sha256) if sha256 else None
        if whole is None:
            return None
        self._cut = (sha256, size, cut_to(whole, size, self._sizes.radius, self.devicePixelRatioF()))
        return self._cut[2]


class TotalBox(QWidget):
    """One large amount with its name, and above it what else is to be known."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.amount = "", ""
        self.notes: tuple[tuple[str, str, bool], ...] = ()
        """`(words, amount, is a saving)`, from the top."""
        self._is_paying = False
        self._sizes = sizes_for(QSize(1366, 768))

    def use(self, sizes: ScreenSizes) -> None:
        self._sizes = sizes
        self.update()

    def wanted_height(self) -> int:
        """The same while a sale goes on: nothing jumps when there is a saving."""
        sizes = self._sizes
        notes = 2 * metrics_for(sizes.note).height()
        return notes + metrics_for(sizes.label).height() + metrics_for(sizes.total).height() + sizes.gap

    def show_view(self, view: CustomerView) -> None:
        is_paying = view.moment is CustomerMoment.PAYING
        notes: list[tuple[str, str, bool]] = []
        if view.savings:
            notes.append((self.tr("You save"), view.savings, True))
        if is_paying and view.change:
            label, amount = self.tr("Change"), view.change
        elif is_paying:
            label, amount = self.tr("To pay"), view.to_pay or view.total
        else:
            label, amount = self.tr("Total"), view.total
        if is_paying and amount != view.total:
            notes.append((self.tr("Total"), view.total, False))
        shown = (label, amount, tuple(notes), is_paying)
        if shown != (self.label, self.amount, self.notes, self._is_paying):
            self.label, self.amount, self.notes, self._is_paying = shown
            self.setAccessibleName(f"{label} {amount}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        sizes, colours = self._sizes, current_theme().tokens.colours
        ground, ink, quiet, saving = (
            (colours.primary, colours.on_primary, colours.on_primary, colours.on_primary)
            if self._is_paying
            else (colours.bar, colours.bar_text, colours.bar_muted, colours.bar_good)
        )
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(ground))
        gap = sizes.gap
        inner = self.rect().adjusted(gap, gap // 2, -gap, -gap // 2)
        total_height = metrics_for(sizes.total).height()
        label_height, note_height = metrics_for(sizes.label).height(), metrics_for(sizes.note).height()
        total = QRect(inner.left(), inner.bottom() - total_height, inner.width(), total_height)
        label = QRect(inner.left(), total.top() - label_height, inner.width(), label_height)
        draw_text(painter, label, self.label, sizes.label, ink)
        draw_fitted(painter, total, self.amount, sizes.total, ink, RIGHT)
        top = label.top() - len(self.notes) * note_height
        for words, amount, is_saving in self.notes:
            row = QRect(inner.left(), top, inner.width(), note_height)
            draw_text(painter, row, words, sizes.note, saving if is_saving else quiet)
            draw_text(painter, row, amount, sizes.note, saving if is_saving else quiet, RIGHT)
            top += note_height
        painter.end()


class BasketPage(QWidget):
    def __init__(self, picture_of: PictureOf) -> None:
        super().__init__()
        self._has_pictures = True
        self.lines = LinesView(picture_of)
        self.last = LastLine(picture_of)
        self.total = TotalBox()
        for part in (self.lines, self.last, self.total):
            part.setParent(self)
            part.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def use_pictures(self, has_pictures: bool) -> None:
        self._has_pictures = has_pictures
        self._lay_out()

    def pictures_arrived(self) -> None:
        self.lines.forget_pictures()
        self.last.update()

    def show_view(self, view: CustomerView) -> None:
        self.lines.show_lines(view.lines, view.earlier_lines, view.last_line)
        self.last.show_line(view.last_line)
        self.total.show_view(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        sizes = sizes_for(self.size())
        self.lines.use(sizes, has_pictures=self._has_pictures)
        self.last.use(sizes, has_pictures=self._has_pictures)
        self.total.use(sizes)
        width, height = self.width(), self.height()
        total_height = min(self.total.wanted_height(), height // 2)
        if sizes.is_portrait:
            last_height = round(height * _LAST_SHARE)
            self.last.setGeometry(0, 0, width, last_height)
            self.lines.setGeometry(0, last_height, width, height - last_height - total_height)
            self.total.setGeometry(0, height - total_height, width, total_height)
        else:
            lines_width = round(width * _LINES_SHARE)
            self.lines.setGeometry(0, 0, lines_width, height)
            self.last.setGeometry(lines_width, 0, width - lines_width, height - total_height)
            self.total.setGeometry(lines_width, height - total_height, width - lines_width, total_height)
