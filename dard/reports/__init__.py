"""Thematic reports: counts over cases, never without disclosure control."""
