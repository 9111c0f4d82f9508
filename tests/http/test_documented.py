"""What holds every reply of the suite against the API document finds what is wrong."""

from typing import Any

import httpx
import pytest

from tests.documented import undocumented

ERROR = {"error": {"code": "NOT_FOUND", "message": "Ticket not found"}}
LABEL = {"data": {"id": "label_1", "name": "bug", "color": "#d73a4a", "projectId": None, "workspaceId": "workspace_1"}}
TAG = {"etag": '"v1"'}


def reply(status: int, path: str = "/api/labels/label_1", method: str = "GET", **given: Any) -> httpx.Response:
    request = httpx.Request(method, f"http://codimir.test{path}")
    return httpx.Response(status, request=request, **given)


class TestUndocumented:
    def test_what_is_as_described_is_fine(self) -> None:
        assert undocumented(reply(200, json=LABEL, headers=TAG)) == []
        assert undocumented(reply(404, json=ERROR)) == []
        assert undocumented(reply(304, headers=TAG)) == []
        assert undocumented(reply(204, method="DELETE")) == []

    @pytest.mark.parametrize(
        ("response", "problem"),
        [
            (reply(418, json=ERROR), "does not say that it answers 418"),
            (reply(304, path="/api/auth/reset/token"), "does not say that it answers 304"),
            (reply(200, json=LABEL), "has no ETag"),
            (reply(200, json={"data": {**LABEL["data"], "color": None}}, headers=TAG), "/data/color"),
            (reply(200, json={"data": {"id": "label_1"}}, headers=TAG), "required"),
            (reply(404, json={"detail": "Not found"}), "required"),
            (reply(404, text="Not found"), "is text/plain, not application/json"),
            (reply(204, method="DELETE", text="Done"), "has a body"),
            (reply(409, method="PUT", json={"error": {**ERROR["error"], "details": 1}}), "/error/details"),
        ],
    )  # fmt: skip
    def test_what_is_not_is_found(self, response: httpx.Response, problem: str) -> None:
        assert problem in undocumented(response)[0]

    def test_a_fixed_part_of_a_path_comes_before_a_parameter(self) -> None:
        [found] = undocumented(reply(404, path="/api/tickets/search", json=ERROR))
        assert found.startswith("GET /api/tickets/search ")

    def test_what_is_no_operation_of_the_document_is_left_alone(self) -> None:
        assert undocumented(reply(418, path="/tickets")) == []
        assert undocumented(reply(418, method="OPTIONS")) == []
        assert undocumented(reply(500, json=ERROR)) == []
