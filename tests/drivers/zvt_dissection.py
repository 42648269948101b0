"""A whole ZVT session as packets, and what tshark's dissector reads in them; `record` writes both down."""

import json
import struct
import subprocess
from pathlib import Path

from hardware.addresses import TcpAddress
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from hardware.terminals.terminal import PaymentRequest
from hardware.terminals.zvt import ZvtTerminal

RECORDED = Path(__file__).parent / "data" / "zvt_tshark.json"
FIELDS = (
    "zvt.control_field", "zvt.ccrc", "zvt.aprc", "zvt.length_field", "zvt.password", "zvt.reg.config_byte",
    "zvt.cc", "zvt.amount", "zvt.result_code", "zvt.int_status", "zvt.time", "zvt.date", "zvt.terminal_id",
    "zvt.trace_number", "zvt.card_type", "zvt.card_name", "zvt.card_number", "zvt.additional_data", "zvt.bmp",
    "zvt.tlv.tag", "zvt.tlv.receipt_type", "zvt.tlv.text_lines.line", "zvt.tlv.permitted_command",
)  # fmt: skip
_ZVT_PORT, _TILL_PORT = 20007, 40000

Session = list[tuple[bool, bytes]]
"""Each message and whether it came from the till."""


def session() -> Session:
    """A day of a terminal: payments of every outcome, a reversal, a refund, its receipts, its end."""
    with SimulatedZvtTerminal() as peer:
        terminal = ZvtTerminal(TcpAddress(peer.host, peer.port), "123456")
        peer.key_by_hand(100)
        for number, script in enumerate(
            (
                ZvtScript(),
                ZvtScript(ZvtOutcome.DECLINE),
                ZvtScript(ZvtOutcome.ABORT),
                ZvtScript(ZvtOutcome.PARTIAL, prints_in_blocks=False, knows_tags=False),
            )
        ):
            peer.script = script
            terminal.purchase(PaymentRequest(f"attempt-{number}", 123456 + number, "GBP"), lambda _: None)
        peer.script = ZvtScript()
        terminal.reverse(PaymentRequest("reversal", 123456, "GBP"), "0002", lambda _: None)
        terminal.refund(PaymentRequest("refund", 999, "GBP"), lambda _: None)
        terminal.end_of_day(lambda _: None)
        peer.script = ZvtScript(ZvtOutcome.BUSY)
        terminal.check()
        return list(peer.transcript)


def capture(messages: Session) -> bytes:
    """A pcap file: each message a packet of one connection."""
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    sent = {True: 1, False: 1}
    for number, (is_from_till, data) in enumerate(messages):
        frame = _frame(is_from_till, sent[is_from_till], sent[not is_from_till], data)
        sent[is_from_till] += len(data)
        packets.append(struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame)
    return b"".join(packets)


def _frame(is_from_till: bool, sequence: int, acknowledged: int, data: bytes) -> bytes:
    ports = (_TILL_PORT, _ZVT_PORT) if is_from_till else (_ZVT_PORT, _TILL_PORT)
    hosts = (b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02")
    source, target = hosts if is_from_till else hosts[::-1]
    tcp = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledged, 0x50, 0x18, 0xFFFF, 0, 0)
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp) + len(data), 1, 0x4000, 64, 6, 0)
    return b"\x02" + bytes(5) + b"\x02" + bytes(5) + b"\x08\x00" + head + source + target + tcp + data


def dissected(messages: Session, tshark: str, folder: Path) -> list[dict[str, str]]:
    """The fields that tshark reads in each message, and what it complains of under `complaint`."""
    path = folder / "session.pcap"
    path.write_bytes(capture(messages))
    columns = ("frame.protocols", "_ws.malformed", "_ws.expert.message", *FIELDS)
    command = [
        tshark,
        "-r",
        str(path),
        "-d",
        f"tcp.port=={_ZVT_PORT},zvt",
        "-T",
        "fields",
        "-E",
        "separator=/t",
    ]
    command += [part for column in columns for part in ("-e", column)]
    output = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout
    return [_row(columns, line.split("\t")) for line in output.splitlines()]


def _row(columns: tuple[str, ...], values: list[str]) -> dict[str, str]:
    row = {column: value for column, value in zip(columns, values, strict=True) if value}
    protocols = row.pop("frame.protocols").split(":")
    complaint = " ".join(row.pop(name, "") for name in ("_ws.malformed", "_ws.expert.message")).strip()
    return {"dissector": "zvt" if "zvt" in protocols else "none", "complaint": complaint, **row}


def record(tshark: str, folder: Path) -> None:
    """One message a line, as tests compare them."""
    messages = session()
    rows = [
        json.dumps([is_from_till, data.hex(), fields], ensure_ascii=False)
        for (is_from_till, data), fields in zip(messages, dissected(messages, tshark, folder), strict=True)
    ]
    RECORDED.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def recorded() -> list[tuple[bool, bytes, dict[str, str]]]:
    """As tshark 4.0 (not ours) read the session."""
    rows = json.loads(RECORDED.read_text(encoding="utf-8"))
    return [(is_from_till, bytes.fromhex(data), fields) for is_from_till, data, fields in rows]
