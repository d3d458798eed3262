"""The file of an instructor's own version: what it may say, and what is told of one that says something else."""

from __future__ import annotations

import pytest
from conftest import ROOT

from coursebook import own_version
from coursebook.build import Build, BuildError
from coursebook.own_version import OwnVersion, VersionError, read

CONTENTS = {
    "root": "book/index",
    "parts": [
        {"caption": "One", "numbered": True, "chapters": [{"file": "book/a"}, {"file": "book/b"}]},
        {"caption": "Two", "numbered": True, "chapters": [{"file": "book/c"}]},
        {"caption": "Reference", "chapters": [{"file": "book/words"}]},
    ],
}


@pytest.fixture
def written(tmp_path):
    """`written(text)`: the file of a version with this text."""

    def write(text: str):
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        return tmp_path / "mine.toml"

    return write


def test_lessons_may_stand_in_a_list_or_under_captions(written):
    plain = read(written('lessons = ["c", "a"]')).contents(CONTENTS)
    assert plain["parts"][0] == {
        "caption": "Lessons",
        "numbered": True,
        "chapters": [{"file": "book/c"}, {"file": "book/a"}],
    }
    assert plain["parts"][1:] == CONTENTS["parts"][2:] and plain["root"] == "book/index"
    captioned = read(written('[lessons]\n"Last" = ["c"]\n"First" = ["b"]')).contents(CONTENTS)
    assert [part["caption"] for part in captioned["parts"]] == ["Last", "First", "Reference"]


def test_what_is_not_chosen_is_left_out_and_what_is_not_said_stays(written):
    assert read(written('lessons = ["c"]')).left_out(CONTENTS) == ["book/a", "book/b"]
    named = read(written('title = "Mine"'))
    assert named.left_out(CONTENTS) == [] and named.contents(CONTENTS) is CONTENTS
    assert named.config({"title": "Whole", "html": {"a": 1}}) == {"title": "Mine", "html": {"a": 1}}
    assert OwnVersion().config({"title": "Whole"}) == {"title": "Whole"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('lessons = ["d"]', "there is no lesson 'd'"),
        ('lessons = ["a", "a"]', "'a' stands there twice"),
        ("lessons = []", "named in a list"),
        ('lessons = "a"', "named in a list"),
        ("[lessons]", "there is no lesson in it"),
        ("title = 3", "title is to be words between quotation marks"),
        ('name = "x"', "there is no setting 'name'"),
        ("title = ", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(written, text, told):
    with pytest.raises(VersionError, match=f"^mine.toml: .*{told}"):
        read(written(text)).contents(CONTENTS)


def test_a_lesson_misspelt_is_guessed(written):
    with pytest.raises(VersionError, match="one of these: b"):
        read(written('lessons = ["bb"]')).contents(CONTENTS)


def test_the_environment_names_the_file_and_the_address(written, monkeypatch):
    path = written('site = "https://one.example"')
    monkeypatch.setenv(own_version.COURSE, path.name)
    assert own_version.wanted(path.parent).site == "https://one.example"
    monkeypatch.setenv(own_version.SITE, "https://two.example")
    assert own_version.wanted(path.parent).site == "https://two.example"
    monkeypatch.delenv(own_version.COURSE)
    assert Build(ROOT).config()["html"]["baseurl"] == "https://two.example"
    monkeypatch.setenv(own_version.SITE, "two.example")
    with pytest.raises(BuildError, match="no address of a site"):
        Build(ROOT).config()
    monkeypatch.setenv(own_version.COURSE, "none.toml")
    with pytest.raises(BuildError, match="none.toml cannot be read"):
        Build(ROOT).config()
