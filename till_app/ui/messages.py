"""The message of the moment: one at a time, its first line large, with its next steps."""

from collections.abc import Callable, Mapping, Sequence

from till_app.ui.shell import NextStep, Tone
from till_app.ui.widgets.banner import Banner, BannerAction, BannerMessage, BannerTone

_TONES: Mapping[Tone, BannerTone] = {
    Tone.GOOD: BannerTone.GOOD,
    Tone.INFO: BannerTone.INFO,
    Tone.WARNING: BannerTone.WARN,
    Tone.BAD: BannerTone.BAD,
}
_COMPLAINTS = frozenset((BannerTone.WARN, BannerTone.BAD))


class Messages(Banner):
    """A step that is taken closes the message first, so that it may say the next one."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: dict[str, Callable[[], object]] = {}
        self.action_chosen.connect(self._on_step)

    def say(self, tone: Tone, text: str, steps: Sequence[NextStep] = ()) -> None:
        """The first line of `text` says what happened, the rest what to do."""
        title, _line_end, detail = text.partition("\n")
        self._steps = {str(number): step.action for number, step in enumerate(steps)}
        actions = tuple(BannerAction(str(number), step.caption) for number, step in enumerate(steps))
        self.show_message(BannerMessage(_TONES[tone], title, detail, actions))

    def close_complaint(self) -> None:
        """Something new is done: what was wrong before is over; good news and notes may stay."""
        if self.message is not None and self.message.tone in _COMPLAINTS:
            self.close_message()

    def _on_step(self, key: str) -> None:
        action = self._steps[key]
        self.close_message()
        action()
