"""The courier (信使): turns notices into deliveries and sends them, many at once, each at least once, in order for each alert.

Everything it is about to do stands in the database before it does it. Killed at any point, another goes on: what was being sent is
sent again when its lease has run out. Several couriers share the work on PostgreSQL.
"""

import logging
import random
import threading
from collections import Counter, defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from service.desk import Desk
from service.news import leasing, planning
from service.news.leasing import Sent
from service.news.parcel import Parcel, pack
from service.news.wire import Wire

log = logging.getLogger("guantong.news")
THREADS, SHARE = 16, 4
"""Requests under way at once, in all and to one subscription: a slow receiver holds up its own news only."""
WINDOW = 64
"""Deliveries taken at once for one subscription: fewer questions and commits, and as many that may come twice after a kill."""
STALE = timedelta(seconds=30)
"""What could not be sent for so long is given back: who may hear of it is asked again when it goes."""
IDLE_SECONDS = 1.0


@dataclass
class Courier:
    """Sends by the wire what is due at the desk's clock."""

    desk: Desk
    wire: Wire
    threads: int = THREADS
    share: int = SHARE
    chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._under_way: dict[Future[Sent], str] = {}
        self._packed: defaultdict[str, deque[Parcel]] = defaultdict(deque)
        self._back: list[Sent] = []
        self._made = 0

    def serve(self, ending: threading.Event) -> None:
        """Work until `ending` is set; what is under way then is waited for, so that it is not sent twice."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="courier") as hands:
            while not ending.is_set():
                try:
                    if not self._turn(hands):
                        ending.wait(IDLE_SECONDS)
                except SQLAlchemyError as error:  # the database restarts: what was leased is due again later
                    log.warning("courier: %s", type(error).__name__)
                    ending.wait(IDLE_SECONDS)
            self._give_back(everything=True)
            self._harvest(self._ended(block=True))

    def deliver_due(self) -> int:
        """Plan and send until nothing more is due now; returns how many attempts were made."""
        before = self._made
        with ThreadPoolExecutor(self.threads, thread_name_prefix="courier") as hands:
            while self._turn(hands) or self._under_way:
                pass
        return self._made - before

    def _turn(self, hands: ThreadPoolExecutor) -> bool:
        """One turn: write down what came back, plan, take, send; says whether there was anything to do."""
        came = self._harvest(self._ended(block=False))
        planned = self._plan()
        self._give_back(everything=False)
        taken = self._take()
        self._send(hands)
        return bool(came or planned or taken)

    def _plan(self) -> int:
        with self.desk.store.look() as session:  # a look first: on SQLite every change keeps other writers out
            if not planning.behind(session):
                return 0
        with self.desk.store.change() as session:
            return planning.plan(session, self.desk.clock())

    def _take(self) -> int:
        now, key = self.desk.clock(), self.desk.key
        if key is None:
            return 0
        busy = Counter(self._under_way.values()) + Counter({one: len(parcels) for one, parcels in self._packed.items()})
        with self.desk.store.look() as session:
            wanted = leasing.due(session, now, WINDOW, busy)
        if not wanted:
            return 0
        with self.desk.store.change() as session:
            parcels = pack(self.desk, session, key, leasing.lease(session, wanted, now), now)
        for parcel in parcels:
            self._packed[parcel.subscription_id].append(parcel)
        return len(parcels)

    def _send(self, hands: ThreadPoolExecutor) -> None:
        sending = Counter(self._under_way.values())
        for subscription, parcels in self._packed.items():
            while parcels and sending[subscription] < self.share and len(self._under_way) < self.threads:
                self._under_way[hands.submit(parcels.popleft().send, self.wire, self.desk.clock)] = subscription
                sending[subscription] += 1

    def _give_back(self, *, everything: bool) -> None:
        now = self.desk.clock()
        for parcels in self._packed.values():
            while parcels and (everything or now - parcels[0].packed_at > STALE):
                self._back.append(parcels.popleft().back(now))

    def _ended(self, *, block: bool) -> set[Future[Sent]]:
        """Attempts that have ended; with `block`, all of them, else as soon as there is one and those that end with it."""
        if not self._under_way:
            return set()
        if block:
            return wait(self._under_way).done
        wait(self._under_way, 0.25, FIRST_COMPLETED)
        return wait(self._under_way, 0.02).done

    def _harvest(self, ended: set[Future[Sent]]) -> int:
        if ended or self._back:
            with self.desk.store.change() as session:
                sent = [*self._back, *(one.result() for one in ended)]
                resting = leasing.settle(session, sent, self.desk.clock(), self.chance)
            self._back = [parcel.back(self.desk.clock()) for one in resting for parcel in self._packed.pop(one, ())]
        self._made += len(ended)
        for one in ended:
            del self._under_way[one]
        return len(ended)
