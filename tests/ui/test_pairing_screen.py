"""The pairing screen: a code typed or scanned, whom to trust, what went wrong, and the first load."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.services.counter import SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import TillWindow, open_selling_till, open_till
from till_app.domain.currency import GBP
from till_app.services.chains import ChainReason
from till_app.services.status import CatalogueChanged, LinkState, LoadProgress, SyncStatus
from till_app.services.sync_control import (
    NotPaired,
    Paired,
    PairingCode,
    UnknownAuthority,
)
from till_app.sync.codes import SyncCode
from till_app.ui.formatting import Formatter
from till_app.ui.pairing_words import words_of_failure
from till_app.ui.screens.pairing import PairingScreen, Step
from till_app.ui.shell import ScreenName
from till_app.ui.theme.theme import Theme, ThemeMode
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.painting import metrics_for
from till_app.wire.exchange import ErrorCode

Key = Qt.Key
FORMATTER = Formatter(GBP)
FINGERPRINT = "0123456789abcdef" * 4
CODE = "tillpair:https://hub.example:8765?code=12345678"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    """A new till: not paired, and nothing to sell."""
    with open_till(tmp_path, qtbot) as opened:
        opened.hub.is_paired = opened.hub.sells = False
        opened.window.go(ScreenName.PAIRING)
        yield opened


def pairing(till: TillWindow) -> PairingScreen:
    screen = till.window.screen_named(ScreenName.PAIRING)
    assert isinstance(screen, PairingScreen)
    return screen


def wait_for(till: TillWindow, qtbot: QtBot, step: Step) -> PairingScreen:
    screen = pairing(till)
    qtbot.waitUntil(lambda: screen.step is step)
    return screen


def type_and_pair(till: TillWindow, address: str = "hub.example:8765", code: str = "1234 5678") -> None:
    """As an installer does: Enter goes on, and pairs from the last that is needed."""
    screen = pairing(till)
    screen.form.address.clear()
    screen.form.address.setFocus()
    till.type_keys(address)
    till.press(Key.Key_Return)
    screen.form.code.clear()
    till.type_keys(code)
    till.press(Key.Key_Return)


def test_the_keyboard_is_where_typing_begins(till: TillWindow) -> None:
    assert pairing(till).form.address.hasFocus()
    assert not pairing(till).back.isVisible()


def test_what_was_typed_is_paired_with(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    type_and_pair(till)
    wait_for(till, qtbot, Step.LOADING)
    (asked,) = till.hub.pairings
    assert (asked.hub_url, asked.code, asked.ca_fingerprint) == ("https://hub.example:8765", "1234 5678", "")
    assert not asked.allows_plain_http


def test_one_scan_fills_all_and_goes_on(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    till.scan_by_wedge(f"{CODE}&ca={FINGERPRINT}")
    wait_for(till, qtbot, Step.LOADING)
    (asked,) = till.hub.pairings
    assert (asked.code, asked.ca_fingerprint) == ("12345678", FINGERPRINT)


def test_a_pairing_code_pasted_as_text_is_taken_too(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    pairing(till).form.address.setText(CODE)
    till.press(Key.Key_F2)
    wait_for(till, qtbot, Step.LOADING)
    assert till.hub.pairings[0].hub_url == "https://hub.example:8765"


@pytest.mark.parametrize("text", ["5000128104517", "tillpair:https://hub.example", "tillpair:ftp://x?code=1"])
def test_another_scan_is_refused_in_words(till: TillWindow, text: str) -> None:
    till.scan(text)
    assert till.message.startswith("That is no pairing code")
    assert till.hub.pairings == []


def test_without_a_code_nobody_is_asked(till: TillWindow) -> None:
    pairing(till).form.address.setText("hub.example")
    till.press(Key.Key_F2)
    assert till.message.startswith("The hub's address and its code are both needed")
    assert pairing(till).form.code.hasFocus()


def test_an_address_typed_over_a_scanned_one_no_longer_has_its_fingerprint(
    till: TillWindow, qtbot: QtBot
) -> None:
    till.hub.answers = [NotPaired("pairing_code_wrong"), Paired()]
    till.scan(f"{CODE}&ca={FINGERPRINT}")
    wait_for(till, qtbot, Step.FORM)
    qtbot.waitUntil(lambda: len(till.hub.pairings) == 1)
    type_and_pair(till, "other.example:8765")
    wait_for(till, qtbot, Step.LOADING)
    assert [asked.ca_fingerprint for asked in till.hub.pairings] == [FINGERPRINT, ""]


def test_the_window_works_while_the_hub_is_asked(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    till.hub.held.clear()
    type_and_pair(till)
    screen = wait_for(till, qtbot, Step.ASKING)
    assert screen.progress.heading.text() == "Asking the hub"
    till.scan(CODE)
    assert till.message.startswith("Not scanned: the till is busy with its hub")
    till.hub.held.set()
    wait_for(till, qtbot, Step.LOADING)


# ------------------------------------------------------------------ whom to trust


def test_the_fingerprint_of_the_hubs_own_authority_is_compared_in_groups(
    till: TillWindow, qtbot: QtBot
) -> None:
    till.hub.answers = [UnknownAuthority(FINGERPRINT), Paired()]
    type_and_pair(till)
    screen = wait_for(till, qtbot, Step.COMPARE)
    assert screen.compare.shown.text().splitlines() == ["0123  4567  89ab  cdef"] * 4
    assert screen.compare.no.hasFocus()  # Enter alone trusts nobody
    till.press(Key.Key_F9)
    wait_for(till, qtbot, Step.LOADING)
    assert [asked.ca_fingerprint for asked in till.hub.pairings] == ["", FINGERPRINT]


def test_a_fingerprint_that_differs_pairs_with_nobody(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [UnknownAuthority(FINGERPRINT)]
    type_and_pair(till)
    wait_for(till, qtbot, Step.COMPARE)
    till.press(Key.Key_Return)
    assert pairing(till).step is Step.FORM
    assert till.message.startswith("Not paired: nothing secret was sent")
    assert len(till.hub.pairings) == 1


def test_plain_http_needs_an_installer_who_insists(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    type_and_pair(till, "http://192.168.1.20:8765")
    assert pairing(till).step is Step.INSIST
    assert till.hub.pairings == []
    till.press(Key.Key_Escape)
    assert pairing(till).step is Step.FORM
    till.press(Key.Key_F2)
    till.press(Key.Key_F9)
    wait_for(till, qtbot, Step.LOADING)
    assert till.hub.pairings[0].allows_plain_http


# ----------------------------------------------------------------- what went wrong


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (ErrorCode.PAIRING_CODE_WRONG, "That code is wrong, used or too old"),
        (SyncCode.NO_CONNECTION, "Nothing answers at https://hub.example:8765"),
        (SyncCode.TIMEOUT, "does not answer in time"),
        (SyncCode.NOT_A_HUB, "is no hub"),
        (SyncCode.TLS_FAILED, "certificate is not trusted"),
        (PairingCode.OTHER_AUTHORITY, "This is not the hub that made the code"),
    ],
)
def test_what_went_wrong_is_said_and_the_form_stays_filled(
    till: TillWindow, qtbot: QtBot, code: str, words: str
) -> None:
    till.hub.answers = [NotPaired(code)]
    type_and_pair(till)
    qtbot.waitUntil(lambda: words in till.message)
    screen = pairing(till)
    assert screen.step is Step.FORM
    assert screen.form.address.text() == "hub.example:8765"
    assert screen.form.code.selectedText() == "1234 5678"  # typing replaces it


@pytest.mark.parametrize(
    "code",
    [
        value
        for codes in (ErrorCode, SyncCode, PairingCode)
        for name, value in vars(codes).items()
        if name.isupper()
    ],
)
def test_every_failure_says_what_to_do(code: str) -> None:
    title, advice = words_of_failure(NotPaired(code, "the reason"), "https://hub.example").split("\n")
    assert title
    assert advice.endswith(".")
    assert "{" not in title + advice


# --------------------------------------------------------------------- first load


def test_the_first_load_is_shown_and_sign_on_follows_by_itself(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    type_and_pair(till)
    screen = wait_for(till, qtbot, Step.LOADING)
    assert "pairing.json" in screen.progress.remark.text()  # where the secret lies
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE, load=LoadProgress(45, 100)))
    assert screen.progress.doing.text() == "Loading the shop · 45\u00a0%"
    assert (screen.progress.bar.value(), screen.progress.bar.maximum()) == (450, 1000)
    till.hub.sells = True
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE))
    assert till.is_on(ScreenName.SIGN_ON)
    assert till.message.startswith("Paired with the hub")


def test_pages_of_a_hub_without_snapshot_lead_to_sign_on_too(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    type_and_pair(till)
    wait_for(till, qtbot, Step.LOADING)
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE))
    till.hub.sells = True
    till.bridge.report_catalogue(CatalogueChanged(kinds=frozenset({"item"})))
    assert till.is_on(ScreenName.SIGN_ON)


def test_a_hub_that_is_away_during_the_load_is_said(till: TillWindow, qtbot: QtBot) -> None:
    till.hub.answers = [Paired()]
    type_and_pair(till)
    screen = wait_for(till, qtbot, Step.LOADING)
    till.bridge.report_sync(SyncStatus(LinkState.OFFLINE, error_code="no_connection"))
    assert screen.progress.doing.text().startswith("The hub does not answer just now")


def test_a_till_that_was_switched_off_in_its_first_load_goes_on_with_it(till: TillWindow) -> None:
    till.hub.is_paired = True
    till.window.go(ScreenName.PAIRING)
    assert pairing(till).step is Step.LOADING


# ------------------------------------------------------------------- paired again


def test_a_revoked_till_is_paired_again_and_goes_back_to_its_basket(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        till.scan("5000128104517")
        till.bridge.report_sync(SyncStatus(LinkState.REFUSED, error_code="fork", waiting_entries=3))
        till.press(Key.Key_F12, Qt.KeyboardModifier.ShiftModifier)
        exported = tmp_path / "exports" / "till-2-unsent.jsonl"
        till.hub.answers = [Paired(exported, 3)]
        till.scan_by_wedge(CODE)
        panel = till.window.overlay.panel
        assert panel is not None
        panel.choose(SAM)  # type: ignore[attr-defined]  # the approval panel
        till.type_keys(SUPERVISOR_PIN)
        till.press(Key.Key_Return)
        qtbot.waitUntil(lambda: till.message.startswith("Paired with the hub"))
        assert till.is_on(ScreenName.SELL)
        assert len(till.rows) == 1
        assert str(exported) in till.message.replace("\u200b", "")
        assert till.hub.pairings[0].reason == ChainReason.FORKED


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_captions_are_whole_and_targets_large_enough(
    tmp_path: Path, qtbot: QtBot, theme: Theme, size: tuple[int, int], mode: ThemeMode, scale: float
) -> None:
    theme.apply(mode, scale)
    with open_till(tmp_path, qtbot, size) as till:
        till.hub.is_paired = till.hub.sells = False
        till.window.go(ScreenName.PAIRING)
        till.hub.answers = [UnknownAuthority(FINGERPRINT)]
        type_and_pair(till)
        screen = wait_for(till, qtbot, Step.COMPARE)
        QApplication.processEvents()
        assert till.window.size().toTuple() == size
        width_of = metrics_for(theme.tokens.type.caption).horizontalAdvance
        shown = [button for button in screen.findChildren(ActionButton) if button.isVisible()]
        assert len(shown) == 2
        for button in shown:
            assert width_of(button.caption) < button.width() - 2 * theme.tokens.space.xs
            assert min(button.width(), button.height()) >= theme.tokens.height.touch


def test_a_till_whose_pairing_was_taken_back_before_its_first_load_can_be_paired_anew(
    till: TillWindow, qtbot: QtBot
) -> None:
    till.hub.is_paired = True
    till.window.go(ScreenName.PAIRING)
    till.bridge.report_sync(SyncStatus(LinkState.REFUSED, error_code="revoked"))
    assert "took this till's pairing back" in pairing(till).progress.doing.text()
    till.press(Key.Key_Escape)
    assert pairing(till).step is Step.FORM
    till.press(Key.Key_Escape)
    assert pairing(till).step is Step.LOADING
    till.press(Key.Key_Escape)
    till.hub.answers = [Paired()]
    till.scan(CODE)
    wait_for(till, qtbot, Step.LOADING)
    assert len(till.hub.pairings) == 1
