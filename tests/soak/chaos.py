"""What a bad network does to some of the requests: by chance, and the same for the same seed and order."""

import threading
from collections import Counter
from random import Random

from tests.sync.faulty_proxy import Fault, ProxiedRequest

FAULTS = (
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.CUT_BODY,
    Fault.RESET,
    Fault.DELAY,
    Fault.DUPLICATE,
    Fault.LATE,
    Fault.ERROR_500,
)


class Chaos:
    """Implements a FaultyProxy's rule; any thread may call."""

    def __init__(self, share: float, seed: int) -> None:
        """`share` of all requests meet a fault, each kind as often as any other."""
        self._share = share
        self._chance = Random(seed)
        self._lock = threading.Lock()
        self.requests = 0
        self.injected: Counter[Fault] = Counter()

    def __call__(self, _request: ProxiedRequest) -> Fault:
        with self._lock:
            self.requests += 1
            if self._chance.random() >= self._share:
                return Fault.NONE
            fault = self._chance.choice(FAULTS)
            self.injected[fault] += 1
            return fault
