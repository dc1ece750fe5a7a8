"""Processes forked from this one, which do one task at a time: they see what it holds without a copy.

Only what a task returns travels back. A process knows what this one knew when it was forked, and no more.
"""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from lingnan.pdk.errors import LingnanError


class Lanes:
    """As many processes as are asked for, forked when they are needed.

    Args:
        do: what is done with the number of a task; the result has to be picklable.
        most: processes at work at a time.
    """

    def __init__(self, do: Callable[[int], Any], most: int) -> None:
        self._do, self._most = do, most
        self._idle: list[_Lane] = []
        self._busy: dict[Connection, tuple[_Lane, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for lane in self._all():
            lane.close()

    def _all(self) -> list["_Lane"]:
        return [*self._idle, *(lane for lane, _ in self._busy.values())]

    @property
    def busy(self) -> int:
        """Tasks in work."""
        return len(self._busy)

    @property
    def free(self) -> bool:
        """Whether one more can be begun."""
        return len(self._busy) < self._most

    def ask(self, number: int, known: int) -> None:
        """Begin a task.

        Args:
            number: of the task.
            known: how many tasks there are by now: a process forked when this one was not yet there is replaced.
        """
        lane = self._idle.pop() if self._idle else None
        if lane and lane.known <= number:
            lane.close()
            lane = None
        lane = lane or _Lane(self._do, known, [other.pipe for other in self._all()])
        lane.pipe.send(number)
        self._busy[lane.pipe] = lane, number

    def answers(self) -> list[tuple[int, Any]]:
        """Tasks that are done, with what came back; waits for one.

        Raises:
            LingnanError: a process was killed.
            Exception: whatever a task raised.
        """
        found: list[tuple[int, Any]] = []
        for pipe in [pipe for pipe in wait(list(self._busy)) if isinstance(pipe, Connection)]:
            lane, number = self._busy.pop(pipe)
            self._idle.append(lane)
            found.append((number, lane.answer()))
        return found


class _Lane:
    """A forked process at the far end of a pipe."""

    def __init__(self, do: Callable[[int], Any], known: int, others: Sequence[Connection]) -> None:
        context = multiprocessing.get_context("fork")
        self.known = known
        self.pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(do, far, [self.pipe, *others]), daemon=True)
        self._process.start()
        far.close()

    def answer(self) -> Any:
        """What came back of the last task."""
        try:
            result, error = self.pipe.recv()
        except EOFError:
            self._process.join()
            raise LingnanError(
                f"a process of the check was ended from outside (exit status {self._process.exitcode}), perhaps for "
                "want of memory. Nothing is reported, for the report would not be whole: run it again with more "
                "memory, or in one process (`threads=1`)."
            ) from None
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(do: Callable[[int], Any], pipe: Connection, others: Sequence[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that forked this one hears of it too, and ends it
    for other in others:  # held here as well they would not end with the process that reads them
        other.close()
    while True:
        try:
            number = pipe.recv()
        except EOFError:
            return
        try:
            answer = do(number), None
        except Exception as error:
            answer = None, error
        pipe.send(answer)
