"""Who may do what: one line for each rule of the contract."""

import pytest

from codimir.authorization.actor import Actor
from codimir.authorization.permissions import Permission, Scope, allows, is_visible, require, role_in
from codimir.http.errors import Forbidden
from codimir.model.enums import InstanceRole, Role

WORKSPACE = "workspace_1"


def actor(workspace_role: Role | None, instance_role: InstanceRole = "EDITOR") -> Actor:
    return Actor("user_1", "Jane", instance_role, {WORKSPACE: workspace_role} if workspace_role else {})


def project(visibility: str, role: Role | None = None) -> Scope:
    return Scope(WORKSPACE, "project_1", visibility, role)


class TestVisibility:
    @pytest.mark.parametrize(
        ("who", "where", "visible"),
        [
            (actor(None, "ADMIN"), project("private"), True),
            (actor(None), project("public"), False),
            (actor(None), Scope(WORKSPACE), False),
            (actor("VIEWER"), Scope(WORKSPACE), True),
            (actor("VIEWER"), project("public"), True),
            (actor("MEMBER"), project("private"), False),
            (actor("MEMBER"), project("private", "VIEWER"), True),
            (actor("ADMIN"), project("private"), True),
            (actor("OWNER"), project("private"), True),
            (actor(None), project("private", "OWNER"), False),
        ],
    )
    def test_a_place_is_seen_by_whom_it_should(self, who: Actor, where: Scope, visible: bool) -> None:  # noqa: FBT001
        assert is_visible(who, where) is visible


class TestRole:
    @pytest.mark.parametrize(
        ("who", "where", "role"),
        [
            (actor(None, "ADMIN"), project("private"), "OWNER"),
            (actor("OWNER", "VIEWER"), Scope(WORKSPACE), "VIEWER"),
            (actor("MEMBER"), Scope(WORKSPACE), "MEMBER"),
            (actor("ADMIN"), project("private", "VIEWER"), "ADMIN"),
            (actor("MEMBER"), project("public"), "VIEWER"),
            (actor("VIEWER"), project("public", "MEMBER"), "MEMBER"),
        ],
    )
    def test_the_nearest_membership_decides(self, who: Actor, where: Scope, role: Role) -> None:
        assert role_in(who, where) == role


class TestComments:
    def test_members_of_the_workspace_may_comment_in_its_public_projects(self) -> None:
        assert allows(actor("MEMBER"), Permission.COMMENT_CREATE, project("public"))

    @pytest.mark.parametrize(
        ("who", "where"),
        [
            (actor("VIEWER"), project("public")),
            (actor("MEMBER", "VIEWER"), project("public")),
            (actor("MEMBER"), project("public", "VIEWER")),
        ],
    )
    def test_who_only_reads_may_not(self, who: Actor, where: Scope) -> None:
        assert not allows(who, Permission.COMMENT_CREATE, where)


class TestRequire:
    def test_member_edits_but_does_not_delete_what_others_made(self) -> None:
        require(actor("MEMBER"), Permission.TICKET_EDIT, Scope(WORKSPACE))
        with pytest.raises(Forbidden):
            require(actor("MEMBER"), Permission.TICKET_DELETE, Scope(WORKSPACE))
