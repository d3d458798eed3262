"""Sets an edition's HTML as a tagged PDF with WeasyPrint, with the vendored fonts only."""

from __future__ import annotations

import logging
import re
from pathlib import Path

STYLE_SHEET = Path(__file__).with_name("print.css")  # names the fonts beside it
PAPERS = {"a4": "A4", "letter": "letter"}
HEIGHTS = {"a4": "297mm", "letter": "11in"}
# What WeasyPrint says about rules it does not know is of no concern; a missing glyph, link or description is.
HARMLESS = ("Ignored", "Expected a media type", "Invalid media type", "Failed to load font")


class MissingTool(Exception):
    """Something the machine lacks; the message is one sentence that says what it is and how to get it."""


def weasyprint():
    """The WeasyPrint module; raises MissingTool if it or one of its libraries is not there."""
    try:
        import weasyprint
    except ImportError as error:
        raise MissingTool("WeasyPrint is not installed: run `pip install -r requirements.txt`.") from error
    except OSError as error:
        raise MissingTool(
            "The handout needs the libraries Pango and HarfBuzz: `make handout` installs or names their packages."
        ) from error
    return weasyprint


class Typesetter:
    """Sets any number of editions on one `paper` ('a4' or 'letter'); fonts and style sheet are read once."""

    def __init__(self, paper: str):
        self._module = weasyprint()
        from weasyprint import urls
        from weasyprint.text.fonts import FontConfiguration

        self._fonts = FontConfiguration()
        # An edition asks neither the network nor this machine for anything: whatever a cell of a table might say.
        self._fetcher = urls.URLFetcher(allowed_protocols=["data"])
        sheet = STYLE_SHEET.read_text(encoding="utf-8")
        sheet = sheet.replace("%PAPER%", PAPERS[paper]).replace("%HEIGHT%", HEIGHTS[paper])
        self._sheet = self._module.CSS(string=sheet, base_url=STYLE_SHEET.as_uri(), font_config=self._fonts)

    def write_pdf(self, html: str, target: Path) -> list[str]:
        """Write `html` as PDF/UA-1 to `target`; returns what WeasyPrint complained about."""
        complaints, logger = _Complaints(), logging.getLogger("weasyprint")
        logger.addHandler(complaints)
        try:
            self._module.HTML(string=html, url_fetcher=self._fetcher).write_pdf(
                target, stylesheets=[self._sheet], font_config=self._fonts, pdf_variant="pdf/ua-1", finisher=_finish
            )
        finally:
            logger.removeHandler(complaints)
        return complaints.messages


class _Complaints(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record):
        message = record.getMessage()
        if not message.startswith(HARMLESS) and message not in self.messages:
            self.messages.append(message)


def _finish(document, pdf):
    """PDF/UA lets a list item hold a label and a body only: whatever else WeasyPrint put there goes into a body."""
    import pydyf  # comes with WeasyPrint, without which this module can still be imported

    elements = {item.number: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for item in [element for element in elements.values() if element.get("S") == "/LI"]:
        kids = [(kid, elements.get(_number(kid))) for kid in item["K"]]
        strays = [(kid, child) for kid, child in kids if child is not None and child["S"] not in ("/Lbl", "/LBody")]
        if not strays:
            continue
        body = pydyf.Dictionary({"Type": "/StructElem", "S": "/LBody", "P": item.reference})
        body["K"] = pydyf.Array([kid for kid, _ in strays])
        pdf.add_object(body)
        for _, child in strays:
            child["P"] = body.reference
        moved = {_number(kid) for kid, _ in strays}
        item["K"] = pydyf.Array([kid for kid, _ in kids if _number(kid) not in moved] + [body.reference])


def _number(reference) -> int:
    """The object number in a reference such as `12 0 R`; -1 for marked content."""
    match = re.match(rb"(\d+) \d+ R", reference) if isinstance(reference, bytes) else None
    return int(match[1]) if match else -1
