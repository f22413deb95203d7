"""A site on which every page has something to show: a matter from acceptance to a lead, an item, a letter, lists, keys and webhooks.

Everything is posted as the pages' own forms post it, by people with the roles that may.
"""

import html as html_text
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import openpyxl
from lxml import html
from sqlalchemy import select

from service.access.caller import Bounds
from service.desk import Desk
from service.rectifying.attached import Sent
from service.settings import Settings
from service.store.alert import OPEN, Alert
from service.store.assignment import Assignment
from service.store.run import Run
from service.store.signal import SignalVersion
from tests.console.living_site import Clock, Site, listening
from tests.service import sample_files, village
from tests.service.conftest import NOW, Office

ROOM, GROUP = "OF-JD01", "OF-PZ01"
PEOPLE = {
    "wang": ("office_member", Bounds(office_id=ROOM), "王明"), "li": ("office_member", Bounds(office_id=ROOM), "李芳"),
    "head": ("office_head", Bounds(office_id=ROOM), "周主任"), "chief": ("leader", Bounds(), "陈书记"), "clerk": ("unit_clerk", Bounds(unit_id=village.CIVIL), "小李"),
    "data": ("data_team", Bounds(), "数据员"), "admin": ("administrator", Bounds(), "管理员"), "triager": ("triager", Bounds(), "刘研"),
}  # fmt: skip
"""Login: role, bounds, name."""


@dataclass
class FullSite:
    """The site, its people's calls, and the ids of what was made."""

    site: Site
    ids: dict[str, str] = field(default_factory=dict)
    calls: dict[str, httpx2.Client] = field(default_factory=dict)

    def post(self, who: str, path: str, sent: Sequence[Sent] = (), /, **form: str | list[str]) -> str:
        """Send what a dialog sends, and files; the path one lands on."""
        answer = self.calls[who].post(path, data=form, files=[("files", one) for one in sent] or None)
        assert answer.status_code < 400, f"{path}: {answer.status_code} {_words(answer.text)}"
        return str(answer.url.path)

    def fill(self, who: str, page: str, form: str, sent: Sequence[Sent] = (), /, **values: str | list[str]) -> str:
        """Send a form of a page with what stands in it already, these values and files; the path one lands on."""
        tree = html.fromstring(self.calls[who].get(page).text)
        found = [one for one in tree.forms if one.get("id") == f"form-{form}"]
        assert found, f"{page} offers {who} no {form}"
        standing: dict[str, str | list[str]] = {}
        for name, value in found[0].form_values():
            standing[name] = [*standing[name], value] if name in standing else value
        return self.post(who, found[0].get("action"), sent, **{**standing, **values})


def _words(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page)[:800]


@contextmanager
def full_site(folder: Path) -> Iterator[FullSite]:
    """The village with a round of inspection, one run, and everything that people do with it."""
    office = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    rounds = {"inspection_round": [{"round_id": "2026-1", "unit_id": village.TOWNSHIP, "office_id": ROOM, "starts_on": "2026-03-01",
                                    "ends_on": "2026-05-31", "report_due_on": "2026-08-31"}]}  # fmt: skip
    office.take_in(village.places(), village.people(), village.payments(), village.complaints(), rounds)
    office.run()
    with ExitStack() as stack:
        desk = stack.enter_context(Desk(Settings.from_environment(office.variables), clock=(clock := Clock())))
        made = FullSite(Site(desk, stack.enter_context(listening(desk)), clock))
        for login, (role, bounds, name) in PEOPLE.items():
            made.site.enrol(login, role, bounds, name)
            made.calls[login] = stack.enter_context(
                httpx2.Client(base_url=made.site.url, cookies={"guantong": made.site.token(login)}, timeout=60, follow_redirects=True,
                              headers={"Sec-Fetch-Site": "same-origin"})
            )  # fmt: skip
        look_up(made)
        work_on_a_matter(made)
        put_right(made)
        keep_lists(made)
        send_files(made, folder)
        yield made


def look_up(made: FullSite) -> None:
    """Ids that the run made: an alert of the room, a rule with findings, a run, a place of a record."""
    with made.site.desk.store.look() as session:
        led = select(Assignment.fingerprint).where(Assignment.office_id == ROOM, Assignment.ended_run.is_(None))
        mine = session.scalars(
            select(Alert).where(Alert.status == OPEN, Alert.fingerprint.in_(led)).order_by(Alert.priority.desc())
        ).all()
        made.ids["alert"], made.ids["other"] = mine[0].fingerprint, mine[1].fingerprint
        made.ids["run"] = session.scalars(select(Run.run_id).order_by(Run.run_id.desc())).first() or ""
        rule, judged_by = session.execute(
            select(SignalVersion.rule, SignalVersion.rule_hash).order_by(SignalVersion.rule)
        ).first() or ("", "")
        made.ids["rule"], made.ids["hash"] = rule, judged_by
    page = made.calls["chief"].get(f"/alerts/{made.ids['alert']}").text
    place = re.search(r'/records/([^/"]+)/(\d+)\?([^"]+)', page)
    assert place
    made.ids.update(
        batch=place[1],
        row=place[2],
        place=html_text.unescape(place[3]),
        unit=village.TOWNSHIP,
        round_id="2026-1",
        name="desk.js",
        login="wang",
        verb="dismiss",
        lang="en",
    )


def work_on_a_matter(made: FullSite) -> None:
    """From acceptance to a disposal that waits for approval."""
    made.post("wang", f"/alerts/{made.ids['alert']}/decide/accept", version="1")
    made.post("wang", f"/alerts/{made.ids['alert']}/demands", of_whom="县民政局", what="停发审批表", due_on="2026-02-02")
    case = made.post("wang", "/cases", alert=made.ids["alert"], office=ROOM)
    made.ids["case_id"], made.ids["number"] = case.rpartition("/")[2], "1"
    made.fill(
        "head", case, "distribute", mode="assign", office=ROOM, handler="person:wang", days="10", demand="核对死亡时间与发放记录"
    )
    made.fill("wang", case, "acknowledge")
    made.fill("wang", case, "verify", checked="发放记录与死亡登记", records="殡葬登记表第3页", result="substantiated", finding="去世后三个月仍发放",
             checked_on=NOW.date().isoformat(), present="person:li")  # fmt: skip
    made.fill(
        "wang",
        case,
        "draft",
        problem="去世人员继续领取低保",
        facts="三笔共1950元，镇里未停发",
        basis="最低生活保障审核确认办法",
        amount="1950",
    )
    made.fill(
        "wang", case, "consult", on_law="适用哪一条？", on_evidence="证据够不够？", participant=["person:li", "person:head"]
    )
    for who in ("li", "head"):
        made.fill(who, case, "sign", on_law="适用第三十条", on_evidence="两份记录能够印证", advice="promote")
    made.fill("head", case, "decide", decision="promote", reason="意见一致")
    made.fill(
        "wang",
        case,
        "sheet",
        when="2024年2月至4月",
        where="平潮镇东风村",
        who="镇民政办经办人",
        what="去世人员继续领取低保",
        why="未核对殡葬信息",
    )
    made.fill("wang", case, "propose", way="check", opinion="拟初步核实", plan="两人核查组，调取审批档案")


def put_right(made: FullSite) -> None:
    """An item that the unit has reported, and a letter that was sent."""
    item = made.fill("wang", "/rectifications/new", "new", unit=village.CIVIL, problem="去世人员继续领取低保", measure="停发并追回", standard="资金退回",
                     responsible="李局长", office=ROOM, room=ROOM)  # fmt: skip
    made.ids["item_id"] = item.rpartition("/")[2]
    made.fill("head", item, "give")
    made.fill(
        "clerk",
        f"/unit/{made.ids['item_id']}",
        "report",
        [("缴款书2026-001.pdf", sample_files.pdf()), ("低保名单与殡葬登记比对表.xlsx", sample_files.workbook())],
        done="停发三人，追回1950元",
        effect="资金已退回",
        proofs="缴款书2026-001\n比对表",
    )
    letter = made.fill("wang", f"/letters/new?case={made.ids['case_id']}", "draft", issuer="通海县监察委员会", problem="去世人员继续领取低保",
                       cause="未与殡葬信息比对", advice="建立按月比对制度", copies="县财政局")  # fmt: skip
    made.ids["letter_id"] = letter.rpartition("/")[2]
    made.fill("wang", f"/cases/{made.ids['case_id']}/after", "form", person="张某", used="1", measure="谈话提醒", on="2026-01-05")


def keep_lists(made: FullSite) -> None:
    """A lead from outside, a campaign with a task, the people pool, a saved view, a key and a webhook."""
    made.fill(
        "chief",
        "/outside",
        "bring",
        origin="audit",
        sender="县审计局",
        reference="通审移〔2026〕1号",
        matter="虚报项目",
        content="两份合同同一张发票",
    )
    made.fill("wang", "/tasks", "campaign", title="低保专项", topic="民生资金", ends_on="2026-06-30")
    made.fill(
        "wang",
        "/tasks",
        "task",
        matter="核查低保停发",
        responsible="李局长",
        standard="逐户比对",
        due_on="2026-02-01",
        campaign="1",
    )
    made.post("head", "/cases/pool", name="钱会计", skill=["audit", "finance"], earlier="县财政局")
    made.post("triager", "/views", name="高风险", question="severity=high")
    made.post("chief", "/admin/hooks", url="https://example.org/hooks")
    found = re.search(r"/admin/hooks/([\w-]+)", made.calls["chief"].get("/admin/hooks").text)
    assert found
    made.ids["hook"] = found[1]


def send_files(made: FullSite, folder: Path) -> None:
    """A file of which a row is sent back."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([column.zh for column in made.site.desk.contracts["area"].columns.values()])
    sheet.append(["320612009000", "退回镇", "nonsense", village.COUNTY])
    book.save(folder / "区划.xlsx")
    told = made.calls["data"].post("/data/imports", files={"file": ("区划.xlsx", (folder / "区划.xlsx").read_bytes())})
    assert "退回1行" in told.text
