"""What a reader sees for each key of the tables: its words, and the colour that it has in the whole book."""

from coursebook.figures import theme

COUNTRY = {"Iraq": theme.GREEN, "Syria": theme.PURPLE, "Iraq and Syria": theme.INK}
