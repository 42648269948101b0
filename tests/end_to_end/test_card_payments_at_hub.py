"""Card payments of a till as the program puts it together: the hub takes each step of them."""

import queue
from pathlib import Path

from tests.end_to_end.shop import IMPATIENT, MILK, Heard, begin_day, open_shop, pair
from till_app.bootstrap import Listeners, Till
from till_app.services.device_settings import DeviceSettings, TerminalSettings
from till_app.till_files import TillFiles


def test_every_step_of_a_card_payment_is_taken_by_the_hub(tmp_path: Path) -> None:
    heard, news = Heard(), queue.Queue[object]()
    with open_shop(tmp_path) as hub:
        till = Till(
            TillFiles(tmp_path / "till"),
            DeviceSettings(terminal=TerminalSettings(kind="simulated")),
            Listeners(on_sync=heard.on_sync, on_payment=news.put),
            sync_settings=IMPATIENT,
        )
        try:
            pair(till, hub)
            begin_day(till)
            till.start()
            cards = till.services.card_payments
            till.services.selling.scan(MILK)
            attempt = cards.begin_purchase(165)
            while cards.pending is not None:
                cards.heard(news.get(timeout=20))
            sale = till.services.checkout.complete().sale
            assert [tender.tender_id for tender in sale.tenders] == [attempt.attempt_id]
            heard.wait(lambda: till.ledger.unsent().entries == 0)
            kinds = [entry.kind for entry in till.ledger.entries_after(0, 99, 10**9)]
            assert kinds.count("card_payment") == 2
            assert heard.status.quarantined == 0
            assert till.hub_totals().gross_minor == 165
        finally:
            till.close()
