"""Files of a unit's report: told by their content, refused all at once, sealed, seen by whoever sees the item, read on record, and let go in time."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request

from datasets.envelope import named_in
from datasets.envelope_master import KeyProblem
from datasets.key import Key
from service.access.caller import Bounds
from service.api.files import files_in, in_clear
from service.api.limits import most_bytes
from service.api.problem import Trespass
from service.backup import back_up
from service.desk import Desk
from service.errors import NothingFound, Refusal, Trouble
from service.progress import Bars
from service.rectifying import assessing, attached, reporting
from service.rectifying.file_kind import NotTaken, kind_of
from service.rectifying.seen import see_item
from service.rectifying.unit_view import unit_item
from service.restoring import restore
from service.sealed.keys import turn_data
from service.sealed.purging import Done, purge
from service.store.event import Event, first_broken
from service.store.rectifying import Rectification, UnitReport
from service.store.rectifying_files import ReportFile, SealedContent
from tests.service import sample_files, village
from tests.service.api_client import client, kept_office, key_for
from tests.service.conftest import NOW, Office, fresh_database
from tests.service.rectifying_people import FULL, NEXT_UNIT, TERMS, Loop

V1 = "/api/v1"
PROOF = ("缴款书.pdf", sample_files.pdf("receipt"))
TAKEN = {
    "pdf": sample_files.pdf, "png": sample_files.png, "jpeg": lambda: sample_files.JPEG, "docx": sample_files.word,
    "xlsx": sample_files.workbook,
}  # fmt: skip
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"), "html": (lambda: sample_files.HTML, "kind"), "svg": (lambda: sample_files.SVG, "kind"),
    "program": (lambda: b"MZ\x90\x00" + bytes(200), "kind"), "archive": (sample_files.archive, "kind"),
    "old_office": (lambda: sample_files.OLD, "old_office"), "macro_word": (sample_files.macro_word, "macro"),
    "macro_workbook": (sample_files.macro_workbook, "macro"),
    "old_macros": (lambda: sample_files.with_part(sample_files.workbook(), "xl/macrosheets/sheet1.xml"), "macro"),
    "controls": (lambda: sample_files.with_part(sample_files.word(), "word/activeX/activeX1.bin"), "macro"),
    "half_a_word_file": (lambda: sample_files.word()[:2000], "broken"), "half_a_pdf": (lambda: sample_files.pdf()[:60], "broken"),
    "types_with_entities": (lambda: sample_files.with_part(sample_files.word(), "", types=("<Types", "<!DOCTYPE a><Types")), "broken"),
}  # fmt: skip
"""What is sent, and why it is not taken."""


@pytest.mark.parametrize("kind", TAKEN)
def test_a_file_is_what_its_content_says(kind: str) -> None:
    assert kind_of(TAKEN[kind]()) == kind


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_such_file_or_runs_something_is_not_taken(case: str) -> None:
    made, why = REFUSED[case]
    with pytest.raises(NotTaken) as refused:
        kind_of(made())
    assert refused.value.why == why


def body(path: str, pieces: list[bytes]) -> Request:
    """A form as a browser sends it, piece by piece; `pieces` is empty once all is read."""

    async def receive() -> dict[str, Any]:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    head = [(b"content-type", b"multipart/form-data; boundary=x")]
    return Request({"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": head}, receive)


def test_a_body_that_is_far_too_large_is_read_to_its_end_and_refused() -> None:
    assert most_bytes("/unit/12/report") > attached.MOST * attached.MOST_BYTES > most_bytes("/unit/12/opine")
    first = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    pieces = [first, *[bytes(1 << 20)] * 16, b"\r\n--x--\r\n"]
    with pytest.raises(Trespass) as refused:
        asyncio.run(in_clear(body("/unit/12/opine", pieces), 3))
    assert (refused.value.status, refused.value.code, pieces) == (413, "too_large", [])
    form = asyncio.run(in_clear(body("/unit/12/opine", [first, b"abc\r\n--x--\r\n"]), 3))
    assert asyncio.run(files_in(form)) == [("a.pdf", b"abc")]
    asyncio.run(form.close())


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return Key.from_file(tmp_path / "key", create=True).at(tmp_path / "home")


def test_everything_wrong_is_told_at_once_by_name(key: Key) -> None:
    large = ("大图.pdf", sample_files.pdf(padding=attached.MOST_BYTES))
    wrong = [("网页.pdf", sample_files.HTML), ("表.xlsx", sample_files.macro_workbook()), large, PROOF, ("又一份.pdf", PROOF[1]),
             ("a\u202egpj.pdf", sample_files.pdf("bidi")), ("空.png", b"")]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        attached.seal(key, wrong + [(f"{number}.pdf", sample_files.pdf(str(number))) for number in range(5)])
    told = str(refused.value)
    assert "选了12个文件，最多10个" in told and PROOF[0] not in told and "\u202e" not in told
    for name, why in (
        ("网页.pdf", "内容不是"),
        ("表.xlsx", "宏"),
        ("大图.pdf", "超过20MB"),
        ("又一份.pdf", "相同"),
        ("空.png", "空文件"),
    ):
        assert any(line.startswith(f"{name}：") and why in line for line in told.splitlines()), (name, told)


def test_the_name_ends_as_the_content_is_so_that_nothing_else_opens_it(key: Key) -> None:
    made = attached.seal(
        key, [("证明.html", sample_files.pdf()), ("照片.JPG", sample_files.JPEG), ("无后缀", sample_files.png())]
    )
    assert [one.name for one in made] == ["证明.html.pdf", "照片.JPG", "无后缀.png"]
    assert key.decrypt_file(made[0].sealed) == sample_files.pdf() and b"%PDF" not in made[0].sealed
    with pytest.raises(Refusal, match="没有密钥"):
        attached.seal(None, [PROOF])
    with pytest.raises(KeyProblem):
        key.decrypt_file(made[0].sealed[:-1] + bytes([made[0].sealed[-1] ^ 1]))


# --- at an office with a key, on both databases


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        Key.from_file(opened.settings.key_file, create=True)
        yield opened


@pytest.fixture
def loop(desk: Desk) -> Loop:
    made = Loop(desk.store)
    made.enrol_all()
    return made


def report(desk: Desk, item: Rectification, loop: Loop, who: str = "clerk", **more: Any) -> UnitReport:
    files = attached.seal(desk.key, more.pop("files", [PROOF, ("名单.xlsx", sample_files.workbook())]))
    told = reporting.Told("停发三人", "资金退回", more.pop("proofs", ()), files)
    return loop.act(who, reporting.report_item, item.item_id, item.version, told)  # type: ignore[no-any-return]


def test_files_go_with_the_report_sealed_and_only_whoever_sees_the_item_reads_them(desk: Desk, loop: Loop) -> None:
    item, other = loop.given(), loop.given(NEXT_UNIT)
    kept = report(desk, item, loop)
    with desk.store.look() as session:
        told = unit_item(session, loop.caller("clerk"), item.item_id).reports[-1]
        ours = see_item(session, loop.acting("zhao"), item.item_id)
        assert told.files == ours.files[kept.report_id] and [one.name for one in told.files] == [PROOF[0], "名单.xlsx"]
        sealed = session.scalars(select(SealedContent.sealed)).all()
        assert not any(PROOF[1][:20] in one or b"PK\x03\x04" in one for one in sealed)
    first = told.files[0]
    assert first.sha256 == hashlib.sha256(PROOF[1]).hexdigest() and first.bytes == len(PROOF[1])
    for who, verbs in (("clerk", ("rectification.report",)), ("department", ("rectification.opine",)), ("zhao", ("rectification.read",)),
                       ("chief", ("rectification.read",))):  # fmt: skip
        opened = attached.read(desk, loop.caller(who), item.item_id, first.file, *verbs)
        assert opened.content == PROOF[1] and opened.media == "application/pdf"
    everything = ("rectification.report", "rectification.opine", "rectification.read")
    for who, at in (
        ("next_clerk", item),
        ("stray", item),
        ("hotline", item),
        ("auditor", item),
        ("clerk", other),
        ("zhao", other),
    ):
        with pytest.raises(NothingFound):
            attached.read(desk, loop.caller(who), at.item_id, first.file, *everything)
    with desk.store.look() as session:
        log = session.execute(
            select(Event.kind, Event.actor).where(Event.kind.startswith("attachment.")).order_by(Event.seq)
        ).all()
        assert [tuple(one) for one in log] == [("attachment.added", "person:clerk")] * 2 + [
            ("attachment.read", f"person:{who}") for who in ("clerk", "department", "zhao", "chief")
        ]
        bodies = str(session.scalars(select(Event.body).where(Event.kind.startswith("attachment."))).all())
        assert first.sha256 in bodies and PROOF[0] not in bodies and first_broken(session) is None


def test_who_is_shown_no_names_sees_that_there_are_files_and_no_more(desk: Desk, loop: Loop) -> None:
    item = loop.given()
    kept = report(desk, item, loop)
    with desk.store.look() as session:
        told = see_item(session, loop.acting("auditor"), item.item_id).files[kept.report_id]
    assert [(one.kind, one.closed) for one in told] == [("pdf", True), ("xlsx", True)]
    assert not {PROOF[0], "名单.xlsx"} & {one.name for one in told}


def test_a_refused_report_leaves_nothing_behind(desk: Desk, loop: Loop) -> None:
    item = loop.given()
    for refused, why in ((Refusal, "没有提交"), (NothingFound, "范围"), (Refusal, "请写明")):
        with pytest.raises(refused, match=why):
            if why == "没有提交":
                report(desk, item, loop, files=[PROOF, ("网页.pdf", sample_files.HTML)])
            elif why == "范围":
                report(desk, item, loop, who="next_clerk")
            else:
                report(desk, item, loop, files=[])
    with desk.store.look() as session:
        for table in (UnitReport, ReportFile, SealedContent):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert not session.scalars(select(Event).where(Event.kind.startswith("attachment."))).all()
    assert loop.item(item.item_id).status == "given"


def test_what_was_sent_stays_as_it_was_sent(desk: Desk, loop: Loop) -> None:
    item = loop.given()
    report(desk, item, loop)
    for statement in (
        "DELETE FROM rectification_file",
        "UPDATE rectification_file SET sha256 = 'x'",
        "UPDATE rectification_file SET report_id = 9",
    ):
        with pytest.raises(DBAPIError, match="stays as it was sent"), desk.store.change() as session:
            session.connection().exec_driver_sql(statement)
    assert desk.key is not None
    forged = desk.key.encrypt_file(b"%PDF-1.4 another %%EOF")
    with desk.store.change() as session:
        session.execute(update(SealedContent).values(sealed=forged))
    with pytest.raises(Trouble, match="不一致"):
        attached.read(desk, loop.caller("clerk"), item.item_id, 1, "rectification.report")


def test_turning_the_data_keys_over_seals_files_anew(desk: Desk, loop: Loop) -> None:
    item = loop.given()
    report(desk, item, loop)

    def names() -> set[str | None]:
        with desk.store.look() as session:
            return {named_in(one) for one in session.scalars(select(SealedContent.sealed))}

    before = names()
    with Bars() as bars:
        turn_data(desk, "test", bars)
        between = names()
        turn_data(desk, "test", bars)
    assert len(before) == len(between) == len(names()) == 1 and not before & between and not between & names()
    assert attached.read(desk, loop.caller("clerk"), item.item_id, 1, "rectification.report").content == PROOF[1]


def test_a_backup_carries_them_and_the_key_opens_them_elsewhere(
    office: Office, desk: Desk, loop: Loop, request: pytest.FixtureRequest
) -> None:
    item = loop.given()
    report(desk, item, loop, files=[(f"{number}.pdf", sample_files.pdf(str(number))) for number in range(9)])
    back_up(desk, office.folder / "backup")
    assert not any(b"%PDF" in path.read_bytes() for path in (office.folder / "backup").rglob("*") if path.is_file())
    folder = office.folder / "elsewhere"
    folder.mkdir()
    here = office.variables["GUANTONG_DATABASE_URL"]
    url = (
        f"sqlite:///{folder / 'home' / 'guantong.db'}"
        if "sqlite" in here
        else fresh_database(request.getfixturevalue("postgres_server"))
    )
    other = Office(folder, url)
    other.variables["GUANTONG_KEY_FILE"] = office.variables["GUANTONG_KEY_FILE"]
    with other.desk() as there:
        assert restore(office.folder / "backup", there).proven
    with other.desk() as there:
        opened = [attached.read(there, loop.caller("clerk"), item.item_id, one, "rectification.report") for one in range(1, 10)]
    assert [one.content for one in opened] == [sample_files.pdf(str(number)) for number in range(9)]


def taken_out(desk: Desk, day: date, dry: bool = False) -> Done:
    with Bars() as bars:
        return purge(desk, day, "test", bars, dry=dry)


def test_files_go_ten_years_after_the_item_was_closed_and_what_they_were_stays(desk: Desk, loop: Loop) -> None:
    living, item = loop.given(), loop.given()
    report(desk, living, loop)
    report(desk, item, loop)
    loop.act("zhao", assessing.verify_item, item.item_id, item.version + 1, good=True, said="看了账")
    loop.act("chen", assessing.assess, TERMS.effect, item.item_id, item.version + 2, FULL, "好", good=True)
    closed = loop.item(item.item_id).closed_at
    assert closed is not None
    day = closed.date().replace(year=closed.year + 10)
    assert taken_out(desk, day).attachments == 0
    assert taken_out(desk, day + timedelta(days=1), dry=True).attachments == 2
    assert taken_out(desk, day + timedelta(days=1)).told()["attachments"] == 2
    with desk.store.look() as session:
        gone = session.scalars(select(ReportFile).where(ReportFile.item_id == item.item_id).order_by(ReportFile.file_id)).all()
        assert [one.name for one in gone] == ["【已清除】"] * 2 and gone[0].sha256 == hashlib.sha256(PROOF[1]).hexdigest()
        assert all(one.gone for one in unit_item(session, loop.caller("clerk"), item.item_id).reports[0].files)
        assert session.scalars(select(SealedContent.file_id).order_by(SealedContent.file_id)).all() == [1, 2]
    with pytest.raises(NothingFound, match="保存期满"):
        attached.read(desk, loop.caller("clerk"), item.item_id, gone[0].file_id, "rectification.report")
    assert taken_out(desk, day + timedelta(days=2)).attachments == 0


# --- over HTTP


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, TestClient]]:
    with kept_office(tmp_path_factory.mktemp("files")).desk() as opened, client(opened) as calling:
        yield opened, calling


def test_the_api_names_the_files_and_gives_their_bytes_to_whoever_sees_the_item(served: tuple[Desk, TestClient]) -> None:
    desk, calling = served
    room, group = Bounds(office_id="OF-JD01"), Bounds(office_id="OF-PZ01")
    member, head, verifier = (
        key_for(desk, role, where) for role, where in (("office_member", room), ("office_head", room), ("office_member", group))
    )
    clerk, other = (key_for(desk, "unit_clerk", Bounds(unit_id=unit)) for unit in (village.CIVIL, village.TOWNSHIP))
    stranger = key_for(desk, "office_head", Bounds(office_id="OF-XC01"))
    body = {"unit": village.CIVIL, "office": "OF-JD01", "problem": "p", "measure": "m", "standard": "s", "responsible": "r"}
    made = calling.post(f"{V1}/rectifications", headers=member, json=body)
    item = made.json()["item"]
    calling.post(f"{V1}/rectifications/{item}/gift", headers={**head, "If-Match": made.headers["ETag"]}).raise_for_status()
    with desk.store.change() as session:
        row = UnitReport(item_id=item, round=1, done="d", effect="e", proofs=[], made_by="person:x", made_at=NOW)
        session.add(row)
        session.flush()
        acting = Loop(desk.store).acting("clerk")
        attached.keep(session, acting, row, attached.seal(desk.key, [("证明 1.html", sample_files.pdf())]))
    [told] = calling.get(f"{V1}/rectifications/{item}", headers=verifier).json()["reports"][-1]["files"]
    assert told["name"] == "证明 1.html.pdf" and told["sha256"] == hashlib.sha256(sample_files.pdf()).hexdigest()
    [own] = calling.get(f"{V1}/own-rectifications", headers=clerk).json()
    assert own["reports"][-1]["files"] == [told]
    ways = {
        f"/rectifications/{item}/files/{told['file']}": (verifier, member, head),
        f"/own-rectifications/{item}/files/{told['file']}": (clerk,),
    }
    for path, heads in ways.items():
        for who in heads:
            answer = calling.get(V1 + path, headers=who)
            assert (answer.status_code, answer.content, answer.headers["content-type"]) == (
                200,
                sample_files.pdf(),
                "application/pdf",
            )
            assert (
                answer.headers["content-disposition"].startswith("attachment;")
                and answer.headers["x-content-type-options"] == "nosniff"
            )
            assert "%E8%AF%81%E6%98%8E%201.html.pdf" in answer.headers["content-disposition"]
            assert calling.get(V1 + path + "9", headers=who).status_code == 404
    path, own_path = ways
    assert calling.get(V1 + own_path, headers=other).status_code == 404
    assert calling.get(V1 + path, headers=stranger).status_code == 404
    assert calling.get(V1 + path, headers=clerk).status_code == 403
    with desk.store.look() as session:
        assert len(session.scalars(select(Event).where(Event.kind == "attachment.read")).all()) == 4
