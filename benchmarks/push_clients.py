"""Unreliable clients for the push drill: they hang up in the midst of requests, lose answers, and send again until they have been heard."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from datasets.forms import resident_check

TABLE = "subsidy_payment"
PATIENCE = 180.0
"""Seconds a client tries to get one push through: the server is killed and starts again meanwhile."""
Row = dict[str, Any]


def rows_of(client: int, first: int, count: int) -> list[Row]:
    """Payments that no other client and no other push has; persons and accounts come again."""
    return [
        {
            "payment_id": f"C{client:02d}-{number:07d}", "programme_id": f"PG{number % 12:02d}", "person_id": _resident(number % 900),
            "account_id": f"62220200000000{number % 900:05d}", "account_name": "王秀兰", "amount": f"{100 + number % 700}.50",
            "paid_on": f"2024-{1 + number % 12:02d}-15", "period": f"2024-{1 + number % 12:02d}", "unit_id": "U0010", "area_id": "320612001001",
            "kind": "regular", "quantity": 1,
        }
        for number in range(first, first + count)
    ]  # fmt: skip


def _resident(number: int) -> str:
    first = f"32062319{40 + number % 50:02d}0307{number:03d}"
    return first + resident_check(first)


@dataclass
class Client:
    """One platform that pushes its records: `mishaps` is the share of requests that it breaks off."""

    number: int
    port: int
    key: str
    rows: int
    size: int
    mishaps: float
    told: Callable[[int], None]
    seen: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.number)

    def push_all(self) -> None:
        """Push every record, in parts, each until it was answered."""
        for first in range(0, self.rows, self.size):
            part = rows_of(self.number, first, min(self.size, self.rows - first))
            self._push(part, f"{self.number}-{first}")
            self.told(len(part))

    def _push(self, rows: list[Row], name: str) -> None:
        body = json.dumps(rows, ensure_ascii=False).encode()
        # every other push has no key: then the rows' own key must do
        headers = {"Idempotency-Key": name} if self._dice.random() < 0.5 else {}
        end, pause = time.monotonic() + PATIENCE, 0.05
        while time.monotonic() < end:
            try:
                status, answer = self._once(body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.seen[type(error).__name__] += 1
            else:
                self.seen[str(status)] += 1
                if status == 200:
                    self._check(answer, rows)
                    return
                if status not in (409, 429, 503):
                    raise AssertionError(f"{status}: {answer[:300]!r}")
            time.sleep(pause * self._dice.uniform(0.5, 1.5))
            pause = min(pause * 2, 2.0)
        raise AssertionError(f"push {name} was not answered in {PATIENCE} s")

    def _once(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        mishap = self._dice.random()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest("POST", f"/api/v1/records/{TABLE}")
            given = {
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            if mishap < self.mishaps / 2:
                connection.send(body[: len(body) // 2])
                raise ConnectionAbortedError("hung up in the midst of the request")
            connection.send(body)
            if mishap < self.mishaps:
                time.sleep(self._dice.uniform(0, 0.3))
                raise ConnectionAbortedError("hung up before the answer")
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _check(self, answer: bytes, rows: list[Row]) -> None:
        told = json.loads(answer)
        if told["rows"] != len(rows) or told["rejected"] or told["accepted"] + told["duplicate"] != len(rows):
            raise AssertionError(f"unexpected counts: {answer[:300]!r}")


@dataclass
class Crowd:
    """Clients at work, and how much they have been answered."""

    clients: list[Client]
    answered: int = 0
    failures: list[BaseException] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, keys: list[str], port: int, rows: int, size: int, mishaps: float) -> "Crowd":
        crowd = cls([])
        share = rows // len(keys)
        crowd.clients += [
            Client(number, port, key, share + (rows - share * len(keys) if number == 0 else 0), size, mishaps, crowd.told)
            for number, key in enumerate(keys)
        ]
        return crowd

    def told(self, rows: int) -> None:
        with self._turn:
            self.answered += rows

    def work(self, at: dict[float, Callable[[], None]], rows: int) -> Iterator[str]:
        """Have all push; what is in `at` is done once that share of the rows was answered. Yields what was done; raises what failed."""
        threads = [threading.Thread(target=self._one, args=(one,)) for one in self.clients]
        for thread in threads:
            thread.start()
        due = sorted(at.items())
        while any(thread.is_alive() for thread in threads):
            if due and self.answered >= due[0][0] * rows:
                share, do = due.pop(0)
                do()
                yield f"{do.__name__} at {share:.0%}"
            time.sleep(0.02)
        if self.failures:
            raise self.failures[0]
        if due:
            raise AssertionError(f"not everything was done: {due}")

    def _one(self, client: Client) -> None:
        try:
            client.push_all()
        except (AssertionError, OSError) as failure:
            self.failures.append(failure)

    def seen(self) -> dict[str, int]:
        """Status or mishap -> how often."""
        return dict(sum((one.seen for one in self.clients), Counter()))
