"""The tests inside rule files of all three kinds, run."""

from datasets.contract import Contracts
from rules.chain import Chain
from rules.chain_trial import try_chain
from rules.indicator import Indicator
from rules.route import Route
from rules.route_trial import try_route
from rules.trial import TrialResult, try_rule


def try_one(rule: Indicator | Chain | Route, contracts: Contracts) -> list[TrialResult]:
    """Run the tests inside one file."""
    if isinstance(rule, Chain):
        return try_chain(rule)
    return try_route(rule) if isinstance(rule, Route) else try_rule(rule, contracts)
