"""What the war against ISIS cost Iraq and Syria: money, deaths, graves, the missing, rubble and homes."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import kinds, yazidis
from caliphate_course.charts.kinds import OTHERS, PARTY, UNITED_NATIONS, Shown
from coursebook.figures import Explorer, theme

KINDS = {
    "money": "Money: damage, need, pledges",
    "deaths": "Civilian deaths in two battles",
    "sites": "Mass graves: sites",
    "bodies": "Mass graves: people",
    "missing": "The missing",
    "rubble": "Rubble in Mosul",
    "homes": "Homes",
    "buildings": "Buildings",
}
TITLES = {
    "money": "Iraq's need was put at {computed/need-over-damage-iraq as number} times the damage, and the pledges at "
    "{computed/pledges-share-of-need} of the need",
    "deaths": "For Mosul AP counted {costs/mosul-civilians-ap as number} civilians killed, the government "
    "{costs/mosul-civilians-iraq as number}, and the coalition {costs/mosul-civilians-coalition as number} by its own fire",
    "sites": "The UN counted {costs/mass-graves as number} sites of mass graves in Iraq, "
    "{costs/mass-graves-nineveh as number} of them in Nineveh",
    "bodies": "Of an estimated {costs/mass-graves-victims as number} dead in Iraq's mass graves "
    "{costs/mass-graves-exhumed as number} had been exhumed",
    "missing": "All of Iraq's wars left {costs/iraq-missing-icmp as number} missing; in 2022 "
    "{costs/iraq-missing-clarified-2022 as number} cases were cleared up",
    "rubble": "Mosul's rubble was put at {costs/mosul-debris-2017 as million} tonnes, later at "
    "{costs/mosul-debris-2021 as million}: another method, not a clearance",
    "homes": "One number, {costs/iraq-houses-damaged as number} damaged homes, is told of all Iraq and of Mosul alone",
    "buildings": "The UN saw {costs/mosul-buildings-satellite as number} damaged buildings of Mosul from above, and put "
    "them at {costs/mosul-buildings-adjusted as number}",
}
UNITS = {
    "money": "Billion US dollars",
    "deaths": "People killed",
    "sites": "Grave sites",
    "bodies": "People",
    "missing": "People",
    "rubble": "Million tonnes",
    "homes": "Housing units",
    "buildings": "Buildings",
}
_DIVIDE = {"money": 1e9, "rubble": 1e6}
# Rows of `costs`, in the order drawn.
ROWS = {
    "iraq-needs-2018": Shown("money", "Iraq: need, total", PARTY),
    "iraq-needs-2018-short": Shown("money", "Iraq: need, short term", PARTY),
    "iraq-damage-2018": Shown("money", "Iraq: damage", PARTY),
    "kuwait-pledges": Shown("money", "Kuwait: pledges", UNITED_NATIONS),
    "kuwait-ngo-pledges": Shown("money", "Kuwait: NGO pledges", OTHERS),
    "mosul-basic-services": Shown("money", "Mosul: basic services", UNITED_NATIONS),
    "unesco-mosul": Shown("money", "Mosul: UNESCO raised", UNITED_NATIONS),
    "mosul-civilians-ap": Shown("deaths", "Mosul, all causes: AP", OTHERS),
    "mosul-civilians-iraq": Shown("deaths", "Mosul: government", PARTY),
    "mosul-civilians-ap-forces": Shown("deaths", "Mosul, own side: AP", OTHERS),
    "mosul-civilians-coalition": Shown("deaths", "Mosul: coalition", PARTY),
    "raqqa-civilians-airwars-2018": Shown("deaths", "Raqqa 2018: Airwars", OTHERS),
    "raqqa-civilians-amnesty-airwars": Shown("deaths", "Raqqa 2019: Amnesty", OTHERS),
    "raqqa-civilians-coalition": Shown("deaths", "Raqqa: coalition", PARTY),
    "mass-graves": Shown("sites", "Iraq, all", UNITED_NATIONS),
    "mass-graves-nineveh": Shown("sites", "… in Nineveh", UNITED_NATIONS),
    "mass-graves-kirkuk": Shown("sites", "… in Kirkuk", UNITED_NATIONS),
    "mass-graves-salah-al-din": Shown("sites", "… in Salah al-Din", UNITED_NATIONS),
    "mass-graves-anbar": Shown("sites", "… in Anbar", UNITED_NATIONS),
    "yazidi-mass-graves": Shown("sites", "Sinjar, to 2025", PARTY),
    "raqqa-mass-graves": Shown("sites", "Raqqa, to 2021", PARTY),
    "mass-graves-victims": Shown("bodies", "Iraq: estimate", UNITED_NATIONS),
    "khasfa": Shown("bodies", "… Khasfa alone", UNITED_NATIONS),
    "mass-graves-exhumed": Shown("bodies", "Iraq: exhumed", UNITED_NATIONS),
    "raqqa-bodies-2021": Shown("bodies", "Raqqa: recovered", PARTY),
    "raqqa-bodies-returned": Shown("bodies", "Raqqa: given back", PARTY),
    "iraq-missing-icmp": Shown("missing", "Iraq, all wars", OTHERS),
    "yazidi-missing-2025-03": Shown("missing", "Yazidis, 2025", PARTY),
    "iraq-missing-requests-2022": Shown("missing", "Asked for in 2022", OTHERS),
    "iraq-missing-clarified-2022": Shown("missing", "Cleared up in 2022", OTHERS),
    "mosul-debris-2017": Shown("rubble", "2017, first estimate", UNITED_NATIONS),
    "mosul-debris-2018": Shown("rubble", "2018", UNITED_NATIONS),
    "mosul-debris-2021": Shown("rubble", "2021", UNITED_NATIONS),
    "iraq-houses-damaged": Shown("homes", "Iraq: damaged", PARTY),
    "mosul-houses-138000": Shown("homes", "Mosul: damaged", OTHERS),
    "mosul-houses-54000": Shown("homes", "Mosul: damaged, press", OTHERS),
    "mosul-housing": Shown("homes", "Mosul: satellite 2017", UNITED_NATIONS),
    "mosul-housing-old-city": Shown("homes", "… Old City alone", UNITED_NATIONS),
    "mosul-undp-houses": Shown("homes", "Mosul: repaired", UNITED_NATIONS),
    "mosul-unesco-houses": Shown("homes", "Old City: repaired", UNITED_NATIONS),
    "iraq-houses-damaged-ministry": Shown("buildings", "Iraq: ministry", PARTY),
    "mosul-buildings-adjusted": Shown("buildings", "Mosul: adjusted", UNITED_NATIONS),
    "mosul-buildings-satellite": Shown("buildings", "Mosul: from above", UNITED_NATIONS),
}
# Rows of `costs` that no figure draws: they stand in sentences, or in the dataset alone.
NOT_DRAWN = (
    "iraq-civilians-2014-2017",
    "coalition-all-strikes-2019",
    "raqqa-artillery",
    "raqqa-sites-amnesty",
    "raqqa-destroyed-wfp",
    "raqqa-structures-unosat",
    "raqqa-structures-before",
    "raqqa-buildings-un-2018",
    "mosul-old-city-ruined",
    "unitad-graves",
    "khasfa-2025",
    "yazidi-toll-survey",
    "yazidi-rescued-2025",
    "yazidi-rescued-2025-11",
    "yazidi-missing-2019-03",
    "yazidi-missing-2025-03-third",
    "yazidi-missing-2025-11",
    "yazidi-orphans",
    "yazidi-shrines",
    "yazidi-camps-2025",
    "sinjar-homes-destroyed",
    "sinjar-infrastructure-destroyed",
    "sinjar-yazidis-displaced",
    "sinjar-villages-no-returns",
    "sinjar-damaged-homes-idps",
    "return-residence-damage-2016",
    "syria-ordnance-2025",
    "raqqa-bodies-2019",
    "nineveh-claims-approved",
    "sinjar-compensation-sum",
    "sinjar-compensation-paid",
    "sinjar-compensation-paid-sinjar",
    "sinjar-claims-filed",
    "sinjar-claims-resolved",
    "mosul-destroyed-share",
    "kocho-reburied",
)


def figures(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `costs` drawn here (see `kinds.figures`), with `who`: money in billion US dollars, rubble in million tonnes."""
    return kinds.figures(frame, ROWS, _DIVIDE).rename(columns={"estimator": "who"})


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One kind of cost at a time, each source in a row. `frame` is the table `costs`; param: `kind`."""
    return kinds.chart(figures(frame), UNITS)


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The kind of cost."""
    return kinds.controls(figures(frame), KINDS, "Figures for")


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every figure drawn; columns as in `kinds.table`."""
    return kinds.table(figures(frame), KINDS, UNITS)


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-bill`. `frame` is the table `costs` or a selection of its rows.

    Raises SelectionError for a row that no figure was told to draw, lest it be missed.
    """
    kinds.check_placed(frame, "fig-bill", (*ROWS, *yazidis.ROWS, *NOT_DRAWN))
    rows = theme.drawn(figures(frame), "fig-bill", "costs")
    first = rows[rows["kind"] == rows["kind"].iloc[0]]
    listed = "; ".join(f"{row.label}: {row.words}" for row in first.itertuples())
    return Explorer(
        chart(frame),
        name="fig-bill",
        controls=controls(frame),
        title=kinds.title(TITLES),
        description=f"{KINDS[first['kind'].iloc[0]]}, in {UNITS[first['kind'].iloc[0]].lower()}. {listed}. "
        "The menu changes to deaths, graves, the missing, rubble, homes and buildings, each on its own scale.",
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="2017 to 2025; each row has its own date",
    )
