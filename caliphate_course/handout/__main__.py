"""`python -m caliphate_course.handout`, run in the repository's folder."""

import sys

from caliphate_course.handout.build import run

if __name__ == "__main__":  # the typesetting processes import this module too
    sys.exit(run())
