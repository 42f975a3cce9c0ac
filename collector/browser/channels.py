"""Every target of a tab (the page, cross-site frames, workers of all kinds) through one CDP session, as a tree of channels.

Playwright hands out no session for a worker. So the page's own session opens a second one to the page (the trunk), whose
messages come wrapped in those of the first; below it each child has a session of its own, told apart by its id. Playwright
listens to children too, and lets them go at once. A worker goes on when all sessions that hold it have let it go. A child
that is itself wrapped holds nothing, so it would be a race; one below the trunk holds the worker until it is listened to.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

Hear = Callable[["Channel", str, dict[str, Any]], None]
_CHILD_S = 20
_WELCOME_S = 2  # that a visit waits at its end for a target that has just come up
# Shared workers belong to no page, so they are looked for by kind, and nothing holds them until they are reached.
_SHARED = [{"type": "shared_worker"}]
_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}


class Channel:
    """One target: `kind` is page, iframe, worker, service_worker or shared_worker, `target` its id in the browser."""

    def __init__(self, kind: str, tree: Channels, session: str = "", target: str = "") -> None:
        self.kind, self.session, self.target = kind, session, target
        self._tree = tree

    async def send(self, method: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """The target's answer. Raises playwright's Error when it is gone or refuses."""
        if not self.session:
            return dict(await self._tree.session.send(method, values or {}))
        return await self._tree.ask(self, method, values or {})


class Channels:
    """The tree of a tab's targets. `hear` is called with each event of the Network domain of any of them, and with
    "Target.joined" once one is listened to; `stir` when there is less to wait for.
    """

    def __init__(self, session: CDPSession, hear: Hear, stir: Callable[[], None], network: dict[str, Any]) -> None:
        self.session = session
        self.page = Channel("page", self)
        self._hear, self._stir, self._network = hear, stir, network
        self._context = ""
        self._trunk = Channel("page", self)
        self._children: dict[str, Channel] = {}
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.missed: set[str] = set()

    @property
    def is_busy(self) -> bool:
        """Whether a target has come up that is not listened to yet."""
        return bool(self._tasks)

    async def listen(self, target: str, context: str) -> None:
        """Begins to hear all that the page with that target id, in that browser context, starts from here on."""
        second = await self.page.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._trunk, self._context = Channel("page", self, str(second["sessionId"]), target), context
        self.session.on("Target.receivedMessageFromTarget", self._unwrap)
        await self.page.send("Network.enable", self._network)
        await self._trunk.send("Target.setAutoAttach", _ATTACH)
        await self._trunk.send("Target.setDiscoverTargets", {"discover": True, "filter": _SHARED})

    async def settled(self) -> None:
        """Waits, bounded, until every target that has come up is listened to; names those that are not."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=_WELCOME_S)
            if late:
                self.missed.add("A worker or frame came up as the visit ended; what it asked for was not heard.")

    async def ask(self, child: Channel, method: str, values: dict[str, Any]) -> dict[str, Any]:
        """A child's answer. Raises playwright's Error when it is gone or refuses."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": values}
        if child is not self._trunk:
            message["sessionId"] = child.session
        self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            wrapped = {"sessionId": self._trunk.session, "message": json.dumps(message)}
            async with asyncio.timeout(_CHILD_S):
                await self.session.send("Target.sendMessageToTarget", wrapped)
                answer = await self._asked[number]
        except TimeoutError as error:
            raise PlaywrightError(f"{child.kind} did not answer") from error
        finally:
            del self._asked[number]
        if "error" in answer:
            raise PlaywrightError(str(answer["error"].get("message", "refused")))
        return dict(answer.get("result", {}))

    def _unwrap(self, values: dict[str, Any]) -> None:
        if values["sessionId"] != self._trunk.session:
            return
        message = json.loads(values["message"])
        if "id" in message:
            asked = self._asked.get(int(message["id"]))
            if asked is not None and not asked.done():
                asked.set_result(message)
        elif message["method"].startswith("Target."):
            self._target(message["method"], message.get("params", {}))
        elif (child := self._children.get(message.get("sessionId", ""))) is not None:
            self._hear(child, message["method"], message.get("params", {}))

    def _target(self, event: str, values: dict[str, Any]) -> None:
        if event == "Target.targetCreated":
            self._created(values["targetInfo"])
        elif event == "Target.attachedToTarget":
            info, session = values["targetInfo"], values["sessionId"]
            if self._listens_to(info["targetId"]):  # told twice, all that it asks for would count double
                self._do(self._trunk.send("Target.detachFromTarget", {"sessionId": session}))
                return
            if info["type"] == "shared_worker":
                self.missed.add(
                    "A shared worker was joined after it had started: what it asked for at first may be missing."
                )
            child = self._children[session] = Channel(info["type"], self, session, info["targetId"])
            self._do(self._welcome(child))
        elif event == "Target.detachedFromTarget":
            self._children.pop(values["sessionId"], None)

    def _created(self, info: dict[str, Any]) -> None:
        ours = info["type"] == "shared_worker" and info.get("browserContextId") == self._context
        if ours and not self._listens_to(info["targetId"]):
            self._do(self._trunk.send("Target.attachToTarget", {"targetId": info["targetId"], "flatten": True}))

    def _listens_to(self, target: str) -> bool:
        return any(child.target == target for child in self._children.values())

    async def _welcome(self, child: Channel) -> None:
        """Listens to a new target, then lets it go on; one that knows no Network domain goes on all the same.

        All is said at once, in that order: a service worker answers nothing before it runs.
        """
        steps: list[tuple[str, dict[str, Any]]] = [
            ("Network.enable", self._network),
            ("Runtime.runIfWaitingForDebugger", {}),
        ]
        # A worker answers for workers of its own only once it runs.
        steps.insert(1 if child.kind == "iframe" else 2, ("Target.setAutoAttach", _ATTACH))
        heard, *_ = await asyncio.gather(*(child.send(*step) for step in steps), return_exceptions=True)
        if isinstance(heard, PlaywrightError):
            self.missed.add(f"A target of kind {child.kind} could not be listened to.")
        self._hear(child, "Target.joined", {})

    def _do(self, work: Any) -> None:
        async def quietly() -> None:
            with suppress(PlaywrightError):  # the target went away by itself
                await work

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._stir()

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(ended)
