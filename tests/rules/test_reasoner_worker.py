"""The reasoner's worker: killed, frozen or refusing, the result is the same or the error has a name."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rules.reasoner import WORKER, Fact, Reasoner, ReasonerFailed
from rules.ruleset import KEY, Ruleset
from rules.states import conclude


def pairs() -> Ruleset:
    """Two different facts with the same unit."""
    rules = Ruleset()
    rules.rules["pair"] = [
        {"f0": {"$and": [{"fact": "signal"}, {"topic": "subsidy"}]}},
        {"f1": {"$and": [{"fact": "signal"}, {"topic": "cross"}, {"unit_id": {"f0": "unit_id"}}]}},
    ]
    rules.words.update(("subsidy", "cross"))
    rules.read("signal", ("topic", "unit_id", KEY))
    return rules


def state(number: int) -> list[Fact]:
    """Some facts of a unit; the number makes them unlike those of another state."""
    return [
        {"fact": "signal", KEY: f"{number}-{place}", "topic": topic, "unit_id": f"U{place % (number % 7 + 1)}"}
        for place, topic in enumerate(["subsidy", "cross"] * (number % 11 + 1))
    ]


STATES = [state(number) for number in range(3_000)]


def test_a_worker_killed_in_the_middle_is_replaced_and_the_result_is_the_same() -> None:
    with Reasoner({"r": pairs()}) as calm:
        undisturbed = calm.conclude("r", [[{**fact, "id": f"f{place}"} for place, fact in enumerate(one)] for one in STATES])
    with Reasoner({"r": pairs()}, tries=5) as reasoner:
        killer = threading.Thread(target=_kill_three_times, args=(reasoner,))
        killer.start()
        disturbed = reasoner.conclude("r", [[{**fact, "id": f"f{place}"} for place, fact in enumerate(one)] for one in STATES])
        killer.join()
        assert reasoner.restarts > 0
    assert disturbed == undisturbed


def _kill_three_times(reasoner: Reasoner) -> None:
    for _ in range(3):
        time.sleep(0.1)
        if (pid := reasoner.worker_pid) is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def test_a_worker_that_hangs_is_replaced() -> None:
    with Reasoner({"r": pairs()}, seconds=1) as reasoner:
        before = conclude(reasoner, "r", STATES[:3])
        pid = reasoner.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        assert conclude(reasoner, "r", STATES[:3]) == before
        assert reasoner.restarts == 1
        assert reasoner.worker_pid != pid


def test_a_worker_lost_again_and_again_is_a_named_error() -> None:
    hang = Ruleset()
    # 512 different tests after one test: the library's table is full and its search never ends
    hang.rules.update({f"r{number}": [{"f0": {"$and": [{"fact": "x"}, {"topic": f"t{number}"}]}}] for number in range(513)})
    with Reasoner({"r": hang}, tries=2, seconds=1) as reasoner:
        with pytest.raises(ReasonerFailed, match="lost 2 times"):
            conclude(reasoner, "r", STATES[:1])
        assert reasoner.worker_pid is None


def test_a_fact_that_the_library_refuses_is_a_named_error_and_the_worker_lives_on() -> None:
    with Reasoner({"r": pairs()}) as reasoner:
        twice: list[Fact] = [
            {"fact": "signal", "id": "f0", "topic": "subsidy"},
            {"fact": "signal", "id": "f0", "topic": "subsidy"},
        ]
        with pytest.raises(ReasonerFailed, match="Observed"):
            reasoner.conclude("r", [twice])
        assert conclude(reasoner, "r", STATES[:1]) == [[("pair", (0, 1))]]
        assert reasoner.restarts == 0


def test_two_threads_share_one_worker_without_mixing_their_answers() -> None:
    with Reasoner({"r": pairs()}) as reasoner:
        alone = [conclude(reasoner, "r", STATES[start : start + 40]) for start in range(0, 400, 40)]
        found: dict[int, object] = {}
        threads = [
            threading.Thread(
                target=lambda start=start: found.update({start: conclude(reasoner, "r", STATES[start : start + 40])})
            )
            for start in range(0, 400, 40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [found[start] for start in range(0, 400, 40)] == alone


def test_the_worker_ends_with_the_context() -> None:
    with Reasoner({"r": pairs()}) as reasoner:
        conclude(reasoner, "r", STATES[:1])
        pid = reasoner.worker_pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_worker_ends_when_its_parent_is_killed() -> None:
    program = (
        "import os, signal\nfrom rules.reasoner import Reasoner\nfrom rules.ruleset import Ruleset\n"
        "reasoner = Reasoner({'r': Ruleset()})\nreasoner.conclude('r', [[]])\nprint(reasoner.worker_pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    worker = Path("/proc") / parent.stdout.strip()
    for _ in range(100):
        if not worker.exists():
            break
        time.sleep(0.05)
    assert parent.returncode == -signal.SIGKILL
    assert not worker.exists()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_the_worker_has_no_thread_beside_its_own() -> None:
    with Reasoner({"r": pairs()}) as reasoner:
        conclude(reasoner, "r", STATES[:5])
        time.sleep(0.3)  # the library's timers would have started after a tenth of a second
        assert len(list((Path("/proc") / str(reasoner.worker_pid) / "task").iterdir())) == 1


def test_memory_does_not_grow_with_the_number_of_states() -> None:
    many: list[list[Fact]] = [
        [
            {"fact": "signal", KEY: "a", "topic": "subsidy", "unit_id": "U1", "id": "f0"},
            {"fact": "signal", KEY: "b", "topic": "cross", "unit_id": "U1", "id": "f1"},
        ]
    ]
    with Reasoner({"r": pairs()}) as reasoner:
        sizes = []
        for _ in range(4):
            reasoner.conclude("r", many * 3_000)
            status = Path(f"/proc/{reasoner.worker_pid}/status").read_text()
            sizes.append(int(status.split("VmRSS:")[1].split()[0]))
    assert sizes[-1] < sizes[0] + 10_000


def test_the_worker_imports_nothing_of_ours() -> None:
    lines = WORKER.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if line.startswith(("from rules", "import rules", "from datasets", "from service"))]
