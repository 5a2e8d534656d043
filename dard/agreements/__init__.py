"""Information sharing agreements, their parties, and the one gate through which case information is shared."""
