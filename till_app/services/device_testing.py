"""What follows from a device's test and a person's answer: its record, and what the drawer's switch means.

Asking devices is elsewhere.
"""

import msgspec

from till_app.services.device_places import digest_at, with_test
from till_app.services.device_ports import TestReport
from till_app.services.device_settings import DeviceId, DeviceSettings, TestRecord

OK = "ok"
PIN_BEFORE, PIN_AFTER = "pin_before", "pin_after"
"""Facts of a drawer's test: the level of the switch's line, `high` or `low`, before the pulse and after."""


def has_passed(report: TestReport, answer: bool | None) -> bool | None:
    """Whether the device does what it should; None while a person must answer the report's question."""
    if report.question and report.did_answer:
        return answer
    return report.did_answer and report.code == OK


def concluded(
    settings: DeviceSettings, report: TestReport, *, passed: bool, at: str, operator_name: str, words: str
) -> DeviceSettings:
    """The settings that were tested, with what was learnt and the record of the test."""
    settings = _learnt(settings, report) if passed else settings
    record = TestRecord(
        report.device, at, passed, digest_at(settings, report.device), operator_name, words[:200]
    )
    return with_test(settings, record)


def _learnt(settings: DeviceSettings, report: TestReport) -> DeviceSettings:
    """A person saw the drawer open: the level that its line then changed to means open."""
    before, after = report.facts.get(PIN_BEFORE), report.facts.get(PIN_AFTER)
    if report.device != DeviceId.DRAWER or after is None:
        return settings
    is_known = before is not None and before != after
    drawer = msgspec.structs.replace(
        settings.drawer, open_when_pin_high=(after == "high") if is_known else None
    )
    return msgspec.structs.replace(settings, drawer=drawer)
