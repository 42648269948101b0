"""What the process does: takes its order from its input, says how far it is, and ends with its parent."""

import os
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import msgspec

from till_app.first_load.disk import DiskTrouble, trouble_of
from till_app.first_load.load import Load
from till_app.services.errors import HubError, HubRefused
from till_app.sync.first_load import Advanced, Finished, GaveUp, LoadMessage, LoadOrder
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.pull import MassRemoval

_PARENT_IS_GONE = 3
_LEAST_BETWEEN_S = 0.1


def work() -> int:
    os.umask(0o077)
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=LoadOrder)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    hub = HttpHubApi(
        order.hub_url,
        order.token,
        ca_file=order.ca_file,
        ca_pem=order.ca_pem,
        allow_plain_http=order.allow_plain_http,
    )
    with closing(hub):
        load = Load(
            hub,
            Path(order.folder),
            Path(order.catalogue),
            expected_records=order.expected_records,
            on_progress=_Progress().tell,
        )
        _say(_outcome(load, order.removal_accepted))
    return 0


def _outcome(load: Load, removal_accepted: bool) -> LoadMessage:
    try:
        return Finished(str(load.run(removal_accepted=removal_accepted)))
    except MassRemoval as error:
        return GaveUp(error.code, str(error), is_refusal=False, retry_after_s=None)
    except HubError as error:
        return GaveUp(error.code, str(error), isinstance(error, HubRefused), error.retry_after_s)
    except DiskTrouble as error:
        return GaveUp(error.code, str(error), is_refusal=False, retry_after_s=None)
    except OSError as error:
        trouble = trouble_of(error)
        return GaveUp(trouble.code, str(trouble), is_refusal=False, retry_after_s=None)


class _Progress:
    """Not every piece is worth a line."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _LEAST_BETWEEN_S or done == total:
            self._told_at = now
            _say(Advanced(done, total))


def _say(message: LoadMessage) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    """The parent holds the other end of the input; however it ends, the input does too.

    Read without a buffer: Python aborts when it ends while a thread waits within one.
    """
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(_PARENT_IS_GONE)
