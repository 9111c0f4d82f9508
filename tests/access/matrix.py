"""Who gets which status from which route. A route without a row here fails the test: a row is one line.

The people stand in the order of `PEOPLE`. Everything is about one private project, SEC, and what is in it, or about its
workspace. Nothing that is sent stays, so each cell is about the same world.
"""

from typing import Any, NamedTuple

PEOPLE = (
    "nobody", "other_workspace", "instance_viewer", "project_viewer", "member", "admin", "removed", "disabled",
)  # fmt: skip


class Row(NamedTuple):
    """What each of the people gets from a route, and the body that is sent."""

    route: str
    statuses: str
    body: Any = None


SEE = "401 404 200 200 200 200 404 401"
OWN = "401 200 200 200 200 200 200 401"
"""Everyone gets their own: lists, counts, searches, settings."""
SEE_AS_ADMIN = "401 404 403 403 403 200 404 401"
OFFBOARDING = "401 404 200 403 403 200 404 401"
"""Administrators see what a member started, and the member, who is the viewer of the instance."""
INSTANCE = "401 403 403 403 403 403 403 401"
"""Only who administers the instance, who is none of these."""


def write(status: int) -> str:
    """Members may."""
    return f"401 404 403 403 {status} {status} 404 401"


def manage(status: int) -> str:
    """Administrators may."""
    return f"401 404 403 403 403 {status} 404 401"


def add(status: int) -> str:
    """Members may; the place is named in the body, so who does not see it gets 400."""
    return f"401 400 403 403 {status} {status} 400 401"


def add_as_admin(status: int) -> str:
    """Administrators may; the place is named in the body, so who does not see it gets 400."""
    return f"401 400 403 403 403 {status} 400 401"


ROWS = [
    Row("GET /api/tickets", OWN),
    Row("POST /api/tickets", add(201), {"title": "New", "projectId": "SEC"}),
    Row("POST /api/tickets/quick", add(201), {"text": "New !high", "projectId": "SEC"}),
    Row("GET /api/tickets/stats", OWN),
    Row("GET /api/tickets/search?q=fix", OWN),
    Row("GET /api/tickets/{ref}", SEE),
    Row("PUT /api/tickets/{ref}", write(200), {"title": "Changed"}),
    Row("DELETE /api/tickets/{ref}", write(204)),
    Row("PUT /api/tickets/{ref}/status", write(200), {"status": "done"}),
    Row("PUT /api/tickets/{ref}/assignee", write(200), {"assigneeId": None}),
    Row("PUT /api/tickets/{ref}/position", write(200), {"status": "done"}),
    Row("GET /api/tickets/{ref}/history", SEE),
    Row("GET /api/tickets/{ref}/comments", SEE),
    Row("POST /api/tickets/{ref}/comments", write(201), {"content": "New"}),
    Row("GET /api/tickets/{ref}/comments/{comment_id}", SEE),
    Row("PUT /api/tickets/{ref}/comments/{comment_id}", write(200), {"content": "Changed"}),
    Row("DELETE /api/tickets/{ref}/comments/{comment_id}", write(204)),
    Row("GET /api/tickets/{ref}/attachments", SEE),
    Row("POST /api/tickets/{ref}/attachments", write(201), "a file"),
    Row("GET /api/tickets/{ref}/attachments/{attachment_id}", SEE),
    Row("DELETE /api/tickets/{ref}/attachments/{attachment_id}", write(204)),
    Row("GET /api/tickets/{ref}/time-logs", SEE),
    Row("POST /api/tickets/{ref}/time-logs", write(201), {"minutes": 5}),
    Row("GET /api/tickets/{ref}/time-logs/{time_log_id}", SEE),
    Row("PUT /api/tickets/{ref}/time-logs/{time_log_id}", write(200), {"minutes": 6}),
    Row("DELETE /api/tickets/{ref}/time-logs/{time_log_id}", write(204)),
    Row("GET /api/projects", OWN),
    Row("POST /api/projects", add(201), {"name": "New", "workspaceId": "workspace_789"}),
    *(
        row
        for base in ("/api/project", "/api/projects")
        for row in (
            Row(f"GET {base}/search?q=security", OWN),
            Row(f"GET {base}/{{ref}}", SEE),
            Row(f"PUT {base}/{{ref}}", manage(200), {"name": "Changed"}),
            Row(f"DELETE {base}/{{ref}}", manage(403)),
            Row(f"GET {base}/{{ref}}/stats", SEE),
            Row(f"GET {base}/{{ref}}/members", SEE),
            Row(f"POST {base}/{{ref}}/members", manage(201), {"userId": "user_ada"}),
            Row(f"POST {base}/{{ref}}/join", "401 404 409 409 409 201 404 401"),
            Row(f"GET {base}/{{ref}}/members/{{user_id}}", SEE),
            Row(f"PUT {base}/{{ref}}/members/{{user_id}}", manage(200), {"role": "MEMBER"}),
            Row(f"DELETE {base}/{{ref}}/members/{{user_id}}", manage(204)),
            Row(f"GET {base}/{{ref}}/members/{{user_id}}/offboarding", OFFBOARDING),
        )
    ),
    Row("GET /api/projects/{ref}/activity", SEE),
    Row("GET /api/workspaces", OWN),
    Row("POST /api/workspaces", "401 201 403 201 201 201 201 401", {"name": "New"}),
    Row("GET /api/workspaces/{ref}", SEE),
    Row("PUT /api/workspaces/{ref}", manage(200), {"name": "Changed"}),
    Row("DELETE /api/workspaces/{ref}", manage(403)),
    Row("GET /api/workspaces/{ref}/members", SEE),
    Row("POST /api/workspaces/{ref}/members", manage(400), {"userId": "user_eve"}),
    Row("GET /api/workspaces/{ref}/members/{user_id}", SEE),
    Row("PUT /api/workspaces/{ref}/members/{user_id}", manage(200), {"role": "VIEWER"}),
    Row("DELETE /api/workspaces/{ref}/members/{user_id}", manage(204)),
    Row("GET /api/workspaces/{ref}/members/{user_id}/offboarding", OFFBOARDING),
    Row("GET /api/workspaces/{workspace_id}/activity", SEE),
    Row("GET /api/workspaces/{workspace_id}/audit", SEE_AS_ADMIN),
    Row("GET /api/workspaces/{workspace_id}/audit/export", SEE_AS_ADMIN),
    Row("GET /api/workspaces/{workspace_id}/invitations", SEE_AS_ADMIN),
    Row("POST /api/workspaces/{workspace_id}/invitations", manage(201), {"email": "new@example.com"}),
    Row("GET /api/workspaces/{workspace_id}/invitations/{invitation_id}", SEE_AS_ADMIN),
    Row("DELETE /api/workspaces/{workspace_id}/invitations/{invitation_id}", manage(204)),
    Row("GET /api/jobs", OWN),
    Row("GET /api/jobs/{job_id}", "401 404 404 404 404 200 404 401"),
    Row("GET /api/labels", OWN),
    Row("POST /api/labels", add_as_admin(201), {"name": "New", "projectId": "SEC"}),
    Row("GET /api/labels/{label_id}", SEE),
    Row("PUT /api/labels/{label_id}", manage(200), {"name": "Changed"}),
    Row("DELETE /api/labels/{label_id}", manage(204)),
    Row("GET /api/groups", OWN),
    Row("POST /api/groups", add_as_admin(201), {"name": "New", "workspaceId": "workspace_789"}),
    Row("GET /api/groups/{group_id}", SEE),
    Row("PUT /api/groups/{group_id}", manage(200), {"name": "Changed"}),
    Row("DELETE /api/groups/{group_id}", manage(204)),
    Row("GET /api/trash", OWN),
    Row("POST /api/trash/{item_id}/restore", write(200)),
    Row("POST /api/events/{event_id}/undo", write(200)),
    Row("POST /api/batches/{batch_id}/undo", write(200)),
    Row("GET /api/events", OWN),
    Row("GET /api/events/stream", "401 - - - - - - 401"),
    Row("GET /api/webhooks", OWN),
    Row(
        "POST /api/webhooks",
        add_as_admin(201),
        {"url": "https://hooks.example.com/x", "events": ["ticket.created"], "workspaceId": "workspace_789"},
    ),
    Row("GET /api/webhooks/{webhook_id}", SEE_AS_ADMIN),
    Row("PUT /api/webhooks/{webhook_id}", manage(200), {"events": ["ticket.updated"]}),
    Row("DELETE /api/webhooks/{webhook_id}", manage(204)),
    Row("POST /api/webhooks/{webhook_id}/rotate", manage(200)),
    Row("POST /api/webhooks/{webhook_id}/resume", manage(200)),
    Row("POST /api/webhooks/{webhook_id}/ping", manage(201)),
    Row("GET /api/webhooks/{webhook_id}/deliveries", SEE_AS_ADMIN),
    Row("GET /api/webhooks/{webhook_id}/deliveries/{delivery_id}", SEE_AS_ADMIN),
    Row("POST /api/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", manage(200)),
    Row("GET /api/notifications", OWN),
    Row("POST /api/notifications/read", OWN, {"all": True}),
    Row("GET /api/user/profile", OWN),
    Row("PUT /api/user/profile", OWN, {"firstName": "Changed"}),
    Row("PUT /api/user/picture", OWN, "a picture"),
    Row("DELETE /api/user/picture", "401 204 204 204 204 204 204 401"),
    Row("GET /api/pictures/{digest}", "401 404 404 404 404 404 404 401"),
    Row("GET /api/user/preferences", OWN),
    Row("PUT /api/user/preferences", OWN, {"theme": "dark"}),
    Row("GET /api/user/stats", OWN),
    Row("GET /api/user/activity", OWN),
    Row("PUT /api/user/password", "401 400 400 400 400 400 400 401", {"password": "wrong", "newPassword": "x"}),
    Row("GET /api/user/tokens", OWN),
    Row("POST /api/user/tokens", "401 201 201 201 201 201 201 401", {"name": "New", "scopes": ["read"]}),
    Row("DELETE /api/user/tokens/{token_id}", "401 404 404 404 204 404 404 401"),
    Row("GET /api/users", INSTANCE),
    Row("POST /api/users", INSTANCE, {"email": "new@example.com", "name": "New"}),
    Row("GET /api/users/{user_id}", INSTANCE),
    Row("PUT /api/users/{user_id}", INSTANCE, {"role": "VIEWER"}),
    Row("GET /api/users/{user_id}/offboarding", INSTANCE),
    Row("POST /api/users/{user_id}/reset-link", INSTANCE),
    Row("POST /api/invitations/{token}/accept", "401 404 404 404 404 404 404 401"),
]

WITHOUT_SIGNING_IN = {
    "GET /api/setup/{token}", "POST /api/setup/{token}", "GET /api/invitations/{token}",
    "POST /api/invitations/{token}/join", "POST /api/auth/reset", "GET /api/auth/reset/{token}",
    "POST /api/auth/reset/{token}",
}  # fmt: skip
"""They are for whoever has the link; what they give is tested where they are."""
