"""What can be wrong with tickets, projects, people and everything else that requests are about."""

from codimir.problems.forms import Sentences

LABELS: Sentences = {
    "label_change_forbidden": "Insufficient permissions to change this label",
    "label_creation_forbidden": "Insufficient permissions to create a label here",
    "label_name_taken": "A label with this name already exists here",
}
PROJECTS: Sentences = {
    "project_archived": "This project is archived: nothing in it can be changed until it is active again",
    "project_being_restored": "Its tickets are still being restored; delete it when that is done",
    "project_change_forbidden": "Insufficient permissions to change this project",
    "project_creation_forbidden": "Insufficient permissions to create a project here",
    "project_deletion_owners_only": "Only an owner may delete this project",
    "project_key_changed": "The key of this project has changed",
    "project_key_malformed": "Must have 2 to 10 characters of A–Z and 0–9 and start with a letter",  # noqa: RUF001 - a range is written so
    "project_key_taken": "A project of this workspace has or had this key",
    "project_restoring_owners_only": "Only an owner may restore this project",
    "project_transfer_owners_only": "Only an owner may transfer this project",
}
TICKETS: Sentences = {
    "cannot_create_tickets_in": "You can't create tickets in {place}",
    "cannot_move_tickets_to": "You can't move tickets to {place}",
    "due_span_malformed": (
        "Must be overdue, none, a day such as 2024-02-15 or today, or a span such as 2024-02-01..2024-02-15, "
        "2024-02-01.. or ..7d, whose ends are days, moments such as 2024-02-15T12:00:00Z, now, or days from now such "
        "as 7d or -30d"
    ),
    "file_bytes_missing": "The content of this file is missing in the file store",
    "file_name_missing": "The file needs a name",
    "not_another_ticket": "Must be another ticket",
    "not_in_trash": "Nothing in the trash has this ID",
    "project_of_other_workspace": "Must be a project of the ticket's workspace",
    "rank_with_as_of": "Cannot be combined with asOf: only the present manual order is known",
    "search_with_as_of": "Cannot be combined with asOf: only the present text can be searched",
    "span_backwards": "The span ends before it begins",
    "span_malformed": (
        "Must be a day such as 2024-02-15 or today, or a span such as 2024-02-01..2024-02-15, 2024-02-01.. or "
        "..7d, whose ends are days, moments such as 2024-02-15T12:00:00Z, now, or days from now such as 7d or -30d"
    ),
    "text_changed": "Someone else changed this text in the meantime. Check it, then tick the task again",
    "this_workspace": "this workspace",
    "ticket_forbidden": "Insufficient permissions to access this ticket",
    "ticket_of_other_project": "Must be a ticket of the same project",
    "title_of_line_too_long": "The title may have at most {limit} characters, has {length:,}",
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
    "administrators_only": "Only an administrator of the instance may do this",
    "email_taken": "Someone with this e-mail already exists",
    "last_administrator": "The last administrator of the instance cannot be given another role or be disabled",
    "name_not_one_line": "Must be one line of 1 to {limit} characters",
    "not_a_language": "Must be the tag of a language, such as en or pt-BR",
    "not_a_picture_address": "Must be the address of a picture, such as https://example.com/jane.jpg",
    "not_a_timezone": "Must be the IANA name of a time zone, such as Europe/Berlin",
}
WORKSPACES: Sentences = {
    "no_workspace": "You are not in a workspace; name one",
    "not_your_workspace": "Must be a workspace that you are a member of",
    "slug_malformed": "Must have at most {limit} characters of a-z and 0-9, with single hyphens between them",
    "workspace_change_forbidden": "Insufficient permissions to change this workspace",
    "workspace_creation_forbidden": "Insufficient permissions to create a workspace",
    "workspace_deletion_owners_only": "Only an owner may delete this workspace",
    "workspace_not_empty": "There are projects or tickets in this workspace; delete them first",
    "workspace_slug_taken": "Another workspace has or had this slug",
}
SIGNING_IN: Sentences = {
    "link_expired": "This link is not valid, or has expired",
    "mail_queue_full": "Too many mails are waiting to be sent; nothing was sent, try again in a minute",
    "no_mail": "This instance sends no mail; ask its administrator for a link to choose a new password",
    "password_length": "Must have {min} to {max:,} characters, has {length:,}",
    "password_of_own_words": "Must not be made of your own name or e-mail address; four random words are good",
    "password_too_common": "Must not be one of the most common passwords; four random words are good",
    "person_disabled": "This person is disabled",
    "reset_link_forbidden": "Insufficient permissions to create links for others",
    "token_cannot_manage_tokens": "A token of one workspace cannot manage tokens",
    "too_many_at_once": "Too many requests from your address at once; try again in a moment",
    "too_many_tries": "Too many tries; wait a minute",
    "wrong_password": "The current password is wrong",
}
EVENTS: Sentences = {
    "cursor_of_other_server": "Is not a cursor of this server",
    "cursor_past_the_end": "Points past the newest event; was the database restored from a backup?",
    "cursor_unusable": "This cursor cannot be used; read without one to start from now",
    "ids_or_all": "Give either ids, or all: true",
    "log_forbidden": "Insufficient permissions to read the log of this workspace",
    "to_before_from": "Must not be before from",
    "too_many_named": "Name at most {limit}",
    "too_many_workspaces": "You see {count:,} workspaces; name at most {limit}",
    "unknown_event_type": "Unknown type of event; known are {known}",
    "unknown_event_type_meant": "Unknown type of event; did you mean {meant}?",
}
MEMBERS: Sentences = {
    "already_member": "This person is already a member",
    "already_member_of_workspace": "This person is already a member of this workspace",
    "email_not_in_workspace": "Nobody with this e-mail is in this workspace",
    "email_of_nobody_to_add": "Nobody with this e-mail can be added; invite them instead",
    "invitation_administrators_only": "Only administrators of this instance may invite people; ask one of them",
    "invitation_email_required": "This instance mails invitations: an e-mail is required",
    "invitation_forbidden": "Insufficient permissions to invite people here",
    "invitation_of_other_email": "This invitation is for another e-mail",
    "invitation_role_forbidden": "Insufficient permissions to invite as {role}",
    "inviter_may_not": (
        "Whoever invited you may not invite people here any more; ask somebody there for another invitation"
    ),
    "join_administrators_only": "Only its administrators add people to this project; ask one of them",
    "join_after_removal": (
        "You were removed from this project, or could only read it; ask one of its administrators to add you"
    ),
    "last_owner": "The last owner cannot leave or be given a lower role; make someone else an owner first",
    "member_management_forbidden": "Insufficient permissions to manage the members here",
    "one_person": "Name one person, by userId or by email",
    "ownership_owners_only": "Only an owner may give or take away the role of owner here",
    "provider_sign_in_first": "Sign in with {provider} first, then accept the invitation",
    "token_cannot_join": "A token of one workspace cannot join another",
    "you_are_member_of_project": "You are already a member of this project",
    "you_are_member_of_workspace": "You are already a member of this workspace",
}
WEBHOOKS: Sentences = {
    "address_has_fragment": "Must not hold a fragment (#…); it is never sent",
    "address_has_password": "Must not hold a name or a password; the signature proves who sends",
    "address_has_spaces": "Must be an address without spaces, backslashes and control characters",
    "address_has_zone": "Must not name a zone (%…) of this machine",
    "address_host_malformed": "Must hold a host name that exists in this form (IDNA)",
    "address_inside_network": "{host} is an address inside a network, to which nothing is sent",
    "address_ipv6_malformed": "Must hold a whole IPv6 address between its brackets",
    "address_malformed": "Must be an address such as https://example.com/hook",
    "address_port": "Port {port} is not for webhooks: 80, 443, or from {min} on and of no other service",
    "address_scheme": "Must be an address that begins with https:// or http://",
    "certificate_invalid": "The certificate is not valid: {reason}",
    "connection_lost": "The connection was interrupted",
    "connection_lost_because": "The connection was interrupted: {reason}",
    "delivery_being_sent": "This delivery is being sent right now",
    "event_types_missing": "Name at least one event type, or {every} for every one",
    "exchange_too_slow": "The receiver took longer than {seconds} seconds",
    "host_not_allowed": "Not allowed: this host has no address that webhooks may be sent to",
    "name_inside_network": "{host} leads to {address}, an address inside a network, to which nothing is sent",
    "name_leads_nowhere": "the host name was not found",
    "no_connection": "No connection: {reason}",
    "no_connection_in_time": "No connection within {seconds} seconds",
    "no_secure_connection": "No secure connection: {reason}",
    "nothing_came": "No response for {seconds} seconds",
    "receiver_answered": "The receiver answered {status}",
    "receiver_gone": "The receiver answered 410 Gone",
    "receiver_redirects": "The receiver answered {status}; redirects are not followed",
    "reply_not_http": "The reply is not HTTP: {reason}",
    "reply_too_long": "The reply is longer than {limit} KiB; the rest was not read",
    "secret_length": "Must have {min} to {max} printable ASCII characters",
    "secret_malformed": "After {prefix} must come {min} to {max} bytes in base64",
    "socket_of_this_machine": "nothing is sent to a socket of this machine",
    "too_many_under_way": "Too many requests at the same time",
    "too_many_webhooks": "There are {limit} webhooks here already; delete one first",
    "unknown_event_types": "Unknown event type: {names}",
    "webhook_deleted": "The webhook was deleted",
    "webhook_management_forbidden": "Insufficient permissions to manage webhooks here",
    "webhook_switched_off": "The webhook was switched off",
}
GROUPS: Sentences = {
    "group_change_forbidden": "Insufficient permissions to change this group",
    "group_creation_forbidden": "Insufficient permissions to create a group here",
    "group_name_taken": "A group with this name already exists in this workspace",
}
JOBS: Sentences = {
    "job_not_found": "Job not found: it has ended, or it never existed",
}
PICTURES: Sentences = {
    "not_a_picture": "Must be a picture: PNG, JPEG, WebP or GIF",
    "picture_damaged": "The picture is damaged and cannot be read",
    "picture_too_large": "Has {width:,} by {height:,} pixels; at most {limit:,} in all are read",
    "picture_too_slow": "The picture takes too long to read",
}
PAGES: Sentences = {
    "duration_malformed": "Write time as 1h 30m, 45m or 1.5h",
    "line_number_malformed": "Must be the number of a line, the first is 0",
    "passwords_differ": "The passwords do not match",
    "ticket_not_selected": "Select a ticket first",
    "tickets_out_of_bounds": "Name 1 to {limit} tickets",
    "too_many_cards": "Name at most {limit} tickets",
    "value_not_possible": "This value is not possible here",
}
