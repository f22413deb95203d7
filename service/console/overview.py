"""The whole (总览): what came, what came of it, where it waits, money, by stream, area, topic, office and month; common problems by kind of body."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, HTMLResponse

from service.api.problem import Trespass
from service.console.overview_asked import SPANS, Whole
from service.console.overview_drawn import rising, section, tiles
from service.console.visitor import Visitor, visits
from service.whole.bodies import bodies
from service.whole.figures import course, total
from service.whole.putting_right import whole as put_right
from service.whole.shared_problems import problems
from service.whole.waiting import stages

router = APIRouter()
Leader = Annotated[Visitor, visits("reports.read")]
BOUNDARIES = "boundaries.geojson"
"""In the home: an office's own approved map of areas, each with its `area_id`."""


@router.get("/overview")
def overview(me: Leader, span: Annotated[str, Query(max_length=10)] = "all") -> HTMLResponse:
    """The dashboard."""
    today = me.days.today
    with me.here.reading() as seen:
        whole = Whole(seen, me, span if span in SPANS else "all")
        labels = whole.answer.labels
        months = course(whole.ledger, whole.mask, today)
        sections = {by: section(whole, by, labels[by], today) for by in ("stream", "topic", "office", "area")}
        return me.show(
            "overview.html", total=total(whole.ledger, whole.mask, today), months=months, rising=rising(months), sections=sections,
            tiles=tiles(sections["area"]), stages=stages(seen.session, me.caller, today), right=put_right(seen.session, me.caller, today), span=whole.span, spans=list(SPANS),
            chosen=_chosen(whole, labels), address=whole.address(), own_map=_map(me) is not None, linked=whole.span == "all",
        )  # fmt: skip


@router.get("/overview/problems")
def common(me: Leader) -> HTMLResponse:
    """Common-problem lists by kind of body."""
    with me.here.reading() as seen:
        whole = Whole(seen, me)
        known = bodies(seen.tables)
        listed = problems(seen, me.caller, whole.ledger, whole.mask, known)
        rules = {one.rule: seen.titles.of(one.rule) for kind in listed for one in kind.common}
        kinds = seen.desk.contracts["unit"].columns["kind"].words
        return me.show(
            "overview_problems.html",
            listed=listed,
            rules=rules,
            kinds=kinds,
            units={one.unit_id: one.name for one in known.values()},
        )


@router.get("/overview/boundaries")
def boundaries(me: Leader) -> Response:
    """The office's own approved map. Raises Trespass 404 while it has none."""
    path = _map(me)
    if path is None:
        raise Trespass(404, "no_such_page")
    return FileResponse(path, media_type="application/geo+json", headers={"Cache-Control": "private, max-age=600"})


def _map(me: Visitor) -> Any:
    path = me.here.desk.settings.home / BOUNDARIES
    return path if path.is_file() else None


def _chosen(whole: Whole, labels: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What the page is narrowed by: what it is called, and the address without it."""
    return [
        (labels[name].get(value, value), whole.turned(name, value))
        for name, values in whole.asked.facets.items()
        if name != "status"
        for value in values
    ]
