"""What stands where a device is not set up: it can be asked and does nothing."""

from till_app.domain.errors import DomainError
from till_app.services.device_settings import DeviceId
from till_app.services.device_status import DeviceHealth, LiveWeight, WeightState
from till_app.services.ports import PaymentAttempt


class NoScale:
    """Implements device_ports.Scale: weights are typed."""

    is_set_up = False
    can_zero = False
    can_tare = False

    def watch(self, is_watched: bool) -> None:
        """There is nothing to ask."""

    def latest(self) -> LiveWeight:
        return LiveWeight(WeightState.SILENT)

    def used(self, number: int) -> None:
        """There was no such weight."""

    def zero(self) -> None:
        """There is nothing to set."""

    def tare(self) -> None:
        """There is nothing to set."""


class KeyedTerminal:
    """Implements device_ports.PaymentTerminal: the operator keys the amount on a separate terminal."""

    kind = "keyed"
    is_set_up = False

    def health(self) -> DeviceHealth:
        return DeviceHealth(DeviceId.TERMINAL)

    def pay(self, attempt: PaymentAttempt, of_reference: str = "") -> None:
        raise DomainError("no_terminal")

    def ask(self, attempt: PaymentAttempt) -> None:
        """A person must look."""

    def abort(self) -> None:
        """Nothing is under way."""

    def settle(self) -> None:
        raise DomainError("no_terminal")
