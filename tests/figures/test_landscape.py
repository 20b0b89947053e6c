"""The figure of a loss landscape where there is nothing to scale it by."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.figures.landscape import landscape_figure


@pytest.mark.parametrize(("loss", "log", "axis"), [(2.0, False, (1.22, 2.55)), (0.0, True, (-0.78, 0.55))])
def test_a_level_landscape_lies_within_its_axis(loss, log, axis):
    grid = np.array([-1.0, 0, 1])
    level = SimpleNamespace(x=grid, y=grid, z=np.full((3, 3), loss), trained=loss, epochs=[0, 1], path=np.zeros((2, 2)))
    level.at = lambda places: np.full(len(places), loss)
    drawn = landscape_figure(level, ("a", "b", "L"), "path", "epoch @epoch", contours=False, log=log)
    assert drawn.layout.scene.zaxis.range == pytest.approx(axis)
