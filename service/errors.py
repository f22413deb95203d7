"""The few errors of the service, as a tree; the command line turns each branch into its exit code once.

Trouble
|-- NothingFound        1  the answer is none
|-- Refusal             2  the caller must change something
|   |-- BadSetting         a variable of the environment
|   |-- DatabaseNewer      the database was made by a newer program
|   |-- IllegalMove        an alert cannot do this now
|   `-- Conflict           somebody else changed it meanwhile
`-- Busy                3  try again later
"""

from service.words import say


class Trouble(Exception):
    """Something to tell a person: a key of the word files, and the values in it."""

    code = 3

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        return say(self.key, **self.values)


class NothingFound(Trouble):
    code = 1


class Refusal(Trouble):
    code = 2


class BadSetting(Refusal):
    pass


class DatabaseNewer(Refusal):
    pass


class IllegalMove(Refusal):
    pass


class Conflict(Refusal):
    pass


class Busy(Trouble):
    code = 3
