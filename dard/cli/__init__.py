"""The command line. Every command works in the instance that ``DARD_INSTANCE`` names."""
