"""Data, charts and book machinery of the course "The Rise and Fall of the Caliphate"."""

from caliphate_course.explorer import Explorer

__all__ = ["Explorer"]
