"""What the index said of a case, kept by a program that goes on and is asked again and again (`serve`).

An answer is good as long as nothing was written about the case since and the index is the same one; what follows from it
at a time, such as what is due, says until when it holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from threading import Lock
from typing import TypeVar, cast

_T = TypeVar("_T")
_MOST_CASES = 1000


class Memory:
    """Answers by case, for many threads. Of the cases that were asked about last so many are kept."""

    def __init__(self) -> None:
        self._cases: OrderedDict[str, tuple[str, dict[object, tuple[object, object]]]] = OrderedDict()
        self._lock = Lock()
        self._marks: tuple[object, Mapping[str, str]] = (None, {})

    def marks(self, state: object, made: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """The marks of an archive in this state: those of last time where it is the same, else as they are made."""
        if self._marks[0] != state:
            self._marks = (state, made())
        return self._marks[1]

    def recalled(self, case: str, mark: str, question: object, beside: object, answer: Callable[[], _T]) -> _T:
        """The answer that was given to the question under this mark and beside the same, or a new one in its place.
        Lists are the caller's own.
        """
        with self._lock:
            known, answers = self._cases.get(case, ("", {}))
            if known != mark:
                answers = {}
            self._cases[case] = (mark, answers)
            self._cases.move_to_end(case)
            if len(self._cases) > _MOST_CASES:
                self._cases.popitem(last=False)
        held = answers.get(question)
        if held is None or held[0] != beside:
            held = answers[question] = (beside, answer())
        kept = held[1]
        return cast(_T, copy(kept) if isinstance(kept, list | dict) else kept)

    def lasting(
        self, case: str, mark: str, question: object, now: datetime, answer: Callable[[], tuple[_T, datetime | None]]
    ) -> _T:
        """The same of an answer that says until when it holds (None: for ever), and was not given later than now."""

        def held() -> tuple[datetime, _T, datetime | None]:
            return (now, *answer())

        since, kept, until = self.recalled(case, mark, question, None, held)
        if since <= now and (until is None or now < until):
            return kept
        self.forget(case, question)
        return self.recalled(case, mark, question, None, held)[1]

    def forget(self, case: str, question: object) -> None:
        """Takes an answer away."""
        with self._lock:
            self._cases.get(case, ("", {}))[1].pop(question, None)


class Recall:
    """A memory as one index uses it: `marks` says of each case, by its number ("" of the archive), what its answers are good
    for.
    """

    def __init__(self, memory: Memory, marks: Mapping[str, str]) -> None:
        self._memory, self._marks = memory, marks

    def of(self, case: str, question: object, beside: object, answer: Callable[[], _T]) -> _T:
        """The answer from memory; of what has no mark, a new one."""
        mark = self._marks.get(case, "")
        return self._memory.recalled(case, mark, question, beside, answer) if mark else answer()

    def lasting(self, case: str, question: object, now: datetime, answer: Callable[[], tuple[_T, datetime | None]]) -> _T:
        """The answer from memory where it still holds; of what has no mark, a new one."""
        mark = self._marks.get(case, "")
        return self._memory.lasting(case, mark, question, now, answer) if mark else answer()[0]
