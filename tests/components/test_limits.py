"""What a refusal says: names that a person knows."""

import pytest

from lingnan.components import tfln
from lingnan.pdk import TFLN600
from lingnan.pdk.errors import LingnanError


@pytest.mark.parametrize("width", [None, 0.9])
def test_a_bend_that_is_too_sharp_names_a_guide_of_the_process_or_its_width(width: float | None) -> None:
    TFLN600.activate(force=True)
    with pytest.raises(LingnanError, match="dx = 40") as refusal:
        tfln.coupler_y(dx=40, width=width)
    assert "xs_" not in str(refusal.value)
    assert f"a guide {width or 0.8:g} wide on LN_RIB" in str(refusal.value)
    with pytest.raises(LingnanError, match="minimum bend radius 50 of rib,"):
        tfln.bend_euler(radius=20)
