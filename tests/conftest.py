"""What holds for every test: no display is needed, and an unexpected log record of ours fails the test."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_OURS = ("till_app", "hardware")


@dataclass
class ExpectedLogs(logging.Handler):
    """Records of WARNING and above; a test says which it means to cause: `expected_logs.expect("…")`."""

    records: list[logging.LogRecord] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    __hash__ = object.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def expect(self, part_of_message: str) -> None:
        """At least one record must contain this; every record that does is allowed."""
        self.expected.append(part_of_message)

    def complaints(self) -> list[str]:
        messages = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records]
        unexpected = [m for m in messages if not any(part in m for part in self.expected)]
        missing = [
            f"expected and not logged: {p}" for p in self.expected if not any(p in m for m in messages)
        ]
        return unexpected + missing


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[ExpectedLogs]:
    handler = ExpectedLogs()
    loggers = [logging.getLogger(name) for name in _OURS]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
    if complaints := handler.complaints():
        pytest.fail("\n".join(complaints))
