"""The service as an application: `create_app` puts the doors together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from service.api import (
    alerts,
    cases,
    clearings,
    coverage,
    events,
    evidence,
    files,
    health,
    keys,
    metrics,
    outside,
    outside_leads,
    people,
    recommendations,
    records,
    rectifications,
    reference,
    reports,
    rules,
    rules_living,
    runs,
    screenings,
    sealed,
    session,
    subscriptions,
    supervision,
    verdicts,
)
from service.api.gate import mark
from service.api.limits import Buckets, Limits
from service.api.living import Living
from service.api.manual import complete
from service.api.problem import Problem, tell_problems
from service.api.writes import Writes
from service.desk import Desk
from service.running.measure import Measured

VERSION = "/api/v1"
REFUSALS = {
    401: "Nobody we know",
    403: "Not allowed",
    404: "Not there, or not the caller's to see",
    422: "The request makes no sense",
}


DOORS = (
    alerts, cases, evidence, reports, verdicts, rules, rules_living, coverage, reference, session, people, keys, events,
    subscriptions, records, files, runs, screenings, sealed, rectifications, outside_leads, recommendations, supervision,
    clearings,
)  # fmt: skip
"""What other platforms call; who adds a door adds its module."""


def create_app(desk: Desk) -> FastAPI:
    """The application at this desk; it closes what it opened, not the desk."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.living.close()

    app = FastAPI(
        title="Guantong 贯通", version=desk.program, lifespan=lifespan, openapi_url=f"{VERSION}/openapi.json", docs_url=None, redoc_url=None,
        description="Risk flagging over subsidies, procurement and hotline records. An alert is a reason to look, not proof.",
        responses={status: {"model": Problem, "description": why} for status, why in REFUSALS.items()},
        generate_unique_id_function=_named,
    )  # fmt: skip
    app.state.living = Living(desk)
    tell_problems(app)
    rate = desk.settings.rate
    app.add_middleware(Writes, desk=desk)  # the last one added comes first: name and language, then limits, then keys of writes
    app.add_middleware(Limits, buckets=Buckets(rate, burst=10 * rate) if rate else None)
    app.middleware("http")(mark)
    app.add_middleware(Measured, prefix=VERSION)
    for door in DOORS:
        app.include_router(door.router, prefix=VERSION)
    app.include_router(health.router)
    app.include_router(outside.router)
    app.include_router(metrics.router)
    complete(app)
    return app


def _named(route: APIRoute) -> str:
    return route.name
