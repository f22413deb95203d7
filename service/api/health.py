"""Whether the service lives, and whether it can work."""

from fastapi import APIRouter, Response
from sqlalchemy import text

from service.api.gate import Here

router = APIRouter(tags=["running"])


@router.get("/livez", status_code=204)
def alive() -> Response:
    """204 while the process answers."""
    return Response(status_code=204)


@router.get("/readyz", status_code=204)
def ready(here: Here) -> Response:
    """204 when the database answers and the book of rules is sound; else 503 with a problem that says what is missing."""
    with here.desk.store.look() as session:
        session.execute(text("SELECT 1"))
    here.desk.book  # noqa: B018 - reads it
    return Response(status_code=204)
