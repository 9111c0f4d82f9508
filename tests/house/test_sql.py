"""SQL stands where one looks for it: in `queries` and `actions`, in rooms that are about data, and in listed files."""

import ast

from tests.house.trees import modules

BUILDERS = {
    "sa.select", "sa.insert", "sa.update", "sa.delete", "sa.union_all", "sa.exists", "sa.text",
    "Statement", "Paged", "insert_into", "update_by_id",
}  # fmt: skip
ROLES = ("queries.py", "actions.py")
ROOMS = ("database/", "model/", "demo/", "tickets/")
"""What runs statements, what they are about, what fills an empty instance, and what is a planner of them in the main"""
NEVER = ("api.py", "schemas.py")
FILES = {
    "what every request asks before it has an actor": {
        "authentication/authentication.py", "authentication/revalidation.py", "authentication/sessions.py",
        "authentication/standing.py", "authorization/audience.py", "authorization/timezones.py",
        "authorization/visibility_sql.py", "revisions/versions.py",
    },
    "one small thing kept in one table, read and written in one file": {
        "authentication/counting.py", "authentication/devices.py", "authentication/instance_secrets.py",
        "authentication/links.py", "authentication/token_uses.py", "authentication/tokens.py", "events/recording.py",
        "revisions/idempotency.py",
    },
    "a capability that outgrew `queries` and `actions`": {
        "feeds/activity.py", "projects/members.py", "projects/ownership.py", "projects/search.py",
        "projects/statistics.py", "projects/trashing.py", "users/activity.py", "users/administration.py",
        "users/mentions.py", "users/profiles.py", "web/lookups.py",
    },
    "work in the background, in portions": {
        "notifications/digests.py", "notifications/fanout.py", "notifications/recipients.py",
        "notifications/withdrawing.py", "trash/purging.py", "webhooks/outbox.py", "webhooks/payloads.py",
        "webhooks/purging.py", "webhooks/queue.py",
    },
    "counts and cuts any list into pages": {"http/paging.py"},
}  # fmt: skip


def builds_sql(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Call) and ast.unparse(node.func) in BUILDERS for node in ast.walk(tree))


class TestSql:
    def test_it_stands_nowhere_else(self) -> None:
        listed = set().union(*FILES.values())
        building = {path for path, tree in modules() if builds_sql(tree)}
        elsewhere = {path for path in building if not path.endswith(ROLES) and not path.startswith(ROOMS)}
        assert elsewhere == listed

    def test_it_stands_in_no_route_and_no_schema(self) -> None:
        assert [path for path, tree in modules() if path.endswith(NEVER) and builds_sql(tree)] == []
