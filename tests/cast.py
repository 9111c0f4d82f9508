"""The cast of the tests, with the ids that are documented, in a workspace of their own and one of a stranger."""

from datetime import UTC, datetime

from codimir.authentication.tokens import hash_of
from codimir.database.core import Transaction
from codimir.database.statements import insert_into
from codimir.kit.collation import name_keys
from codimir.model.authentication import sessions
from codimir.model.enums import InstanceRole, Role
from codimir.model.groups import groups
from codimir.model.labels import labels
from codimir.model.projects import project_members, projects
from codimir.model.users import users
from codimir.model.workspaces import workspace_members, workspaces
from codimir.projects.search_columns import search_columns

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2200, 1, 1, tzinfo=UTC)

PEOPLE: dict[str, tuple[str, str, InstanceRole]] = {
    "root": ("user_root", "Root Admin", "ADMIN"),
    "ada": ("user_ada", "Ada Owner", "EDITOR"),
    "jane": ("user_101", "Jane Smith", "EDITOR"),
    "john": ("user_102", "John Doe", "EDITOR"),
    "mia": ("user_mia", "Mia Member", "EDITOR"),
    "victor": ("user_victor", "Victor Viewer", "EDITOR"),
    "eve": ("user_eve", "Eve Outsider", "EDITOR"),
}
WORKSPACES = {"workspace_789": ("Acme", "acme"), "workspace_globex": ("Globex", "globex")}
WORKSPACE_MEMBERS: list[tuple[str, str, Role]] = [
    ("workspace_789", "user_ada", "OWNER"),
    ("workspace_789", "user_101", "MEMBER"),
    ("workspace_789", "user_102", "MEMBER"),
    ("workspace_789", "user_mia", "MEMBER"),
    ("workspace_789", "user_victor", "VIEWER"),
    ("workspace_globex", "user_eve", "OWNER"),
]
PROJECTS = [
    ("project_456", "workspace_789", "Website", "WEB", "public", "user_ada"),
    ("project_sec", "workspace_789", "Security", "SEC", "private", "user_ada"),
    ("project_evil", "workspace_globex", "Evil", "EVIL", "public", "user_eve"),
]
PROJECT_MEMBERS = [
    ("workspace_789", "project_456", "user_101", "MEMBER"),
    ("workspace_789", "project_456", "user_102", "MEMBER"),
    ("workspace_789", "project_456", "user_victor", "VIEWER"),
    ("workspace_789", "project_sec", "user_101", "MEMBER"),
    ("workspace_789", "project_sec", "user_102", "ADMIN"),
    ("workspace_globex", "project_evil", "user_eve", "OWNER"),
]
LABELS = [
    ("label_1", "workspace_789", None, "bug", "#d73a4a"),
    ("label_2", "workspace_789", "project_456", "frontend", "#0e8a16"),
    ("label_sec", "workspace_789", "project_sec", "cve", "#000000"),
    ("label_evil", "workspace_globex", None, "evil", "#ff0000"),
]
GROUPS = [("group_103", "workspace_789", "Platform"), ("group_evil", "workspace_globex", "Henchmen")]

TABLES = (users, sessions, workspaces, workspace_members, projects, project_members, labels, groups)
"""What the cast is stored in, each after those that it refers to."""


async def load_world(tx: Transaction) -> None:
    """Load the cast with its documented ids."""
    stamps = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    for who, (user_id, name, role) in PEOPLE.items():
        email = f"{who}@example.com"
        image = "https://example.com/jane.jpg" if who == "jane" else None
        await tx.execute(
            insert_into(users), id=user_id, email=email, email_key=email, name=name, first_name=None, last_name=None,
            image=image, role=role, email_verified_at=LONG_AGO,
            password_hash=None, preferences={}, not_before=None, disabled_at=None, **stamps, **name_keys(name),
        )  # fmt: skip
        await tx.execute(
            insert_into(sessions), token_hash=hash_of(f"session-of-{who}"), user_id=user_id, created_at=LONG_AGO,
            expires_at=FAR_AHEAD,
        )  # fmt: skip
    for workspace_id, (name, slug) in WORKSPACES.items():
        await tx.execute(
            insert_into(workspaces),
            id=workspace_id,
            name=name,
            slug=slug,
            version=0,
            deleted_at=None,
            **stamps,
            **name_keys(name),
        )
    for workspace_id, user_id, role_there in WORKSPACE_MEMBERS:
        row = {"workspace_id": workspace_id, "user_id": user_id, "role": role_there, "created_at": LONG_AGO}
        await tx.execute(insert_into(workspace_members), **row)
    for project_id, workspace_id, name, key, visibility, owner in PROJECTS:
        await tx.execute(
            insert_into(projects), id=project_id, workspace_id=workspace_id, name=name, description=None, key=key,
            status="active", visibility=visibility,
            join_policy="invite_only", owner_id=owner, ticket_counter=0, deleted_at=None, **stamps,
            **search_columns(name, key, None),
        )  # fmt: skip
    for workspace_id, project_id, user_id, project_role in PROJECT_MEMBERS:
        row = {"workspace_id": workspace_id, "project_id": project_id, "user_id": user_id, "role": project_role}
        await tx.execute(insert_into(project_members), **row, created_at=LONG_AGO)
    for label_id, workspace_id, project_id, name, color in LABELS:
        row = {"id": label_id, "workspace_id": workspace_id, "project_id": project_id, "name": name, "color": color}
        await tx.execute(insert_into(labels), **row, name_key=name, deleted_at=None, **stamps, **name_keys(name))
    for group_id, workspace_id, name in GROUPS:
        row = {"id": group_id, "workspace_id": workspace_id, "name": name, "description": None}
        await tx.execute(insert_into(groups), **row, deleted_at=None, **stamps, **name_keys(name))
