"""Several designs at once: a process each, as many at a time as there are cores; what each says goes to one listener.

A design that cannot be built, or an interruption, stops the others, and each of them tidies up before it goes.
"""

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.output import terminate_as_interrupt

Listener = Callable[[int, str], None]
Task = Callable[[Callable[[str], None]], Any]  #: is given what to say its stages to


def cores() -> int:
    """Processes that may work at a time; one where the system cannot fork."""
    if not hasattr(os, "fork"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(tasks: Sequence[Task], weights: Sequence[float], listen: Listener, most: int) -> Iterator[Any]:
    """Results of tasks in their order, each as soon as it and those before it are there.

    Args:
        tasks: that do not depend on each other; their results are plain data.
        weights: how long each takes, roughly: the long ones begin first.
        listen: told the number of a task and what it is doing.
        most: processes at a time; with 1, tasks run here, one after the other.

    Raises:
        LingnanError: what the first task that failed raised; no other task is at work any more.
    """
    if most <= 1 or len(tasks) <= 1:
        for number, task in enumerate(tasks):
            yield task(lambda stage, number=number: listen(number, stage))
        return
    waiting = sorted(range(len(tasks)), key=lambda number: weights[number])
    results: dict[int, Any] = {}
    told = 0
    with _crew() as crew:
        while waiting or crew:
            while waiting and len(crew) < most:
                number = waiting.pop()
                here, process = _start(tasks[number])
                crew[here] = number, process
            for connection in wait(list(crew)):
                assert isinstance(connection, Connection)
                number, process = crew[connection]
                kind, said = _received(connection)
                if kind == "stage":
                    listen(number, said)
                    continue
                del crew[connection]
                process.join()
                if kind != "done":
                    raise said
                results[number] = said
            while told in results:
                yield results.pop(told)
                told += 1


@contextmanager
def _crew() -> Iterator[dict[Connection, tuple[int, ForkProcess]]]:
    """Processes at work; whoever is still there at the end is asked to go, and waited for."""
    crew: dict[Connection, tuple[int, ForkProcess]] = {}
    try:
        yield crew
    finally:
        for _, process in crew.values():
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)
        for _, process in crew.values():
            process.join()


def _start(task: Task) -> tuple[Connection, ForkProcess]:
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_work, args=(task, there))
    process.start()
    there.close()  # so that the end of the process ends the pipe
    return here, process


def _received(connection: Connection) -> tuple[str, Any]:
    try:
        return connection.recv()
    except EOFError:
        return "died", LingnanError("a process that built a chip was killed; was memory short? Run it again.")


def _work(task: Task, connection: Connection) -> None:
    """In the process of a task; its parent says what is to be said."""
    try:
        with terminate_as_interrupt():
            result = task(lambda stage: connection.send(("stage", stage)))
        connection.send(("done", result))
    except KeyboardInterrupt:
        return
    except Exception as error:
        error.add_note(traceback.format_exc())  # for --debug: the stack does not travel
        connection.send(("failed", error if isinstance(error, LingnanError) else _plain(error)))


def _plain(error: Exception) -> Exception:
    """An error that can travel: some exceptions of others cannot be pickled."""
    plain = RuntimeError(f"{type(error).__name__}: {error}")
    plain.add_note(error.__notes__[-1])
    return plain
