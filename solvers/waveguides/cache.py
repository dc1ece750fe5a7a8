"""Compilations that outlive a process."""

from pathlib import Path

import jax


def keep_compilations(folder: str | Path | None = None) -> Path:
    """Store what JAX compiles, and find it again in the next process: a first solve then takes a second, not ten.

    Sets JAX's persistent compilation cache for everything in this process; call it once, before the first solve.

    Args:
        folder: where; None: `~/.cache/lingnan/jax`. Some MB for each kind of cross-section; may be deleted.

    Returns:
        the folder.
    """
    place = Path(folder) if folder is not None else Path.home() / ".cache" / "lingnan" / "jax"
    place.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.3)
    return place
