"""Pictures of the documentation, drawn from the demonstration designs: `make docs`.

Placement and routing only, so that no picture waits for sign-off.
"""

import sys
import tempfile
from pathlib import Path

import klayout.db as kdb
import numpy as np
from matplotlib import image as png

from lingnan.pdk.gf import build_pdk
from lingnan.tapeout.assembly import assemble
from lingnan.tapeout.built import FILL
from lingnan.tapeout.design import read_design
from lingnan.tapeout.picture import Camera

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ORDER = ("transmitter", "sensor", "monitor")
WIDTH = 1600  #: pixels of the picture of all chips
GAP = 20  #: pixels between chips


def draw_chips(folder: Path) -> dict[str, Path]:
    """One PNG a design, without its fill."""
    drawn: dict[str, Path] = {}
    for name in ORDER:
        design = read_design(ROOT / "tapeout" / "designs" / f"{name}.yaml")
        build_pdk(design.process).activate(force=True)
        canvas = assemble(design).canvas
        camera = Camera(canvas.layout, canvas.top, design.process, hide_cells=FILL)
        width = WIDTH if name == ORDER[0] else round(WIDTH / 2)
        die = kdb.DBox(0, 0, *design.chip.size)
        drawn[name] = camera.shoot(folder / f"{name}.png", die.enlarged(60, 60), width=width)
        print(f"{name}: {len(design.instances)} instances", flush=True)
    return drawn


def mosaic(drawn: dict[str, Path], target: Path) -> None:
    """The first chip above, the other two side by side below it, at one height."""
    above, *below = (png.imread(drawn[name])[..., :3] for name in ORDER)
    ratio = sum(picture.shape[1] / picture.shape[0] for picture in below)
    height = round((above.shape[1] - GAP) / ratio)
    row = [_scaled(picture, height) for picture in below]
    gap = np.ones((height, above.shape[1] - sum(picture.shape[1] for picture in row), 3), dtype=above.dtype)
    lower = np.concatenate([row[0], gap, row[1]], axis=1)
    line = np.ones((GAP, above.shape[1], 3), dtype=above.dtype)
    png.imsave(target, np.concatenate([above, line, lower]), metadata={"Software": ""})


def _scaled(picture: np.ndarray, height: int) -> np.ndarray:
    """The picture at another height; every pixel is the mean of what it covers."""
    from scipy import ndimage

    factor = height / picture.shape[0]
    smooth = ndimage.gaussian_filter(picture, (0.4 / factor, 0.4 / factor, 0)) if factor < 1 else picture
    return np.clip(ndimage.zoom(smooth, (factor, factor, 1), order=1), 0, 1)


def main() -> int:
    """Draw everything."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        mosaic(draw_chips(Path(folder)), IMAGES / "chips.png")
    print(IMAGES / "chips.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
