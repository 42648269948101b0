"""Whom a till trusts: plain HTTP to its own computer, a pinned authority elsewhere, and no way round."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.end_to_end.shop import FILES, begin_day, open_till
from till_app.bootstrap import Till
from till_app.hub.server import RunningHub
from till_app.hub.tls import OwnTls
from till_app.hub_link import HubTrust, offered_fingerprint
from till_app.services.errors import HubError, HubRefused, HubUnreachable
from till_app.sync.authority import fingerprint_of, offered_authorities
from till_app.sync.codes import SyncCode

WRONG = "ab" * 32


class TlsShop:
    """A hub with certificates of its own authority, spoken to by its admin through that authority."""

    def __init__(self, folder: Path, hub: RunningHub) -> None:
        self.folder = folder
        self.hub = hub

    @property
    def fingerprint(self) -> str:
        return offered_fingerprint(self.hub.url)

    def code(self) -> str:
        answer = self._post("/v1/admin/pairing-codes")
        return str(answer.json()["code"])

    def fill(self) -> None:
        for kind, text in FILES.items():
            self._post(f"/v1/admin/imports/{kind}", text.encode())

    def change_authority(self) -> None:
        """As a new hub at the same address would."""
        self.hub.stop()
        for path in self.folder.rglob("authority.pem"):
            path.unlink()
        self.hub.start()

    def _post(self, path: str, content: bytes | None = None) -> requests.Response:
        authority = self.folder / "for-admin.pem"
        authority.write_text(offered_authorities(self.hub.url)[0])
        answer = requests.post(
            self.hub.url + path,
            data=content,
            headers={"Authorization": f"Bearer {self.hub.admin_token}"},
            verify=str(authority),
            timeout=30,
        )
        answer.raise_for_status()
        return answer


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TlsShop]:
    with RunningHub(tmp_path / "hub" / "hub.sqlite", tls=OwnTls(["127.0.0.1"])) as hub:
        shop = TlsShop(tmp_path / "hub", hub)
        shop.fill()
        yield shop


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with open_till(tmp_path / "till") as (opened, _):
        yield opened


def failure(till: Till) -> str:
    with pytest.raises(HubUnreachable) as caught:
        till.load_catalogue()
    return caught.value.code


def test_an_unknown_authority_is_not_trusted_by_itself(shop: TlsShop, till: Till) -> None:
    with pytest.raises(HubError) as caught:
        till.pair(shop.hub.url, shop.code(), "Till")
    assert caught.value.code == SyncCode.TLS_FAILED
    assert till.pairing is None


def test_an_authority_with_another_fingerprint_is_refused_before_the_code_is_sent(
    shop: TlsShop, till: Till
) -> None:
    code = shop.code()
    with pytest.raises(HubRefused, match="not the one whose fingerprint was given"):
        till.pair(shop.hub.url, code, "Till", HubTrust(WRONG))
    assert till.pairing is None
    till.pair(shop.hub.url, code, "Till", HubTrust(shop.fingerprint))
    assert till.pairing is not None


@pytest.mark.parametrize("way", ["fingerprint", "with colons", "file"])
def test_a_pinned_authority_is_used_for_every_later_request(
    shop: TlsShop, till: Till, tmp_path: Path, way: str
) -> None:
    fingerprint = shop.fingerprint
    match way:
        case "fingerprint":
            trust = HubTrust(fingerprint)
        case "with colons":
            trust = HubTrust(":".join(fingerprint[at : at + 2] for at in range(0, 64, 2)).upper())
        case _:
            (tmp_path / "ca.pem").write_text(offered_authorities(shop.hub.url)[0])
            trust = HubTrust(ca_file=tmp_path / "ca.pem")
    till.pair(shop.hub.url, shop.code(), "Till", trust)
    till.load_catalogue()
    begin_day(till)
    till.load_catalogue()
    assert till.ledger.unsent().entries == 0
    assert till.pairing is not None
    assert [fingerprint_of(pem) for pem in till.pairing.authorities] == [fingerprint]


def test_a_certificate_of_another_authority_stops_the_exchange_until_a_person_pins_it(
    shop: TlsShop, till: Till
) -> None:
    till.pair(shop.hub.url, shop.code(), "Till", HubTrust(shop.fingerprint))
    till.load_catalogue()
    begin_day(till)
    waiting = till.ledger.unsent().entries
    shop.change_authority()
    assert failure(till) == SyncCode.TLS_FAILED
    assert till.ledger.unsent().entries == waiting > 0
    with pytest.raises(HubRefused):
        till.trust_also(WRONG)
    assert failure(till) == SyncCode.TLS_FAILED
    till.trust_also(shop.fingerprint)
    till.load_catalogue()
    assert till.ledger.unsent().entries == 0


def test_two_authorities_are_pinned_at_most(shop: TlsShop, till: Till) -> None:
    till.pair(shop.hub.url, shop.code(), "Till", HubTrust(shop.fingerprint))
    pinned = [shop.fingerprint]
    for _ in range(2):
        shop.change_authority()
        pinned.append(shop.fingerprint)
        till.trust_also(shop.fingerprint)
    assert till.pairing is not None
    assert [fingerprint_of(pem) for pem in till.pairing.authorities] == pinned[1:]


def test_plain_http_goes_to_this_computer_only(till: Till) -> None:
    with pytest.raises(ValueError, match="readable for everyone on the network"):
        till.pair("http://192.0.2.7:8080", "code", "Till")
    assert till.pairing is None
