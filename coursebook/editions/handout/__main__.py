"""`python -m coursebook.editions.handout`, run in the repository's folder."""

import sys

from coursebook.editions.handout.build import run

if __name__ == "__main__":  # the typesetting processes import this module too
    sys.exit(run())
