"""The colours of every chart and page, without a drawing library: words for keys can name them."""

INK, MUTED, PAPER = "#22272e", "#4f5b64", "#ffffff"
GREY, PALE, FAINT, HOLE = "#80868e", "#b3b7bd", "#d9dce0", "#eceef0"  # a hole is a stretch without figures
BAND, CHOSEN_BAND = "#f3f4f5", "#e6ecf2"  # behind the cells of a table
# In the order of hues of Okabe and Ito (2008), each at 3:1 or more on white, and any two of them (with ink and greys)
# at least 9.9 units of CAM02-UCS apart in simulated red, green and blue blindness: tests/test_palette.py.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, OCHRE = (
    "#3278c3", "#d36a18", "#2c7660", "#ad1343", "#845889", "#0b9fd4", "#8c5e00",
)  # fmt: skip
QUALITATIVE = [BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY, RED, MUTED]
LAND, ABROAD, EDGE, WATER, BORDER = "#f1efe9", "#fbfaf7", "#d5d1c8", "#a9c6d8", "#9aa1a9"
# What each colour is on the dark page: hues as above, lighter, as far apart and at 4.5:1 or more on its paper. A chart is
# drawn once, in the light colours; the page's style sheet and the worker put these in their place.
DARK = {
    INK: "#e6ebee", MUTED: "#bcc6ce", PAPER: "#1b2227",
    BLUE: "#6897f0", ORANGE: "#e29b69", GREEN: "#689f85", RED: "#e3646b", PURPLE: "#a87cb2", SKY: "#28bce5",
    OCHRE: "#bc832a",
    GREY: "#969fa7", PALE: "#626b73", FAINT: "#3a444b", HOLE: "#2c353b", BAND: "#232b30", CHOSEN_BAND: "#2c3b46",
    LAND: "#283137", ABROAD: "#20272c", EDGE: "#3f4a51", WATER: "#3f657c", BORDER: "#77828b",
}  # fmt: skip
