"""The words of the API document that no signature can say."""

from codimir.http.openapi_parameters import Words
from codimir.tickets.fields import FILTERS
from codimir.web.api_examples import BODIES
from codimir.web.api_reply_examples import ERRORS, REPLIES

INTRODUCTION = """\
JSON in and out, in camelCase; timestamps are RFC 3339 in UTC.

**Signing requests.** Send the session cookie of the web interface, or an API token:

```sh
curl "https://codimir.example/api/tickets?status=in_progress&priority=high&assignee=user_101&page=1&limit=10" \\
  -H "Cookie: next-auth.session-token=..."
curl "https://codimir.example/api/tickets/WEB-45" -H "Authorization: Bearer ..."
```

**Replies.** One thing is `{"data": {...}}`. A list adds `"pagination"`, and its `total` is always exact. A failure is
`{"error": {"code", "message", "details"}}`; `details` names every wrong field at once. Too many tries are 429, and a
server that is busy or stopping is 503: both say in `Retry-After` after how many seconds to come back. Each operation
names the failures that are its own; any path can answer 405, and 500 where we have a defect.

**Changing things.** `PUT` and `PATCH` are the same: an absent field keeps its value, `null` clears it, and a field that
is not known is refused. What you may not see is not found.

**Asking and sending again.** Send the `ETag` of a reply as `If-None-Match`, and the answer is 304 while it is the same;
send it as `If-Match` with a write, and the answer is 412 if somebody else was faster, with what they changed. A write
with an `Idempotency-Key`, such as a UUID, can be sent again for 24 hours: it is done once and answered alike, which
`Idempotent-Replayed: true` tells; the same key with another body is 422, and 409 says that the first one still runs.
Where several servers share a database, the second request may wait for the first instead.
"""

PARAMETERS = {
    **{field.name: field.about for field in FILTERS if field.about},
    "invitations/{invitation_id}": "The id of an invitation into this workspace",
    "invitations/{token}": "What the link of an invitation ends with: `/invite/{token}`",
    "reset/{token}": "What a link to choose a new password ends with: `/reset/{token}`",
    "setup/{token}": "What the link that `codimir serve` prints ends with: `/setup/{token}`",
    "users/{user_id}": "The id of a person",
    "workspaces/{workspace_id}": "The id of a workspace",
    "tickets/{ref}": "The id of a ticket, or its key such as `WEB-45` in any case",
    "workspaces/{ref}": "The id of a workspace, or its slug",
    "members/{user_id}": "The id of a person who is in it",
    "labels/{label_id}": "The id of a label",
    "jobs/{job_id}": "The id of a background job",
    "groups/{group_id}": "The id of a group",
    "project/{ref}": "The id of a project, or a key that it has or had, in any case",
    "projects/{ref}": "The id of a project, or a key that it has or had, in any case",
    "comments/{comment_id}": "The id of a comment on this ticket",
    "attachments/{attachment_id}": "The id of a file on this ticket",
    "tokens/{token_id}": "The id of one of your API tokens",
    "time-logs/{time_log_id}": "The id of logged time on this ticket",
    "pictures/{digest}": "What the address of an uploaded picture ends with: the `image` of a person",
    "trash/{item_id}": "The id of what is in the trash",
    "events/{event_id}": "The id of an event",
    "batches/{batch_id}": "The id of a batch: of the first event of a request",
    "deliveries/{delivery_id}": "The id of a delivery of this webhook",
    "webhooks/{webhook_id}": "The id of a webhook",
    "actor": "Ids of people, or `me`.",
    "type": "Types.",
    "after": "A cursor: only what happened after it.",
    "asOf": "A moment in the past: the answer is as of then, for who may see it now.",
    "kind": "Why you are told.",
    "label": "Ids of labels.",
    "order": "Ascending or descending.",
    "period": "The period of the metrics; it ends now.",
    "project": "Ids or keys of projects; of tickets also `none` for those of no project.",
    "q": "Words to search for, or a key. A typo is forgiven.",
    "search": "Words that must be in it: in the title, description, key and comments of a ticket, where a typo is"
    " forgiven; in the name, key and description of a project.",
    "sort": "What to sort by.",
    "ticket": "Ids or keys of tickets.",
    "workspace": "Ids of workspaces.",
}

WORDS = Words(
    introduction=INTRODUCTION,
    tags={"tokens": "API tokens", "timelogs": "Time logs"},
    parameters=PARAMETERS,
    bodies=BODIES,
    replies=REPLIES,
    errors=ERRORS,
)
