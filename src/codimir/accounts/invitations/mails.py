"""The mail of an invitation."""

from codimir.accounts.invitations.schemas import Invitation
from codimir.mail.messages import Mail, mail_of, quoted_name


def invitation_mail(email: str, invitation: Invitation, workspace_name: str, url: str) -> Mail:
    """Ask someone in."""
    return mail_of(
        email,
        "{inviter} invites you to {workspace} on Codimir",
        """\
        {inviter} invites you to the workspace {workspace} on Codimir.

        Come in here: {url}

        The link is good for 7 days and for one person. If you did not expect this mail, you can ignore it.
        """,
        inviter=quoted_name(invitation.invited_by.name),
        workspace=quoted_name(workspace_name),
        url=url,
    )
