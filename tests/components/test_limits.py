"""What a refusal says: names that a person knows."""

from typing import Any

import pytest

from lingnan.components import soi, tfln
from lingnan.pdk import SOI220, TFLN600
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


@pytest.mark.parametrize(
    ("cell", "given", "said"),
    [
        (soi.mzm, {"contact_distance": 0.1}, "mzm: phase_shifter_series: contact_distance = 0.1 is below the limit"),
        (soi.mzm, {"length_heater": 1.0}, "mzm: length_heater = 1 is below the limit"),
        (
            soi.switch_pin,
            {"contact_offset": -1.0},
            "switch_pin: attenuator_pin: contact_offset = -1 is below",
        ),
        (soi.monitor_tap, {"gap": 0.01}, "monitor_tap: coupler: gap = 0.01 is below the limit"),
    ],
)
def test_the_cell_that_was_called_stands_before_the_one_inside_that_refuses(
    cell: Any, given: dict[str, float], said: str
) -> None:
    SOI220.activate(force=True)
    with pytest.raises(LingnanError) as refusal:
        cell(**given)
    assert str(refusal.value).startswith(said)
