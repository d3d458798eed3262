"""`python -m caliphate_course.handout`, run in the repository's folder."""

import sys

from caliphate_course.handout.build import run

sys.exit(run())
