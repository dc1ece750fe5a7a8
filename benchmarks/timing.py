"""Wall time, and processor time of all threads, of one call."""

import time
from collections.abc import Callable
from typing import Any

import jax


def report(what: str, call: Callable[[], Any], times: int = 1) -> tuple[Any, float]:
    """Run, print the time of each run, and give what the last one found with its processor time [s].

    Args:
        what: is run.
        call: runs it.
        times: more than one: the first has compilation in it, and is called so.
    """
    found, cpu = None, 0.0
    for k in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        found = jax.block_until_ready(call())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        first = ", first" if times > 1 and k == 0 else ""
        print(f"{what}{first}: {wall:.3f} s wall, {cpu:.3f} s of processors", flush=True)
    return found, cpu
