"""The window around all screens: status, messages, panels, scans, and what is refused said in words."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.domain.ids import gift_barcode, receipt_barcode
from till_app.domain.times import from_text
from till_app.services.device_status import CustomerMoment, LiveWeight
from till_app.services.ports import LedgerUnavailable, PrintJobs
from till_app.services.status import CatalogueChanged, PrinterState, PrinterStatus, SyncStatus
from till_app.services.sync_control import SyncControl
from till_app.services.till import TillServices
from till_app.ui.appearance import toggle_dark
from till_app.ui.attempts import Attempts
from till_app.ui.bridge import Bridge, Errands
from till_app.ui.card_desk import CardDesk
from till_app.ui.drawer_notice import DrawerNotice
from till_app.ui.formatting import Formatter
from till_app.ui.idle import IdleWatch
from till_app.ui.messages import Messages
from till_app.ui.panels.print_queue import PrintQueuePanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.print_words import printer_details
from till_app.ui.printer_notice import PrinterControl, PrinterNotice
from till_app.ui.shell import NextStep, Screen, ScreenName, Shell, Tone
from till_app.ui.sound import Sound, SoundPlayer
from till_app.ui.status_pills import StatusPills
from till_app.ui.status_words import (
    HUB_PILL,
)
from till_app.ui.terminal_words import TERMINAL_PILL
from till_app.ui.theme.theme import current_theme
from till_app.ui.wedge import WedgeFilter
from till_app.ui.widgets.overlay_panel import OverlayHost, OverlayPanel
from till_app.ui.widgets.top_bar import StatusState, TopBar

log = logging.getLogger(__name__)

MakeScreen = Callable[[Shell], QWidget]
_SMALLEST = (800, 600)
_READABLE_WIDTH = 320
"""Of a message, in pixels at 100 %."""
_ROOM_FOR_TWO = 720
"""Height of the window, in pixels at 100 %, at which two messages leave room for the rest."""
_ASIDE = frozenset((ScreenName.SYNC_CENTRE, ScreenName.PAIRING, ScreenName.INSTALLER))
"""Shown whoever is signed on, beside what is under way."""
_PASSED_THROUGH = frozenset((ScreenName.SYNC_CENTRE, ScreenName.PAIRING))
"""Those of _ASIDE that nobody comes back to on the way back."""
_WEIGHING = frozenset((ScreenName.SELL, ScreenName.TENDER, ScreenName.SALE_DONE, ScreenName.RETURNS))
"""Somebody is served: what lies on the scale is followed all the while, so that none of it is sold twice."""
_CUSTOMER_MOMENTS = {
    ScreenName.TENDER: CustomerMoment.PAYING,
    ScreenName.CARD_PAYMENT: CustomerMoment.PAYING,
    ScreenName.SALE_DONE: CustomerMoment.DONE,
}
_OPEN_WITHOUT_SESSION = frozenset((ScreenName.SIGN_ON, ScreenName.OPEN_DAY, ScreenName.END_OF_DAY))


@dataclass(frozen=True, slots=True)
class _Left:
    screen: ScreenName
    focus: QWidget | None


class MainWindow(QWidget):
    """Implements `shell.Shell`. Screens are made once, when first shown."""

    closing = Signal()
    """The operator closed the window."""

    def __init__(
        self,
        services: TillServices,
        formatter: Formatter,
        bridge: Bridge,
        make_screens: Mapping[ScreenName, MakeScreen],
        printer: PrinterControl,
        print_jobs: PrintJobs,
        control: SyncControl,
    ) -> None:
        super().__init__()
        self._services = services
        self._formatter = formatter
        self._make_screens = make_screens
        self._control = control
        self._errands = Errands()
        self._screens: dict[ScreenName, QWidget] = {}
        self._current: ScreenName | None = None
        self._after_unlock: ScreenName | None = None
        self._left: list[_Left] = []
        """What is under way beside a screen of _ASIDE, and the installer's screen if it led there."""
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(*_SMALLEST)
        self.top_bar = TopBar()
        self.messages = Messages()
        self._pills = StatusPills(self, self.top_bar, self.messages, self)
        self._pill_actions: dict[str, Callable[[], None]] = {}
        self._print_jobs = print_jobs
        self.printer_notice = PrinterNotice(printer, print_jobs, self)
        self.drawer_notice = DrawerNotice(self, formatter, self)
        self.card_desk = CardDesk(self, bridge, self)
        self.sounds = SoundPlayer(self)
        self._attempts = Attempts(self)
        self._message_place = QVBoxLayout()
        self._message_place.setSpacing(0)
        self._message_place.addWidget(self.drawer_notice.banner)
        self._message_place.addWidget(self.printer_notice.banner)
        self._message_place.addWidget(self.messages)
        self._stack = QStackedWidget()
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(self._message_place)
        layout.addWidget(self._body, 1)
        self.overlay = OverlayHost(self._body)
        self.wedge = WedgeFilter(self)
        self._idle = IdleWatch(self)
        self._idle.left_alone.connect(self.lock)
        self._idle.tell_after(services.settings.current.lock_after_s)
        services.customer_view.run_later = lambda run: QTimer.singleShot(0, self, run)
        self._connect(bridge)
        self._show_place()
        self._pills.show()
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.minute_passed)
        self._show_time()

    def _connect(self, bridge: Bridge) -> None:
        self.wedge.scanned.connect(self.scan)
        self.wedge.refused.connect(self._refuse_scan)
        self.wedge.heard.connect(bridge.report_wedge_scan)
        self.overlay.opened.connect(self._on_panel_opened)
        self.overlay.closed.connect(self._on_panels_closed)
        bridge.scanned.connect(self.scan)
        bridge.sync_changed.connect(self._on_sync)
        bridge.catalogue_changed.connect(self._on_catalogue)
        bridge.printer_changed.connect(self._on_printer)
        bridge.device_changed.connect(lambda health: self._tell_screens("device_changed", health))
        bridge.weight_changed.connect(self._on_weight)
        self.card_desk.changed.connect(self._on_card_payment)
        bridge.failed.connect(self._on_failure)
        bridge.drawer_changed.connect(self.drawer_notice.hear)
        bridge.drawer_changed.connect(lambda _event: self._place_messages())
        self.printer_notice.show_wanted.connect(self.show_receipt)
        self.printer_notice.queue_wanted.connect(self.show_print_queue)
        self.printer_notice.said.connect(self.say)
        for banner in (self.messages, self.drawer_notice.banner, self.printer_notice.banner):
            banner.closed.connect(self._place_messages)
        current_theme().changed.connect(self._place_messages)
        self.top_bar.status_pressed.connect(self._on_pill)
        for keys, action in (
            ("F12", self.lock),
            ("Ctrl+L", self.lock),
            ("Ctrl+D", toggle_dark),
            ("Shift+F12", lambda: self.look_at(ScreenName.SYNC_CENTRE)),
            ("Ctrl+F12", self.open_installer),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(action)

    # -------------------------------------------------------------------- shell

    @property
    def services(self) -> TillServices:
        return self._services

    @property
    def formatter(self) -> Formatter:
        return self._formatter

    @property
    def control(self) -> SyncControl:
        return self._control

    @property
    def sync_status(self) -> SyncStatus:
        return self._pills.sync

    @property
    def errands(self) -> Errands:
        return self._errands

    @property
    def current(self) -> ScreenName | None:
        return self._current

    def show_pill(self, state: StatusState, pressed: Callable[[], None]) -> None:
        """Beside those of the devices: such as a training till's way to its virtual devices."""
        self._pill_actions[state.key] = pressed
        self._pills.show_other(state)

    def screen_named(self, name: ScreenName) -> QWidget:
        if name not in self._screens:
            widget = self._make_screens[name](self)
            self._screens[name] = widget
            self._stack.addWidget(widget)
        return self._screens[name]

    def go(self, screen: ScreenName) -> None:
        widget = self._bring(self._reachable(screen))
        cast(Screen, widget).entered()

    def look_at(self, screen: ScreenName) -> None:
        on_the_way = [left.screen for left in self._left]
        if screen in on_the_way:
            del self._left[on_the_way.index(screen) :]
        elif self._current is not None and self._current not in (screen, *_PASSED_THROUGH):
            self._left.append(_Left(self._current, self.focusWidget()))
        self.go(screen)

    def open_installer(self) -> None:
        def begin(approver: StaffMember | None) -> None:
            self._services.commissioning.begin(approver)
            self.look_at(ScreenName.INSTALLER)

        if not self.overlay.is_open:
            self.attempt(begin)

    def look_back(self) -> None:
        left = self._left.pop() if self._left else None
        if left is None and self._current is ScreenName.INSTALLER and not self._control.can_sell():
            self.go(ScreenName.PAIRING)
            return
        if left is None or self._reachable(left.screen) is not left.screen:
            self.go(left.screen if left is not None else ScreenName.SELL)
            return
        widget = self._bring(left.screen)
        if left.screen in _ASIDE:
            cast(Screen, widget).entered()
        if left.focus is not None and shiboken6.isValid(left.focus):
            left.focus.setFocus()

    def _bring(self, name: ScreenName) -> QWidget:
        if name is not self._current:
            self.messages.close_message()
        widget = self.screen_named(name)
        self._current = name
        if name not in _ASIDE:
            self._left.clear()
            self._services.customer_view.stage(_CUSTOMER_MOMENTS.get(name, CustomerMoment.SELLING))
        self._services.scale.watch(name in _WEIGHING)
        self._stack.setCurrentWidget(widget)
        workplace = self._services.workplace
        is_nobody_here = workplace.operator is None or workplace.is_locked
        self.printer_notice.set_silent(name is ScreenName.SIGN_ON or is_nobody_here)
        self._place_messages()
        self._show_operator()
        return widget

    def place_changed(self) -> None:
        self._show_place()
        self._pills.show()

    def say(self, tone: Tone, text: str, steps: Sequence[NextStep] = ()) -> None:
        sound = {Tone.BAD: Sound.BAD_SCAN, Tone.WARNING: Sound.ATTENTION}.get(tone)
        if sound is not None:
            self.play(sound)
        self.messages.say(tone, text, steps)
        self._place_messages()

    def play(self, sound: Sound) -> None:
        self.sounds.play(sound)

    def lock(self) -> None:
        if self._services.workplace.operator is None or self._services.workplace.is_locked:
            return
        self._after_unlock = self._left[0].screen if self._left else self._current
        self._close_all_panels()
        self._services.sign_on.lock()
        self.go(ScreenName.SIGN_ON)

    def ask(self, panel: QWidget) -> None:
        self.messages.close_message()
        question = panel if isinstance(panel, OverlayPanel) else OverlayPanel(panel.windowTitle(), panel)
        self.overlay.open_panel(question)

    def close_panel(self) -> None:
        if self.overlay.panel is not None:
            self.overlay.panel.close_panel()

    def attempt(self, action: Callable[[StaffMember | None], object]) -> bool:
        self.messages.close_complaint()
        return self._attempts.run(action)

    def scan(self, text: str) -> None:
        self._idle.touched()
        if self.overlay.is_open or QApplication.activeModalWidget() is not None:
            self._refuse_scan(text)
        elif self._current is not None:
            self.messages.close_complaint()
            cast(Screen, self._screens[self._current]).scanned(text)

    def receipt_scanned(self, receipt_number: str, *, is_gift: bool = False) -> None:
        self.go(ScreenName.RETURNS)
        if self._current is ScreenName.RETURNS:
            code = gift_barcode(receipt_number) if is_gift else receipt_barcode(receipt_number)
            cast(Screen, self._screens[ScreenName.RETURNS]).scanned(code)

    def delivered(self, document: bytes, words: str) -> None:
        if self._pills.printer.state is PrinterState.NOT_SET_UP:
            self.show_receipt(document)
        else:
            self.say(Tone.GOOD, words)

    def show_receipt(self, document: bytes) -> None:
        self.ask(ReceiptPanel(self.tr("Receipt"), document))

    def show_print_queue(self) -> None:
        panel = PrintQueuePanel(self.printer_notice, self._print_jobs, self._formatter)
        panel.show_wanted.connect(self.show_receipt)
        self.ask(panel)

    # --------------------------------------------------------------- navigation

    def _reachable(self, wanted: ScreenName) -> ScreenName:
        workplace = self._services.workplace
        if wanted in _ASIDE:
            return wanted
        if workplace.operator is None or workplace.is_locked:
            return ScreenName.SIGN_ON
        if self._services.card_payments.pending is not None and wanted is not ScreenName.SIGN_ON:
            return ScreenName.CARD_PAYMENT
        if workplace.session is None and wanted not in _OPEN_WITHOUT_SESSION:
            return ScreenName.OPEN_DAY
        resumed, self._after_unlock = self._after_unlock, None
        is_paying = resumed in (ScreenName.TENDER, ScreenName.CARD_PAYMENT)
        if wanted is ScreenName.SELL and resumed and is_paying and self._services.selling.is_open:
            return resumed
        return wanted

    def _close_all_panels(self) -> None:
        while self.overlay.panel is not None:
            self.overlay.panel.close_panel()

    # ------------------------------------------------------- panels and messages

    def _on_panel_opened(self) -> None:
        self.wedge.set_refusing(True)
        self._place_messages()

    def _on_panels_closed(self) -> None:
        self.wedge.set_refusing(False)
        self._place_messages()

    def _place_messages(self) -> None:
        """Where the screen wants them if there is room; a message at the top while a panel dims the rest."""
        place = getattr(self._stack.currentWidget(), "message_place", None)
        scale = current_theme().tokens.scale
        has_width = place is not None and place.parentWidget().width() >= round(_READABLE_WIDTH * scale)
        has_height = self.height() >= round(_ROOM_FOR_TWO * scale)
        has_room = has_height or not self.printer_notice.needs_somebody
        is_clear = has_width and has_room and not self.overlay.is_open
        notices = place if has_width and has_height else self._message_place
        _move(self.printer_notice.banner, notices, self.messages)
        _move(self.drawer_notice.banner, notices, self.printer_notice.banner)
        _move(self.messages, place if is_clear else self._message_place)
        self._take_turns(2 if has_height else 1)

    def _take_turns(self, room_for: int) -> None:
        """More would push the keys off the window: what was just said comes first, and the printer, whose
        pill says the same, last."""
        notices = (self.drawer_notice.banner, self.printer_notice.banner)
        standing = [each for each in (self.messages, *notices) if each.message is not None]
        for notice in notices:
            notice.setVisible(notice in standing[:room_for])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_messages)

    # -------------------------------------------------------------------- scans

    def _refuse_scan(self, text: str) -> None:
        hear = getattr(self.overlay.panel, "scanned", None)
        if hear is not None:
            hear(text)
            return
        self.say(Tone.BAD, self.tr("Not scanned: answer the question first\nThen scan it again."))

    # ------------------------------------------------------------------- status

    def _on_sync(self, status: SyncStatus) -> None:
        self._pills.sync_reported(status)
        self._tell_screens("sync_changed", status)

    def _on_printer(self, status: PrinterStatus) -> None:
        self._pills.printer_reported(status)
        self.printer_notice.show_status(status)
        self._place_messages()

    def _on_card_payment(self) -> None:
        self._idle.touched()
        self._pills.show()
        hear = getattr(self._stack.currentWidget(), "payment_heard", None)
        if hear is not None:
            hear()

    def _on_weight(self, _news: LiveWeight) -> None:
        """The news may have been overtaken on its way here: the scale is asked for the latest."""
        live = self._services.scale.latest()
        self._tell_screens("weight_changed", live)
        hear = getattr(self.overlay.panel, "weight_changed", None)
        if hear is not None:
            hear(live)

    def _on_catalogue(self, change: CatalogueChanged) -> None:
        shop = self._services.catalogue.shop() if "shop" in change.kinds else None
        if shop is not None:
            self._formatter.use(shop.currency)
            self._show_place()
            self._services.customer_view.changed()
        if "setting" in change.kinds:
            self._services.settings.read_again()
            self._idle.tell_after(self._services.settings.current.lock_after_s)
            self._pills.show()
        self._tell_screens("catalogue_changed", change)

    def _tell_screens(self, hook: str, *news: object) -> None:
        """Those that have it; one of them may go on to a screen that is made only then."""
        for screen in tuple(self._screens.values()):
            hear = getattr(screen, hook, None)
            if hear is not None:
                hear(*news)

    def _on_failure(self, words: str) -> None:
        text = self.tr(
            "Something went wrong in the till's program\nThe basket is kept. Tell the installer: {words}"
        )
        self.say(Tone.BAD, text.format(words=words))

    def _on_pill(self, key: str) -> None:
        if key in self._pill_actions:
            self._pill_actions[key]()
        elif key == HUB_PILL and self.overlay.is_open:
            self.say(Tone.INFO, self._pills.hub_words())
        elif key == HUB_PILL:
            self.look_at(ScreenName.SYNC_CENTRE)
        elif key == TERMINAL_PILL:
            self.card_desk.show_details()
        elif self.printer_notice.needs_somebody:
            self.printer_notice.show_details()
            if self.printer_notice.open_jobs > 1 and not self.overlay.is_open and self._may_decide():
                self.show_print_queue()
        else:
            self.say(Tone.INFO, printer_details(self._pills.printer))

    def _may_decide(self) -> bool:
        workplace = self._services.workplace
        return workplace.operator is not None and not workplace.is_locked

    def _show_place(self) -> None:
        shop = self._services.catalogue.shop()
        identity = self._services.ledger.identity()
        self.top_bar.show_place(
            shop.name if shop else self.tr("No shop loaded yet"),
            identity.till_name if identity else self.tr("not paired"),
        )
        self.setWindowTitle(shop.name if shop else self.tr("Till"))

    def _show_operator(self) -> None:
        workplace = self._services.workplace
        name = workplace.operator.name if workplace.operator else ""
        if workplace.is_locked:
            name = self.tr("{name} (locked)").format(name=name)
        if self._current is ScreenName.INSTALLER:
            by = self._services.commissioning.by
            name = " · ".join(part for part in (self.tr("Installer"), by.name if by else "") if part)
        self.top_bar.show_operator(name)

    def _show_time(self) -> None:
        now = from_text(self._services.workplace.now_text())
        self.top_bar.show_time(self._formatter.time(now))
        self._clock.start((60 - now.second) * 1000)

    def minute_passed(self) -> None:
        """What is done each minute."""
        self._show_time()
        self._record_health()
        self._tell_screens("minute_passed")

    def _record_health(self) -> None:
        """Once a day, between two customers."""
        if self._services.workplace.operator is None or self._services.selling.is_open:
            return
        try:
            self._services.health.record_if_due()
        except LedgerUnavailable as error:
            log.warning("the till's health could not be recorded: %s", error)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.sounds.stop()
        self._clock.stop()
        self.card_desk.stop()
        self._errands.stop()
        self.closing.emit()
        event.accept()


def _move(widget: QWidget, place: QVBoxLayout | None, before: QWidget | None = None) -> None:
    """To the end of that place, or in front of `before` if that is there."""
    if place is not None and place.indexOf(widget) < 0:
        position = place.indexOf(before) if before is not None else -1
        place.insertWidget(position, widget)
