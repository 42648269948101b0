"""The simulated card terminals of the bench with their switches: ZVT, and a cloud service."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType

from hardware.bench.amounts import minor_of
from hardware.bench.switches import Switch, Switches, setting
from hardware.simulated.cloud_terminal import (
    KEY,
    TERMINAL_ID,
    CloudFault,
    CloudOutcome,
    CloudScript,
    SimulatedCloudTerminal,
)
from hardware.simulated.terminal_book import BookEntry
from hardware.simulated.zvt_terminal import LinkFault, SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from hardware.terminals.currencies import printed_amount

_ZVT_AFTER_APPROVAL, _ZVT_BEFORE_CARD = 9, 7
"""Which message of a payment's connection is the first after the money moved, or after it was asked for."""


class _WithABook:
    """A terminal whose transactions are told when they come."""

    name = "terminal"

    def __init__(
        self, running: AbstractContextManager[object], book: Callable[[], Sequence[BookEntry]]
    ) -> None:
        self._running = running
        self._book = book
        self._told = len(book())

    def news(self) -> list[str]:
        entries = self._book()
        news = [_entry_words(entry) for entry in entries[self._told :]]
        self._told = len(entries)
        return news

    def _whole_book(self, _words: Sequence[str]) -> str:
        return "\n".join(_entry_words(entry) for entry in self._book()) or "no transaction yet"

    def __enter__(self) -> object:
        return self._running.__enter__()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running.__exit__(error_type, error, traceback)


class ZvtOnBench(_WithABook):
    def __init__(self, port: int, currency: str) -> None:
        self._peer = SimulatedZvtTerminal(port=port, currency=currency)
        # What a terminal did last is what a till asks it for: a new one would have nothing to tell.
        self._peer.key_by_hand(100)
        super().__init__(self._peer, lambda: self._peer.transactions)
        self.addresses: tuple[str, ...] = (f"{self._peer.address}  kind zvt, password 000000, {currency}",)
        lost_after = ZvtScript(fault_at=_ZVT_AFTER_APPROVAL)
        lost_before = ZvtScript(fault_at=_ZVT_BEFORE_CARD, goes_on_alone=False)
        silent = ZvtScript(fault_at=_ZVT_AFTER_APPROVAL, fault=LinkFault.SILENCE)
        garbage = ZvtScript(fault_at=_ZVT_AFTER_APPROVAL, fault=LinkFault.GARBAGE)
        self.switches: Switches = {
            "approve": Switch("the next payments are approved", self._play(ZvtScript())),
            "decline": Switch("… declined", self._play(ZvtScript(ZvtOutcome.DECLINE))),
            "abort": Switch("… given up by the customer", self._play(ZvtScript(ZvtOutcome.ABORT))),
            "wait": Switch("… wait for a card that never comes", self._play(ZvtScript(ZvtOutcome.WAIT))),
            "partial": Switch("… approved by half", self._play(ZvtScript(ZvtOutcome.PARTIAL))),
            "revert": Switch("… approved, then taken back", self._play(ZvtScript(ZvtOutcome.REVERT))),
            "mute": Switch("… approved without a word of it", self._play(ZvtScript(ZvtOutcome.MUTE))),
            "busy": Switch("it does something else", self._play(ZvtScript(ZvtOutcome.BUSY))),
            "lost": Switch("the link breaks after the approval", self._play(lost_after)),
            "lost before": Switch("the link breaks before the card", self._play(lost_before)),
            "silent": Switch("it falls silent after the approval", self._play(silent)),
            "garbage": Switch("it sends nonsense after the approval", self._play(garbage)),
            "key": Switch("somebody keys a payment on it", self._key, "AMOUNT"),
            "book": Switch("its own list of transactions", self._whole_book),
        }

    def _play(self, script: ZvtScript) -> Callable[[Sequence[str]], str]:
        return setting(lambda: setattr(self._peer, "script", script))

    def _key(self, words: Sequence[str]) -> str:
        self._peer.key_by_hand(minor_of(" ".join(words)))
        return ""


class CloudOnBench(_WithABook):
    def __init__(self, port: int) -> None:
        self._peer = SimulatedCloudTerminal(port=port)
        super().__init__(self._peer, lambda: self._peer.transactions)
        self.addresses: tuple[str, ...] = (
            f"{self._peer.address}  kind cloud, terminal {TERMINAL_ID}, key {KEY}",
        )
        self.switches: Switches = {
            "approve": Switch("the next payments are approved", self._play(CloudScript())),
            "decline": Switch("… declined", self._play(CloudScript(CloudOutcome.DECLINE))),
            "abort": Switch("… given up by the customer", self._play(CloudScript(CloudOutcome.ABORT))),
            "wait": Switch("… wait for a card that never comes", self._play(CloudScript(CloudOutcome.WAIT))),
            "partial": Switch("… approved by half", self._play(CloudScript(CloudOutcome.PARTIAL))),
            "busy": Switch("it does something else", self._play(CloudScript(CloudOutcome.BUSY))),
            "lost": Switch("the answer is lost after the approval", self._fault(CloudFault.LOST_AFTER)),
            "lost before": Switch("the request is lost", self._fault(CloudFault.LOST_BEFORE)),
            "silent": Switch("no answer comes", self._fault(CloudFault.SILENCE)),
            "garbage": Switch("the answer is something else", self._fault(CloudFault.WRONG_JSON)),
            "unreachable": Switch("the service does not reach the terminal", self._fault(CloudFault.REJECT)),
            "overloaded": Switch("the service has no time", self._fault(CloudFault.HTTP_503)),
            "book": Switch("its own list of transactions", self._whole_book),
        }

    def _play(self, script: CloudScript) -> Callable[[Sequence[str]], str]:
        return setting(lambda: setattr(self._peer, "script", script))

    def _fault(self, fault: CloudFault) -> Callable[[Sequence[str]], str]:
        return self._play(CloudScript(fault=fault))


def _entry_words(entry: BookEntry) -> str:
    asked = printed_amount(entry.asked_minor, entry.currency)
    if not entry.approved_minor:
        return f"{entry.movement} of {asked}: {entry.reason or 'not approved'}"
    approved = printed_amount(entry.approved_minor, entry.currency)
    return f"{entry.movement} of {asked}: {approved} approved, receipt {entry.number:04d}"
