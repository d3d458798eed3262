"""Data, charts and book machinery of the course "The Rise and Fall of the Caliphate"."""

from caliphate_course.charts import theme  # enables the charts' one theme
from caliphate_course.explorer import Explorer

__all__ = ["Explorer", "theme"]
