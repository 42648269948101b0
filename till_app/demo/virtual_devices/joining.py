"""The till's settings with the virtual devices in them: put there once, moved when their ports are others."""

from collections.abc import Mapping

import msgspec

from till_app.demo.virtual_devices.peers import (
    DISPLAY,
    DISPLAY_PROTOCOL,
    FALLBACK,
    PRINTER,
    SCALE,
    SCALE_PROTOCOL,
    SCANNER,
    TERMINAL,
)
from till_app.services.device_settings import (
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
)

SCANNER_NAME = "Virtual scanner"


def first_joined(settings: DeviceSettings, now: Mapping[str, str]) -> DeviceSettings:
    """In every place that nothing has yet."""
    scanners = settings.scanners or (ScannerSettings(address=now[SCANNER], name=SCANNER_NAME),)
    is_drawer_there = settings.printer.address or settings.drawer != DrawerSettings()
    return msgspec.structs.replace(
        settings,
        printer=settings.printer if settings.printer.address else PrinterSettings(address=now[PRINTER]),
        fallback_printer=(
            settings.fallback_printer
            if settings.fallback_printer.address
            else PrinterSettings(address=now[FALLBACK])
        ),
        drawer=settings.drawer if is_drawer_there else DrawerSettings(open_when_pin_high=True),
        scanners=scanners,
        scale=settings.scale if settings.scale.address else ScaleSettings(SCALE_PROTOCOL, now[SCALE]),
        display=(
            settings.display
            if settings.display.address or settings.display.through_printer
            else DisplaySettings(DISPLAY_PROTOCOL, now[DISPLAY])
        ),
        terminal=(
            settings.terminal if settings.terminal.kind != "keyed" else TerminalSettings("zvt", now[TERMINAL])
        ),
    )


def moved(settings: DeviceSettings, before: Mapping[str, str], now: Mapping[str, str]) -> DeviceSettings:
    """Whatever pointed at a virtual device still does; what was set up otherwise, or taken away, stays so."""
    new = {before[name]: address for name, address in now.items() if name in before}

    def at(address: str) -> str:
        return new.get(address, address)

    replace = msgspec.structs.replace
    return replace(
        settings,
        printer=replace(settings.printer, address=at(settings.printer.address)),
        fallback_printer=replace(settings.fallback_printer, address=at(settings.fallback_printer.address)),
        scanners=tuple(replace(each, address=at(each.address)) for each in settings.scanners),
        scale=replace(settings.scale, address=at(settings.scale.address)),
        display=replace(settings.display, address=at(settings.display.address)),
        terminal=replace(settings.terminal, address=at(settings.terminal.address)),
    )


def left_out(settings: DeviceSettings, before: Mapping[str, str]) -> DeviceSettings:
    """Without the virtual devices, for a till that is started without them."""
    gone = set(before.values())
    replace = msgspec.structs.replace

    def printer(one: PrinterSettings) -> PrinterSettings:
        return replace(one, address="") if one.address in gone else one

    return replace(
        settings,
        printer=printer(settings.printer),
        fallback_printer=printer(settings.fallback_printer),
        scanners=tuple(each for each in settings.scanners if each.address not in gone),
        scale=replace(settings.scale, address="") if settings.scale.address in gone else settings.scale,
        display=(
            replace(settings.display, address="") if settings.display.address in gone else settings.display
        ),
        terminal=TerminalSettings() if settings.terminal.address in gone else settings.terminal,
    )
