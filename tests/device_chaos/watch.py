"""Who calls devices: on which threads, and whether a transaction of a till's database was open there."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection

from hardware.transports.device_file import DeviceFileTransport
from hardware.transports.serial_port import SerialTransport
from hardware.transports.tcp import TcpTransport
from till_app.store.database import Database

TRANSPORTS = (TcpTransport, SerialTransport, DeviceFileTransport)
CALLS = ("__init__", "write", "read", "close")


@dataclass
class DeviceCalls:
    threads: set[int] = field(default_factory=set)
    in_transactions: list[str] = field(default_factory=list)
    """Calls that were made while their thread had one open."""
    count: int = 0


@contextmanager
def watched_device_calls() -> Iterator[DeviceCalls]:
    calls = DeviceCalls()
    here = threading.local()

    def watched(name: str, method: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            calls.count += 1
            calls.threads.add(threading.get_ident())
            if getattr(here, "depth", 0):
                calls.in_transactions.append(name)
            return method(*arguments, **options)

        return call

    def noted(method: Callable[[Database], Iterator[Connection]]) -> Callable[[Database], object]:
        @contextmanager
        def transaction(database: Database) -> Iterator[Connection]:
            with contextmanager(method)(database) as connection:
                here.depth = getattr(here, "depth", 0) + 1
                try:
                    yield connection
                finally:
                    here.depth -= 1

        return transaction

    with pytest.MonkeyPatch.context() as patched:
        for transport in TRANSPORTS:
            for name in CALLS:
                label = f"{transport.__name__}.{name}"
                patched.setattr(transport, name, watched(label, getattr(transport, name)))
        for name in ("reading", "writing"):
            plain = getattr(Database, name).__wrapped__
            patched.setattr(Database, name, noted(plain))
        yield calls
