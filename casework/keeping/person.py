"""What casework may ask of the person at the keyboard, as a Protocol: a terminal implements it."""

from __future__ import annotations

from typing import Protocol


class Person(Protocol):
    """Somebody who reads and answers, or nobody: off a terminal `present` is False and nothing is ever asked."""

    @property
    def present(self) -> bool:
        """Whether anybody can answer."""
        ...

    def tell(self, text: str) -> None:
        """Shows a few lines."""
        ...

    def ask(self, question: str) -> str:
        """One line of text, trimmed; "" when only Enter was pressed."""
        ...

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        """Yes or no; Enter alone is yes when `unless_no`."""
        ...
