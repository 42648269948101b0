"""Where a till's secret lies, and that no keyring can hold the till up."""

import json
import stat
import threading
from pathlib import Path

import pytest

from tests.conftest import ExpectedLogs
from tests.end_to_end.shop import admin, open_shop
from till_app.bootstrap import Listeners, Till
from till_app.credentials import (
    SERVICE,
    CredentialLocked,
    CredentialPlace,
    Credentials,
    DeviceSecrets,
    Keyring,
    system_keyring,
)
from till_app.hub.server import RunningHub
from till_app.hub_link import CREDENTIAL_LOCKED
from till_app.services.device_settings import DeviceSettings
from till_app.services.errors import HubUnreachable
from till_app.till_files import Pairing, TillFiles, load_pairing, save_pairing


class MemoryKeyring:
    """A backend that keeps what it is given."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._ask()
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask()
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask()
        del self.secrets[service, username]

    def _ask(self) -> None:
        if self.is_locked:
            raise OSError("locked")


class ForgetfulKeyring(MemoryKeyring):
    """It says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class HangingKeyring(MemoryKeyring):
    """It waits for a person at a screen that nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def _ask(self) -> None:
        self.let_go.wait(30)


def a_till(folder: Path, keyring: Keyring | None) -> Till:
    credentials = Credentials(lambda: keyring, answer_within_s=0.2)
    return Till(TillFiles(folder), DeviceSettings(), Listeners(), credentials=credentials)


def pair(till: Till, hub: RunningHub) -> None:
    till.pair(hub.url, admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"], "Till")


def test_a_working_keyring_has_the_secret_and_no_file_has_it(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    with open_shop(tmp_path) as hub:
        till = a_till(tmp_path / "till", keyring)
        try:
            pair(till, hub)
            assert till.credential_place is CredentialPlace.KEYRING
            ((service, _), secret) = next(iter(keyring.secrets.items()))
            assert service == SERVICE
            files = [path.read_bytes() for path in (tmp_path / "till").iterdir()]
            assert not any(secret.encode() in content for content in files)
            till.load_catalogue()
            till.unpair()
            assert keyring.secrets == {}
            assert load_pairing(tmp_path / "till" / "pairing.json") is None
        finally:
            till.close()


@pytest.mark.parametrize("keyring", [None, ForgetfulKeyring()])
def test_without_a_working_keyring_the_secret_is_in_a_file_of_its_owner(
    tmp_path: Path, keyring: Keyring | None
) -> None:
    with open_shop(tmp_path) as hub:
        till = a_till(tmp_path / "till", keyring)
        try:
            pair(till, hub)
            assert till.credential_place is CredentialPlace.FILE
            path = tmp_path / "till" / "pairing.json"
            assert path.stat().st_mode & 0o077 == 0
            till.load_catalogue()
        finally:
            till.close()


def test_a_keyring_that_asks_somebody_holds_up_neither_pairing_nor_start(tmp_path: Path) -> None:
    keyring = HangingKeyring()
    with open_shop(tmp_path) as hub:
        till = a_till(tmp_path / "till", keyring)
        try:
            pair(till, hub)
            assert till.credential_place is CredentialPlace.FILE
        finally:
            till.close()
            keyring.let_go.set()


def test_a_locked_keyring_is_asked_again_and_selling_goes_on(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    with open_shop(tmp_path) as hub:
        till = a_till(tmp_path / "till", keyring)
        try:
            pair(till, hub)
            keyring.is_locked = True
            with pytest.raises(HubUnreachable) as caught:
                till.load_catalogue()
            assert caught.value.code == CREDENTIAL_LOCKED
            keyring.is_locked = False
            till.load_catalogue()
        finally:
            till.close()


def test_the_token_of_an_older_release_moves_into_the_keyring(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    with open_shop(tmp_path) as hub:
        till = a_till(tmp_path / "till", None)
        pair(till, hub)
        till.close()
        path = tmp_path / "till" / "pairing.json"
        new = json.loads(path.read_text())
        path.write_text(json.dumps({name: new[name] for name in ("hub_url", "hub_id", "token")}))
        till = a_till(tmp_path / "till", keyring)
        try:
            till.load_catalogue()
            assert till.credential_place is CredentialPlace.KEYRING
            assert list(keyring.secrets.values()) == [new["token"]]
            assert new["token"] not in path.read_text()
        finally:
            till.close()


def test_backends_that_keep_secrets_readable_or_nowhere_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keyring.backends.fail
    import keyring.backends.null

    for kind in (keyring.backends.fail.Keyring, keyring.backends.null.Keyring):
        monkeypatch.setattr(keyring, "get_keyring", kind)
        assert system_keyring() is None


def test_a_secret_that_the_keyring_lost_is_told() -> None:
    with pytest.raises(CredentialLocked, match="does not have"):
        Credentials(MemoryKeyring).token("till")


def test_no_secret_shows_in_a_repr(tmp_path: Path) -> None:
    save_pairing(tmp_path / "pairing.json", Pairing("https://hub", "hub", "geheim"))
    assert "geheim" not in repr(load_pairing(tmp_path / "pairing.json"))


# ----------------------------------------------------------------- devices' keys


def test_a_devices_key_is_kept_in_a_file_for_its_owner_where_there_is_no_keyring(tmp_path: Path) -> None:
    secrets = DeviceSecrets(tmp_path / "device-secrets.json", Credentials(lambda: None))
    assert (secrets.has("card_terminal"), secrets.secret("card_terminal")) == (False, None)
    secrets.keep("card_terminal", "sk-1")
    secrets.keep("card_terminal", "sk-2")
    again = DeviceSecrets(tmp_path / "device-secrets.json", Credentials(lambda: None))
    assert again.secret("card_terminal") == "sk-2"
    assert stat.S_IMODE((tmp_path / "device-secrets.json").stat().st_mode) == 0o600


def test_a_devices_key_that_the_keyring_has_is_in_no_file(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    keyring = MemoryKeyring()
    secrets = DeviceSecrets(tmp_path / "device-secrets.json", Credentials(lambda: keyring))
    secrets.keep("card_terminal", "sk-1")
    assert secrets.secret("card_terminal") == "sk-1"
    assert b"sk-1" not in (tmp_path / "device-secrets.json").read_bytes()
    keyring.is_locked = True
    expected_logs.expect("the key of card_terminal is not to be had")
    assert secrets.secret("card_terminal") is None
