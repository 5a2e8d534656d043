"""Summaries under a pseudonym, and the packs made of them: the only floor whose text may leave the case file."""
