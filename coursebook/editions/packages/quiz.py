"""The self-check questions for learning platforms: Moodle XML, GIFT, QTI 1.2 and QTI 2.1, per lesson and whole.

All four hold the same: words with figures filled in, answers in the book's order, feedback for each answer, and the
figure that a question asks about as a picture (GIFT, a text, carries none and names it).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from coursebook.editions.packages.archive import write_zip
from coursebook.editions.packages.content import Content, Materials, Page, Picture
from coursebook.questions import LETTERS, VERDICTS, Question
from coursebook.templating import render

FOLDER, WHOLE, IMAGES, ITEMS = "questions", "whole-course", "images/", "items/"
GIFT_MARKS = re.compile(r"[\\~=#{}:]")
# What packages say they are: namespace, schema and its version, as Canvas and Blackboard write them.
QTI12 = ("http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1", "IMS Content", "1.1.3")
QTI21 = ("http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0")


@dataclass(frozen=True)
class Answer:
    """An answer with the name that it has in a question, as HTML."""

    id: str
    right: bool
    text: str
    feedback: str

    @property
    def xhtml(self) -> Markup:
        return _xhtml(self.text)

    @property
    def xfeedback(self) -> Markup:
        return _xhtml(self.feedback)


@dataclass(frozen=True)
class Item:
    """A question as platforms take it; `id` stays while its words do."""

    id: str
    name: str
    text: str
    answers: tuple[Answer, ...]
    pictures: tuple[Picture, ...]

    def html(self, folder: str) -> str:
        """The words and the pictures, which lie in `folder`."""
        return f"<p>{self.text}</p>" + "".join(_figure(picture, folder) for picture in self.pictures)

    def xhtml(self, folder: str) -> Markup:
        return _xhtml(self.html(folder))


@dataclass(frozen=True)
class Quiz:
    """The questions of a lesson."""

    id: str
    heading: str
    items: tuple[Item, ...]

    @property
    def images(self) -> dict[str, bytes]:
        """Its pictures by the names of their files, each once."""
        return {f"{IMAGES}{one.name}.png": one.png for item in self.items for one in item.pictures}


def _xhtml(html: str) -> Markup:
    """What QTI 2.1 takes of HTML: a link has no title there."""
    return Markup(re.sub(r' title="[^"]*"', "", html))


def _figure(picture: Picture, folder: str) -> str:
    return (
        f'<p><img src="{folder}{picture.name}.png" alt="{escape(picture.words)}"/></p>'
        f"<p><small>{escape(picture.sources)}</small></p>"
    )


def quiz(page: Page, content: Content) -> Quiz:
    """The questions of a page as platforms take them."""
    items = tuple(_item(page, question, content) for question in page.questions)
    return Quiz(f"quiz-{page.slug}", page.heading, items)


def _item(page: Page, question: Question, content: Content) -> Item:
    digest = hashlib.sha256(f"{page.name} {question.text}".encode()).hexdigest()[:10]
    answers = tuple(
        Answer(f"answer_{letter}", right, text, f"<strong>{VERDICTS[right]}</strong> {feedback}")
        for letter, (right, text, feedback) in zip(LETTERS, question.answers, strict=False)
    )
    name = f"{page.number}.{question.number} {_words(question.text)}"
    pictures = tuple(content.pictures[one] for one in dict.fromkeys(question.figures))
    return Item(f"q-{digest}", name, question.text, answers, pictures)


def _words(html: str) -> str:
    return str(Markup(html).striptags())


# The four formats: the contents of a file with these quizzes ----------------------------------------------------------


def moodle(quizzes: list[Quiz], book: dict) -> str:
    encoded = {one.name: base64.b64encode(one.png).decode() for q in quizzes for i in q.items for one in i.pictures}
    return render("packages/moodle.xml", quizzes=quizzes, book=book, encoded=encoded)


def gift(quizzes: list[Quiz], book: dict) -> str:
    parts = [f"// {book['title']}, version {book['version']}, {book['licence']}: self-check questions."]
    for one in quizzes:
        parts.append(f"$CATEGORY: $course$/top/{_category(book['title'])}/{_category(one.heading)}")
        parts += map(_gift_item, one.items)
    return "\n\n".join(parts) + "\n"


def _category(name: str) -> str:
    return name.replace("/", "//")


def _gift_item(item: Item) -> str:
    shown = "".join(f" ({escape(picture.title)})" for picture in item.pictures)
    answers = "\n".join(f"  {'=' if one.right else '~'}{_gift(one.text)}#{_gift(one.feedback)}" for one in item.answers)
    return f"::{_gift(item.name)}::[html]{_gift(item.text + shown)} {{\n{answers}\n}}"


def _gift(text: str) -> str:
    return GIFT_MARKS.sub(r"\\\g<0>", text)


@dataclass(frozen=True)
class Profile:
    """What an assessment in QTI 1.2 and each of its items say of themselves: labels and entries."""

    assessment: dict[str, str]
    item: dict[str, str]


# As Canvas writes it, whose importer Blackboard's resembles.
CANVAS = Profile({"cc_maxattempts": "unlimited"}, {"question_type": "multiple_choice_question", "points_possible": "1"})


def assessment(one: Quiz, profile: Profile = CANVAS) -> str:
    """A quiz in QTI 1.2, whose pictures lie in `images` of the package."""
    return render("packages/qti12.xml", quiz=one, profile=profile)


def qti12(quizzes: list[Quiz], book: dict) -> dict[str, str | bytes]:
    files = {f"{one.id}/{one.id}.xml": assessment(one) for one in quizzes}
    images = images_of(quizzes)
    resources = [
        {"id": one.id, "type": "imsqti_xmlv1p2", "href": f"{one.id}/{one.id}.xml", "needs": map(named, one.images)}
        for one in quizzes
    ]
    return {"imsmanifest.xml": _manifest(QTI12, [*resources, *_image_resources(images)], book), **files, **images}


def qti21(quizzes: list[Quiz], book: dict) -> dict[str, str | bytes]:
    """Its pictures lie below the items, for some platforms refuse an address that leads upwards."""
    files, resources, images = {}, [], {f"{ITEMS}{name}": png for name, png in images_of(quizzes).items()}
    for one in quizzes:
        test = f"{one.id}.xml"
        files[test] = render("packages/qti21_test.xml", quiz=one, folder=ITEMS)
        needs = [item.id for item in one.items]
        resources.append({"id": one.id, "type": "imsqti_test_xmlv2p1", "href": test, "needs": needs})
        for item in one.items:
            file = f"{ITEMS}{item.id}.xml"
            files[file] = render("packages/qti21_item.xml", item=item, images=IMAGES)
            needs = [named(f"{picture.name}.png") for picture in item.pictures]
            resources.append({"id": item.id, "type": "imsqti_item_xmlv2p1", "href": file, "needs": needs})
    return {"imsmanifest.xml": _manifest(QTI21, [*resources, *_image_resources(images)], book), **files, **images}


def images_of(quizzes: list[Quiz]) -> dict[str, bytes]:
    """The pictures of all `quizzes` by the names of their files, each once."""
    return {name: png for one in quizzes for name, png in one.images.items()}


def named(image: str) -> str:
    """The identifier of a picture in a manifest."""
    return "image-" + re.sub(r"\W", "-", Path(image).stem)


def _image_resources(images) -> list[dict]:
    return [{"id": named(name), "type": "webcontent", "href": name, "needs": ()} for name in images]


def _manifest(kind: tuple[str, str, str], resources: list[dict], book: dict) -> str:
    namespace, schema, version = kind
    return render(
        "packages/imsmanifest.xml", namespace=namespace, schema=schema, version=version, resources=resources, book=book
    )


FORMATS: dict[str, tuple[str, Callable]] = {
    "moodle": ("xml", moodle),
    "gift": ("txt", gift),
    "qti-1.2": ("zip", qti12),
    "qti-2.1": ("zip", qti21),
}


def make(materials: Materials, out: Path) -> None:
    """Write each format in a folder of its own: a file per lesson and one of all."""
    content, book = materials.content, materials.about
    quizzes = {page.slug: quiz(page, content) for page in content.pages if page.questions}
    for name, (ending, write) in FORMATS.items():
        folder = out / FOLDER / name
        folder.mkdir(parents=True)
        for slug, some in [*((slug, [one]) for slug, one in quizzes.items()), (WHOLE, list(quizzes.values()))]:
            path, made = folder / f"{slug}.{ending}", write(some, book)
            write_zip(path, made) if ending == "zip" else path.write_text(made, encoding="utf-8")
