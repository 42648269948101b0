"""Something else answers in the hub's place: it hears nothing, the till says why, and selling goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.end_to_end.shop import MILK, MINTS, begin_day, open_till, sell
from tests.end_to_end.test_trust import TlsShop
from tests.sync.canned_server import CannedServer
from till_app.hub import tables as t
from till_app.hub.server import RunningHub
from till_app.hub.tls import OwnTls
from till_app.hub_link import HubTrust
from till_app.services.errors import HubUnreachable

CERTIFICATE = Path(__file__).parents[1] / "sync" / "loopback.pem"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TlsShop]:
    with RunningHub(tmp_path / "hub" / "hub.sqlite", tls=OwnTls(["127.0.0.1"])) as hub:
        shop = TlsShop(tmp_path / "hub", hub)
        shop.fill()
        yield shop


@pytest.mark.parametrize("certificate", [CERTIFICATE, None], ids=["another certificate", "no TLS at all"])
def test_whoever_answers_in_the_hubs_place_hears_nothing_and_nothing_is_lost(
    shop: TlsShop, tmp_path: Path, certificate: Path | None
) -> None:
    with open_till(tmp_path / "till") as (till, _), CannedServer(certificate=certificate) as imposter:
        till.pair(shop.hub.url, shop.code(), "Till", HubTrust(shop.fingerprint))
        till.load_catalogue()
        begin_day(till)
        sell(till, MILK)
        till.move_hub(imposter.url.replace("http:", "https:"))
        with pytest.raises(HubUnreachable) as caught:
            till.load_catalogue()
        assert caught.value.code == "tls_failed"
        assert imposter.received == []
        sell(till, MINTS)
        assert till.ledger.unsent().sales == 2
        till.move_hub(shop.hub.url)
        till.load_catalogue()
        assert till.ledger.unsent().entries == 0
        assert shop.hub.hub is not None
        with shop.hub.hub.database.reading() as connection:
            at_hub = connection.execute(select(t.sale.c.sale_uuid, t.sale.c.total_minor)).all()
        own = [(sale.uuid, sale.total_minor) for sale in till.ledger.latest_sales(10)]
        assert sorted(tuple(row) for row in at_hub) == sorted(own)
