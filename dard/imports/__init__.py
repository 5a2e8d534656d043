"""Files of other systems in: read, checked row by row, and turned into notifications."""
