"""What was done, by whom and when: written with the change itself, chained by hashes, never rewritten."""
