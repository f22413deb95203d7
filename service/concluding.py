"""Steps 6 and 7: signals correlated to alerts, alerts routed to offices, by the reasoner in its process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from rules.chain import Chain
from rules.correlate import Correlated, correlate
from rules.route import Route
from rules.routing import Routed, route
from rules.signal import Signal
from service.steps import Steps, state_of
from service.words import say

CORRELATED = TypeAdapter(Correlated)
ROUTED = TypeAdapter(Routed)
