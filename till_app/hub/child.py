"""`python -m till_app.hub.child`: does one job of `child_jobs` with low priority and ends with its parent."""

import contextlib
import os
import sys
import threading
from pathlib import Path

import msgspec

from till_app.hub.child_jobs import IndexJob, Job, SnapshotJob
from till_app.hub.database import Database
from till_app.hub.sweep_index import build_index

_NICENESS = 10
_PARENT_IS_GONE = 3


def main() -> int:
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # a sandbox may forbid it
            os.nice(_NICENESS)
    os.umask(0o077)
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    database = Database(job.database_url)
    try:
        match job:
            case IndexJob(scope=scope, seq=seq):
                sys.stdout.buffer.write(msgspec.msgpack.encode(build_index(database, scope, seq)))
                sys.stdout.buffer.flush()
            case SnapshotJob(scope=scope, folder=folder):
                from till_app.hub.snapshot_build import build_snapshot  # the other job starts sooner without

                build_snapshot(database, scope, Path(folder))
    finally:
        database.close()
    return 0


def _end_with_parent() -> None:
    """The parent holds the other end of the input; however it ends, the input does too.

    Read without a buffer: Python aborts when it ends while a thread waits within one.
    """
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(_PARENT_IS_GONE)


if __name__ == "__main__":
    sys.exit(main())
