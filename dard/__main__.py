"""``python3 -m dard``: makes the environment where there is none yet, then runs the command line (dard.bootstrap)."""

from dard.bootstrap import main

if __name__ == "__main__":
    main()
