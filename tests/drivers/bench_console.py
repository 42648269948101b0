"""A console for tests of the bench: keeps what is told, and answers from a list."""

import queue
import threading


class ListeningConsole:
    """Implements `hardware.bench.console.Console`."""

    def __init__(self, *answers: str) -> None:
        """Answers to questions in order; after them nobody answers."""
        self.told: list[str] = []
        self.complaints: list[str] = []
        self.questions: list[str] = []
        self._answers = list(answers)

    def tell(self, line: str) -> None:
        self.told.append(line)

    def complain(self, line: str) -> None:
        self.complaints.append(line)

    def ask(self, question: str) -> str:
        self.questions.append(question)
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)

    def ask_secret(self, question: str) -> str:
        return self.ask(question)


class TypedConsole(ListeningConsole):
    """Somebody sits at it: what is typed comes when the test says so, from another thread."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._changed = threading.Condition()

    def tell(self, line: str) -> None:
        with self._changed:
            self.told.append(line)
            self._changed.notify_all()

    def complain(self, line: str) -> None:
        with self._changed:
            self.complaints.append(line)
            self._changed.notify_all()

    def ask(self, question: str) -> str:
        typed = self._typed.get()
        if typed is None:
            raise EOFError
        return typed

    def type(self, line: str) -> None:
        self._typed.put(line)

    def end(self) -> None:
        self._typed.put(None)

    def wait_for(self, part: str, timeout_s: float = 10.0) -> str:
        """The first line told or complained that has this in it. Raises TimeoutError."""

        def found() -> str:
            return next((line for line in [*self.told, *self.complaints] if part in line), "")

        with self._changed:
            if not self._changed.wait_for(lambda: bool(found()), timeout_s):
                raise TimeoutError(f"“{part}” was not told: {self.told} {self.complaints}")
            return found()
