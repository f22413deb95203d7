"""How money, days, times and due days are written on a page, once for all pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from markupsafe import Markup

from datasets.workday import Calendar
from service.console.assets import icon
from service.words import say
from service.working_days import LOCAL

SOON = 3
"""Working days left from which on something is due soon: half a week's notice."""
STEPS: Sequence[tuple[Decimal, str]] = ((Decimal(10**8), "yi"), (Decimal(10**4), "wan"))
"""From which amount on yuan are told in 亿 and 万."""
DUE_ICONS = {"overdue": "circle-alert", "soon": "clock", "later": "calendar-clock"}


def money(amount: Decimal | None) -> Markup:
    """12.4万元, with the exact amount in the title; a dash for none."""
    if amount is None:
        return Markup('<span class="num none">–</span>')
    return Markup('<span class="num" title="{}">{}</span>').format(say("value.yuan", amount=f"{amount:,.2f}"), short(amount))


def short(amount: Decimal) -> str:
    """12.4万元: at most one decimal place."""
    for step, name in STEPS:
        if abs(amount) >= step:
            scaled = amount / step
            return say(
                f"page.money.{name}", amount=f"{scaled:,.0f}" if abs(scaled) >= 1000 else f"{scaled:,.1f}".removesuffix(".0")
            )
    return say("page.money.yuan", amount=f"{amount:,.2f}".removesuffix(".00"))


def day(on: date | None) -> Markup:
    """2026-03-05; a dash for none."""
    return Markup('<time class="num" datetime="{0}">{0}</time>').format(on) if on else Markup('<span class="none">–</span>')


def moment(at: datetime) -> Markup:
    """2026-03-05 09:30, where the offices are."""
    local = at.astimezone(LOCAL)
    return Markup('<time class="num" datetime="{}">{}</time>').format(
        local.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M}"
    )


class Left(NamedTuple):
    """How much time is left: working days (below 0: overdue by so many), and how urgent that is."""

    days: int
    state: Literal["overdue", "soon", "later"]


@dataclass(frozen=True)
class Days:
    """Today, and the calendar by which due days are counted."""

    today: date
    calendar: Calendar

    def left(self, due_on: date) -> Left:
        """Working days from today to the due day."""
        days = self.calendar.between(self.today, due_on)
        if due_on < self.today:
            return Left(min(days, -1), "overdue")
        return Left(days, "soon" if days <= SOON else "later")

    def soon_until(self) -> date:
        """The last day that is due soon."""
        return self.calendar.after(self.today, SOON)

    def due(self, due_on: date | None, provisional: bool = False) -> Markup:
        """剩3个工作日 with its icon and colour; why that is so in the title."""
        if due_on is None:
            return Markup('<span class="due none">{}</span>').format(say("page.due.none"))
        days, state = self.left(due_on)
        words = say("page.due.today") if due_on == self.today else say(f"page.due.{state}", days=abs(days))
        why = say("page.due.why", on=due_on) + (say("page.due.provisional") if provisional else "")
        return Markup('<span class="due {}" title="{}">{}<span>{}</span></span>').format(
            state, why, icon(DUE_ICONS[state]), words
        )
