"""A large screening as a job (大批量筛查): its rows wait encrypted, and so does what was found until it is fetched."""

import io
import os
from datetime import date
from typing import Any

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datasets.reading import Code
from service.desk import Desk
from service.errors import NothingFound
from service.screening import screen
from service.screening_rows import Fault, Taken
from service.screening_told import Whole
from service.words import speak
from service.work.registry import JobHandle, Kind

NAME = "screening"
_NONCE = 12


def packed(desk: Desk, taken: Taken) -> bytes:
    """Sealed rows, encrypted, as a job's payload."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, taken.rows.schema) as writer:
        writer.write_table(taken.rows)
    return sealed(desk, sink.getvalue())


def body_of(table: str, taken: Taken, as_of: date | None, ignored: list[str], lang: str) -> dict[str, Any]:
    """The rest of the question; no personal data."""
    return {
        "table": table, "as_of": as_of.isoformat() if as_of else None, "ignored": ignored, "lang": lang, "sent": taken.sent,
        "places": taken.places if len(taken.places) < taken.sent else [],
        "faults": [[one.row, one.field, one.code] for one in taken.faults],
    }  # fmt: skip


def sealed(desk: Desk, content: bytes) -> bytes:
    """Encrypted with the office's key. Raises NothingFound when this machine has none."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(desk).encrypt(nonce, content, NAME.encode())


def told_of(desk: Desk, result: bytes) -> Whole:
    """The answer that a job has kept. Raises InvalidTag when it was encrypted with another key."""
    return Whole.model_validate_json(_cipher(desk).decrypt(result[:_NONCE], result[_NONCE:], NAME.encode()))


def _cipher(desk: Desk) -> AESGCM:
    if desk.key is None:
        raise NothingFound("screening.no_key")
    return AESGCM(desk.key.derived(NAME))


def _screen(desk: Desk, job: JobHandle) -> bytes:
    body, payload = job.body, job.payload or b""
    speak(body["lang"])
    rows = pa.ipc.open_stream(_cipher(desk).decrypt(payload[:_NONCE], payload[_NONCE:], NAME.encode())).read_all()
    faults = [Fault(row, field, _code(code)) for row, field, code in body["faults"]]
    taken = Taken(rows, body["places"] or list(range(rows.num_rows)), faults, body["sent"])
    job.told(NAME, 0, rows.num_rows)
    as_of = date.fromisoformat(body["as_of"]) if body["as_of"] else None
    told = screen(desk, desk.contracts[body["table"]], taken, as_of, body["ignored"])
    return sealed(desk, told.model_dump_json().encode())


def _code(code: Code) -> Code:
    return code


SCREENING = Kind(NAME, _screen, attempts=3, quick=True)
