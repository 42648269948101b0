"""Each kind of card terminal with what stands at its other end, so that one suite of laws holds for all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from hardware.addresses import TcpAddress
from hardware.simulated.cloud_terminal import (
    KEY,
    TERMINAL_ID,
    CloudFault,
    CloudOutcome,
    CloudScript,
    SimulatedCloudTerminal,
)
from hardware.simulated.terminal_book import BookEntry
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from hardware.terminals.adyen import AdyenTerminal
from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from hardware.terminals.terminal import CardTerminal
from hardware.terminals.zvt import ZvtTerminal


class Play(StrEnum):
    """What the other end does with the next transactions."""

    APPROVE = "approve"
    DECLINE = "decline"
    ABORT = "abort"
    WAIT = "wait"
    PARTIAL = "partial"
    BUSY = "busy"
    LOST_AFTER_APPROVAL = "lost_after_approval"
    LOST_BEFORE_APPROVAL = "lost_before_approval"


@dataclass(frozen=True, slots=True)
class Rig:
    terminal: CardTerminal
    play: Callable[[Play], None]
    book: Callable[[], Sequence[BookEntry]]
    """The other end's own truth, since the test began."""
    wait_for_customer: Callable[[], None]

    @property
    def moved_minor(self) -> int:
        return sum(entry.moved_minor for entry in self.book())


@contextmanager
def simulated() -> Iterator[Rig]:
    terminal = SimulatedTerminal(patience_s=30.0)
    behaviours = {
        Play.APPROVE: Behaviour.APPROVE,
        Play.DECLINE: Behaviour.DECLINE,
        Play.ABORT: Behaviour.ABORT,
        Play.WAIT: Behaviour.WAIT,
        Play.PARTIAL: Behaviour.PARTIAL,
        Play.BUSY: Behaviour.BUSY,
        Play.LOST_AFTER_APPROVAL: Behaviour.LOST_AFTER_APPROVAL,
        Play.LOST_BEFORE_APPROVAL: Behaviour.LOST_BEFORE,
    }

    def play(wanted: Play) -> None:
        terminal.behaviour = behaviours[wanted]

    yield Rig(terminal, play, lambda: terminal.transactions, lambda: None)
    terminal.close()


@contextmanager
def zvt() -> Iterator[Rig]:
    scripts = {
        Play.APPROVE: ZvtScript(),
        Play.DECLINE: ZvtScript(ZvtOutcome.DECLINE),
        Play.ABORT: ZvtScript(ZvtOutcome.ABORT),
        Play.WAIT: ZvtScript(ZvtOutcome.WAIT),
        Play.PARTIAL: ZvtScript(ZvtOutcome.PARTIAL),
        Play.BUSY: ZvtScript(ZvtOutcome.BUSY),
        Play.LOST_AFTER_APPROVAL: ZvtScript(fault_at=9),
        Play.LOST_BEFORE_APPROVAL: ZvtScript(fault_at=7, goes_on_alone=False),
    }
    with SimulatedZvtTerminal() as peer:
        # What a terminal did last is its proof: a new one has none.
        peer.key_by_hand(100)
        terminal = ZvtTerminal(TcpAddress(peer.host, peer.port))

        def play(wanted: Play) -> None:
            peer.script = scripts[wanted]

        yield Rig(terminal, play, lambda: peer.transactions[1:], peer.wait_for_customer)
        terminal.close()


@contextmanager
def cloud() -> Iterator[Rig]:
    scripts = {
        Play.APPROVE: CloudScript(),
        Play.DECLINE: CloudScript(CloudOutcome.DECLINE),
        Play.ABORT: CloudScript(CloudOutcome.ABORT),
        Play.WAIT: CloudScript(CloudOutcome.WAIT),
        Play.PARTIAL: CloudScript(CloudOutcome.PARTIAL),
        Play.BUSY: CloudScript(CloudOutcome.BUSY),
        Play.LOST_AFTER_APPROVAL: CloudScript(fault=CloudFault.LOST_AFTER),
        Play.LOST_BEFORE_APPROVAL: CloudScript(fault=CloudFault.LOST_BEFORE),
    }
    with SimulatedCloudTerminal() as peer:
        terminal = AdyenTerminal(peer.address, TERMINAL_ID, KEY)

        def play(wanted: Play) -> None:
            peer.script = scripts[wanted]

        yield Rig(terminal, play, lambda: peer.transactions, peer.wait_for_customer)
        terminal.close()


RIGS: dict[str, Callable[[], AbstractContextManager[Rig]]] = {
    "simulated": simulated,
    "zvt": zvt,
    "cloud": cloud,
}
