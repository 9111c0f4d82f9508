"""Hold every reply that a test gets against the API document: its status, its media type and its schema."""

import json
import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from codimir.app import DOCUMENT

CONTENT: dict[str, Any] = json.loads(DOCUMENT.file.content)
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, item in CONTENT["paths"].items()
    for method, operation in item.items()
}
OF_EVERY_PATH = {405, 500}
"""Any path can say that it does not have a method, and every operation can have a defect."""
_REGISTRY = jsonschema_rs.Registry([("urn:api", CONTENT)])
_PATTERNS = [
    (re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))), path)
    for path in sorted(CONTENT["paths"], key=lambda path: [part.startswith("{") for part in path.split("/")])
]
"""Paths with a fixed part before those with a parameter there, as the server finds them."""


def undocumented(response: httpx.Response) -> list[str]:
    """Say what of a reply the document does not say; of what is no part of the API there is nothing to say."""
    method, path = response.request.method, _path_of(response.request.url.path)
    name = f"{'GET' if method == 'HEAD' else method} {path}"
    if path is None or name not in OPERATIONS or response.status_code in OF_EVERY_PATH:
        return []
    described = _response(name, str(response.status_code))
    if described is None:
        return [f"{name} does not say that it answers {response.status_code}"]
    missing = [header for header in described.get("headers", {}) if header not in response.headers]
    if missing and method != "HEAD":
        return [f"{name} {response.status_code} has no {', '.join(missing)}"]
    if method == "HEAD" or response.status_code == httpx.codes.NOT_MODIFIED:
        return []
    return [f"{name} {response.status_code}: {problem}" for problem in _of_body(name, described, response)]


def may_be_sniffed(response: httpx.Response) -> bool:
    """Say whether a browser may take the body of a reply for something else than its header says."""
    is_shown = bool(response.content) and not response.is_redirect
    return is_shown and response.headers.get("x-content-type-options") != "nosniff"


def _of_body(name: str, described: dict[str, Any], response: httpx.Response) -> list[str]:
    kind = response.headers.get("content-type", "").partition(";")[0]
    kinds = {each.partition(";")[0] for each in described.get("content", {})}
    if not kinds:
        return ["has a body"] if response.content else []
    if kind not in kinds and "*/*" not in kinds:
        return [f"is {kind or 'of no type'}, not {' or '.join(sorted(kinds))}"]
    if kind != "application/json":
        return []
    validator = _validator(name, str(response.status_code))
    errors = validator.iter_errors(response.json())
    return [f"{'/'.join(['', *map(str, error.instance_path)])}: {error.message}" for error in errors]


@cache
def _path_of(path: str) -> str | None:
    return next((str(name) for pattern, name in _PATTERNS if pattern.fullmatch(path)), None)


def _response(name: str, status: str) -> Any:
    described = OPERATIONS[name]["responses"].get(status)
    if described is None or "$ref" not in described:
        return described
    return CONTENT["components"]["responses"][described["$ref"].rpartition("/")[2]]


@cache
def _validator(name: str, status: str) -> jsonschema_rs.Draft202012Validator:
    method, _, path = name.partition(" ")
    described = OPERATIONS[name]["responses"][status]
    place = described.get("$ref") or f"#/paths/{path.replace('/', '~1')}/{method.lower()}/responses/{status}"
    at = f"urn:api{place}/content/application~1json/schema".replace("{", "%7B").replace("}", "%7D")
    return jsonschema_rs.Draft202012Validator({"$ref": at}, registry=_REGISTRY, validate_formats=True)
