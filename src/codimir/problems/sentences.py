"""The sentence of every problem that the API tells of, in English.

The pages translate the same sentences: they are the texts of `web/translations/<language>.po`. A value stands in
braces; `{max:,}` is a number written in groups of three.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Plural(NamedTuple):
    """A sentence that depends on a number, and the value that is this number."""

    one: str
    many: str
    by: str


Sentences = Mapping[str, str | Plural]

REQUESTS: Sentences = {
    "conflict": "This collides with something that exists",
    "database_busy": "The server is busy; nothing was changed, try again",
    "forbidden": "Insufficient permissions",
    "header_too_large": "The header of the request is too large",
    "idempotency_key_reused": "This Idempotency-Key was sent with another body; use a new key for a new request",
    "internal_error": "Something went wrong",
    "internal_error_logged": "Something went wrong on our side; the log of the server has it under this request id",
    "invalid_input": "Invalid input data",
    "method_not_allowed": "Method not allowed",
    "not_found": "Not found",
    "outcome_unknown": (
        "The connection to the database broke while this was saved, and it may have been: look before you try again, "
        "or send an Idempotency-Key with each try"
    ),
    "path_not_found": "No such path: {path}",
    "payload_too_large": "The body is too large",
    "precondition_failed": "It was changed in the meantime",
    "range_not_satisfiable": "The file has no such bytes",
    "rate_limited": "Too many requests",
    "read_took_too_long": (
        "This took too long and was stopped; ask for less, such as other words, a narrower filter, an earlier page"
    ),
    "reply_withheld": "This was done before, and your permissions have changed since: its reply is not shown again",
    "request_malformed": "This is no HTTP/1.1 request that can be read",
    "request_refused": "The request cannot be read: {reason}",
    "request_too_slow": "The request took too long to arrive; send it again",
    "server_stopping": "The server is being stopped; look whether it was done before you send the request again",
    "token_bound_to_workspace": "A token of one workspace cannot change what you are in others",
    "too_many_reads_at_once": (
        "Too many of your searches and reports wait for each other; wait for an answer before the next one"
    ),
    "unauthorized": "Authentication required",
    "unsupported_media_type": "Send JSON with the header Content-Type: application/json",
    "uri_too_long": "The address is too long",
}
FIELDS: Sentences = {
    "at_place": "{problem} (at {place})",
    "body_not_json": "The body is not JSON: {reason}",
    "body_not_utf8": "The body is not UTF-8",
    "contains_nul": "Must not contain the NUL character",
    "given_twice": "Given more than once",
    "invalid_id": "Invalid {kind} ID",
    "invalid_value": "Not valid: {reason}",
    "json_lone_surrogate": "half of a surrogate pair stands alone",
    "json_not_an_object": "Must be a JSON object",
    "json_required": "A JSON object is required",
    "json_too_deep": "The JSON is nested too deeply",
    "json_truncated": "it ends too early",
    "kind_boolean": "true or false",
    "kind_integer": "a whole number",
    "kind_list": "a list",
    "kind_null": "null",
    "kind_number": "a number",
    "kind_object": "an object",
    "kind_or_kind": "{first} or {others}",
    "kind_text": "text",
    "kind_timestamp": "a timestamp such as 2024-02-15T00:00:00Z",
    "list_too_long": Plural("Must have at most {limit:,} item", "Must have at most {limit:,} items", "limit"),
    "list_too_short": Plural("Must have at least {limit:,} item", "Must have at least {limit:,} items", "limit"),
    "more_unknown_fields": Plural("{count:,} more unknown field", "{count:,} more unknown fields", "count"),
    "more_unknown_parameters": Plural("{count:,} more unknown parameter", "{count:,} more unknown parameters", "count"),
    "no_match": "Must match {pattern}",
    "not_a_color": "Must be a colour such as #d73a4a",
    "not_one_line": "Must be one line, without control characters and without those that turn the direction of writing",
    "not_one_of": "Must be one of: {allowed}",
    "not_one_of_meant": "Must be one of: {allowed} (did you mean {meant}?)",
    "not_one_of_or_null": "Must be one of: {allowed}, or null",
    "not_utf8": "Must be UTF-8",
    "null_in_query": "Must not be null; leave it out",
    "number_out_of_range": "The number is out of range",
    "path_not_utf8": "Must be UTF-8 without the NUL character",
    "query_not_utf8": "The query is not UTF-8",
    "required": "{field} is required",
    "timezone_missing": "Must name its timezone: a timestamp such as 2024-02-15T00:00:00Z",
    "too_large": "Must be {kind} of at most {limit}",
    "too_long": Plural("Must have at most {limit:,} character", "Must have at most {limit:,} characters", "limit"),
    "too_long_has": "Must have at most {limit:,} characters, has {length:,}",
    "too_many_parameters": "At most {limit} parameters",
    "too_short": Plural("Must have at least {limit:,} character", "Must have at least {limit:,} characters", "limit"),
    "too_small": "Must be {kind} of at least {limit}",
    "unknown_field": "Unknown field; known here: {known}",
    "unknown_field_meant": "Unknown field; did you mean {meant}?",
    "unknown_field_none_known": "Unknown field; none is known here",
    "unknown_parameter": "Unknown parameter; known here: {known}",
    "unknown_parameter_meant": "Unknown parameter; did you mean {meant}?",
    "unknown_parameter_none_known": "Unknown parameter; none is known here",
    "workspace_of_other_project": "Must be the workspace of the project",
    "wrong_kind": "Must be {kinds}",
}
LABELS: Sentences = {
    "label_change_forbidden": "Insufficient permissions to change this label",
    "label_creation_forbidden": "Insufficient permissions to create a label here",
    "label_name_taken": "A label with this name exists here already",
    "label_not_found": "Label not found",
}
PROJECTS: Sentences = {
    "project_archived": "This project is archived: nothing in it can be changed until it is active again",
    "project_being_restored": "Its tickets are still being restored; delete it when that is done",
    "project_key_changed": "The project has another key now",
    "project_key_taken": "A project of this workspace has or had this key",
}
TICKETS: Sentences = {
    "text_changed": "Someone changed this text meanwhile. Look at it again, then tick",
    "ticket_forbidden": "Insufficient permissions to access this ticket",
}
UNDO: Sentences = {
    "cannot_be_undone": "A change of this kind cannot be undone",
    "changed_after_that": "It was changed after this, and undoing would lose those changes",
    "changed_since": "It was changed again since then, and undoing would lose that",
    "moved_from_hidden_project": "It was moved here from a project that you cannot see, so this cannot be undone",
    "nothing_to_undo": "There is nothing to undo: its state has changed since",
    "old_values_invalid": "The previous values are not valid any more",
}
PEOPLE: Sentences = {
    "email_taken": "Someone with this e-mail exists already",
    "last_administrator": "The last administrator of the instance cannot be given another role or be disabled",
}
WORKSPACES: Sentences = {
    "workspace_not_empty": "There are projects or tickets in this workspace; delete them first",
    "workspace_slug_taken": "Another workspace has or had this slug",
}
SIGNING_IN: Sentences = {
    "link_expired": "This link is not valid, or not any more",
    "mail_queue_full": "Too many mails are waiting to be sent; nothing was sent, try again in a minute",
    "no_mail": "This instance sends no mail; ask its administrator for a link to choose a new password",
    "token_not_found": "Token not found",
    "too_many_at_once": "Too many requests from your address at once; try again in a moment",
    "too_many_tries": "Too many tries; wait a minute",
    "wrong_password": "The current password is not right",
}
EVENTS: Sentences = {
    "cursor_unusable": "This cursor cannot be used; read without one to start from now",
}
MEMBERS: Sentences = {
    "already_member": "This person is a member already",
    "already_member_of_workspace": "This person is a member of this workspace already",
    "inviter_may_not": (
        "Whoever invited you may not invite people here any more; ask somebody there for another invitation"
    ),
    "last_owner": "The last owner cannot leave or be given a lower role; make someone else an owner first",
}
WEBHOOKS: Sentences = {
    "delivery_being_sent": "This delivery is being sent right now",
    "too_many_webhooks": "There are {limit} webhooks here already; delete one first",
}
GROUPS: Sentences = {
    "group_name_taken": "A group with this name exists in this workspace already",
}
SENTENCES: Sentences = {
    **REQUESTS,
    **FIELDS,
    **LABELS,
    **PROJECTS,
    **TICKETS,
    **UNDO,
    **PEOPLE,
    **WORKSPACES,
    **SIGNING_IN,
    **EVENTS,
    **MEMBERS,
    **WEBHOOKS,
    **GROUPS,
}
