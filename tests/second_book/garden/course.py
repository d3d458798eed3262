"""The course, as `_config.yml` names it."""

from pathlib import Path

from coursebook.course import Course
from coursebook.facts import Facts
from garden import data

facts = Facts(data)
facts.define(Path(__file__).with_name("facts.toml"), {})

COURSE = Course(
    package="garden",
    distribution="garden-course",
    data=data,
    facts=facts,
    archive="garden-data.zip",
    sources_page="book/index",
    data_page="book/index",
    guide_page="",
)
