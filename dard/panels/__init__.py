"""Meetings of the panel: date and place, agenda of cases, invited members."""
