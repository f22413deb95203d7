"""The one file that speaks durable-rules, run as a process of its own: JSON lines in, JSON lines out.

`python -P reasoner_worker.py` reads one line that declares the rulesets, then one line for each task, and answers
each with one line. It imports nothing of ours: a crash in the library's C code ends this process and no other,
and reloading the rules means starting a new one (a Host cannot be rebuilt without leaking).

What the library demands, all of it tried on 2.0.28:
- two timer threads start with every Host, cannot be stopped and race with the caller: neutralised below;
- a state in which no rule ever fired is freed with an uninitialised pointer: every state begins with a fact that
  fires a rule of our own;
- a state is deleted as soon as its facts are concluded, so that never more than one lives;
- exceptions in actions vanish, and a second parameter makes an action asynchronous: actions append to a list.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from durable.engine import Host, MessageNotHandledException

BEGIN = "begin"
STATE = "s"
Conclusions = list[tuple[str, list[str]]]


class QuietHost(Host):  # type: ignore[misc]
    """A Host without its timer threads."""

    def _run(self) -> None:
        return None


class Engine:
    """Rulesets, and the conclusions they draw from one state's facts at a time."""

    def __init__(self, rulesets: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
        """`rulesets`: name -> rule -> patterns [{alias: test}] in the library's own JSON form."""
        self._lock = threading.Lock()
        self._fired: Conclusions = []
        declared = {name: self._rules(rules) for name, rules in rulesets.items()}
        self._host = QuietHost(declared)

    def _rules(self, rules: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        made: dict[str, Any] = {BEGIN: {"all": [{"f0": {"fact": BEGIN}}], "run": lambda context: None}}
        for name, patterns in rules.items():
            made[name] = {"all": patterns, "run": self._action(name, [alias for pattern in patterns for alias in pattern])}
        return made

    def _action(self, rule: str, aliases: list[str]) -> Callable[[Any], None]:
        def append(context: Any) -> None:
            self._fired.append((rule, [getattr(context, alias).id for alias in aliases]))

        return append

    def conclude(self, ruleset: str, facts: list[dict[str, Any]]) -> Conclusions:
        """All firings of one ruleset over one state's facts, as (rule, ids of the facts in the order of its patterns)."""
        with self._lock:
            self._fired.clear()
            self._host.assert_fact(ruleset, {"id": BEGIN, "sid": STATE, "fact": BEGIN})
            try:
                for fact in facts:
                    try:
                        self._host.assert_fact(ruleset, {**fact, "sid": STATE})
                    except MessageNotHandledException:
                        continue  # a fact that interests no rule
            finally:
                self._host.delete_state(ruleset, STATE)
            return list(self._fired)


def answers(lines: TextIO) -> Iterator[dict[str, Any]]:
    """The answer to each line: ready, then conclusions of each state of each task, or what the library refused."""
    engine = Engine(json.loads(lines.readline()))
    yield {"ready": True}
    for line in lines:
        task = json.loads(line)
        # the kernel ends a worker that hangs in C even when nobody is left to kill it
        signal.alarm(task["seconds"])
        try:
            yield {"fired": [engine.conclude(task["ruleset"], facts) for facts in task["states"]]}
        except Exception as error:  # noqa: BLE001 - the library raises bare Exception; the caller names it
            yield {"refused": f"{type(error).__name__}: {error}"}
        signal.alarm(0)


def main() -> None:
    """Serve until the pipe is closed."""
    for answer in answers(sys.stdin):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
