"""A story in which things were secret and are not any more, or the other way round.

Whatever was secret has HUSH in its words. It is told of two projects. SEC stays private: its tickets move to WEB, which
is public, and back and forth, and one of WEB moves there. NEW begins private, with another name and key, and is made
public, private and public again. At the end nobody may read HUSH anywhere, at any moment, but who is in SEC and NEW.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

HUSH = "hush"
SEEN_BY_ALL = "Everybody reads this"


class Story:
    """What happened, when, and to what."""

    def __init__(self, jane: Any, ada: Any, after_each: Callable[[], Awaitable[None]]) -> None:
        self.jane, self.ada = jane, ada
        self.moments: list[str] = []
        self.ids: dict[str, str] = {}
        self.made_at: dict[str, str] = {}
        self._after_each = after_each

    async def do(self, method: str, path: str, body: Any = None, name: str = "", **options: Any) -> Any:
        """Let Jane do something; what it makes is kept under a name."""
        reply = await self.jane.request(method, path, body, **options)
        assert reply.status < 300, (method, path, reply.body)
        self.moments.append(datetime.now(UTC).isoformat())
        if name:
            self.ids[name], self.made_at[name] = reply.data["id"], self.moments[-1]
        await self._after_each()
        return reply

    async def tell(self) -> None:
        """Let everything happen."""
        await self._a_ticket_comes_out_of_a_private_project()
        await self._it_goes_back_and_comes_again()
        await self._a_ticket_goes_into_a_private_project()
        await self._a_project_is_made_public()

    async def _a_ticket_comes_out_of_a_private_project(self) -> None:
        first = {"title": "Hush salaries", "projectId": "SEC", "description": "hush text", "labelIds": ["label_sec"]}
        await self.do("POST", "/api/tickets", first, name="out")
        at = f"/api/tickets/{self.ids['out']}"
        await self.do("PUT", f"{at}/status", {"status": "in_progress"})
        await self.do("POST", f"{at}/comments", {"content": "hush talk"}, name="comment")
        await self._hang_and_take_off(at)
        await self.do("PUT", f"{at}/comments/{self.ids['comment']}", {"content": SEEN_BY_ALL})
        await self.do("PUT", at, {"title": "hush before", "description": "hush before too", "assigneeId": "user_102"})
        clean = {"title": SEEN_BY_ALL, "description": None, "assigneeId": "user_101", "status": "todo"}
        await self.do("PUT", at, {"projectId": "WEB", **clean})
        await self.do("PUT", at, {"priority": "high"})
        await self.do("POST", f"{at}/comments", {"content": "@mia, everybody reads this"})

    async def _hang_and_take_off(self, at: str) -> None:
        gone = [
            await self.do("POST", f"{at}/comments", {"content": "hush slip"}, name="deleted comment"),
            await self.do("POST", f"{at}/time-logs", {"minutes": 5, "description": "hush hour"}, name="deleted time"),
            await self.do(
                "POST", f"{at}/attachments", files={"file": ("hush.txt", b"a", "text/plain")}, name="deleted file"
            ),
        ]
        for made in gone:
            kind = next(kind for kind in ("comments", "time-logs", "attachments") if kind in made.headers["location"])
            await self.do("DELETE", f"{at}/{kind}/{made.data['id']}")

    async def _it_goes_back_and_comes_again(self) -> None:
        at = f"/api/tickets/{self.ids['out']}"
        await self.do("PUT", at, {"projectId": "SEC", "title": "hush again"})
        await self.do("PUT", at, {"description": "hush as well", "labelIds": ["label_sec"]})
        await self.do("PUT", at, {"projectId": "WEB", "title": SEEN_BY_ALL, "description": "Plain"})
        await self.do("PUT", at, {"description": "Plainer"})

    async def _a_ticket_goes_into_a_private_project(self) -> None:
        await self.do("POST", "/api/tickets", {"title": "Hush was public", "projectId": "WEB"}, name="in")
        at = f"/api/tickets/{self.ids['in']}"
        await self.do("POST", f"{at}/comments", {"content": "hush was public too, @mia"})
        await self.do("PUT", at, {"projectId": "SEC"})
        await self.do("PUT", at, {"title": "hush now"})

    async def _a_project_is_made_public(self) -> None:
        new = {"name": "Hush merger", "key": "HUSH", "description": "hush plan", "workspaceId": "workspace_789"}
        await self.do("POST", "/api/projects", new, name="project")
        at = f"/api/projects/{self.ids['project']}"
        await self.do("POST", f"{at}/members", {"userId": "user_102", "role": "MEMBER"})
        label = {"name": "hush label", "projectId": self.ids["project"]}
        await self.do("POST", "/api/labels", label, name="label")
        within = {"projectId": self.ids["project"], "labelIds": [self.ids["label"]]}
        await self.do("POST", "/api/tickets", {"title": "hush one", **within}, name="stays")
        await self.do("POST", "/api/tickets", {"title": "hush two", **within}, name="trashed")
        ticket = f"/api/tickets/{self.ids['stays']}"
        await self.do("POST", f"{ticket}/comments", {"content": "hush word"}, name="deleted in project")
        await self.do("DELETE", f"{ticket}/comments/{self.ids['deleted in project']}")
        await self.do("DELETE", f"/api/tickets/{self.ids['trashed']}")
        await self.do("PUT", ticket, {"title": SEEN_BY_ALL})
        await self.do("PUT", f"/api/labels/{self.ids['label']}", {"name": "plain"})
        shown = {"name": "Merger", "key": "NEW", "description": None, "visibility": "public"}
        await self.do("PUT", at, shown)
        await self.do("PUT", ticket, {"priority": "low"})
        await self.do("PUT", at, {"visibility": "private", "description": "hush once more"})
        await self.do("PUT", ticket, {"title": "hush once more"})
        await self.do("PUT", ticket, {"title": SEEN_BY_ALL})
        await self.do("PUT", at, {"visibility": "public", "description": "Known"})
        await self.do("PUT", ticket, {"priority": "high"})
        await self.do("PUT", ticket, {"projectId": "WEB"})
