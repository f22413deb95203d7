"""Figures for Prometheus (指标): rules of the last run, work and deliveries that wait, requests. No name, no record, no address."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.desk import Desk
from service.rule_facts import FLAGGING
from service.running.measure import REQUESTS
from service.store import notice
from service.store.job import QUEUED, Job
from service.store.judged import Blindness
from service.store.notice import Delivery, Notice
from service.store.run import Run, RunStep


def figures(desk: Desk, shared: Path | None = None) -> bytes:
    """Everything in Prometheus's text format; `shared` is the folder in which several worker processes count together."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(OfStore(desk))
    if shared is None:
        return generate_latest(registry) + generate_latest(REQUESTS)
    MultiProcessCollector(registry, path=str(shared))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class OfStore(Collector):
    """What the database knows, asked at every scrape."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def collect(self) -> Iterable[Metric]:
        with self.desk.store.look() as session:
            yield from _last_run(session, {name: one.status for name, one in self.desk.book.indicators.items()})
            yield from _jobs(session, self.desk.clock())
            yield from _deliveries(session, self.desk.clock())


def _last_run(session: Session, statuses: dict[str, str]) -> Iterable[Metric]:
    run = Run.newest(session)
    if run is None or run.finished_at is None:
        return
    ended = _gauge("guantong_run_finished_timestamp_seconds", "When the last run ended")
    ended.add_metric([], run.finished_at.timestamp())
    took = _gauge("guantong_run_seconds", "How long the last run took, waits included")
    took.add_metric([], (run.finished_at - run.started_at).total_seconds())
    found = _gauge("guantong_rule_findings", "Findings of a rule in the last run", "rule", "status")
    seconds = _gauge("guantong_rule_seconds", "Seconds a rule took in the last run", "rule")
    blind = _gauge("guantong_rule_blind_subjects", "Subjects a rule could not judge in the last run", "rule")
    population = _gauge("guantong_rule_subjects", "Subjects a rule was to judge in the last run", "rule")
    steps = select(RunStep.step, RunStep.found, RunStep.seconds)
    for step, count, spent in session.execute(steps.where(RunStep.run_id == run.run_id, RunStep.step.startswith(FLAGGING))):
        rule = step.removeprefix(FLAGGING)
        found.add_metric([rule, statuses.get(rule, "gone")], count)
        seconds.add_metric([rule], spent)
    for one in session.scalars(select(Blindness).where(Blindness.run_id == run.run_id)):
        blind.add_metric([one.rule], one.body["blind"])
        population.add_metric([one.rule], one.body["population"])
    yield from (ended, took, found, seconds, blind, population)


def _jobs(session: Session, now: datetime) -> Iterable[Metric]:
    count = _gauge("guantong_jobs", "Pieces of work", "kind", "status")
    for kind, status, number in session.execute(select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status)):
        count.add_metric([kind, status], number)
    oldest = _gauge("guantong_job_waiting_seconds", "How long the oldest piece of work that is due waits", "kind")
    due = select(Job.kind, func.min(Job.due_at)).where(Job.status == QUEUED, Job.due_at <= now).group_by(Job.kind)
    for kind, since in session.execute(due):
        oldest.add_metric([kind], max(now - since, timedelta()).total_seconds())
    yield from (count, oldest)


def _deliveries(session: Session, now: datetime) -> Iterable[Metric]:
    count = _gauge("guantong_deliveries", "Notices on their way to subscriptions, or ended", "status")
    for status, number in session.execute(select(Delivery.status, func.count()).group_by(Delivery.status)):
        count.add_metric([status], number)
    oldest = _gauge("guantong_delivery_waiting_seconds", "Age of the oldest notice that is not delivered yet")
    living = select(func.min(Notice.at)).join(Delivery, Delivery.seq == Notice.seq).where(Delivery.status.in_(notice.LIVING))
    since = session.scalar(living)
    oldest.add_metric([], max(now - since, timedelta()).total_seconds() if since is not None else 0)
    yield from (count, oldest)


def _gauge(name: str, said: str, *labels: str) -> Any:
    return GaugeMetricFamily(name, said, labels=labels)
