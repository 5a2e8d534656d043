import datetime as dt

import pytest

from dard.actions.models import Action
from dard.actions.queries import days_overdue

TODAY = dt.date(2026, 3, 3)
ENDED = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("due_on", "ended_at", "days"),
    [
        (dt.date(2026, 2, 27), None, 4),
        (dt.date(2026, 3, 2), None, 1),
        (TODAY, None, None),
        (dt.date(2026, 3, 4), None, None),
        (dt.date(2026, 2, 27), ENDED, None),
    ],
)
def test_an_action_is_overdue_from_the_day_after_its_due_date_until_it_ends(due_on, ended_at, days):
    assert days_overdue(Action(due_on=due_on, ended_at=ended_at), TODAY) == days
