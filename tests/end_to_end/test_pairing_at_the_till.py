"""A new till before a real hub: paired at its own screen by typing and by a scan, then loaded; and one that
was revoked, paired again."""

import http.server
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.end_to_end.shop import IMPATIENT, MILK, PIN, admin, begin_day, open_shop, sell
from tests.end_to_end.test_trust import TlsShop
from till_app.app import TillApplication
from till_app.credentials import CredentialPlace
from till_app.hub.server import RunningHub
from till_app.hub.tls import OwnTls
from till_app.hub_control import HubControl
from till_app.services.device_settings import DeviceSettings
from till_app.services.sync_control import NotPaired, Paired, PairingAsked, PairingCode, UnknownAuthority
from till_app.sync.codes import SyncCode
from till_app.till_files import TillFiles
from till_app.ui.screens.pairing import PairingScreen, Step
from till_app.ui.screens.sync_centre import DAYS, SyncCentreScreen
from till_app.ui.shell import ScreenName
from till_app.wire.exchange import ErrorCode

WAIT_MS = 60_000


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    folder = tmp_path / "hub"
    folder.mkdir()
    with open_shop(folder) as running:
        yield running


@contextmanager
def opened(folder: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[TillApplication]:
    """As `python -m till_app` opens it."""
    del qapp
    application = TillApplication(TillFiles(folder), DeviceSettings(), sync_settings=IMPATIENT)
    window = application.window
    window.sounds.set_muted(True)
    try:
        window.resize(1366, 768)
        with qtbot.waitActive(window, timeout=20_000):
            window.show()
            window.activateWindow()
        application.show()
        yield application
    finally:
        application.till.sync.stop()
        QApplication.processEvents()  # what it told last, while there is somebody to hear it
        application.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def pairing(application: TillApplication) -> PairingScreen:
    assert application.window.current is ScreenName.PAIRING
    screen = application.window.screen_named(ScreenName.PAIRING)
    assert isinstance(screen, PairingScreen)
    return screen


def new_code(hub: RunningHub) -> str:
    return str(admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"])


def focus(application: TillApplication) -> QWidget:
    return QApplication.focusWidget() or application.window


def press(application: TillApplication, key: Qt.Key) -> None:
    QTest.keyClick(focus(application), key)


def scan(application: TillApplication, text: str) -> None:
    """As a keyboard scanner types it."""
    handle = application.window.windowHandle()
    keys = [(ord(character.upper()), character) for character in text] + [(Qt.Key.Key_Return.value, "\r")]
    for at_ms, (key, character) in enumerate(keys):
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            event.setTimestamp(5_000 + 10 * at_ms)
            event.ignore()
            QCoreApplication.sendEvent(handle, event)


def type_and_pair(application: TillApplication, address: str, code: str) -> PairingScreen:
    screen = pairing(application)
    screen.form.address.clear()
    QTest.keyClicks(screen.form.address, address)
    screen.form.code.clear()
    QTest.keyClicks(screen.form.code, code)
    press(application, Qt.Key.Key_F2)
    return screen


def wait_for_sign_on(application: TillApplication, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: application.window.current is ScreenName.SIGN_ON, timeout=WAIT_MS)


def sign_on_and_sell(application: TillApplication) -> None:
    begin_day(application.till)
    application.window.go(ScreenName.SELL)
    sell(application.till, MILK)


def everything_is_at_the_hub(application: TillApplication) -> bool:
    return application.till.ledger.unsent().entries == 0


def test_a_code_typed_brings_a_new_till_to_its_first_sale(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        assert application.window.top_bar.pill("hub").state.words == "Not paired with a hub"
        address = hub.url.removeprefix("http://")  # plain HTTP to this computer goes without saying
        type_and_pair(application, address, new_code(hub))
        wait_for_sign_on(application, qtbot)
        assert application.window.messages.message is not None
        assert "secret is in" in application.window.messages.message.detail
        sign_on_and_sell(application)
        qtbot.waitUntil(lambda: everything_is_at_the_hub(application), timeout=WAIT_MS)
        assert application.till.hub_totals().sales == 1


def test_one_scan_does_the_same(tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        scan(application, f"tillpair:{hub.url}?code={new_code(hub)}")
        wait_for_sign_on(application, qtbot)
        assert application.till.pairing is not None
        assert application.till.pairing.hub_url == hub.url
    with opened(tmp_path / "till", qtbot, qapp) as application:
        assert application.window.current is ScreenName.SIGN_ON  # the next start goes straight there


def test_a_wrong_code_is_said_and_a_fresh_one_pairs(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        screen = type_and_pair(application, hub.url, "00000000")
        qtbot.waitUntil(lambda: application.window.messages.message is not None, timeout=WAIT_MS)
        assert application.window.messages.message is not None
        assert application.window.messages.message.title == "That code is wrong, used or too old"
        assert screen.step is Step.FORM
        type_and_pair(application, hub.url, new_code(hub))
        wait_for_sign_on(application, qtbot)


@pytest.fixture
def tls_shop(tmp_path: Path) -> Iterator[TlsShop]:
    with RunningHub(tmp_path / "tls" / "hub.sqlite", tls=OwnTls(["127.0.0.1"])) as running:
        shop = TlsShop(tmp_path / "tls", running)
        shop.fill()
        yield shop


def test_a_hub_with_its_own_authority_is_compared_by_a_person(
    tmp_path: Path, tls_shop: TlsShop, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        screen = type_and_pair(application, tls_shop.hub.url, tls_shop.code())
        qtbot.waitUntil(lambda: screen.step is Step.COMPARE, timeout=WAIT_MS)
        assert re.sub(r"\s", "", screen.compare.shown.text()) == tls_shop.fingerprint
        assert application.till.pairing is None
        press(application, Qt.Key.Key_F9)
        wait_for_sign_on(application, qtbot)


def test_a_scan_that_carries_the_fingerprint_asks_nothing(
    tmp_path: Path, tls_shop: TlsShop, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        scan(application, f"tillpair:{tls_shop.hub.url}?code={tls_shop.code()}&ca={tls_shop.fingerprint}")
        wait_for_sign_on(application, qtbot)


def test_a_revoked_till_is_paired_again_with_what_it_could_not_send(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        scan(application, f"tillpair:{hub.url}?code={new_code(hub)}")
        wait_for_sign_on(application, qtbot)
        sign_on_and_sell(application)
        qtbot.waitUntil(lambda: everything_is_at_the_hub(application), timeout=WAIT_MS)
        identity = application.till.ledger.identity()
        assert identity is not None
        admin(hub, "POST", f"/v1/admin/tills/{identity.till_id}/revoke")
        sell(application.till, MILK)
        qtbot.waitUntil(lambda: application.last_sync_status.error_code == "revoked", timeout=WAIT_MS)
        window = application.window
        QTest.keyClick(focus(application), Qt.Key.Key_F12, Qt.KeyboardModifier.ShiftModifier)
        press(application, Qt.Key.Key_F8)  # Morag is a manager
        pairing(application)
        scan(application, f"tillpair:{hub.url}?code={new_code(hub)}")
        qtbot.waitUntil(lambda: window.current is ScreenName.SELL, timeout=WAIT_MS)
        (exported,) = (tmp_path / "till" / "exports").glob("till-1-unsent-*.jsonl")
        assert len(exported.read_text().splitlines()) > 1
        qtbot.waitUntil(lambda: everything_is_at_the_hub(application), timeout=WAIT_MS)
        assert application.till.hub_totals().sales == 1  # the other is the former till's


def test_the_sync_centre_compares_a_closed_day_with_the_hub(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        scan(application, f"tillpair:{hub.url}?code={new_code(hub)}")
        wait_for_sign_on(application, qtbot)
        sign_on_and_sell(application)
        application.till.services.reporting.close_day({100: 101})
        qtbot.waitUntil(lambda: everything_is_at_the_hub(application), timeout=WAIT_MS)
        application.window.look_at(ScreenName.SYNC_CENTRE)
        screen = application.window.screen_named(ScreenName.SYNC_CENTRE)
        assert isinstance(screen, SyncCentreScreen)
        screen.chips.chip(DAYS).click()
        qtbot.waitUntil(lambda: not screen.comparison.is_under_way, timeout=WAIT_MS)
        (row,) = screen.days.rows
        assert [line.text for line in row.lines] == ["1 sales, 1 at the hub, chain intact"]
        screen.check_everything()
        qtbot.waitUntil(lambda: application.last_sync_status.check is not None, timeout=WAIT_MS)
        check = application.last_sync_status.check
        assert check is not None
        assert (check.error_code, check.different) == ("", 0)


def test_what_stands_in_the_way_is_told_apart(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        control = application.control

        def code_of(hub_url: str) -> str:
            result = control.pair(PairingAsked(hub_url, "00000000"))
            assert isinstance(result, NotPaired)
            return result.code

        assert code_of(hub.url) == ErrorCode.PAIRING_CODE_WRONG
        assert code_of("http://127.0.0.1:9") == SyncCode.NO_CONNECTION
        assert code_of("http://192.0.2.7") == PairingCode.BAD_ADDRESS
        assert code_of("nonsense") == PairingCode.BAD_ADDRESS
        assert application.till.pairing is None


class RouterPage(http.server.BaseHTTPRequestHandler):
    """The sign-in page of a network, whatever is asked."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Welcome to the free network</h1>")

    def log_message(self, *_words: object) -> None:
        """Not on the error stream."""


def test_a_page_that_is_no_hub_is_told_apart(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    with (
        http.server.HTTPServer(("127.0.0.1", 0), RouterPage) as router,
        opened(tmp_path / "till", qtbot, qapp) as application,
    ):
        thread = threading.Thread(target=router.serve_forever)
        thread.start()
        try:
            type_and_pair(application, f"127.0.0.1:{router.server_port}", "12345678")
            messages = application.window.messages
            qtbot.waitUntil(lambda: messages.message is not None, timeout=WAIT_MS)
        finally:
            router.shutdown()
            thread.join()
        assert messages.message is not None
        assert messages.message.title.endswith("is no hub")


def test_another_authority_than_the_scanned_one_is_refused(
    tmp_path: Path, tls_shop: TlsShop, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        result = application.control.pair(PairingAsked(tls_shop.hub.url, tls_shop.code(), "", "ab" * 32))
        assert result == NotPaired(PairingCode.OTHER_AUTHORITY)
        result = application.control.pair(PairingAsked(tls_shop.hub.url, "00000000"))
        assert result == UnknownAuthority(tls_shop.fingerprint)


@pytest.mark.parametrize(
    ("typed", "address", "is_readable"),
    [
        ("hub.example:8765", "https://hub.example:8765", False),
        (" localhost:8765 ", "http://localhost:8765", False),
        ("127.0.0.1:8765", "http://127.0.0.1:8765", False),
        ("http://hub.example", "http://hub.example", True),
        ("HTTP://192.168.1.20", "HTTP://192.168.1.20", True),
        ("http://127.0.0.1", "http://127.0.0.1", False),
        ("http://[", "http://[", True),
    ],
)
def test_an_address_is_completed_and_plain_http_is_noticed(
    tmp_path: Path, qtbot: QtBot, qapp: QApplication, typed: str, address: str, is_readable: bool
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        control = application.control
        assert control.full_address(typed) == address
        assert control.is_readable_for_all(address) is is_readable


def test_an_unpaired_till_that_is_started_waits_for_its_pairing(tmp_path: Path) -> None:
    """The program itself, as an installer starts it for the first time."""
    code = (
        "import sys; from PySide6.QtCore import QTimer; from till_app.app import TillApplication;"
        "from till_app.till_files import TillFiles; from pathlib import Path;"
        "a = TillApplication(TillFiles(Path(sys.argv[1])));"
        "QTimer.singleShot(300, lambda: (print(a.window.current), a.window.close()));"
        "sys.exit(a.run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.stdout.strip(), done.returncode) == ("pairing", 0), done.stderr


def test_the_place_of_the_secret_is_told(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        control = application.control
        assert isinstance(control, HubControl)
        assert control.pair(PairingAsked(hub.url, new_code(hub))) == Paired()
        in_keyring = application.till.credential_place is CredentialPlace.KEYRING
        assert control.facts().is_in_keyring is in_keyring
        assert control.facts().secret_file == tmp_path / "till" / "pairing.json"


def test_signing_on_needs_the_pin_of_the_loaded_shop(
    tmp_path: Path, hub: RunningHub, qtbot: QtBot, qapp: QApplication
) -> None:
    with opened(tmp_path / "till", qtbot, qapp) as application:
        scan(application, f"tillpair:{hub.url}?code={new_code(hub)}")
        wait_for_sign_on(application, qtbot)
        QTest.keyClicks(focus(application), PIN)
        press(application, Qt.Key.Key_Return)
        assert application.window.current is ScreenName.OPEN_DAY
