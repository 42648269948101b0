"""The one error family of the domain: something that the operator can act on."""


class DomainError(Exception):
    """A rule said no. `code` is stable and has words in the UI and a help text; `facts` fill those words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        if not self.facts:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"
