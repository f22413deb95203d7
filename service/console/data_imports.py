"""The data team's imports (导入): batches with their counts, files sent in, rows sent back to be corrected, a batch withdrawn."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy import func, select

from datasets.batch import Batch
from datasets.files import FileRefused, blobs
from datasets.key import Key
from datasets.propose import propose
from datasets.quarantine import Waiting, export_rejects, harmless, waiting
from datasets.withdraw import withdraw
from service.access.sight import narrowed
from service.api.files import Sent, in_memory, sent
from service.api.problem import Trespass
from service.console.casework_filled import Form
from service.console.shown import moment
from service.console.visitor import Visitor, visits
from service.desk import Desk
from service.errors import Refusal
from service.evidence import label_of
from service.pipeline import take_in
from service.store.alert import RETURNED, Alert
from service.store.event import Happening, append
from service.words import either, say, spoken

router = APIRouter()
Keeper = Annotated[Visitor, visits("records.push")]
SHOWN, FAULTS = 200, 100
TABS = (("/data/imports", "records.push"), ("/data/runs", "runs.read"), ("/data/rules", "rules.read"))
"""Pages of the data team, and what one must be allowed to see each."""


@router.get("/data")
def first(me: Annotated[Visitor, visits("rules.read")]) -> Response:
    """The first of the pages that the visitor may see."""
    return RedirectResponse(next(path for path, verb in TABS if me.caller.may(verb)), 303)


@router.get("/data/imports")
def listed(me: Keeper, show: str = "living") -> HTMLResponse:
    """Batches, the newest first; what waits in quarantine; what offices sent back as wrong."""
    desk, shown = me.here.desk, show if show in ("living", "rejected", "withdrawn") else "living"
    found = [one for one in desk.lake.batches() if one.made_by is None and _wanted(one, shown)]
    held = waiting(desk.lake)
    codes = Counter(code for one in held for _, code, _, _ in one.faults)
    with desk.store.look() as session:
        back = session.scalar(narrowed(select(func.count()).select_from(Alert), me.caller).where(Alert.status == RETURNED))
    return me.show(
        "data_imports.html", batches=sorted(found, key=lambda one: -one.seq)[:SHOWN], count=len(found), shown=shown, held=len(held),
        open_held=sum(one.raw is not None for one in held), codes=codes.most_common(), back=back or 0, titles=_titles(desk), when=when,
    )  # fmt: skip


@router.post("/data/imports")
def send(me: Keeper, files: Annotated[list[Sent], Depends(sent)]) -> HTMLResponse:
    """Import files, on the same path as POST /api/v1/files; for those that no source knows, a source is proposed."""
    desk = me.here.desk
    with in_memory(files) as paths:
        report = take_in(desk, paths, actor=me.caller.name)
        drafts = {label: draft for path in paths for label, draft in _proposed(desk, path, set(report.unmatched))}
    return me.show("data_imported.html", report=report, drafts=drafts, titles=_titles(desk), either=either)


@router.get("/data/rejects.csv")
def rejects(me: Keeper) -> Response:
    """Rows that were sent back and why, as CSV: where they stand, and nothing that stands in them."""
    contracts, out = me.here.desk.contracts, io.StringIO()
    written = csv.writer(out)
    written.writerow([say(f"rejects.{name}") for name in ("place", "table", "column", "why")])
    for one in waiting(me.here.desk.lake):
        for column, _, zh, en in one.faults:
            known = contracts[one.table].columns.get(column or "")
            cells = [_place(one), either(contracts[one.table].title), label_of(known) if known else column or "-"]
            written.writerow([harmless(cell) for cell in (*cells, zh if spoken() == "zh" else en)])
    return _file("rejects.csv", "text/csv; charset=utf-8", "\ufeff" + out.getvalue())


@router.get("/data/rejects.xlsx")
def rejects_to_correct(me: Keeper) -> Response:
    """The same rows in clear as a workbook to correct and import again; for people only, and on record."""
    if me.caller.kind != "person":
        raise Trespass(403, "people_only")
    desk = me.here.desk
    with in_memory([("rejects.xlsx", b"")]) as (path,):
        count = export_rejects(desk.lake, Key.from_file(desk.settings.key_file), path)
        content = path.read_bytes()
    with desk.store.change() as session:
        append(session, [Happening("rejects.exported", "rejects", {"rows": count})], me.caller.name, desk.clock())
    return _file("rejects.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content)


@router.get("/data/batches/{batch}")
def read(me: Keeper, batch: str) -> HTMLResponse:
    """One batch: its counts, what was wrong in it, and how to take it back."""
    desk = me.here.desk
    found = _batch(desk, batch)
    held = [one for one in waiting(desk.lake) if one.batch_id == batch] if found.rejected else []
    contract = desk.contracts[found.table]
    faults = [
        (one, label_of(contract.columns[column]) if column in contract.columns else column or "–", zh if spoken() == "zh" else en)
        for one in held[:FAULTS]
        for column, _, zh, en in one.faults
    ]
    return me.show("data_batch.html", one=found, title=either(contract.title), faults=faults, held=len(held), when=when)


@router.post("/data/batches/{batch}/withdraw")
def take_back(me: Keeper, batch: str, form: Form) -> Response:
    """Withdraw a batch, with a reason; importing the same file again brings it back. For people only."""
    if me.caller.kind != "person":
        raise Trespass(403, "people_only")
    desk, why = me.here.desk, form.text("why")
    if not why:
        raise Refusal("data.wrong.why")
    found = _batch(desk, batch)
    if found.living:
        gone = withdraw(desk.lake, found.batch_id, why)
        with desk.store.change() as session:
            told = {"why": why, "table": gone.table}
            append(session, [Happening("batch.withdrawn", gone.batch_id, told)], me.caller.name, desk.clock())
    return on(me, f"/data/batches/{batch}")


def on(me: Visitor, path: str) -> Response:
    """Go on at another page."""
    return Response(status_code=204, headers={"HX-Redirect": path}) if me.by_htmx else RedirectResponse(path, 303)


def when(imported_at: str | None) -> Markup:
    """The moment in a batch's manifest as pages write it; a dash where none was noted."""
    return moment(datetime.fromisoformat(imported_at)) if imported_at else Markup('<span class="none">–</span>')


def _wanted(one: Batch, shown: str) -> bool:
    if shown == "withdrawn":
        return not one.living
    return one.living and (shown == "living" or one.rejected > 0)


def _titles(desk: Desk) -> dict[str, str]:
    return {name: either(one.title) for name, one in desk.contracts.items()}


def _proposed(desk: Desk, path: Path, unknown: set[str]) -> Sequence[tuple[str, str]]:
    """A draft of a source for each file that none knows; a file that cannot be read has none."""
    found = []
    try:
        for blob in blobs(path):
            if blob.label in unknown:
                found.append((blob.label, propose(blob, desk.contracts, desk.sources)))
    except FileRefused:  # the report says why
        return found
    return found


def _batch(desk: Desk, batch: str) -> Batch:
    found = desk.lake.batch(batch) if batch.isalnum() else None
    if found is None or found.made_by is not None:
        raise Trespass(404, "not_there")
    return found


def _place(one: Waiting) -> str:
    return f"{one.file} {one.sheet}:{one.row_no if one.row_no is not None else '-'}"


def _file(name: str, kind: str, content: str | bytes) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
