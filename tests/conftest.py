"""Fixtures and settings for every floor."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
#: Tests compile far more than they compute: half of the compiler's optimisation is left out, its slower emitters of
#: fused loops, a third of its time all together, and the cutting of a program into parts for cores that other workers
#: have. JAX reads this when it starts its backend, which is later than here, and so do the processes that tests start.
QUICK = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)
if "xla_backend_optimization_level" not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = " ".join((os.environ.get("XLA_FLAGS", ""), *QUICK))
#: Traces make many objects and few cycles: to look for those after every 700 takes a twentieth of the time.
gc.set_threshold(50_000, 20, 20)
settings.register_profile("lingnan", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("lingnan")

ROOT = Path(__file__).resolve().parent.parent
GROWTH = 1.5e9  #: bytes of compiled programs that a process of tests gathers before it lets go of them


@pytest.fixture(scope="session")
def shared() -> Path:
    """Layouts and facts that nobody here wrote; they lie beside the repository, not in it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; put the folder with third-party layouts beside the repository to run this")
    return folder


@pytest.fixture
def panels() -> Iterator[list["Axes"]]:
    """Six pairs of axes without pyplot; in the end what stands on them can be drawn, and pyplot has no figure."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    before, figure = pyplot.get_fignums(), Figure(figsize=(9, 9))
    FigureCanvasAgg(figure)
    yield list(figure.subplots(3, 2).flat)
    for empty in [ax for ax in figure.axes if not ax.has_data()]:
        empty.remove()
    figure.canvas.draw()
    assert pyplot.get_fignums() == before


@pytest.fixture(scope="session")
def resident() -> dict[str, float]:
    """Memory of this process when compiled programs were last let go."""
    return {"bytes": _resident()}


@pytest.fixture(scope="module", autouse=True)
def forget_compilations(resident: dict[str, float]) -> Iterator[None]:
    """JAX keeps every program that it has compiled, 4 GB in the course of all tests; few are of use to another file."""
    yield
    if "jax" in sys.modules and _resident() > resident["bytes"] + GROWTH:
        sys.modules["jax"].clear_caches()
        gc.collect()
        resident["bytes"] = _resident()


def _resident() -> float:
    """Bytes of memory that this process has; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if status.exists() else 0.0
