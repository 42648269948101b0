"""Doing what the rules or the disk may refuse: refusals in words, and another person's PIN where it helps."""

from collections.abc import Callable

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.services.ports import CatalogueUnavailable, LedgerUnavailable
from till_app.services.sign_on import PinResult
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.shell import Shell, Tone
from till_app.ui.sound import Sound
from till_app.ui.words import words_of_disk, words_of_permission, words_of_refusal

Action = Callable[[StaffMember | None], object]
"""Takes the person who approves it, if any."""


class Attempts:
    """What stands behind `Shell.attempt`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def run(self, action: Action, approver: StaffMember | None = None) -> bool:
        """Whether it went through at once."""
        try:
            action(approver)
        except DomainError as error:
            self._on_refusal(error, action)
        except (LedgerUnavailable, CatalogueUnavailable) as error:
            self._shell.say(Tone.BAD, words_of_disk(error.code))
        else:
            return True
        return False

    def _on_refusal(self, error: DomainError, action: Action) -> None:
        permission = error.facts.get("permission")
        if error.code == "approval_needed" and isinstance(permission, Permission):
            self._ask_approval(permission, action)
        else:
            self._shell.say(Tone.BAD, words_of_refusal(error, self._shell.formatter))

    def _ask_approval(self, permission: Permission, action: Action) -> None:
        panel = ApprovalPanel(
            words_of_permission(permission),
            self._shell.services.sign_on.approvers(permission),
            self._check_pin,
            self._shell.formatter,
        )
        panel.approved.connect(lambda approver: self.run(action, approver))
        self._shell.play(Sound.ATTENTION)
        self._shell.ask(panel)

    def _check_pin(self, staff_id: str, pin: str) -> PinResult | None:
        results: list[PinResult] = []
        self.run(lambda _approver: results.append(self._shell.services.sign_on.approve(staff_id, pin)))
        return results[0] if results else None
