"""GET /api/openapi.json: what the document says is what the server does."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

import jsonschema_rs
import msgspec
import pytest
from litestar import Litestar
from openapi_spec_validator import OpenAPIV31SpecValidator

from codimir.accounts import api as accounts
from codimir.app import DOCUMENT, ROUTES
from codimir.http.openapi import ApiDocument
from codimir.http.openapi_failures import ErrorReply
from codimir.http.openapi_operations import given_type
from codimir.http.openapi_parameters import Words
from codimir.http.openapi_schemas import describe
from codimir.http.paging import Data, Page, Reply
from codimir.http.routing import get, post
from codimir.http.validation import parse_body
from codimir.model.schemas import Comment
from codimir.web.api_examples import BODIES
from codimir.web.api_reply_examples import ERRORS, REPLIES
from tests.access.matrix import ROWS
from tests.calls import AsyncCall
from tests.clients import Client, People

CONTENT = json.loads(json.dumps(DOCUMENT.content))
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in CONTENT["paths"].items()
    for method, operation in item.items()
}
ROUTE_OF = {
    f"{method} {route.path.replace(':str', '')}": route for route in ROUTES for method in route.methods
}  # fmt: skip
NOT_IN_THE_DOCUMENT = {"/", "/api/docs", "/api/openapi.json", "/favicon.ico", "/static/{path:path}"}


def problems(value: Any, schema: Any) -> list[str]:
    """Say how a value differs from a schema of the document."""
    described = {**schema, "components": CONTENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(described, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


def parameters_of(operation: str) -> dict[str, Any]:
    return {
        parameter["name"]: parameter for parameter in OPERATIONS[operation]["parameters"] if "$ref" not in parameter
    }


def reply_schema(operation: str, status: int = 200) -> Any:
    return OPERATIONS[operation]["responses"][str(status)]["content"]["application/json"]["schema"]


def url_of(operation: str) -> str:
    return operation.partition(" ")[2].replace("{ref}", "WEB-1").replace("{", "").replace("}", "")


def nodes(value: Any) -> Iterator[Any]:
    """Walk through every object of a document."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


class Shade(Reply):
    depth: Literal["light", "dark"]


class Namesake:
    class Comment(Reply):
        text: str


@get("/api/shades")
async def list_shades() -> Page[Shade]: ...


@get("/api/tones")
async def list_tones() -> Data[list[Shade]]: ...


@post("/api/comments")
async def add_comment() -> Data[Comment]: ...


@post("/api/remarks")
async def add_remark() -> Data[Namesake.Comment]: ...


class TestDocument:
    async def test_anyone_may_read_it(self, client: People) -> None:
        reply = await client().get("/api/openapi.json")
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert reply.body == CONTENT

    def test_it_is_openapi(self) -> None:
        assert CONTENT["openapi"].startswith("3.1")
        assert [error.message for error in OpenAPIV31SpecValidator(CONTENT).iter_errors()] == []

    async def test_every_route_of_the_running_app_is_in_it_and_nothing_else(self, app: Litestar) -> None:
        served = {
            f"{method} {route.path_format}"
            for route in app.routes
            if route.path not in NOT_IN_THE_DOCUMENT
            for method in route.methods - {"HEAD", "OPTIONS"}
        }
        of_nextauth = {
            f"{method} {route.path}".replace(":str", "") for route in accounts.ROUTES for method in route.methods
        }
        assert set(OPERATIONS) == {name for name in served - of_nextauth if " /api/" in name}

    def test_every_operation_has_a_name_of_its_own_a_summary_and_a_noun(self) -> None:
        names = [operation["operationId"] for operation in OPERATIONS.values()]
        assert len(set(names)) == len(names)
        assert all(operation["summary"] for operation in OPERATIONS.values())
        nouns = {tag["name"] for tag in CONTENT["tags"] if tag["description"]}
        assert {tag for operation in OPERATIONS.values() for tag in operation["tags"]} == nouns

    def test_the_name_of_an_operation_follows_from_its_route_alone(self) -> None:
        backwards = ApiDocument(ROUTES[::-1], Words(), "1").content["paths"]
        for path, item in CONTENT["paths"].items():
            for method, operation in item.items():
                assert backwards[path][method]["operationId"] == operation["operationId"]

    def test_two_operations_of_one_name_are_refused(self) -> None:
        twin = get("/api/hues")(list_shades.function)
        with pytest.raises(TypeError, match="GET /api/shades and GET /api/hues are both named listShades"):
            _ = ApiDocument([list_shades, twin], Words(), "1").content

    def test_another_path_of_an_operation_says_so(self) -> None:
        alias = OPERATIONS["GET /api/projects/{ref}"]
        assert alias["operationId"] == "getProjectAlias"
        assert alias["description"] == "The same as GET /api/project/{ref}."

    def test_every_reference_leads_somewhere(self) -> None:
        text = DOCUMENT.file.content.decode()
        used = {part.partition('"')[0] for part in text.split('"#/components/')[1:]}
        known = {f"{kind}/{name}" for kind, named in CONTENT["components"].items() for name in named}
        assert used <= known

    def test_names_are_words(self) -> None:
        assert all(name.isalnum() for name in CONTENT["components"]["schemas"])
        assert {"TicketDetails", "DataOfTicketDetails", "PageOfTicketInList"} <= set(CONTENT["components"]["schemas"])


class TestOperations:
    async def test_who_is_nobody_gets_401_where_the_document_says_so(self, client: People) -> None:
        nobody = client()
        for name, operation in OPERATIONS.items():
            reply = await nobody.request(name.partition(" ")[0], url_of(name))
            assert ("401" in operation["responses"]) == (reply.status == 401) == bool(operation["security"]), name

    def test_writes_name_how_they_fail(self) -> None:
        assert list(OPERATIONS["PUT /api/tickets/{ref}"]["responses"]) == [
            "200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "503",
        ]  # fmt: skip
        assert list(OPERATIONS["GET /api/tickets"]["responses"]) == ["200", "304", "400", "401", "429", "503"]
        assert list(OPERATIONS["POST /api/auth/reset"]["responses"]) == [
            "200", "400", "403", "409", "413", "415", "429", "503",
        ]  # fmt: skip

    def test_reads_that_permissions_refuse_say_so_and_others_do_not(self) -> None:
        refused = {row.route.partition("?")[0] for row in ROWS if row.route.startswith("GET") and "403" in row.statuses}
        by_scope = {name for name, route in ROUTE_OF.items() if route.scope == "admin" or name.endswith("/tokens")}
        said = {name for name, each in OPERATIONS.items() if name.startswith("GET") and "403" in each["responses"]}
        assert refused <= said
        by_link = {"GET /api/invitations/{token}"}  # of somebody who may not invite any more
        assert said <= refused | by_scope | by_link

    def test_what_can_be_tried_too_often_says_so(self) -> None:
        said = {name for name, operation in OPERATIONS.items() if "429" in operation["responses"]}
        assert {"POST /api/auth/reset", "PUT /api/user/password", "PATCH /api/user/password"} <= said
        reads = {name for name in said if name.startswith("GET")}
        assert {"GET /api/tickets", "GET /api/tickets/search", "GET /api/tickets/stats", "GET /api/trash"} <= reads
        assert reads.isdisjoint({"GET /api/tickets/{ref}/history", "GET /api/labels", "GET /api/projects"})

    def test_a_file_names_every_type_that_it_may_have_and_can_be_asked_for_again(self) -> None:
        download = OPERATIONS["GET /api/tickets/{ref}/attachments/{attachment_id}"]
        kinds = list(download["responses"]["200"]["content"])
        assert kinds[0] == "application/octet-stream"
        assert "image/png" in kinds
        assert "text/html" not in kinds
        assert "304" in download["responses"]
        assert {"$ref": "#/components/parameters/IfNoneMatch"} in download["parameters"]

    def test_what_is_streamed_names_every_type_that_it_may_have(self) -> None:
        export = OPERATIONS["GET /api/workspaces/{workspace_id}/audit/export"]["responses"]["200"]["content"]
        assert list(export) == ["text/csv; charset=utf-8", "application/x-ndjson"]

    def test_what_is_created_has_a_location(self) -> None:
        assert "Location" in OPERATIONS["POST /api/tickets"]["responses"]["201"]["headers"]

    def test_what_can_be_asked_for_again_has_a_tag(self) -> None:
        for name, operation in OPERATIONS.items():
            if "304" in operation["responses"]:
                assert "ETag" in operation["responses"]["200"]["headers"], name
                assert "ETag" in operation["responses"]["304"]["headers"], name

    def test_a_summary_is_plain_text(self) -> None:
        assert not any("`" in operation["summary"] for operation in OPERATIONS.values())

    def test_what_is_deleted_has_no_body(self) -> None:
        assert "content" not in OPERATIONS["DELETE /api/tickets/{ref}"]["responses"]["204"]

    def test_patch_takes_and_gives_what_put_does(self) -> None:
        put, patch = OPERATIONS["PUT /api/tickets/{ref}"], OPERATIONS["PATCH /api/tickets/{ref}"]
        assert patch["requestBody"] == put["requestBody"]
        assert patch["responses"] == put["responses"]
        assert (put["operationId"], patch["operationId"]) == ("updateTicket", "patchTicket")

    def test_a_file_is_sent_as_a_form(self) -> None:
        for name, route in ROUTE_OF.items():
            if route.takes_files:
                form = OPERATIONS[name]["requestBody"]["content"]["multipart/form-data"]["schema"]
                assert form["properties"]["file"]["format"] == "binary"


class TestLinks:
    def test_who_creates_a_ticket_is_led_to_all_that_can_be_done_with_it(self) -> None:
        links = OPERATIONS["POST /api/tickets"]["responses"]["201"]["links"]
        assert links["getTicket"] == {"operationId": "getTicket", "parameters": {"ref": "$response.body#/data/id"}}
        assert {"updateTicket", "deleteTicket", "putStatus", "addComment", "listTicketHistory"} <= set(links)
        assert not any(name.startswith("patch") or name.endswith("Alias") for name in links)

    def test_who_lists_is_led_to_the_first(self) -> None:
        links = OPERATIONS["GET /api/tickets/{ref}/comments"]["responses"]["200"]["links"]
        parameters = {"ref": "$request.path.ref", "comment_id": "$response.body#/data/0/id"}
        assert links == {"getComment": {"operationId": "getComment", "parameters": parameters}}

    def test_whatever_is_created_and_can_be_read_leads_there(self) -> None:
        for name, operation in OPERATIONS.items():
            read = f"GET {name.partition(' ')[2]}/{{"
            if "201" in operation["responses"] and any(other.startswith(read) for other in OPERATIONS):
                assert operation["responses"]["201"].get("links"), name

    def test_each_gives_every_parameter_of_the_path_and_no_other(self) -> None:
        paths = {operation["operationId"]: set(re.findall(r"{(\w+)}", name)) for name, operation in OPERATIONS.items()}
        for name, operation in OPERATIONS.items():
            for reply in operation["responses"].values():
                for link in reply.get("links", {}).values():
                    assert set(link["parameters"]) == paths[link["operationId"]], name
                    own = re.findall(r"\$request\.path\.(\w+)", str(link))
                    assert set(own) <= paths[operation["operationId"]], name

    async def test_they_lead_to_what_was_created(
        self, jane: Client, client: People, new_ticket: AsyncCall[Any]
    ) -> None:
        await new_ticket()
        hook = {"url": "https://hooks.example.com/x", "events": ["*"], "workspaceId": "workspace_789"}
        sent = [
            ("POST /api/tickets", {}, {"title": "Fix login"}),
            ("POST /api/tickets/quick", {}, {"text": "Fix login WEB"}),
            ("POST /api/tickets/{ref}/comments", {"ref": "WEB-1"}, {"content": "First"}),
            ("POST /api/tickets/{ref}/time-logs", {"ref": "WEB-1"}, {"minutes": 5}),
            ("POST /api/projects", {}, {"name": "New", "workspaceId": "workspace_789"}),
            ("POST /api/projects/{ref}/members", {"ref": "WEB"}, {"userId": "user_mia"}),
            ("POST /api/workspaces", {}, {"name": "New"}),
            ("POST /api/labels", {}, {"name": "New", "workspaceId": "workspace_789"}),
            ("POST /api/groups", {}, {"name": "New", "workspaceId": "workspace_789"}),
            ("POST /api/webhooks", {}, hook),
            ("POST /api/workspaces/{workspace_id}/invitations", {"workspace_id": "workspace_789"}, {"email": "x@a.de"}),
        ]
        for name, values, body in sent:
            reply = await client("ada").post(name.partition(" ")[2].format(**values), body)
            assert reply.status == 201, (name, reply.body)
            links = OPERATIONS[name]["responses"]["201"]["links"]
            [read] = [place for each in links.values() if (place := followed(each, values, reply.body))[0] == "GET"][:1]
            assert (await client("ada").get(read[1])).status == 200, (name, read)


def followed(link: Any, values: dict[str, str], body: Any) -> tuple[str, str]:
    """Give the method and the address to which a link leads."""
    path = next(name for name, each in OPERATIONS.items() if each["operationId"] == link["operationId"])
    given = {}
    for name, expression in link["parameters"].items():
        where, _, place = expression.partition("#/")
        found: Any = body
        for part in place.split("/") if place else ():
            found = found[int(part)] if part.isdigit() else found[part]
        given[name] = found if place else values[where.rpartition(".")[2]]
    method, _, template = path.partition(" ")
    return method, template.format(**given)


class TestParameters:
    def test_pages_have_bounds_and_defaults(self) -> None:
        limit = parameters_of("GET /api/tickets")["limit"]
        assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
        assert (limit["description"], limit["required"]) == ("How many on a page", False)

    def test_fixed_words_stand_in_their_order(self) -> None:
        priority = parameters_of("GET /api/tickets")["priority"]
        assert priority["schema"]["items"]["enum"] == ["lowest", "low", "medium", "high", "highest"]

    def test_several_values_are_separated_by_commas(self) -> None:
        status = parameters_of("GET /api/tickets")["status"]
        assert (status["style"], status["explode"]) == ("form", False)
        assert "default" not in status["schema"]

    def test_null_cannot_be_said_in_a_query(self) -> None:
        assert parameters_of("GET /api/tickets")["search"]["schema"] == {"type": "string"}

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_each_is_described(self, name: str) -> None:
        for parameter in OPERATIONS[name].get("parameters", []):
            assert "$ref" in parameter or parameter.get("description"), parameter


class TestShapes:
    def test_a_counter_keeps_its_name(self) -> None:
        assert "_count" in CONTENT["components"]["schemas"]["TicketInList"]["required"]

    def test_timestamps_say_so(self) -> None:
        fields = CONTENT["components"]["schemas"]["TicketDetails"]["properties"]
        assert fields["createdAt"] == {"type": "string", "format": "date-time"}
        assert {"type": "string", "format": "date-time"} in fields["dueDate"]["anyOf"]

    def test_a_body_refuses_fields_that_it_does_not_name(self) -> None:
        assert CONTENT["components"]["schemas"]["TicketCreate"]["additionalProperties"] is False
        assert CONTENT["components"]["schemas"]["TicketUpdate"]["required"] == []

    def test_generics_are_named_as_they_are_spoken(self) -> None:
        content = ApiDocument([list_shades, list_tones], Words(), "1").content
        assert {"PageOfShade", "DataOfListOfShade"} <= set(content["components"]["schemas"])

    def test_two_shapes_of_one_name_are_refused(self) -> None:
        with pytest.raises(TypeError, match="share a name"):
            describe([given_type(add_comment), given_type(add_remark), Comment, Namesake.Comment])

    def test_a_tuple_is_closed_by_its_length_and_by_nothing_that_generators_refuse(self) -> None:
        changes = CONTENT["components"]["schemas"]["Happening"]["properties"]["changes"]["additionalProperties"]
        assert (changes["minItems"], changes["maxItems"], len(changes["prefixItems"])) == (2, 2, 2)
        assert [node for node in nodes(CONTENT) if node.get("items", {}) is False] == []


class TestExamples:
    def test_every_one_in_the_document_is_what_its_schema_says(self) -> None:
        wrong = []
        for node in nodes(CONTENT):
            given = (
                [example["value"] for example in node["examples"].values()]
                if "schema" in node and "examples" in node
                else []
            )
            given += node["examples"] if isinstance(node.get("examples"), list) else []
            schema = node.get("schema", {name: value for name, value in node.items() if name != "examples"})
            wrong += [problem for value in given for problem in problems(value, schema)]
        assert wrong == []

    def test_each_belongs_to_an_operation(self) -> None:
        assert set(BODIES) | set(REPLIES) <= set(OPERATIONS)

    @pytest.mark.parametrize("name", BODIES)
    def test_bodies_are_taken(self, name: str) -> None:
        content = OPERATIONS[name]["requestBody"]["content"]["application/json"]
        assert content["examples"]
        for example in content["examples"].values():
            parse_body(ROUTE_OF[name].body, msgspec.json.encode(example["value"]))
            assert problems(example["value"], content["schema"]) == []

    @pytest.mark.parametrize("name", REPLIES)
    def test_replies_are_what_routes_give(self, name: str) -> None:
        content = OPERATIONS[name]["responses"][str(ROUTE_OF[name].status)]["content"]["application/json"]
        assert content["examples"]
        for example in content["examples"].values():
            given = msgspec.convert(example["value"], given_type(ROUTE_OF[name]))
            assert msgspec.json.decode(msgspec.json.encode(given)) == example["value"]
            assert problems(example["value"], content["schema"]) == []

    @pytest.mark.parametrize("code", ERRORS)
    def test_errors_are_of_their_form(self, code: str) -> None:
        assert msgspec.convert(ERRORS[code], ErrorReply).error.code == code
        assert problems(ERRORS[code], {"$ref": "#/components/schemas/ErrorReply"}) == []

    async def test_errors_say_what_the_server_says(self, client: People, new_ticket: AsyncCall[Any]) -> None:
        await new_ticket()
        replies = [
            await client().get("/api/tickets"),
            await client("eve").get("/api/tickets/WEB-1"),
            await client("victor").delete("/api/tickets/WEB-1"),
            await client("jane").post("/api/tickets", {"assigneeId": "user_nobody"}),
        ]
        assert [reply.body for reply in replies] == [
            ERRORS["UNAUTHORIZED"], ERRORS["NOT_FOUND"], ERRORS["FORBIDDEN"], ERRORS["VALIDATION_ERROR"],
        ]  # fmt: skip


class TestReplies:
    async def test_tickets_are_as_described(self, jane: Client, new_ticket: AsyncCall[Any]) -> None:
        created = await jane.post("/api/tickets", {"title": "Fix login", "labelIds": ["label_1"]})
        assert problems(created.body, reply_schema("POST /api/tickets", 201)) == []
        await new_ticket(assigneeId="user_101", groupId="group_103", dueDate="2024-02-15T00:00:00Z")
        listed = await jane.get("/api/tickets")
        assert problems(listed.body, reply_schema("GET /api/tickets")) == []
        details = await jane.get("/api/tickets/WEB-1")
        assert problems(details.body, reply_schema("GET /api/tickets/{ref}")) == []
        numbers = await jane.get("/api/tickets/stats")
        assert problems(numbers.body, reply_schema("GET /api/tickets/stats")) == []

    async def test_errors_are_as_described(self, jane: Client) -> None:
        reply = await jane.get("/api/tickets", limit=0)
        assert problems(reply.body, {"$ref": "#/components/schemas/ErrorReply"}) == []
