"""Pairing this till with its hub: by a scan, or by address and code typed; then the first load."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from till_app.services.pairing_text import PREFIX, parse_pairing_text
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.services.sync_control import (
    NotPaired,
    Paired,
    PairingAsked,
    PairingResult,
    UnknownAuthority,
    reason_for,
)
from till_app.ui.pairing_words import fingerprint_lines, words_of_failure, words_of_success
from till_app.ui.screens.pairing_pages import FormPage, Introduction, ProgressPage, QuestionPage
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.status_words import hub_advice, hub_state, load_words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant


class Step(Enum):
    FORM = auto()
    INSIST = auto()
    """The connection can be read by everybody: an installer must want it."""
    COMPARE = auto()
    """A person compares the fingerprint of the hub's own authority."""
    ASKING = auto()
    LOADING = auto()


@dataclass(frozen=True, slots=True)
class _Scanned:
    hub_url: str
    ca_fingerprint: str


class PairingScreen(QWidget):
    """One card whose pages follow each other; whatever asks the hub runs beside the window."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._scanned = _Scanned("", "")
        self._asked: PairingAsked | None = None
        self._paired = Paired()
        self._step = Step.FORM
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.form = FormPage()
        self.form.submitted.connect(self.submit)
        self.form.address_typed.connect(self._forget_scan)
        self.insist = QuestionPage(
            ActionButton(self.tr("Another address"), "Esc"),
            ActionButton(self.tr("Use it all the same"), "F9", Variant.DANGER),
        )
        self.insist.no.clicked.connect(self._back_to_form)
        self.insist.yes.clicked.connect(self._insist)
        self.compare = QuestionPage(
            ActionButton(self.tr("They differ"), "Esc"),
            ActionButton(self.tr("They are the same"), "F9", Variant.PRIMARY),
        )
        self.compare.no.clicked.connect(self._differ)
        self.compare.yes.clicked.connect(self._are_the_same)
        self.progress = ProgressPage()
        self.progress.go_on.clicked.connect(self._go_on)
        self.progress.again.clicked.connect(self._begin_again)
        self._pages = QStackedWidget()
        for page in (self.form, self.insist, self.compare, self.progress):
            self._pages.addWidget(page)
        self.intro = Introduction()
        self.back = self.intro.back
        self.back.clicked.connect(self._leave)
        self.message_place = self.intro.message_place
        self._lay_out()

    # ------------------------------------------------------------------- screen

    @property
    def step(self) -> Step:
        return self._step

    def entered(self) -> None:
        if self._step is Step.ASKING:
            return
        if self._is_waiting_for_its_shop:
            self._show_loading()
            return
        self._begin_again()

    def _begin_again(self) -> None:
        facts, identity = self._shell.control.facts(), self._shell.services.ledger.identity()
        self._forget_scan()
        self.form.address.setText(facts.hub_url)
        self.form.code.clear()
        self.form.name.setText(identity.till_name if identity else "")
        self._show(Step.FORM)

    def scanned(self, text: str) -> None:
        if self._step in (Step.ASKING, Step.LOADING):
            self._shell.say(Tone.BAD, self.tr("Not scanned: the till is busy with its hub\nWait a moment."))
            return
        try:
            pairing = parse_pairing_text(text)
        except ValueError:
            self._shell.say(
                Tone.BAD,
                self.tr("That is no pairing code\nScan the code that the hub shows for a till, all of it."),
            )
            return
        self._scanned = _Scanned(pairing.hub_url, pairing.ca_fingerprint)
        self.form.address.setText(pairing.hub_url)
        self.form.code.setText(pairing.code)
        self.submit()

    def sync_changed(self, _status: SyncStatus) -> None:
        if self._step is Step.LOADING:
            self._show_loading()

    def catalogue_changed(self, _change: CatalogueChanged) -> None:
        if self._step is Step.LOADING:
            self._show_loading()

    @property
    def _is_waiting_for_its_shop(self) -> bool:
        return self._shell.control.facts().is_paired and not self._shell.control.can_sell()

    def _leave(self) -> None:
        if self._is_waiting_for_its_shop:
            self._show_loading()
        else:
            self._shell.look_back()

    # ------------------------------------------------------------------- asking

    def submit(self) -> None:
        """What stands in the form, if it is whole."""
        typed = self.form.address.text().strip()
        if typed.lower().startswith(PREFIX):
            self.scanned(typed)
            return
        empty = self.form.first_empty()
        if empty is not None:
            empty.setFocus()
            self._shell.say(Tone.BAD, self.tr("The hub's address and its code are both needed\nType them."))
            return
        hub_url = self._shell.control.full_address(typed)
        fingerprint = self._scanned.ca_fingerprint if hub_url == self._scanned.hub_url else ""
        self._asked = PairingAsked(
            hub_url,
            self.form.code.text(),
            self.form.name.text().strip(),
            fingerprint,
            reason=reason_for(self._shell.sync_status.error_code),
        )
        if self._shell.control.is_readable_for_all(hub_url):
            self.insist.show_question(
                self.tr("Everybody on the network could read along"),
                self.tr(
                    "The address begins with http: sales and this till's secret would travel unprotected to"
                    " {hub_url}. Use https; only whoever answers for this network may insist."
                ).format(hub_url=hub_url),
            )
            self._show(Step.INSIST)
        else:
            self._ask(self._asked)

    def _ask(self, asked: PairingAsked) -> None:
        self._asked = asked
        self.progress.show_progress(
            self.tr("Asking the hub"), asked.hub_url, self.tr("This takes a few seconds."), None
        )
        self._show(Step.ASKING)
        self._shell.errands.send(
            self, lambda: self._shell.control.pair(asked), self._on_answer, self._on_failure
        )

    def _insist(self) -> None:
        if self._asked is not None:
            self._ask(replace(self._asked, allows_plain_http=True))

    def _are_the_same(self) -> None:
        if self._asked is not None:
            self._ask(self._asked)

    def _differ(self) -> None:
        self._back_to_form()
        self._shell.say(
            Tone.WARNING,
            self.tr(
                "Not paired: nothing secret was sent\nSomebody else may answer there. Check the address."
            ),
        )

    def _on_answer(self, result: PairingResult) -> None:
        match result:
            case Paired():
                self._paired = result
                self._on_paired()
            case UnknownAuthority(fingerprint=fingerprint):
                self._ask_to_compare(fingerprint)
            case NotPaired():
                self._back_to_form()
                hub_url = self._asked.hub_url if self._asked is not None else ""
                self._shell.say(Tone.BAD, words_of_failure(result, hub_url))

    def _on_failure(self, error: Exception) -> None:
        self._back_to_form()
        raise error

    def _ask_to_compare(self, fingerprint: str) -> None:
        if self._asked is not None:
            self._asked = replace(self._asked, ca_fingerprint=fingerprint)
        self.compare.show_question(
            self.tr("Is this your hub's fingerprint?"),
            self.tr(
                "The hub has a certificate of its own. Compare all sixteen groups with those that the"
                " hub shows;"
                " if one differs, somebody stands in between."
            ),
            fingerprint_lines(fingerprint),
        )
        self._show(Step.COMPARE)

    # ------------------------------------------------------------------ loading

    def _on_paired(self) -> None:
        self.form.code.clear()
        self._shell.place_changed()
        self._show_loading()

    def _show_loading(self) -> None:
        control, status = self._shell.control, self._shell.sync_status
        if self._step is not Step.LOADING:
            self._show(Step.LOADING)
        if control.can_sell() and status.load is None:
            self._go_on()
            return
        formatter = self._shell.formatter
        load = status.load
        is_well = status.state in (LinkState.ONLINE, LinkState.STARTING) and not status.error_code
        doing = load_words(load, formatter) if load is not None else self.tr("Loading the shop")
        if status.state is LinkState.OFFLINE:
            doing = self.tr(
                "The hub does not answer just now. It is asked again by itself; if it stays so, check the"
                " network."
            )
        elif not is_well:
            doing = f"{hub_state(status, formatter).words}. {hub_advice(status, formatter)}"
        elif load is None and status.last_exchange_at is not None and status.state is LinkState.ONLINE:
            doing = self.tr("The hub has no shop, staff or goods for this till yet. They come by themselves.")
        share = load.done / load.total if load is not None and load.total else None
        self.progress.show_progress(
            self.tr("Paired"), doing, words_of_success(self._paired, control.facts(), formatter), share
        )

    def _go_on(self) -> None:
        facts, formatter = self._shell.control.facts(), self._shell.formatter
        self._step = Step.FORM
        is_new = self._shell.services.workplace.operator is None
        if is_new:
            self._shell.go(ScreenName.SIGN_ON)
        else:
            self._shell.look_back()
        detail = words_of_success(self._paired, facts, formatter)
        self._shell.say(Tone.INFO, self.tr("Paired with the hub\n{detail}").format(detail=detail))

    # ------------------------------------------------------------------- showing

    def _back_to_form(self) -> None:
        self._show(Step.FORM)

    def _forget_scan(self) -> None:
        self._scanned = _Scanned("", "")

    def _show(self, step: Step) -> None:
        self._step = step
        page = {
            Step.FORM: self.form,
            Step.INSIST: self.insist,
            Step.COMPARE: self.compare,
            Step.ASKING: self.progress,
            Step.LOADING: self.progress,
        }[step]
        self._show_words()
        self.progress.offer_ways_on(step is Step.LOADING)
        is_new = not self._shell.control.can_sell() and not self._shell.control.facts().is_paired
        self.back.setVisible(step is Step.FORM and not is_new)
        self._pages.setCurrentWidget(page)
        match step:
            case Step.FORM:
                field = self.form.first_empty() or self.form.code
                field.setFocus()
                field.selectAll()
            case Step.INSIST:
                self.insist.no.setFocus()
            case Step.COMPARE:
                self.compare.no.setFocus()
            case _:
                self.setFocus()

    def _show_words(self) -> None:
        unsent = self._shell.services.ledger.unsent().entries
        is_again = self._shell.control.facts().is_paired
        if self._step is Step.LOADING:
            self.intro.show_loading()
        else:
            self.intro.show_how(
                is_again=is_again, unsent=self._shell.formatter.count(unsent) if unsent else ""
            )

    def _lay_out(self) -> None:
        self._card = QFrame()
        self._card.setProperty("ground", "card")
        self._card_layout = QVBoxLayout(self._card)
        self._card_layout.addWidget(self._pages)
        right = QVBoxLayout()
        right.addWidget(self._card, 100)
        right.addStretch(1)
        self._layout = QHBoxLayout(self)
        self._layout.addStretch(1)
        self._layout.addWidget(self.intro, 8)
        self._layout.addLayout(right, 8)
        self._layout.addStretch(1)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self.intro.setMaximumWidth(round(560 * tokens.scale))
        self._card.setMaximumSize(round(560 * tokens.scale), round(520 * tokens.scale))
        self._layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        self._layout.setSpacing(space.xl)
        self._card_layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
