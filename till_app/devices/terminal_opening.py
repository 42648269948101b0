"""The settings of the card terminal become its driver."""

from collections.abc import Callable
from pathlib import Path

from hardware.terminals.opening import open_terminal
from hardware.terminals.terminal import CardTerminal
from till_app.services.device_settings import TerminalSettings

OpenTerminal = Callable[[TerminalSettings, str], CardTerminal]
"""Takes the settings and the secret that they name. Raises DeviceError."""


def terminal_opener(memory: Path) -> OpenTerminal:
    """`memory`: the file by which a till that was killed can ask about its last payment."""

    def opened(settings: TerminalSettings, secret: str) -> CardTerminal:
        return open_terminal(
            settings.kind,
            address=settings.address,
            password=settings.password,
            terminal_id=settings.terminal_id,
            secret=secret,
            memory=memory,
        )

    return opened
