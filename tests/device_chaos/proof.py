"""What must be so after any chaos: ledger, papers of both printers, drawer, scanners and terminal agree."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tests.device_chaos.peers import CounterPeers
from tests.device_chaos.rush import ENDS_OF_A_KICK, KICK_LIFE_S, Rush
from till_app.domain.tender import TenderKind
from till_app.services.device_status import DrawerNews
from till_app.services.ports import JobState
from till_app.store.ledger import SqliteLedger

SLACK_S = 0.7
"""Between a kick's last moment of life and the printer's clock: one write, and a busy machine."""
_RECEIPT = re.compile(r"\*RN(\d+-\d{6})\*")
_COPY = re.compile(r"\bCOPY \d")


def receipts_on(papers: Sequence[str]) -> Counter[str]:
    """How often each receipt's barcode is on paper, copies aside."""
    return Counter(
        number for paper in papers if not _COPY.search(paper) for number in _RECEIPT.findall(paper)
    )


def prove_sales(ledger: SqliteLedger, rung_up: Mapping[str, int]) -> None:
    """The ledger has what was rung up: each sale once, for its price, numbered without a gap."""
    sales = ledger.latest_sales(len(rung_up) + 10)
    assert {sale.receipt_number: sale.total_minor for sale in sales} == dict(rung_up)
    assert sorted(sale.counter for sale in sales) == list(range(1, len(rung_up) + 1))


def prove_papers(ledger: SqliteLedger, papers: Sequence[str], rung_up: Mapping[str, int]) -> Counter[str]:
    """No receipt is on paper twice; one that is not there is asked about. Returns what became of them."""
    on_paper = receipts_on(papers)
    assert set(on_paper) <= set(rung_up)
    doubled = {number: count for number, count in on_paper.items() if count > 1}
    assert doubled == {}
    unconfirmed = {
        job.title.removeprefix("Receipt ") for job in ledger.open_jobs() if job.state is JobState.UNCONFIRMED
    }
    lost = set(rung_up) - set(on_paper) - unconfirmed
    assert lost == set()
    return Counter(
        ("asked about, " if number in unconfirmed else "")
        + ("printed" if on_paper[number] else "not printed")
        for number in rung_up
    )


def prove_drawer(rush: Rush, peers: CounterPeers) -> None:
    """Each pulse belongs to a request made at most a kick's life before; each request has one outcome."""
    ends = Counter(event.news for event in rush.drawer_events)
    assert sum(ends[news] for news in ENDS_OF_A_KICK) == len(rush.kicks_asked_at)
    waiting = sorted(rush.kicks_asked_at)
    for pulse_at in sorted(peers.receipts.pulses_at):
        waiting = [asked_at for asked_at in waiting if pulse_at - asked_at <= KICK_LIFE_S + SLACK_S]
        assert waiting, "the drawer opened for nobody"
        assert waiting[0] <= pulse_at, "the drawer opened before it was asked for"
        del waiting[0]
    assert len(peers.receipts.pulses_at) <= len(rush.kicks_asked_at)
    assert bool(ends[DrawerNews.KICKED]) <= bool(peers.receipts.pulses_at)
    assert peers.fallback.drawer_pins == []


def prove_scans(rush: Rush, peers: CounterPeers) -> None:
    """No scanner was heard saying what it had not scanned, or more often."""
    for number, scanner in enumerate(peers.scanners, 1):
        heard = Counter(scan.text for scan in rush.heard if scan.source == f"scanner:{number}")
        assert heard <= Counter(scanner.scanned), (heard, Counter(scanner.scanned))


def prove_cards(rush: Rush, peers: CounterPeers) -> None:
    """The terminal's own book has what the sales have, and no money without a sale."""
    tenders = [tender for sale in rush.till.ledger.latest_sales(len(rush.rung_up)) for tender in sale.tenders]
    by_card_minor = sum(tender.amount_minor for tender in tenders if tender.kind is TenderKind.CARD)
    assert rush.till.services.card_payments.without_sale == ()
    assert by_card_minor == peers.card_minor


def prove_answers(rush: Rush, peers: CounterPeers) -> None:
    """A person who says of each receipt in doubt whether it printed has each on paper once in the end."""
    on_paper = receipts_on(peers.papers)
    for job in rush.till.ledger.open_jobs():
        rush.till.devices.printing.resolve(
            job.job_id, printed=bool(on_paper[job.title.removeprefix("Receipt ")])
        )
    rush.settle()
    assert rush.till.ledger.open_jobs() == []
    assert receipts_on(peers.papers) == Counter(rush.rung_up.keys())


def prove_all(rush: Rush, peers: CounterPeers) -> Counter[str]:
    prove_sales(rush.till.ledger, rush.rung_up)
    prove_drawer(rush, peers)
    prove_scans(rush, peers)
    prove_cards(rush, peers)
    return prove_papers(rush.till.ledger, peers.papers, rush.rung_up)
