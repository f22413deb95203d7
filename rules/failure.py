"""What can go wrong when a rule runs; mistakes in a rule's file are strict_yaml.Mistakes, found before anything runs.

RuleFailed
├── NotUnique        two findings share subject, unit and per
├── BadResult        a column of the result holds what it may not (a severity that is none, evidence that is no list)
├── OutOfBounds      the limits on time or memory were reached
└── EngineRefused    the database could not run the SELECT
"""


class RuleFailed(Exception):
    """A rule could not be run to its end; the others can."""

    def __init__(self, rule: str, why: str) -> None:
        self.rule = rule
        self.why = why
        super().__init__(f"rule {rule}: {why}")


class NotUnique(RuleFailed):
    """Two findings share subject, unit and per: the SELECT groups by too little, or `per` names too little."""


class BadResult(RuleFailed):
    """A column of the result holds what it may not."""


class OutOfBounds(RuleFailed):
    """The limits on time or memory were reached."""


class EngineRefused(RuleFailed):
    """The database could not run the SELECT."""
