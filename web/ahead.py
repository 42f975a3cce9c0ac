"""What the first pages need is read before anybody asks for it; whoever asks meanwhile goes first."""

from __future__ import annotations

import gc
import threading
import time
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send

from casework.asking.today import next_of, today
from casework.cases import casefile, find_case
from casework.workspace import Workspace
from collector.errors import TradewitnessError
from rules.case.casefile import CaseFile
from web.cases import findings_of, what_is_shown
from web.page import Desk

_LOOK_S = 0.005


def casefile_of(ws: Workspace, order: str) -> CaseFile:
    """All that is known of a case as of now."""
    return casefile(ws, find_case(ws, order), ws.clock.now())


class LookingAhead:
    """ASGI middleware that knows whether anybody waits for an answer, and a thread that works while nobody does."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._waiting += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._waiting -= 1

    def begin(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(TradewitnessError):  # whoever asks is told
            ws = self.desk.look()
            for line in today(ws).lines:  # the most urgent first
                for part in (next_of, casefile_of, findings_of, what_is_shown):
                    self._let_others_go_first()
                    part(ws, line.case)
                gc.freeze()  # what is remembered is not looked through again and again for what could go
        gc.collect()
        gc.freeze()

    def _let_others_go_first(self) -> None:
        while self._waiting:
            time.sleep(_LOOK_S)
