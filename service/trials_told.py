"""Tests of rule files that failed: the rule and the test, then each difference on a line of its own."""

import re
from collections.abc import Iterable, Iterator

from rules.trial import TrialResult
from service.mistakes_in_chinese import told_in_words

NEXT = re.compile(r"; (?=(?:expected and not flagged|flagged and not expected): )")


def failures(results: Iterable[TrialResult]) -> Iterator[str]:
    """The lines that tell of the results that did not pass."""
    for result in results:
        if not result.passed:
            yield f"{result.rule}: {result.test}:"
            yield from (f"  {told_in_words(one)}" for one in NEXT.split(result.message or ""))
