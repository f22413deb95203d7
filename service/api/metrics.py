"""The door for Prometheus."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from prometheus_client import CONTENT_TYPE_LATEST

from service.api.gate import Here, bearer, cookie, identified, permitted
from service.api.problem import Problem
from service.running.metrics import figures
from service.settings import LOOPBACK

router = APIRouter(tags=["running"])
FORWARDED = ("Forwarded", "X-Forwarded-For")
"""Headers that a proxy on this machine adds: the caller behind it is not on this machine."""
TEXT = {200: {"content": {"text/plain": {}}, "description": "Prometheus's text format"},
        401: {"model": Problem, "description": "Nobody we know"}, 403: {"model": Problem, "description": "Not allowed"}}  # fmt: skip


@router.get("/metrics", responses={**TEXT}, response_class=Response)  # type: ignore[dict-item]
def read_metrics(
    request: Request,
    here: Here,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session_token: Annotated[str | None, Depends(cookie)],
) -> Response:
    """Figures of rules, work, deliveries and requests: for this machine itself without a key, else with `metrics.read`."""
    host = request.client.host if request.client is not None else ""
    if host not in LOOPBACK or any(name in request.headers for name in FORWARDED):
        permitted(identified(request, here, authorization, session_token), "metrics.read")
    return Response(figures(here.desk, here.desk.settings.metrics_folder), media_type=CONTENT_TYPE_LATEST)
