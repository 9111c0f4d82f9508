"""The events that are recorded. The docstring of each is its public documentation."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

Changes = Mapping[str, tuple[Any, Any]]
"""From the API's name of a field to its old and its new value."""


class Event(msgspec.Struct, kw_only=True):
    """Something that happened in a workspace."""

    type: ClassVar[str]
    workspace_id: str
    project_id: str | None = None
    ticket_id: str | None = None
    subject_id: str
    changes: Changes
    from_project_id: str | None = None
    """The project from which the ticket came in the same change"""


class TicketCreated(Event):
    """A ticket was created; `changes` has every field that was set."""

    type = "ticket.created"


class TicketUpdated(Event):
    """Fields of a ticket changed, other than its status and its assignee, which have events of their own."""

    type = "ticket.updated"


class TicketStatusChanged(Event):
    """The status of a ticket changed, and with it perhaps its stage and when it was completed."""

    type = "ticket.status_changed"


class TicketAssigned(Event):
    """A ticket was given to someone, or to nobody."""

    type = "ticket.assigned"


class TicketRanked(Event):
    """A ticket was given another place in the order made by hand; its fields are as they were."""

    type = "ticket.ranked"


class TicketDeleted(Event):
    """A ticket was moved to the trash."""

    type = "ticket.deleted"


class TicketRestored(Event):
    """A ticket was taken out of the trash."""

    type = "ticket.restored"


class CommentCreated(Event):
    """Someone commented on a ticket."""

    type = "comment.created"


class CommentUpdated(Event):
    """The text of a comment changed."""

    type = "comment.updated"


class CommentDeleted(Event):
    """A comment was deleted."""

    type = "comment.deleted"


class CommentRestored(Event):
    """A comment was taken out of the trash."""

    type = "comment.restored"


class AttachmentAdded(Event):
    """A file was attached to a ticket."""

    type = "attachment.added"


class AttachmentDeleted(Event):
    """A file was taken off a ticket."""

    type = "attachment.deleted"


class AttachmentRestored(Event):
    """A file was taken out of the trash."""

    type = "attachment.restored"


class TimeLogged(Event):
    """Time was logged on a ticket."""

    type = "time.logged"


class TimeLogUpdated(Event):
    """Logged time was corrected."""

    type = "time.updated"


class TimeLogDeleted(Event):
    """Logged time was taken back."""

    type = "time.deleted"


class TimeLogRestored(Event):
    """Logged time was taken out of the trash."""

    type = "time.restored"


class TrashEmptied(Event):
    """What had been in the trash for longer than it is kept was deleted for good; `changes` counts it by its kind."""

    type = "trash.emptied"


class JobFinished(Event):
    """What a change left to the background is done, where no other event tells of it.

    `changes` has the `kind` of the work and how many `tickets` it changed; `subject_id` is what was changed then.
    """

    type = "job.finished"


class WorkspaceCreated(Event):
    """A workspace was created."""

    type = "workspace.created"


class WorkspaceUpdated(Event):
    """The name or the slug of a workspace changed."""

    type = "workspace.updated"


class WorkspaceDeleted(Event):
    """A workspace was deleted; nothing was left in it."""

    type = "workspace.deleted"


class ProjectCreated(Event):
    """A project was created."""

    type = "project.created"


class ProjectUpdated(Event):
    """Fields of a project changed. When its key did, the keys of its tickets followed, and the old ones still work."""

    type = "project.updated"


class ProjectDeleted(Event):
    """A project was moved to the trash, and its tickets with it: those are marked as deleted at the same moment."""

    type = "project.deleted"


class ProjectRestored(Event):
    """A project was taken out of the trash, and with it the tickets that had been deleted with it."""

    type = "project.restored"


class MemberAdded(Event):
    """Someone became a member of a workspace or of a project."""

    type = "member.added"


class MemberInvited(Event):
    """Someone was invited into a workspace; an earlier invitation of the same e-mail is replaced."""

    type = "member.invited"


class InvitationDeleted(Event):
    """An invitation was taken back before anybody accepted it."""

    type = "invitation.deleted"


class MemberRoleChanged(Event):
    """The role of a member of a workspace or of a project changed; the subject is the person."""

    type = "member.role_changed"


class MemberRemoved(Event):
    """Someone is no longer a member of a workspace or of a project; the subject is the person."""

    type = "member.removed"


class UserUpdated(Event):
    """A person's name, picture or role on the instance changed, or they were disabled; told in their workspaces."""

    type = "user.updated"


class LabelCreated(Event):
    """A label was created."""

    type = "label.created"


class LabelUpdated(Event):
    """The name or the colour of a label changed."""

    type = "label.updated"


class LabelDeleted(Event):
    """A label was deleted; each ticket that had it tells so by a `ticket.updated`."""

    type = "label.deleted"


class GroupUpdated(Event):
    """The name or the description of a group changed."""

    type = "group.updated"


class GroupDeleted(Event):
    """A group was deleted; each ticket that it had tells so by a `ticket.updated`."""

    type = "group.deleted"


class GroupCreated(Event):
    """A group was created."""

    type = "group.created"


class WebhookCreated(Event):
    """A webhook was made; of its address only the host is told."""

    type = "webhook.created"


class WebhookUpdated(Event):
    """A webhook was changed; of its address only the host is told."""

    type = "webhook.updated"


class WebhookSecretRotated(Event):
    """A webhook got another secret; the one before signs for another day."""

    type = "webhook.secret_rotated"


class WebhookDeleted(Event):
    """A webhook was deleted."""

    type = "webhook.deleted"


class WebhookPaused(Event):
    """A webhook is left alone until an administrator resumes it.

    Every attempt to reach it failed for days, or whoever answered for it may not manage it any more.
    """

    type = "webhook.paused"


class WebhookDisabled(Event):
    """A receiver answered 410 Gone, so its webhook was switched off."""

    type = "webhook.disabled"


class WebhookResumed(Event):
    """A paused webhook was resumed, and gets what happened in the meantime."""

    type = "webhook.resumed"


class WebhookPinged(Event):
    """Someone tried a webhook out."""

    type = "webhook.pinged"


class WebhookDeliveryResent(Event):
    """Someone had a delivery sent once more."""

    type = "webhook.delivery_resent"
