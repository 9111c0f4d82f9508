"""The routes for those who run an instance; they are no part of the API."""

import hmac

from codimir.config import Settings
from codimir.database.core import Database
from codimir.http.errors import NotFound
from codimir.http.headers import header_of
from codimir.http.replies import JsonResponse, encode
from codimir.http.requests import HttpRequest
from codimir.http.routing import get
from codimir.kit.values import Values
from codimir.monitoring.health import Health
from codimir.monitoring.measures import measure, text_of
from codimir.problems.problem import Problem

NOT_CACHED = {"cache-control": "no-store"}


class MetricsText(JsonResponse):
    """Metrics in the text format of Prometheus."""

    kind = b"text/plain; version=0.0.4; charset=utf-8"


@get("/healthz")
async def get_health(request: HttpRequest, health: Health, settings: Settings) -> JsonResponse:
    """Say whether the instance is well: 200 or 503. Only who has the token of the metrics is told what is not."""
    failing = await health.failing()
    said: Values = {"status": "failing" if failing else "ok"}
    if _has_token(request, settings):
        said["failing"] = failing
    return JsonResponse(encode(said), 503 if failing else 200, dict(NOT_CACHED))


@get("/readyz")
async def get_readiness(request: HttpRequest, health: Health, settings: Settings) -> JsonResponse:
    """Say whether this process takes requests now: 200 or 503, also while it stops and lets the last ones end.

    A proxy or an orchestrator asks it before it sends anything; `/healthz` says whether to restart the process.
    """
    failing = [*await health.failing(), *(["stopping"] if health.is_stopping else [])]
    said: Values = {"status": "not ready" if failing else "ready"}
    if _has_token(request, settings):
        said["failing"] = failing
    return JsonResponse(encode(said), 503 if failing else 200, dict(NOT_CACHED))


@get("/metrics")
async def get_metrics(request: HttpRequest, db: Database, settings: Settings) -> MetricsText:
    """Tell what this process does, in the text format of Prometheus; without its token there is nothing."""
    if not _has_token(request, settings):
        raise NotFound(Problem("path_not_found", path=request.scope["path"]))
    connections = (request.scope.get("state") or {}).get("connections")
    text = text_of(await measure(db, connections))
    return MetricsText(text.encode(), 200, dict(NOT_CACHED))


def _has_token(request: HttpRequest, settings: Settings) -> bool:
    scheme, _, given = (header_of(request, b"authorization") or "").partition(" ")
    wanted = settings.metrics_token
    return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), str(wanted).encode())


ROUTES = (get_health, get_readiness, get_metrics)
