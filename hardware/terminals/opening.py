"""Card terminals as the settings name them, and how each is made."""

from pathlib import Path

from hardware.addresses import TcpAddress, parse_address
from hardware.errors import AddressInvalid
from hardware.terminals.adyen import AdyenTerminal
from hardware.terminals.simulated import SimulatedTerminal
from hardware.terminals.terminal import CardTerminal
from hardware.terminals.zvt import ZVT_PORT, ZvtTerminal


def open_terminal(
    kind: str,
    *,
    address: str = "",
    password: str = "000000",
    terminal_id: str = "",
    secret: str = "",
    memory: Path | None = None,
) -> CardTerminal:
    """`simulated`, `zvt` or `cloud`; it connects at its first call.

    `memory` is a file by which a till that was killed can ask about its last payment; each kind of terminal
    has one of its own beside it. Raises AddressInvalid for settings that cannot be used. A terminal on which
    a person keys has no driver.
    """
    if memory is not None:
        memory = memory.with_stem(f"{memory.stem}-{kind}")
    match kind:
        case "simulated":
            return SimulatedTerminal(memory=memory, thinking_s=1.0)
        case "zvt":
            return _zvt(address, password, memory)
        case "cloud":
            if not terminal_id or not secret:
                raise AddressInvalid("a cloud terminal needs its id and the service's key")
            return AdyenTerminal(address, terminal_id, secret)
        case _:
            raise AddressInvalid(f"“{kind}” is no kind of terminal")


def _zvt(address: str, password: str, memory: Path | None) -> ZvtTerminal:
    """`192.168.1.50`, `192.168.1.50:20007` or `tcp://192.168.1.50`."""
    parsed = parse_address(address if "://" in address else f"tcp://{address}")
    if not isinstance(parsed, TcpAddress):
        raise AddressInvalid(f"“{address}”: a ZVT terminal is reached by tcp://")
    if ":" not in address.removeprefix("tcp://"):
        parsed = TcpAddress(parsed.host, ZVT_PORT)
    try:
        return ZvtTerminal(parsed, password, memory=memory)
    except ValueError as error:
        raise AddressInvalid("the password of a ZVT terminal is six digits") from error
