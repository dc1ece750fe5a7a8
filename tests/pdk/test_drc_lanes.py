"""Forked processes of a check: what they return, raise and see, and what is said when one is killed."""

import multiprocessing
import os
import signal
from typing import Any

import pytest

from lingnan.pdk.drc.lanes import Lanes
from lingnan.pdk.errors import LingnanError


def all_answers(lanes: Lanes) -> dict[int, Any]:
    found: dict[int, Any] = {}
    while lanes.busy:
        found.update(lanes.answers())
    return found


def test_tasks_run_elsewhere_and_bring_back_their_results() -> None:
    def process(number: int) -> tuple[int, int]:
        return number, os.getpid()

    with Lanes(process, 2) as lanes:
        lanes.ask(0, 2)
        assert lanes.free
        lanes.ask(1, 2)
        assert not lanes.free
        found = all_answers(lanes)
    assert [found[number][0] for number in (0, 1)] == [0, 1]
    assert len({os.getpid(), *(pid for _, pid in found.values())}) == 3


def test_a_task_that_came_later_is_done_by_a_process_that_knows_it() -> None:
    tasks = ["first"]
    with Lanes(tasks.__getitem__, 1) as lanes:
        lanes.ask(0, len(tasks))
        assert all_answers(lanes) == {0: "first"}
        tasks.append("second")
        lanes.ask(1, len(tasks))
        assert all_answers(lanes) == {1: "second"}


def test_what_a_task_raises_is_raised_here() -> None:
    with Lanes([].__getitem__, 1) as lanes:
        lanes.ask(0, 1)
        with pytest.raises(IndexError):
            lanes.answers()


def test_a_killed_process_is_an_error_that_says_so() -> None:
    def die(number: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with Lanes(die, 1) as lanes:
        lanes.ask(0, 1)
        with pytest.raises(LingnanError, match=r"ended from outside \(exit status -9\).*more memory"):
            lanes.answers()


def test_processes_end_with_the_work() -> None:
    def wait(number: int) -> None:
        signal.pause()

    with Lanes(wait, 2) as lanes:
        for number in (0, 1):
            lanes.ask(number, 2)
        started = multiprocessing.active_children()
        assert len(started) == 2
    assert [process.is_alive() for process in started] == [False, False]
