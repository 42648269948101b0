"""Both directions of a ZVT session, judged by Wireshark's dissector: the one here, or what it once said."""

import shutil
from pathlib import Path

import pytest

from hardware.terminals.zvt_messages import read_status
from tests.drivers.zvt_dissection import dissected, recorded, session

NOT_DISSECTED = (b"\x06\x20", b"\x05\x01", b"\x06\xb0")
"""The dissector does not know these: only their lengths are judged."""


def test_the_session_is_byte_for_byte_the_one_that_tshark_has_judged() -> None:
    assert session() == [(is_from_till, data) for is_from_till, data, _ in recorded()]


def test_tshark_reads_every_message_as_zvt_and_complains_of_none() -> None:
    for _, data, fields in recorded():
        assert fields["complaint"] == ""
        assert fields["dissector"] == "zvt"
        if data[:2] in NOT_DISSECTED:
            continue
        if data[0] in (0x80, 0x84):
            assert fields["zvt.ccrc"] + fields["zvt.aprc"][2:] == f"0x{data[:2].hex()}"
        else:
            assert fields["zvt.control_field"] == f"0x{data[:2].hex()}"


def test_tshark_reads_the_amounts_currency_and_password_that_the_till_meant() -> None:
    asked = [fields for is_from_till, data, fields in recorded() if is_from_till and data[:2] == b"\x06\x01"]
    assert [fields["zvt.amount"] for fields in asked] == ["123456", "123457", "123458", "123459"]
    assert {fields["zvt.cc"] for fields in asked} == {"0x0826"}
    assert {fields["zvt.bmp"] for fields in asked} == {"0x04,0x49,0x19"}
    controls = (b"\x06\x00", b"\x06\x30", b"\x06\x31")
    passwords = {fields["zvt.password"] for _, data, fields in recorded() if data[:2] in controls}
    assert passwords == {"123456"}


def test_tshark_and_the_driver_read_the_same_in_what_the_terminal_says() -> None:
    told = [(data, fields) for _, data, fields in recorded() if data[:2] == b"\x04\x0f"]
    told = [(data, fields) for data, fields in told if "zvt.amount" in fields]
    assert len(told) > 5
    for data, fields in told:
        status = read_status(data[3:])
        assert status is not None
        assert f"0x{status.result_code:02x}" == fields["zvt.result_code"]
        assert str(status.amount_minor) == fields["zvt.amount"]
        assert (status.trace is None) == ("zvt.trace_number" not in fields)
        assert status.trace is None or f"{status.trace:06d}" == fields["zvt.trace_number"]
        assert status.scheme == fields.get("zvt.card_name", "")


def test_this_machines_tshark_still_reads_it_so(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed: the bytes were compared with what it once said")
    rows = recorded()
    now = dissected([(is_from_till, data) for is_from_till, data, _ in rows], tshark, tmp_path)
    assert now == [fields for _, _, fields in rows]
