"""The course on paper: a student and an instructor edition and one booklet per lesson, as tagged PDF.

`assemble` turns the book's single HTML page into the pages of an edition, `typeset` sets them, `build` runs the
stages one after the other (`python -m coursebook handout`). The text stands in two columns and a chart in one
of them, so a booklet has four to eight pages; citations print as the numbers of the listed sources. What paper cannot
carry, and what it shows instead, stands in the instructor guide.
"""
