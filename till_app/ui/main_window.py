"""The window around all screens: it shows one of them, and hands scans and news on to it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.domain.ids import gift_barcode, receipt_barcode
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
from till_app.ui.message_places import MessagePlaces
from till_app.ui.messages import Messages
from till_app.ui.navigation import Navigation
from till_app.ui.panels.print_queue import PrintQueuePanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.pill_presses import PillPresses
from till_app.ui.printer_notice import PrinterControl, PrinterNotice
from till_app.ui.screen_stack import MakeScreen, ScreenStack, tell_if_heard
from till_app.ui.shell import NextStep, Screen, ScreenName, Tone
from till_app.ui.sound import Sound, SoundPlayer
from till_app.ui.status_pills import StatusPills
from till_app.ui.theme.theme import current_theme
from till_app.ui.top_line import TopLine
from till_app.ui.wedge import WedgeFilter
from till_app.ui.widgets.overlay_panel import OverlayHost, OverlayPanel
from till_app.ui.widgets.top_bar import StatusState, TopBar

log = logging.getLogger(__name__)

_SMALLEST = (800, 600)
_WEIGHING = frozenset((ScreenName.SELL, ScreenName.TENDER, ScreenName.SALE_DONE, ScreenName.RETURNS))
"""Somebody is served: what lies on the scale is followed all the while, so that none of it is sold twice."""
_CUSTOMER_MOMENTS = {
    ScreenName.TENDER: CustomerMoment.PAYING,
    ScreenName.CARD_PAYMENT: CustomerMoment.PAYING,
    ScreenName.SALE_DONE: CustomerMoment.DONE,
}


class MainWindow(QWidget):
    """Implements `shell.Shell`."""

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
        self._control = control
        self._errands = Errands()
        self._navigation = Navigation(services, control)
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(*_SMALLEST)
        self.top_bar = TopBar()
        self._top_line = TopLine(self, self.top_bar, self)
        self.messages = Messages()
        self._pills = StatusPills(self, self.top_bar, self.messages, self)
        self._print_jobs = print_jobs
        self.printer_notice = PrinterNotice(printer, print_jobs, self)
        self.drawer_notice = DrawerNotice(self, formatter, self)
        self.card_desk = CardDesk(self, bridge, self)
        self.sounds = SoundPlayer(self)
        self._attempts = Attempts(self)
        self._message_places = MessagePlaces(self.messages, self.drawer_notice.banner, self.printer_notice)
        self._stack = ScreenStack(self, make_screens)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._stack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(self._message_places.at_top)
        layout.addWidget(self._body, 1)
        self.overlay = OverlayHost(self._body)
        self._pill_presses = PillPresses(
            self, self._pills, self.overlay, self.printer_notice, self.card_desk, self
        )
        self.wedge = WedgeFilter(self)
        self._idle = IdleWatch(self)
        self._idle.left_alone.connect(self.lock)
        self._idle.tell_after(services.settings.current.lock_after_s)
        services.customer_view.run_later = lambda run: QTimer.singleShot(0, self, run)
        self._connect(bridge)
        self._show_place()
        self._pills.show()
        self._top_line.minute_is_over.connect(self.minute_passed)
        self._top_line.show_time()

    def _connect(self, bridge: Bridge) -> None:
        self.wedge.scanned.connect(self.scan)
        self.wedge.refused.connect(self._refuse_scan)
        self.wedge.heard.connect(bridge.report_wedge_scan)
        self.overlay.opened.connect(self._on_panels_changed)
        self.overlay.closed.connect(self._on_panels_changed)
        bridge.scanned.connect(self.scan)
        bridge.sync_changed.connect(self._on_sync)
        bridge.catalogue_changed.connect(self._on_catalogue)
        bridge.printer_changed.connect(self._on_printer)
        bridge.device_changed.connect(lambda health: self._stack.tell("device_changed", health))
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
        self.top_bar.status_pressed.connect(self._pill_presses.on_pressed)
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
        return self._navigation.current

    def show_pill(self, state: StatusState, pressed: Callable[[], None]) -> None:
        """Beside those of the devices: such as a training till's way to its virtual devices."""
        self._pill_presses.set_action(state.key, pressed)
        self._pills.show_other(state)

    def screen_named(self, name: ScreenName) -> QWidget:
        return self._stack.named(name)

    def go(self, screen: ScreenName) -> None:
        widget = self._bring(self._navigation.reachable(screen))
        cast(Screen, widget).entered()

    def look_at(self, screen: ScreenName) -> None:
        self._navigation.leave_for(screen, self.focusWidget())
        self.go(screen)

    def open_installer(self) -> None:
        def begin(approver: StaffMember | None) -> None:
            self._services.commissioning.begin(approver)
            self.look_at(ScreenName.INSTALLER)

        if not self.overlay.is_open:
            self.attempt(begin)

    def look_back(self) -> None:
        left = self._navigation.take_last_left()
        if left is None or self._navigation.reachable(left.screen) is not left.screen:
            self.go(left.screen if left is not None else self._navigation.way_on())
            return
        widget = self._bring(left.screen)
        if self._navigation.is_aside(left.screen):
            cast(Screen, widget).entered()
        if left.focus is not None and shiboken6.isValid(left.focus):
            left.focus.setFocus()

    def _bring(self, name: ScreenName) -> QWidget:
        if name is not self.current:
            self.messages.close_message()
        widget = self.screen_named(name)
        self._navigation.shown(name)
        if not self._navigation.is_aside(name):
            self._services.customer_view.stage(_CUSTOMER_MOMENTS.get(name, CustomerMoment.SELLING))
        self._services.scale.watch(name in _WEIGHING)
        self._stack.setCurrentWidget(widget)
        workplace = self._services.workplace
        is_nobody_here = workplace.operator is None or workplace.is_locked
        self.printer_notice.set_silent(name is ScreenName.SIGN_ON or is_nobody_here)
        self._place_messages()
        self._top_line.show_operator(name)
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
        self._navigation.locked()
        while self.overlay.panel is not None:
            self.overlay.panel.close_panel()
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
        elif self.current is not None:
            self.messages.close_complaint()
            cast(Screen, self._stack.named(self.current)).scanned(text)

    def receipt_scanned(self, receipt_number: str, *, is_gift: bool = False) -> None:
        self.go(ScreenName.RETURNS)
        if self.current is ScreenName.RETURNS:
            code = gift_barcode(receipt_number) if is_gift else receipt_barcode(receipt_number)
            cast(Screen, self._stack.named(ScreenName.RETURNS)).scanned(code)

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

    # ------------------------------------------------------- panels and messages

    def _on_panels_changed(self) -> None:
        self.wedge.set_refusing(self.overlay.is_open)
        self._place_messages()

    def _place_messages(self) -> None:
        self._message_places.place(
            self._stack.currentWidget(), self.height(), is_panel_open=self.overlay.is_open
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_messages)

    # -------------------------------------------------------------------- scans

    def _refuse_scan(self, text: str) -> None:
        if not tell_if_heard(self.overlay.panel, "scanned", text):
            self.say(Tone.BAD, self.tr("Not scanned: answer the question first\nThen scan it again."))

    # ------------------------------------------------------------------- status

    def _on_sync(self, status: SyncStatus) -> None:
        self._pills.sync_reported(status)
        self._stack.tell("sync_changed", status)

    def _on_printer(self, status: PrinterStatus) -> None:
        self._pills.printer_reported(status)
        self.printer_notice.show_status(status)
        self._place_messages()

    def _on_card_payment(self) -> None:
        self._idle.touched()
        self._pills.show()
        tell_if_heard(self._stack.currentWidget(), "payment_heard")

    def _on_weight(self, _news: LiveWeight) -> None:
        """The news may have been overtaken on its way here: the scale is asked for the latest."""
        live = self._services.scale.latest()
        self._stack.tell("weight_changed", live)
        tell_if_heard(self.overlay.panel, "weight_changed", live)

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
        self._stack.tell("catalogue_changed", change)

    def _on_failure(self, words: str) -> None:
        text = self.tr(
            "Something went wrong in the till's program\nThe basket is kept. Tell the installer: {words}"
        )
        self.say(Tone.BAD, text.format(words=words))

    def _show_place(self) -> None:
        self.setWindowTitle(self._top_line.show_place())

    def minute_passed(self) -> None:
        """What is done each minute."""
        self._top_line.show_time()
        self._record_health()
        self._stack.tell("minute_passed")

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
        self._top_line.stop()
        self.card_desk.stop()
        self._errands.stop()
        self.closing.emit()
        event.accept()
