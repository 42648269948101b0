"""What emupos (not ours) reads in print jobs; run by a Python that has it and needs nothing of ours.

From standard input: JSON `[[dots across, bytes in hex], …]`; to standard output: what it read in each.
"""

import base64
import importlib
import json
import sys
from importlib import resources
from typing import Any

PROFILE = ("profiles", "printers", "epson-tm-t20iii.yaml")
Reading = dict[str, Any]


def main() -> None:
    sys.stdout.write(json.dumps([read(*job) for job in json.load(sys.stdin)]))


def read(dots_across: int, job_hex: str) -> Reading:
    profile, job = _profile(dots_across), bytes.fromhex(job_hex)
    return {**_printed(profile, job), **_styled(profile, job)}


def _profile(dots_across: int) -> Any:
    known = importlib.import_module("yaml").safe_load(
        resources.files("emupos").joinpath(*PROFILE).read_text()
    )
    known["width_dots"] = dots_across
    return importlib.import_module("emupos.config").PrinterProfile.model_validate(known)


def _printed(profile: Any, job: bytes) -> Reading:
    """As its whole printer has it: every paper as lines and as a picture, pulses, and what it knows not."""
    printer = importlib.import_module("emupos.printer.printer").Printer(
        "judge", profile, sensor_open_level="high", job_idle_timeout_ms=1000
    )
    printer.open_connection("till", 0.0)
    outputs = (printer.receive("till", job, 0.0), printer.close_connection("till", 0.0))
    papers = [paper for output in outputs for paper in output.receipts]
    events = [event for output in outputs for event in output.events]
    pulses = [event.data for event in events if event.type == "drawer.opened"]
    return {
        "papers": [paper.text.splitlines() for paper in papers],
        "ends": [paper.boundary for paper in papers],
        "pictures": [base64.b64encode(paper.png).decode() for paper in papers],
        "pulses": [[pulse["pin"], pulse["on_time_ms"]] for pulse in pulses],
        "not_carried_out": [
            event.data["bytes"] for event in events if event.type == "printer.command.unknown"
        ],
        "unknown_code_pages": [
            event.data["number"] for event in events if event.type == "printer.codepage.unsupported"
        ],
    }


def _styled(profile: Any, job: bytes) -> Reading:
    """The printed lines of text with their styles, and how each cut was asked for."""
    tokenizer = importlib.import_module("emupos.printer.escpos.tokenizer").Tokenizer()
    model = importlib.import_module("emupos.printer.escpos.model").PrintModel("judge", profile)
    lines: list[list[str]] = []
    cuts: list[int] = []
    text, styles = "", ""
    for token in tokenizer.feed(job):
        name = getattr(token, "name", None)
        if type(token).__name__ == "Text":
            text += _decoded(token.data, profile, model.settings)
            styles = _styles(model.settings)
        elif name == "LF":
            lines.append([text.rstrip(), styles])
            text, styles = "", ""
        elif name == "GS V":
            cuts.append(token.params[0])
        model.process(token)
    rest = tokenizer.close()
    return {"lines": lines, "cuts": cuts, "unfinished": rest.raw.hex() if rest else text}


def _decoded(data: bytes, profile: Any, settings: Any) -> str:
    character = importlib.import_module("emupos.printer.escpos.glyphs").dump_character
    page = profile.code_pages.get(settings.code_page)
    return "".join(character(byte, page) for byte in data)


def _styles(settings: Any) -> str:
    words = {
        "bold": settings.emphasized,
        "tall": settings.height == 2,
        "wide": settings.width == 2,
        "inverse": settings.reverse,
        "underlined": settings.underline,
        "small": settings.font == "B",
        settings.justification: settings.justification != "left",
    }
    return " ".join(word for word, holds in words.items() if holds)


if __name__ == "__main__":
    main()
