"""A panel with a writer, an approver, and members whose organisations have and have not signed."""

import pytest
from support.panel import Panel, make_panel
from support.world import World


@pytest.fixture
def panel(world: World) -> Panel:
    return make_panel(world)
