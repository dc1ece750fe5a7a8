"""Designs built at once: results in order, one listener, and nobody left at work when one fails or all are stopped."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.output import whole_folder
from lingnan.tapeout.several import run_all

Say = Callable[[str], None]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork: designs are built in turn")


def _quick(number: int) -> Callable[[Say], tuple[int, int]]:
    def task(say: Say) -> tuple[int, int]:
        say(f"stage of {number}")
        return number, os.getpid()

    return task


def _slow(folder: Path) -> Callable[[Say], Any]:
    """Says when its half-written folder is there, and waits for its end."""

    def task(say: Say) -> None:
        with whole_folder(folder, "chip") as part:
            (part / "half").write_text("half-written", encoding="utf-8")
            say("half")
            time.sleep(60)

    return task


def test_results_come_in_order_from_processes_of_their_own() -> None:
    heard: list[tuple[int, str]] = []
    tasks = [_quick(number) for number in range(5)]
    found = list(run_all(tasks, [1, 5, 2, 4, 3], lambda number, stage: heard.append((number, stage)), 2))
    assert [number for number, _ in found] == [0, 1, 2, 3, 4]
    assert os.getpid() not in {process for _, process in found}
    assert sorted(heard) == [(number, f"stage of {number}") for number in range(5)]


def test_one_at_a_time_needs_no_process() -> None:
    assert list(run_all([_quick(7), _quick(8)], [1, 1], lambda *_: None, 1)) == [(7, os.getpid()), (8, os.getpid())]


def test_a_refusal_travels_and_stops_the_others_without_a_trace(tmp_path: Path) -> None:
    def refused(_: Say) -> None:
        time.sleep(0.2)
        raise LingnanError("design.yaml:3: no such thing.")

    with pytest.raises(LingnanError, match="no such thing") as caught:
        list(run_all([_slow(tmp_path / "out"), refused], [2, 1], lambda *_: None, 2))
    assert "def refused" not in caught.value.__notes__[0]
    assert "in refused" in caught.value.__notes__[0]  # the stack, for --debug
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_stops_all_and_leaves_nothing(tmp_path: Path) -> None:
    def listen(number: int, stage: str) -> None:
        if len(list(tmp_path.iterdir())) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_all([_slow(tmp_path / "one"), _slow(tmp_path / "two")], [1, 1], listen, 2))
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_is_told() -> None:
    def killed(_: Say) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(LingnanError, match="was killed"):
        list(run_all([killed, _quick(1)], [1, 1], lambda *_: None, 2))


def test_errors_that_cannot_travel_are_told_by_name() -> None:
    class OddError(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__(one + two)

    def odd(_: Say) -> None:
        raise OddError(1, 2)

    with pytest.raises(RuntimeError, match="OddError: 3"):
        list(run_all([odd, _quick(1)], [2, 1], lambda *_: None, 2))
