"""What pairing with a hub says when it does not work, and a fingerprint as people compare it."""

from collections.abc import Mapping
from pathlib import Path

from till_app.services.sync_control import LinkFacts, NotPaired, Paired, PairingCode
from till_app.ui.formatting import Formatter
from till_app.ui.sync_words import secret_words
from till_app.ui.translation import tr

_CONTEXT = "Pairing"
_GROUP, _GROUPS_IN_LINE = 4, 4


def fingerprint_lines(fingerprint: str) -> str:
    """Four lines of four groups of four digits."""
    groups = [fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP)]
    lines = [groups[at : at + _GROUPS_IN_LINE] for at in range(0, len(groups), _GROUPS_IN_LINE)]
    return "\n".join("  ".join(line) for line in lines)


def words_of_failure(result: NotPaired, hub_url: str) -> str:
    """The first line says what is wrong, the second what to do. Nothing was changed."""
    known: Mapping[str, str] = {
        "pairing_code_wrong": tr(
            _CONTEXT,
            "That code is wrong, used or too old\nA code works once and for ten minutes: ask the hub for"
            " a fresh one.",
        ),
        "no_connection": tr(
            _CONTEXT,
            "Nothing answers at {hub_url}\nCheck the address, this till's network, and that the hub is"
            " running.",
        ),
        "timeout": tr(
            _CONTEXT,
            "The hub at {hub_url} does not answer in time\nCheck the network, and try again in a moment.",
        ),
        "tls_failed": tr(
            _CONTEXT,
            "The hub's certificate is not trusted\nCheck the address and this till's clock. Nothing"
            " secret was sent.",
        ),
        PairingCode.OTHER_AUTHORITY: tr(
            _CONTEXT,
            "This is not the hub that made the code\nIts certificate has another fingerprint. Nothing"
            " secret was sent:"
            " check the address, and who stands in between.",
        ),
        "not_a_hub": tr(
            _CONTEXT,
            "What answers at {hub_url} is no hub\nCheck the address and the port; a sign-in page of the"
            " network may"
            " stand in between.",
        ),
        "hub_failed": tr(
            _CONTEXT, "The hub has a fault of its own\nTry again in a moment, or look into the hub's log."
        ),
        "too_many_requests": tr(
            _CONTEXT, "Too many tries in a short time\nWait a minute, then try again with a fresh code."
        ),
        "busy": tr(_CONTEXT, "The hub is busy\nTry again in a moment."),
        "protocol_too_old": tr(
            _CONTEXT, "This till's program is too old for the hub\nUpdate the till first."
        ),
        "unsent_facts": tr(
            _CONTEXT, "Something was recorded here meanwhile\nTry again: it is written into the file, too."
        ),
        PairingCode.EXPORT_FAILED: tr(
            _CONTEXT,
            "What the hub does not have could not be written into a file first\n{reason}. Make room on"
            " the disk.",
        ),
        PairingCode.DISK: tr(
            _CONTEXT, "The till cannot write to its disk\n{reason}. What was sold so far is safe."
        ),
        PairingCode.BAD_ADDRESS: tr(_CONTEXT, "That cannot be used\n{reason}."),
    }
    text = known.get(
        result.code,
        tr(_CONTEXT, "The hub could not be paired with ({code})\nTry again, or look into the hub's log."),
    )
    reason = result.words[:1].upper() + result.words[1:]
    return text.format(hub_url=hub_url, code=result.code, reason=reason.rstrip("."))


def words_of_success(result: Paired, facts: LinkFacts, formatter: Formatter) -> str:
    """Where the secret lies, and where what was unsent was written."""
    lines = [tr(_CONTEXT, "This till's secret is {where}.").format(where=secret_words(facts))]
    if result.exported_to is not None:
        lines.append(
            tr(_CONTEXT, "{count} records that the hub did not have are in {path}, too.").format(
                count=formatter.count(result.exported_entries), path=_breakable(result.exported_to)
            )
        )
    return " ".join(lines)


def _breakable(path: Path) -> str:
    return str(path).replace("/", "/\u200b")
