"""The course on paper: a student and an instructor edition and one booklet per lesson, as tagged PDF.

`assemble` turns the book's single HTML page into the pages of an edition, `typeset` sets them, `build` runs the
stages one after the other (`python -m caliphate_course.handout`).
"""
