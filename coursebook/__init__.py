"""The engine of a course book: a dataset, figures that answer in every medium, pages, notebooks and paper.

It knows nothing of any subject. A course is a package that makes a `coursebook.course.Course` of its dataset, its facts
and its charts, and names it in the book's `_config.yml`. Importing this package loads nothing.
"""
