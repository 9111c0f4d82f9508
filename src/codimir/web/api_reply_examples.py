"""Examples of replies and of errors for the API document."""

from codimir.kit.values import Values
from codimir.web.api_examples import (
    COMMENT,
    EVENT,
    GRACE,
    HAPPENING,
    INVITATION,
    JANE,
    JOHN,
    LABEL,
    LINK_TOKEN,
    TICKET,
    TICKET_DETAILS,
    TICKET_STATS,
    TOKEN,
    WORKSPACE,
)

REPLIES: dict[str, Values] = {
    "GET /api/user/tokens": {
        "Your tokens": {"data": [TOKEN], "pagination": {"page": 1, "limit": 20, "total": 1, "totalPages": 1}}
    },
    "POST /api/user/tokens": {"A token": {"data": {**TOKEN, "token": "codimir_hTqG5x..."}}},
    "GET /api/tickets": {
        "A page of tickets": {
            "data": [{**TICKET, "labels": [LABEL]}],
            "pagination": {"page": 1, "limit": 20, "total": 45, "totalPages": 3},
        }
    },
    "GET /api/setup/{token}": {"A link that is good": {"data": {"expiresAt": "2024-01-21T14:30:00Z"}}},
    "POST /api/setup/{token}": {"Ready, and signed in": {"data": {"user": GRACE, "workspace": WORKSPACE}}},
    "GET /api/workspaces/{workspace_id}/invitations": {
        "Who is expected": {
            "data": [INVITATION],
            "pagination": {"page": 1, "limit": 20, "total": 1, "totalPages": 1},
        }
    },
    "POST /api/workspaces/{workspace_id}/invitations": {
        "The link, this once": {
            "data": {
                **INVITATION,
                "url": f"https://codimir.example/invite/{LINK_TOKEN}",
                "mailed": True,
                "notMailed": None,
            }
        }
    },
    "GET /api/invitations/{token}": {
        "An invitation": {
            "data": {
                "email": "grace@example.com",
                "role": "MEMBER",
                "workspace": WORKSPACE,
                "invitedBy": JOHN,
                "expiresAt": "2024-01-27T14:30:00Z",
                "hasAccount": False,
                "projects": INVITATION["projects"],
            }
        }
    },
    "POST /api/invitations/{token}/accept": {
        "Come in": {
            "data": {"user": JANE, "workspace": WORKSPACE, "role": "MEMBER", "projects": INVITATION["projects"]}
        }
    },
    "POST /api/invitations/{token}/join": {
        "Come in, and signed in": {
            "data": {"user": GRACE, "workspace": WORKSPACE, "role": "MEMBER", "projects": INVITATION["projects"]}
        }
    },
    "POST /api/auth/reset": {
        "Always": {
            "data": {"message": "If someone with this e-mail is here, the mail server is asked to send them a link"}
        }
    },
    "GET /api/auth/reset/{token}": {
        "A link that is good": {
            "data": {"email": "grace@example.com", "expiresAt": "2024-01-20T15:30:00Z", "tokens": []}
        }
    },
    "POST /api/auth/reset/{token}": {"Changed, and signed in": {"data": GRACE}},
    "POST /api/users/{user_id}/reset-link": {
        "To hand on": {
            "data": {
                "url": f"https://codimir.example/reset/{LINK_TOKEN}",
                "expiresAt": "2024-01-20T15:30:00Z",
            }
        }
    },
    "PUT /api/user/password": {"Changed, and signed in anew": {"data": GRACE}},
    "POST /api/tickets": {"A ticket": {"data": TICKET_DETAILS}},
    "POST /api/tickets/quick": {"A ticket": {"data": TICKET_DETAILS}},
    "GET /api/tickets/{ref}": {"A ticket": {"data": TICKET_DETAILS}},
    "GET /api/tickets/{ref}/history": {
        "Who changed what": {
            "data": [HAPPENING],
            "pagination": {"page": 1, "limit": 20, "total": 1, "totalPages": 1},
        }
    },
    "GET /api/events": {
        "The next events": {"data": [EVENT], "cursor": "AT2fjL8VuCmWkALl8w", "hasMore": False},
        "Where to begin": {"data": [], "cursor": "AT2fjL8VuCmWjwKqVQ", "hasMore": False},
    },
    "GET /api/tickets/stats": {"The last month": {"data": TICKET_STATS}},
    "POST /api/tickets/{ref}/comments": {"A comment": {"data": COMMENT}},
}

ERRORS: Values = {
    "UNAUTHORIZED": {"error": {"code": "UNAUTHORIZED", "message": "Authentication required"}},
    "FORBIDDEN": {"error": {"code": "FORBIDDEN", "message": "Insufficient permissions to access this ticket"}},
    "NOT_FOUND": {"error": {"code": "NOT_FOUND", "message": "Ticket not found"}},
    "VALIDATION_ERROR": {
        "error": {
            "code": "VALIDATION_ERROR",
            "message": "Invalid input data",
            "details": {"title": ["Title is required"], "assigneeId": ["Invalid assignee ID"]},
        }
    },
}
