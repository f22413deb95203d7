"""The client: one method for each thing a platform does, with retries that cannot do it twice."""

import json
import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Self

import httpx2

from guantong_client.problem import Refused

Row = Mapping[str, Any]
V1 = "/api/v1"
MOST_ROWS = 10_000
TRIES, LONGEST_WAIT = 6, 30.0
AGAIN = frozenset({429, 502, 503, 504})
"""Answers that say: not now."""


class Client:
    """Calls one service with one key. Raises Refused for what it refuses, httpx2.TransportError when it cannot be reached at last."""

    def __init__(
        self, url: str, key: str, *, lang: str = "zh", timeout: float = 60, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._http = httpx2.Client(
            base_url=url, timeout=timeout, transport=transport,
            headers={"Authorization": f"Bearer {key}", "Accept-Language": lang, "User-Agent": "guantong-client/0.1.0"},
        )  # fmt: skip
        self.cursor: str | None = None
        """Where `events` got to: keep it, and go on from there."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def push(self, table: str, rows: Iterable[Row]) -> dict[str, Any]:
        """Push rows of one table, any number, in portions of 10,000; returns the counts and errors of all portions.

        `errors[].row` counts from the first row given.
        """
        total: dict[str, Any] = {
            "rows": 0,
            "accepted": 0,
            "duplicate": 0,
            "rejected": 0,
            "diverted": 0,
            "errors": [],
            "more_errors": 0,
        }
        coming = iter(rows)
        while portion := tuple(islice(coming, MOST_ROWS)):
            told = self._write("POST", f"{V1}/records/{table}", lines=portion).json()
            total["errors"] += [{**one, "row": one["row"] + total["rows"]} for one in told["errors"]]
            for name in ("rows", "accepted", "duplicate", "rejected", "diverted", "more_errors"):
                total[name] += told[name]
        return total

    def screen(self, table: str, rows: Iterable[Row], *, as_of: str | None = None, patience: float = 600) -> dict[str, Any]:
        """What the rules say of rows before they take effect; of a large list it waits for the answer.

        Raises TimeoutError after `patience` seconds, Refused when the service could not do it.
        """
        asked = {"table": table, **({"as_of": as_of} if as_of else {})}
        answer = self._write("POST", f"{V1}/screenings", lines=tuple(rows), params=asked)
        told: dict[str, Any] = answer.json()
        if answer.status_code != 202:
            return told
        until = time.monotonic() + patience
        while (line := self._read(answer.headers["Location"]))["status"] in ("queued", "running"):
            if time.monotonic() > until:
                raise TimeoutError(answer.headers["Location"])
            time.sleep(0.5)
        if line["told"] is None:
            raise Refused(500, f"screening_{line['status']}", line["error"] or "", "-")
        found: dict[str, Any] = line["told"]
        return found

    def run(self, as_of: str | None = None) -> dict[str, Any]:
        """Have the book run; returns at once with the run's address in `run`."""
        told: dict[str, Any] = self._write("POST", f"{V1}/runs", body={"as_of": as_of} if as_of else {}).json()
        return told

    def wait_for_run(self, run: str, patience: float = 3600) -> dict[str, Any]:
        """The run once it has ended. Raises TimeoutError."""
        until = time.monotonic() + patience
        while (told := self._read(f"{V1}/runs/{run}"))["status"] in ("queued", "running"):
            if time.monotonic() > until:
                raise TimeoutError(run)
            time.sleep(0.5)
        return told

    def alerts(self, **asked: str | int) -> Iterator[dict[str, Any]]:
        """Alerts, the highest priority first, page after page; the filters of `GET /alerts` by name."""
        cursor: str | None = None
        while True:
            page = self._read(f"{V1}/alerts", {**asked, **({"cursor": cursor} if cursor else {})})
            yield from page["alerts"]
            if (cursor := page["next"]) is None:
                return

    def alert(self, alert: str) -> dict[str, Any]:
        """One alert with everything that explains it."""
        return self._read(f"{V1}/alerts/{alert}")

    def report(self, alert: str, *, reference: str, outcome: str, **more: Any) -> dict[str, Any]:
        """Report what became of an alert, under your own number of the matter; `decided_on`, `recovered`, `note` by name."""
        body = {"reference": reference, "outcome": outcome, **more}
        told: dict[str, Any] = self._write("POST", f"{V1}/alerts/{alert}/reports", body=body).json()
        return told

    def subscribe(self, url: str, types: Iterable[str] = ()) -> dict[str, Any]:
        """Be told of events at an address; `secret` is shown this once, and proves every delivery (guantong_client.webhook)."""
        told: dict[str, Any] = self._write("POST", f"{V1}/subscriptions", body={"url": url, "types": list(types)}).json()
        return told

    def events(self, after: str | None = None, types: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
        """Events since a cursor, until there are no more now; `cursor` tells where to go on next time."""
        self.cursor = after
        while True:
            asked = {**({"after": self.cursor} if self.cursor else {}), **({"types": list(types)} if types else {})}
            page = self._read(f"{V1}/events", asked)
            yield from page["events"]
            self.cursor = page["next"]
            if not page["more"]:
                return

    def _read(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        told: dict[str, Any] = self._insist("GET", path, params=params).json()
        return told

    def _write(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        lines: Iterable[Row] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> httpx2.Response:
        """A write under a key of its own: sent again after a lost answer, it is answered and not done again."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
        content = json.dumps(body, ensure_ascii=False, default=str)
        if lines is not None:
            headers["Content-Type"] = "application/x-ndjson"
            content = "\n".join(json.dumps(dict(row), ensure_ascii=False, default=str) for row in lines)
        return self._insist(method, path, params=params, headers=headers, content=content.encode())

    def _insist(self, method: str, path: str, **request: Any) -> httpx2.Response:
        for left in range(TRIES - 1, -1, -1):
            try:
                answer = self._http.request(method, path, **request)
            except httpx2.TransportError:
                if not left:
                    raise
                self._pause(TRIES - left, None)
                continue
            again = answer.status_code in AGAIN or (answer.status_code == 409 and Refused.of(answer).code == "key_going")
            if not again or not left:
                break
            self._pause(TRIES - left, answer.headers.get("Retry-After"))
        if answer.status_code >= 400:
            raise Refused.of(answer)
        return answer

    def _pause(self, tried: int, asked: str | None) -> None:
        wait = float(asked) if asked and asked.isdigit() else min(LONGEST_WAIT, 0.2 * 2**tried) * random.uniform(0.5, 1)
        time.sleep(wait)
