"""The examples of the API document: those that Codimir documents, and one of each other reply."""

from codimir.kit.values import Values

JANE = {"id": "user_101", "name": "Jane Smith", "email": "jane@example.com", "image": "https://example.com/jane.jpg"}
JOHN = {"id": "user_102", "name": "John Doe", "email": "john@example.com", "image": "https://example.com/john.jpg"}

TICKET: Values = {
    "id": "ticket_123",
    "title": "Fix login authentication bug",
    "description": "Users are unable to login with valid credentials",
    "key": "WEB-45",
    "type": "BUG",
    "status": "in_progress",
    "priority": "high",
    "stage": "DEVELOPMENT",
    "projectId": "project_456",
    "workspaceId": "workspace_789",
    "assigneeId": "user_101",
    "reporterId": "user_102",
    "groupId": "group_103",
    "assignee": JANE,
    "reporter": JOHN,
    "dueDate": "2024-02-01T00:00:00Z",
    "completedAt": None,
    "createdAt": "2024-01-15T10:00:00Z",
    "updatedAt": "2024-01-20T14:30:00Z",
    "_count": {"comments": 5, "attachments": 2, "timeLogs": 3},
}
STAMPS = {"createdAt": "2024-01-02T09:00:00Z", "updatedAt": "2024-01-02T09:00:00Z"}
LABEL = {"id": "label_1", "name": "bug", "color": "#d73a4a"}
COMMENT = {
    "id": "comment_1",
    "content": "Fixed the issue and deployed to staging",
    "ticketId": "ticket_123",
    "authorId": "user_101",
    "createdAt": "2024-01-20T14:30:00Z",
    "updatedAt": "2024-01-20T14:30:00Z",
    "author": JANE,
}
PROJECT = {
    "id": "project_456",
    "name": "Website",
    "description": None,
    "key": "WEB",
    "status": "active",
    "visibility": "public",
    "workspaceId": "workspace_789",
    "ownerId": "user_102",
    **STAMPS,
}
TICKET_DETAILS = {
    **TICKET,
    "project": PROJECT,
    "workspace": {"id": "workspace_789", "name": "Acme", "slug": "acme", **STAMPS},
    "group": {
        "id": "group_103",
        "name": "Platform",
        "description": None,
        "workspaceId": "workspace_789",
        **STAMPS,
    },
    "labels": [{**LABEL, "projectId": None, "workspaceId": "workspace_789"}],
    "comments": [COMMENT],
    "_count": {"comments": 1, "attachments": 2, "timeLogs": 3},
}
TICKET_STATS = {
    "period": "month",
    "startDate": "2024-01-01T12:00:00Z",
    "endDate": "2024-02-01T12:00:00Z",
    "total": 45,
    "byStatus": {"backlog": 10, "todo": 8, "in_progress": 6, "in_review": 3, "done": 16, "cancelled": 2},
    "byPriority": {"lowest": 2, "low": 8, "medium": 20, "high": 12, "highest": 3},
    "byType": {"TASK": 20, "BUG": 14, "FEATURE": 7, "IMPROVEMENT": 3, "EPIC": 1},
    "metrics": {
        "averageCompletionTime": "3.5 days",
        "completionRate": 37.2,
        "overdue": 4,
        "createdThisPeriod": 18,
        "completedThisPeriod": 12,
    },
}
WORKSPACE = {"id": "workspace_789", "name": "Acme", "slug": "acme", **STAMPS}
INVITATION = {
    "id": "invitation_1",
    "email": "grace@example.com",
    "role": "MEMBER",
    "workspaceId": "workspace_789",
    "invitedById": "user_102",
    "createdAt": "2024-01-20T14:30:00Z",
    "expiresAt": "2024-01-27T14:30:00Z",
    "invitedBy": JOHN,
    "projects": [{"id": "project_456", "key": "WEB", "name": "Website Redesign"}],
}
GRACE = {"id": "user_110", "name": "Grace Hopper", "email": "grace@example.com", "image": None}
LINK_TOKEN = "Jq0xG7XWm1c2bq3Zk9s8Vd5h4Tn6Rf0yLw2Pe7Ua1Bg"  # noqa: S105 - of a link that nobody ever made

TOKEN = {
    "id": "token_1",
    "name": "Nightly import",
    "scopes": ["read", "write"],
    "workspaceId": "workspace_789",
    "createdAt": "2024-01-15T10:00:00Z",
    "lastUsedAt": None,
    "expiresAt": "2025-01-15T00:00:00Z",
}
HAPPENING = {
    "id": "evt_01h455vb4pex5vsknk084sn02q",
    "type": "ticket.assigned",
    "timestamp": "2024-01-20T14:30:00Z",
    "workspaceId": "workspace_789",
    "projectId": "project_456",
    "ticketId": "ticket_123",
    "subjectId": "ticket_123",
    "batchId": "evt_01h455vb4pex5vsknk084sn02q",
    "actor": JANE,
    "changes": {"assigneeId": [None, "user_102"]},
    "names": {"user_102": "John Doe"},
    "ticket": {"id": "ticket_123", "key": "WEB-45", "title": "Fix login authentication bug"},
    "project": {"id": "project_456", "key": "WEB", "name": "Website"},
}
_NOT_IN_EVENTS = {"description", "assignee", "reporter", "_count"}
TICKET_IN_EVENT = {name: value for name, value in TICKET.items() if name not in _NOT_IN_EVENTS}
EVENT = {
    "id": "evt_01h455vb4pex5vsknk084sn02q",
    "type": "ticket.status_changed",
    "timestamp": "2024-01-20T14:30:00Z",
    "workspaceId": "workspace_789",
    "projectId": "project_456",
    "ticketId": "ticket_123",
    "subjectId": "ticket_123",
    "batchId": "evt_01h455vb4pex5vsknk084sn02q",
    "actor": JANE,
    "changes": {"status": ["todo", "in_progress"], "stage": ["PLANNING", "DEVELOPMENT"]},
    "ticket": TICKET_IN_EVENT,
}

BODIES: dict[str, Values] = {
    "POST /api/user/tokens": {
        "For one workspace, for a year": {
            "name": "Nightly import",
            "scopes": ["read", "write"],
            "workspaceId": "workspace_789",
            "expiresAt": "2025-01-15T00:00:00Z",
        },
    },
    "POST /api/tickets": {
        "A feature with labels": {
            "title": "Implement user dashboard",
            "description": "Create a comprehensive user dashboard with analytics and recent activity",
            "type": "FEATURE",
            "priority": "medium",
            "projectId": "project_456",
            "assigneeId": "user_101",
            "dueDate": "2024-02-15T00:00:00Z",
            "labelIds": ["label_1", "label_2"],
        },
        "A bug": {
            "title": "Login page crashes on mobile",
            "description": "The login page crashes when accessed on mobile devices",
            "type": "BUG",
            "priority": "high",
            "projectId": "project_456",
            "assigneeId": "user_101",
        },
    },
    "POST /api/tickets/quick": {
        "A line": {"text": "Fix login !high @john #bug due friday WEB"},
        "What it would be": {"text": "Login page crashes on mobile /bug ~todo", "projectId": "WEB", "preview": True},
    },
    "POST /api/setup/{token}": {
        "The first administrator": {
            "name": "Grace Hopper",
            "email": "grace@example.com",
            "password": "correct horse battery staple",
            "workspaceName": "Acme",
        }
    },
    "POST /api/workspaces/{workspace_id}/invitations": {
        "A member who can work in a project at once": {
            "email": "grace@example.com",
            "role": "MEMBER",
            "projectIds": ["WEB"],
        },
        "Whoever is handed the link, where no mail is set up": {"role": "MEMBER"},
    },
    "POST /api/invitations/{token}/join": {
        "Someone new": {"name": "Grace Hopper", "password": "correct horse battery staple"},
        "Someone new, by a link for anyone": {
            "name": "Grace Hopper",
            "email": "grace@example.com",
            "password": "correct horse battery staple",
        },
    },
    "POST /api/auth/reset": {"By e-mail": {"email": "grace@example.com"}},
    "POST /api/auth/reset/{token}": {"A new password": {"password": "correct horse battery staple"}},
    "PUT /api/user/password": {
        "The current and the new one": {"current": "Tr0ub4dor&3", "new": "correct horse battery staple"}
    },
    "PUT /api/tickets/{ref}": {"Only what changes": {"priority": "highest", "dueDate": None}},
    "PUT /api/tickets/{ref}/status": {"Done": {"status": "done"}},
    "PUT /api/tickets/{ref}/assignee": {"To someone": {"assigneeId": "user_105"}, "To nobody": {"assigneeId": None}},
    "PUT /api/tickets/{ref}/position": {
        "Right above another one": {"before": "WEB-45"},
        "Right below another one, in another column of a board": {"after": "WEB-45", "status": "in_progress"},
    },
    "POST /api/tickets/{ref}/comments": {"Markdown": {"content": "Fixed the issue and deployed to staging"}},
    "POST /api/webhooks": {
        "Two types of events of a project": {
            "url": "https://your-app.example.com/webhooks",
            "events": ["ticket.created", "ticket.status_changed"],
            "secret": "your-webhook-secret",
            "projectId": "project_456",
        },
        "Everything in a workspace": {
            "url": "https://your-app.example.com/webhooks",
            "events": ["*"],
            "workspaceId": "workspace_789",
        },
    },
    "PUT /api/webhooks/{webhook_id}": {"Switch it off": {"enabled": False}},
}
