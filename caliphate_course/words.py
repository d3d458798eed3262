"""What a reader sees for each key of the tables: its words, the colour and the shape that it has in the whole book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coursebook import palette

COUNTRY = {"Iraq": palette.GREEN, "Syria": palette.PURPLE, "Iraq and Syria": palette.INK}


def labels(looks: Mapping[str, Sequence], part: int = 0) -> dict[str, str]:
    """Each key's words, of entries that hold a colour and a shape beside them."""
    return {key: look[part] for key, look in looks.items()}


RING = "M-1,0a1,1,0,1,1,2,0a1,1,0,1,1,-2,0M-.62,0a.62,.62,0,1,0,1.24,0a.62,.62,0,1,0,-1.24,0"

# What a reader sees for each state of a place: words, colour and shape of one party in map and strips.
PARTIES = {
    "held": ("ISIS", palette.INK, "circle"),
    "undated": ("ISIS at some time, day not found", palette.GREY, RING),
    "contested": ("ISIS, contested", palette.PALE, "circle"),
    "iraqi_forces": ("Iraqi forces", palette.GREEN, "square"),
    "peshmerga": ("Peshmerga", palette.OCHRE, "triangle-up"),
    "sdf_ypg": ("SDF or YPG", palette.ORANGE, "diamond"),
    "syrian_government": ("Syrian government", palette.PURPLE, "triangle-down"),
    "turkey_and_rebels": ("Turkey and rebels", palette.BLUE, "cross"),
    "rebels": ("Syrian rebels", palette.SKY, "triangle-right"),
}

# Kinds of events as a reader sees them, from top to bottom of the timeline; colours for what ISIS took and lost.
EVENTS = {
    "capture": ("Taken by ISIS", palette.INK),
    "recapture": ("Lost by ISIS", palette.GREEN),
    "battle": ("Battle or siege", palette.MUTED),
    "atrocity": ("Atrocity", palette.MUTED),
    "attack": ("Attack", palette.MUTED),
    "political": ("Politics", palette.MUTED),
    "leadership": ("Leaders", palette.MUTED),
    "detention": ("Prisons, camps", palette.MUTED),
    "coalition": ("Coalition", palette.MUTED),
    "relief_and_justice": ("Relief, justice", palette.MUTED),
}

# How an attack is tied to ISIS: words, shape, colour.
TIES = {
    "directed": ("Directed by ISIS", "square", palette.RED),
    "claimed": ("Claimed by ISIS", "circle", palette.MUTED),
    "attributed": ("Blamed on ISIS, not claimed", "triangle-up", palette.MUTED),
    "inspired": ("Inspired by ISIS", "diamond", palette.PALE),
    "disputed": ("Claimed, government denies", "cross", palette.MUTED),
}


@dataclass(frozen=True)
class Relation:
    """A relation as a reader sees it: words for it, the same beside an arrow, family (key of FAMILIES), a sentence."""

    words: str
    brief: str
    family: str
    sentence: str


RELATIONS = {
    "air_support": Relation("air support", "air support", "help", "{} gave air support to {}"),
    "arms": Relation("weapons", "weapons", "help", "{} gave weapons to {}"),
    "trains": Relation("training", "training", "help", "{} trained {}"),
    "supports": Relation("other support", "other help", "help", "{} helped {} in other ways"),
    "coordinates": Relation("coordinates with", "coordinates", "deal", "{} coordinated with {}"),
    "negotiates": Relation("strikes deals with", "strikes deals", "deal", "{} struck deals with {}"),
    "tolerates": Relation("lets act", "lets act", "deal", "{} let {} act"),
    "fights": Relation("fights", "fights", "fight", "{} fought {}"),
    "rival": Relation("is at odds with", "at odds", "odds", "{} stood at odds with {}"),
}

FAMILIES = {
    "help": ("help", palette.BLUE),
    "deal": ("deals", palette.GREEN),
    "fight": ("fight", palette.RED),
    "odds": ("at odds", palette.OCHRE),
}

# Did the coalition stand on both sides? Label, colour and shape of each answer.
SIDES = {
    "both": ("Both sides in the coalition or helped by it", palette.RED, "diamond"),
    "one": ("One side only", palette.MUTED, "circle"),
    "none": ("Neither side", palette.PALE, "square"),
}

# Stacked from the bottom up: what a reader sees for each region of the table, and for organisations.
REGIONS = {
    "europe": "Europe",
    "middle_east_north_africa": "Middle East, North Africa",
    "asia_pacific": "Asia and Pacific",
    "sub_saharan_africa": "Sub-Saharan Africa",
    "north_america": "North America",
    "latin_america_caribbean": "Latin America",
    "multilateral": "organisations",
}

CONTRIBUTIONS = {
    "strikes_iraq": "strikes in Iraq",
    "strikes_syria": "strikes in Syria",
    "trainers": "trainers",
    "ground_support": "ground support",
    "basing_troops": "troops or bases",
    "humanitarian": "relief aid",
    "counter_finance": "finance group",
    "stabilisation": "stabilisation",
    "small_group": "small group",
}

# What a reader sees for each status: label, shape, fill, outline. What is not known is hollow, never blank.
STATUSES = {
    "yes": ("yes", "square", palette.BLUE, palette.BLUE),
    "contested": ("contested", "diamond", palette.ORANGE, palette.ORANGE),
    "unknown": ("not known", "circle", palette.PAPER, palette.BORDER),
    "no": ("no", "stroke", palette.MUTED, palette.MUTED),
}

# Short enough for a phone; the table has the full names.
BRANCHES = {
    "barqa": "Libya: Cyrenaica",
    "tarablus": "Libya: Sirte",
    "fezzan": "Libya: Fezzan",
    "sinai": "Egypt: Sinai",
    "yemen": "Yemen",
    "saudi": "Saudi Arabia",
    "algeria": "Algeria",
    "khorasan": "Khorasan",
    "iswap": "West Africa",
    "sahel": "Sahel",
    "somalia": "Somalia",
    "iscap": "Central Africa",
    "mozambique": "Mozambique",
    "east-asia": "Philippines",
    "qawqaz": "Caucasus",
    "hind": "India",
    "pakistan": "Pakistan",
    "turkey": "Turkey",
    "tunisia": "Tunisia",
}

# Who counted, as words.
COUNTERS = {
    "airwars": "Airwars", "coalition": "the coalition", "local_monitors": "local monitors",
    "us_military": "the US military", "amnesty_airwars": "Amnesty International and Airwars",
    "ap": "Associated Press", "rand": "RAND", "pax": "PAX, Utrecht University and Al-Ghad", "sohr": "the Syrian Observatory for Human Rights", "cjtf_oir": "CJTF-OIR",
    "afcent": "US Air Forces Central Command", "centcom": "US Central Command",
}  # fmt: skip

# Who counted and what, short enough for a phone, each with its own colour.
ATTACK_COUNTERS = {
    "Knights (CTC Sentinel)": ("Knights 2018", "attacks ISIS began, six provinces", palette.BLUE),
    "Knights and Almeida (CTC Sentinel)": ("Knights, Almeida", "same kind of data, 2020–22", palette.SKY),
    "CSIS, from ACLED": ("CSIS", "average from ACLED’s events", palette.ORANGE),
    "Middle East Institute (analyst's own count)": ("MEI analyst", "reported, claimed or not", palette.GREEN),
    "Syrian Observatory for Human Rights (SOHR)": ("SOHR", "its network (lower lines: SDF areas)", palette.PURPLE),
    "US defence official via AP": ("US official", "attacks ISIS was behind", palette.INK),
    "US Central Command (CENTCOM)": ("US command", "claims of ISIS", palette.MUTED),
    "Jihad Analytics": ("Jihad Analytics", "claims of ISIS", palette.RED),
    "ISIS itself, via APA News": ("ISIS", "its own yearly balance", palette.OCHRE),
    "BBC Monitoring": ("BBC Monitoring", "claims of ISIS", palette.BLUE),
    "The Washington Institute": ("Washington Institute", "claims of ISIS", palette.ORANGE),
}

HARM_COUNTERS = {"coalition": ("the coalition itself", palette.BLUE), "airwars": ("Airwars", palette.RED)}

# What a reader sees for each status: label and shape; an order is hollow, a correction a diamond.
TROOP_STATUSES = {
    "stated": ("stated", "circle"),
    "corrected": ("corrected", "diamond"),
    "ordered": ("ordered, planned", "triangle-down"),
}

# What a reader can pick, and the table's measure behind it. `left` is 100 minus `pct_lost`.
EXTENTS = {
    "area": ("Area held (km²)", "area_km2"),
    "left": ("Share left of the estimator's own base (%)", "pct_lost"),
    "lost": ("Area lost so far (km²)", "area_lost_km2"),
    "country": ("Share of the country's land (%)", "pct_of_country"),
    "people": ("People living under it", "people"),
}

ESTIMATORS = {
    "IHS Markit": ["IHS Markit"],
    "RAND": ["RAND"],
    "US and coalition officials": [
        "CJTF-OIR",
        "Global Coalition",
        "US DoD",
        "US NCTC",
        "US State Department",
        "US officials",
        "White House",
    ],
    "Iraqi, Syrian and Russian parties": ["Iraqi JOC", "Russian Defence Ministry", "SDF"],
    "Monitors, scholars, ICRC": ["Fabrice Balanche", "ICRC", "Mark Sedgwick", "SOHR"],
    "Press": ["AFP", "AP (unattributed)", "BBC", "CNN (unattributed)", "HuffPost (unattributed)"],
    "Worked out for this course": ["Derived (Global Coalition)", "Derived (RAND)"],
}

# What was counted: colour and words, which begin with the one of ESTIMATORS that alone counted so. Two kinds may share a colour where no measure shows both.
DEFINITIONS = {
    "territorial_dominance": (palette.BLUE, "IHS Markit: land it judged the group to\ndominate, from open sources, net"),
    "control": (palette.ORANGE, "RAND: land or people it judged under control;\nmethod in its report"),
    "populated_area": (palette.GREEN, "US and coalition officials: populated areas the\ngroup ruled or moved in freely; no desert"),
    "influence": (palette.PURPLE, "US and coalition officials: influence as mapped,\nnet of gains; unpopulated land not judged"),
    "statement": (palette.OCHRE, "Officials: 'territory once held' or 'claimed',\nno method published"),
    "national_land": (palette.SKY, "The whole national territory, desert included"),
    "area_of_operation": (palette.RED, "US and coalition officials (NCTC): area in which\nthe group operated, not only what it ruled"),
    "cleared": (palette.RED, "US and coalition officials: land 'cleared'\nor taken back"),
    "press_size": (palette.MUTED, "Press: a size printed without naming an estimator"),
    "remaining_pocket": (palette.MUTED, "One last pocket only, not all land with ISIS in it"),
    "people_under_control": (palette.GREEN, "People living where the group ruled,\nhowever few troops stood there"),
    "derived": (palette.INK, "Worked out for this course: area lost divided by\nshare lost, from figures of the coalition or RAND"),
}  # fmt: skip

# Sizes set against a place that the reader knows: measure of the place, words, and whose size it is.
TERMS = {
    "huffpost-2014-08-low": ("area", "Press, August 2014, low", "isis"),
    "ihs-2015-01-both": ("area", "IHS, January 2015", "isis"),
    "nctc-2014-09-both": ("area", "NCTC, where it operated, 2014", "isis"),
    "afp-2014-people": ("population", "Under it in 2014, AFP", "isis"),
    "icrc-2015-12-people": ("population", "Under it in 2015, ICRC", "isis"),
    "dtm-idps-2016-03-31": ("population", "Displaced in Iraq, 2016", "displaced"),
    "idmc-syr-idps-2014": ("population", "Displaced in Syria, 2014", "displaced"),
}

ARTICLES = {
    "avim_business_insider": "Business Insider, reposted by AVİM",
    "bbc_derived": "Organization for World Peace",
}

# From what held up to what was wrong, then what could not be checked; a colour for the ends only.
VERDICTS = {
    "held_up": ("held up", palette.GREEN),
    "imprecise": ("imprecise", palette.MUTED),
    "premature": ("premature", palette.MUTED),
    "contested": ("contested", palette.MUTED),
    "wrong_inference": ("wrong inference", palette.RED),
    "wrong": ("wrong", palette.RED),
    "opinion_or_forecast": ("opinion or forecast", palette.PALE),
    "not_verified": ("not verified", palette.PALE),
}


def topic(key: str) -> str:
    """'raqqa_deal' as 'Raqqa deal'."""
    text = key.replace("_", " ").replace("raqqa", "Raqqa").replace("syria", "Syria").replace("iraq", "Iraq")
    return text[0].upper() + text[1:]
