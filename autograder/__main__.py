"""``python -m autograder`` is ``kit``."""

from autograder.cli import main

main()
