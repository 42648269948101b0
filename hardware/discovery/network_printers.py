"""Printers on the network: at addresses that somebody types, or in a small network searched on demand.

A printer that answers the status question is asked for its name. No search runs by itself: other machines
that listen on the port get the question too.
"""

import errno
import ipaddress
import re
import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from hardware.addresses import PRINTER_PORT, TcpAddress, parse_address
from hardware.discovery.found import DISPLAY, LABEL_PRINTER, RECEIPT_PRINTER, Found
from hardware.errors import AddressInvalid, DeviceError, DeviceRefused
from hardware.transports.base import Deadline, Transport

MOST_ADDRESSES = 1024
"""A /22 network."""
CONNECT_S = 0.3
TOTAL_S = 20.0
_AT_ONCE = 64
_STATUS_S = 0.3
_ASK_STATUS = b"\x10\x04\x01"
_ASK_MAKER = b"\x1dI\x42"
_ASK_MODEL = b"\x1dI\x43"
_NAME_BEGINS = 0x5F
_LONGEST_NAME_BYTES = 80


@dataclass(frozen=True, slots=True)
class Targets:
    typed: tuple[TcpAddress, ...]
    searched: tuple[str, ...]
    """Each address of the networks that were typed."""


def parse_network(text: str) -> Targets:
    """`192.168.1.40, printer.lan:9101 192.168.1.0/24`. Raises AddressInvalid."""
    typed: list[TcpAddress] = []
    searched: list[str] = []
    for part in re.split(r"[,;\s]+", text.strip()):
        if not part:
            continue
        if "/" in part and "://" not in part:
            searched += _hosts(part)
        else:
            address = parse_address(part if "://" in part else f"tcp://{part}")
            if not isinstance(address, TcpAddress):
                raise AddressInvalid(f"“{part}” is no address on a network")
            typed.append(address)
    if len(searched) > MOST_ADDRESSES:
        raise AddressInvalid(f"“{text}” has more than {MOST_ADDRESSES} addresses")
    return Targets(tuple(dict.fromkeys(typed)), tuple(dict.fromkeys(searched)))


def _hosts(text: str) -> list[str]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise AddressInvalid(f"“{text}” is no network such as 192.168.1.0/24") from error
    if network.num_addresses > MOST_ADDRESSES:
        raise AddressInvalid(f"“{text}” has more than {MOST_ADDRESSES} addresses")
    return [str(host) for host in network.hosts()]


def find_network_printers(
    targets: Targets,
    *,
    port: int = PRINTER_PORT,
    connect_s: float = CONNECT_S,
    total_s: float = TOTAL_S,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[Found]:
    """Ends when all were asked, when the time is over, or when it is wanted no more."""
    deadline = Deadline(total_s)
    for address in targets.typed:
        if deadline.is_over or not is_wanted():
            return
        yield from _ask_typed(address, min(2.0, deadline.remaining_s))
    known = {address.host for address in targets.typed if address.port == port}
    hosts = [host for host in targets.searched if host not in known]
    for host in _hosts_that_listen(hosts, port, connect_s, deadline, is_wanted):
        address = TcpAddress(host, port)
        try:
            yield _described(address, connect_s)
        except DeviceError:
            # It listened a moment ago; somebody else was quicker.
            yield _unasked(address, "is used by somebody else")


def _ask_typed(address: TcpAddress, connect_s: float) -> Iterator[Found]:
    """One that somebody typed is shown when it is busy, too."""
    try:
        yield _described(address, connect_s)
    except DeviceRefused:
        yield _unasked(address, "refuses the connection")
    except DeviceError:
        return


def _unasked(address: TcpAddress, why: str) -> Found:
    return Found("network_printer", str(address), address.host, why, (RECEIPT_PRINTER, LABEL_PRINTER))


def _described(address: TcpAddress, connect_s: float) -> Found:
    """Raises DeviceError when it cannot be reached."""
    where = f"{address.host} port {address.port}"
    with closing(address.open(connect_s)) as transport:
        try:
            transport.write(_ASK_STATUS, _STATUS_S)
            answer = transport.read(1, _STATUS_S)
            if not answer or answer[0] & 0x93 != 0x12:
                return Found(
                    kind="network_printer",
                    address=str(address),
                    name=address.host,
                    detail=f"{where} · does not answer as a receipt printer does",
                    suits=(LABEL_PRINTER, RECEIPT_PRINTER),
                )
            name = " ".join(
                filter(None, (_ask_name(transport, _ASK_MAKER), _ask_name(transport, _ASK_MODEL)))
            )
        except DeviceError:
            name = ""
    return Found(
        kind="network_printer",
        address=str(address),
        name=name or address.host,
        detail=where,
        suits=(RECEIPT_PRINTER, DISPLAY),
    )


def _ask_name(transport: Transport, question: bytes) -> str:
    """Empty when it has none, or holds the question back because it has no paper. Raises DeviceError."""
    transport.write(question, _STATUS_S)
    deadline = Deadline(_STATUS_S)
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_NAME_BYTES:
        data = transport.read(_LONGEST_NAME_BYTES, deadline.remaining_s)
        if not data:
            return ""
        answer += data
    text = answer[1:-1] if answer[0] == _NAME_BEGINS else b""
    return "".join(character for character in text.decode("ascii", "replace") if character.isprintable())


def _hosts_that_listen(
    hosts: list[str], port: int, connect_s: float, deadline: Deadline, is_wanted: Callable[[], bool]
) -> Iterator[str]:
    """Some at once, on this thread."""
    waiting = deque(hosts)
    with selectors.DefaultSelector() as selector:
        try:
            while (waiting or selector.get_map()) and is_wanted() and not deadline.is_over:
                while waiting and len(selector.get_map()) < _AT_ONCE:
                    _begin(selector, waiting.popleft(), port, Deadline(min(connect_s, deadline.remaining_s)))
                for key, _ in selector.select(0.02):
                    connection, host = key.fileobj, key.data[0]
                    assert isinstance(connection, socket.socket)
                    selector.unregister(connection)
                    has_answered = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
                    connection.close()
                    if has_answered:
                        yield host
                _give_up_late_ones(selector)
        finally:
            for key in list(selector.get_map().values()):
                assert isinstance(key.fileobj, socket.socket)
                key.fileobj.close()


def _begin(selector: selectors.BaseSelector, host: str, port: int, limit: Deadline) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        number = connection.connect_ex((host, port))
        # Windows says WSAEWOULDBLOCK where others say EINPROGRESS.
        if number in (0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035):
            selector.register(connection, selectors.EVENT_WRITE, (host, limit))
            return
    except OSError:
        pass
    connection.close()


def _give_up_late_ones(selector: selectors.BaseSelector) -> None:
    for key in list(selector.get_map().values()):
        if key.data[1].is_over:
            assert isinstance(key.fileobj, socket.socket)
            selector.unregister(key.fileobj)
            key.fileobj.close()
