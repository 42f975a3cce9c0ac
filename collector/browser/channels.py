"""Every target of a tab (the page, cross-site frames, workers of all kinds) through one CDP session, as a tree of channels.

Playwright hands out no session for a worker. The older, unflattened form of `Target.setAutoAttach` wraps a child's messages
in those of its parent's session, so the page's own session reaches them all, and each child waits until it is listened to.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

Hear = Callable[["Channel", str, dict[str, Any]], None]
_CHILD_S = 20
# Shared workers belong to no page, so they are looked for by kind; one may have asked for something before it was reached.
_SHARED = [{"type": "shared_worker"}]
_ATTACH = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}


class Channel:
    """One target: `kind` is page, iframe, worker, service_worker or shared_worker, `url` its script or document."""

    def __init__(self, kind: str, url: str, tree: Channels, parent: Channel | None = None, session: str = "") -> None:
        self.kind, self.url = kind, url
        self._tree, self._parent, self._session = tree, parent, session
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def send(self, method: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """The target's answer. Raises playwright's Error when it is gone or refuses."""
        if self._parent is None:
            return dict(await self._tree.session.send(method, values or {}))
        number = len(self._asked)
        self._asked[number] = asyncio.get_running_loop().create_future()
        message = json.dumps({"id": number, "method": method, "params": values or {}})
        await self._parent.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        try:
            async with asyncio.timeout(_CHILD_S):
                answer = await self._asked[number]
        except TimeoutError as error:
            raise PlaywrightError(f"{self.kind} did not answer") from error
        if "error" in answer:
            raise PlaywrightError(str(answer["error"].get("message", "refused")))
        return dict(answer.get("result", {}))

    def answered(self, answer: dict[str, Any]) -> None:
        """Hands an answer to whoever asked for it."""
        asked = self._asked.get(int(answer["id"]))
        if asked is not None and not asked.done():
            asked.set_result(answer)


class Channels:
    """The tree of a tab's targets. `hear` is called with each event of the Network domain of any of them."""

    def __init__(self, session: CDPSession, hear: Hear, network: dict[str, Any]) -> None:
        self.session = session
        self.page = Channel("page", "", self)
        self._hear, self._network = hear, network
        self._children: dict[str, Channel] = {}
        self._shared: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.missed: set[str] = set()

    async def listen(self, context: str, events: tuple[str, ...]) -> None:
        """Begins to hear the page and all that it starts from here on; `context` is the browser context's id."""
        for event in events:
            self.session.on(event, lambda values, event=event: self._hear(self.page, event, values))
        for event in ("Target.attachedToTarget", "Target.receivedMessageFromTarget", "Target.detachedFromTarget"):
            self.session.on(event, lambda values, event=event: self._target(self.page, event, values))
        self.session.on("Target.targetCreated", lambda values: self._created(values["targetInfo"], context))
        await self.page.send("Network.enable", self._network)
        await self.page.send("Target.setAutoAttach", _ATTACH)
        await self.page.send("Target.setDiscoverTargets", {"discover": True, "filter": _SHARED})

    def _created(self, info: dict[str, Any], context: str) -> None:
        if (
            info["type"] == "shared_worker"
            and info.get("browserContextId") == context
            and info["targetId"] not in self._shared
        ):
            self._shared.add(info["targetId"])
            self._do(self._reach(info["targetId"]))

    async def _reach(self, target: str) -> None:
        await self.page.send("Target.attachToTarget", {"targetId": target, "flatten": False})

    def _target(self, parent: Channel, event: str, values: dict[str, Any]) -> None:
        if event == "Target.attachedToTarget":
            info = values["targetInfo"]
            child = Channel(info["type"], info["url"], self, parent, values["sessionId"])
            self._children[values["sessionId"]] = child
            self._do(self._welcome(child))
        elif event == "Target.detachedFromTarget":
            self._children.pop(values["sessionId"], None)
        elif event == "Target.receivedMessageFromTarget" and (known := self._children.get(values["sessionId"])):
            message = json.loads(values["message"])
            if "id" in message:
                known.answered(message)
            elif message["method"].startswith("Target."):
                self._target(known, message["method"], message.get("params", {}))
            else:
                self._hear(known, message["method"], message.get("params", {}))

    async def _welcome(self, child: Channel) -> None:
        """Listens to a new target, then lets it go on; one that knows no Network domain goes on all the same."""
        steps: list[tuple[str, dict[str, Any]]] = [
            ("Network.enable", self._network),
            ("Runtime.runIfWaitingForDebugger", {}),
        ]
        # A worker answers for workers of its own only once it runs.
        steps.insert(1 if child.kind == "iframe" else 2, ("Target.setAutoAttach", _ATTACH))
        for method, values in steps:
            try:
                await child.send(method, values)
            except PlaywrightError:
                if method == "Network.enable":
                    self.missed.add(f"A target of kind {child.kind} could not be listened to.")

    def _do(self, work: Any) -> None:
        async def quietly() -> None:
            try:
                await work
            except PlaywrightError:
                return  # the target went away by itself

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
