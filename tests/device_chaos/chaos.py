"""What befalls the devices of a counter while it sells: by chance, and in the same order for a seed."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from types import TracebackType

from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.printer_peer import PrinterPeer
from hardware.simulated.scales import ScaleFault
from hardware.simulated.zvt_terminal import LinkFault, ZvtOutcome, ZvtScript
from tests.device_chaos.peers import CableScanner, CounterPeers, NetworkPrinter

PAUSE_S = (0.0, 0.06)
"""Between two troubles."""
CODES = ("5000128104517", "5000168001128")
MESSAGES_OF_A_PAYMENT = 12
BAD_MODES = tuple(mode for mode in PrinterMode if mode not in (PrinterMode.OK, PrinterMode.NEAR_END))


class DeviceChaos:
    """Runs on a thread of its own from `with` to its end; then every device works again."""

    def __init__(
        self,
        peers: CounterPeers,
        seed: int,
        at_the_till: tuple[Callable[[], object], ...] = (),
        *,
        scans: bool = True,
    ) -> None:
        """`at_the_till`: what somebody does there meanwhile, such as changing settings. `scans`: the scanners
        do not only come and go."""
        self._peers = peers
        self._chance = Random(seed)
        self._is_over = threading.Event()
        self._at_the_till = at_the_till
        self._scans = scans
        self.happened: Counter[str] = Counter()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="device-chaos", daemon=True)

    def __enter__(self) -> "DeviceChaos":
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        make_peace(self._peers)
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        troubles = self._troubles()
        names, weights = list(troubles), [weight for weight, _ in troubles.values()]
        try:
            while not self._is_over.wait(self._chance.uniform(*PAUSE_S)):
                (name,) = self._chance.choices(names, weights)
                troubles[name][1]()
                self.happened[name] += 1
        except BaseException as error:
            self._failure = error

    def _troubles(self) -> dict[str, tuple[int, Callable[[], object]]]:
        """By name, how often each comes beside the others, and what it does."""
        peers, chance = self._peers, self._chance
        receipts, fallback, scale, pole = peers.receipts, peers.fallback, peers.scale, peers.pole

        def pan_is(**switches: object) -> None:
            for name, value in switches.items():
                setattr(peers.pan, name, value)

        troubles: dict[str, tuple[int, Callable[[], object]]] = {
            "receipt printer fails": (6, lambda: receipts.switch(chance.choice(BAD_MODES))),
            "receipt printer is put right": (8, lambda: receipts.switch(PrinterMode.OK)),
            "receipt printer dies after n bytes": (3, lambda: receipts.die_after(chance.randrange(1, 1_500))),
            "receipt printer dies no more": (3, lambda: receipts.die_after(None)),
            "receipt printer is switched off": (2, receipts.kill),
            "receipt printer is switched on": (4, receipts.revive),
            "fallback printer fails": (3, lambda: switch(fallback, chance.choice(BAD_MODES))),
            "fallback printer is put right": (4, lambda: switch(fallback, PrinterMode.OK)),
            "scale is unplugged": (1, scale.unplug),
            "scale is plugged in": (3, scale.plug_in),
            "scale has a fault": (2, lambda: pan_is(fault=chance.choice(list(ScaleFault)))),
            "scale is well": (3, lambda: pan_is(fault=ScaleFault.NONE)),
            "goods move": (3, lambda: pan_is(grams=chance.randrange(5, 3_000), is_moving=True)),
            "goods rest": (4, lambda: pan_is(is_moving=False)),
            "display is unplugged": (1, pole.unplug),
            "display is plugged in": (3, pole.plug_in),
            "display stalls": (1, pole.stall),
            "display goes on": (2, lambda: pole.stall(False)),
            "terminal's link breaks": (2, self._spoil_terminal),
            "terminal is well": (3, self._heal_terminal),
        }
        for number, scanner in enumerate(peers.scanners, 1):
            troubles |= {
                f"scanner {number} scans": (6 * self._scans, partial(self._scan, scanner)),
                f"scanner {number} loses its plug": (1, scanner.unplug),
                f"scanner {number} loses its plug in a code": (1, partial(scanner.scan_half, CODES[0])),
                f"scanner {number} is plugged in": (3, scanner.plug_in),
            }
        for number, act in enumerate(self._at_the_till, 1):
            troubles[f"at the till, {number}"] = (1, act)
        return troubles

    def _scan(self, scanner: CableScanner) -> None:
        scanner.scan(self._chance.choice(CODES))

    def _spoil_terminal(self) -> None:
        faults = (LinkFault.RESET, LinkFault.HALF, LinkFault.GARBAGE)
        # Of a part of the amount ZVT proves nothing afterwards: a person settles that.
        outcomes = (ZvtOutcome.APPROVE, ZvtOutcome.DECLINE, ZvtOutcome.ABORT)
        self._peers.terminal.script = ZvtScript(
            self._chance.choice(outcomes),
            fault_at=self._chance.randrange(MESSAGES_OF_A_PAYMENT),
            fault=self._chance.choice(faults),
            goes_on_alone=self._chance.random() < 0.5,
        )

    def _heal_terminal(self) -> None:
        self._peers.terminal.script = ZvtScript()


def switch(printer: PrinterPeer, mode: PrinterMode) -> None:
    printer.mode = mode


def make_peace(peers: CounterPeers) -> None:
    """Everything is plugged in, switched on and well."""
    heal(peers.receipts)
    peers.fallback.mode = PrinterMode.OK
    for scanner in peers.scanners:
        scanner.plug_in()
    peers.scale.plug_in()
    peers.pan.fault, peers.pan.is_moving, peers.pan.grams = ScaleFault.NONE, False, 412
    peers.pole.plug_in()
    peers.pole.stall(False)
    peers.terminal.script = ZvtScript()


def heal(printer: NetworkPrinter) -> None:
    printer.revive()
    printer.die_after(None)
    printer.switch(PrinterMode.OK)
