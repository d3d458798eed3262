"""Where people died: UCDP's deaths by place as circles on the map, and by governorate as shades, year by year."""

from __future__ import annotations

import json
import math

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts.base_map import NAMES, governorate_shapes, on_map, pixels, shapes
from caliphate_course.measures.violence import COVERED, FIRST_YEAR, LAST_YEAR, covered, drawn_places
from coursebook.figures import Explorer, StateTitle, theme

LEAST = 25  # deaths in a year from which a place is drawn
DEFAULT_YEAR, STORY_FROM = 2017, 2013
AREA, ON_A_PHONE = 0.66, 0.36  # square pixels of a circle's box for each death, and the share of that on a narrow map
SHADES = [100, 500, 1000, 2500], [0.07, 0.2, 0.4, 0.6, 0.85]  # deaths from which a governorate has the next shade
SHOWN = {"places": "Places", "governorates": "Governorates"}
COUNTRIES = {"Syria": (38.4, 34.3), "Iraq": (42.6, 32.3)}  # where their names stand
MOST_LABELS = {True: 9, False: 5}  # on a wide map, on a narrow one
_WIDE = "width > 400"
_RIVERS = [(row.lon, row.lat) for row in NAMES.itertuples() if row.kind == "river"]
_LETTER, _LINE, _MORE = 6.4, 15, 0.7  # width and height of a label's letters in pixels; of figures' share on a phone


def chart(places: pd.DataFrame, governorates: pd.DataFrame) -> alt.LayerChart:
    """Circles of which the area shows the deaths of `year` at a place, or governorates shaded: `show`, a key of SHOWN.

    `places` is `violence_places`, `governorates` the table `violence_governorate`. Hollow circles are deaths in battles
    only; a country without figures is grey.
    """
    cover = covered(places, governorates)
    layers = [
        _shades(governorates),
        *_numbers(governorates),
        _holes(cover),
        *_countries(cover),
        _circles(places),
        *_labels(places),
        *_says(places, cover),
    ]
    drawn = on_map(*layers, names=False).properties(autosize="pad")
    return drawn.add_params(*(alt.param(name=name) for name in ("year", "show")))


def _by_year(frame, keys):
    """One row for each of `keys`, with deaths by year in `deaths`: fewer bytes than a row for each year."""
    return [
        dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
        | {"deaths": {str(year): int(best) for year, best in zip(own["year"], own["best"], strict=True)}}
        for key, own in frame.groupby(keys if len(keys) > 1 else keys[0], sort=False)
    ]


def _coverage(cover, country, show="show"):
    """A Vega expression for what is covered in the year shown: a key of COVERED."""
    years = {str(row["year"]): row["coverage"] for _, row in cover[cover["country"] == country].iterrows()}
    found = f"{json.dumps(years)}[year]"
    return f"({show} == 'governorates' && {found} != 'all_kinds' ? 'none' : {found})"


def _holes(cover):
    """A country without figures in the year shown, in grey."""
    test = " || ".join(f"datum.properties.country == '{one}' && {_coverage(cover, one)} == 'none'" for one in COUNTRIES)
    fields = alt.Chart(shapes()).transform_filter(f"datum.properties.kind == 'countries' && ({test})")
    return fields.mark_geoshape(fill=theme.FAINT, fillOpacity=0.85, stroke=theme.BORDER, aria=False)


def _countries(cover):
    """The countries' names, and under them what of their dead is counted."""
    rows = pd.DataFrame([{"country": name, "lon": lon, "lat": lat} for name, (lon, lat) in COUNTRIES.items()])
    at = alt.Chart(rows).encode(longitude="lon:Q", latitude="lat:Q")
    words = f"{json.dumps(COVERED)}[datum.country == 'Iraq' ? {_coverage(cover, 'Iraq')} : {_coverage(cover, 'Syria')}]"
    at = at.transform_calculate(covers=words, name="show == 'places' || datum.covers ? upper(datum.country) : ''")
    look = {"color": theme.MUTED, "clip": True}
    return (
        at.mark_text(fontSize=13, **look).encode(text="name:N"),
        at.mark_text(dy=14, fontWeight="bold", **look).encode(text="covers:N"),
    )


def _shades(governorates):
    rows = alt.LookupData(
        data=alt.InlineData(values=_by_year(governorates[governorates["located"]], ["governorate"])),
        key="governorate",
        fields=["deaths"],
    )
    steps, opacities = SHADES
    return (
        alt.Chart(governorate_shapes())
        .transform_filter("show == 'governorates'")
        .transform_calculate(Governorate="datum.properties.name")
        .transform_lookup("Governorate", from_=rows)
        .transform_calculate(best="datum.deaths && datum.deaths[year] || 0", Deaths="format(datum.best, ',d')")
        .mark_geoshape(fill=theme.RED, stroke=theme.EDGE, strokeWidth=0.7)
        .encode(
            fillOpacity=alt.FillOpacity(
                "best:Q", scale=alt.Scale(type="threshold", domain=steps, range=opacities), legend=None
            ),
            tooltip=theme.tooltip(Governorate="Governorate", Deaths="Deaths"),
        )
    )


def _numbers(governorates):
    """The deaths of each governorate with a hundred and more, written into it; on a phone of those with a thousand."""
    middle = _middles()
    rows = [
        {**row, "lon": middle[row["governorate"]][0], "lat": middle[row["governorate"]][1]}
        for row in _by_year(governorates[governorates["located"] & (governorates["best"] >= 100)], ["governorate"])
    ]
    placed = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter(f"show == 'governorates' && datum.deaths[year] >= ({_WIDE} ? 100 : 1000)")
        .transform_calculate(words="format(datum.deaths[year], ',d')")
        .encode(longitude="lon:Q", latitude="lat:Q", text="words:N")
    )
    return _with_halo(placed, clip=True)


def _middles():
    """The middle of each governorate's largest ring, as longitude and latitude."""
    topology = data.base_map()
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = {}
    for shape in topology["objects"]["governorates"]["geometries"]:
        rings = shape["arcs"] if shape["type"] == "Polygon" else [part[0] for part in shape["arcs"]]
        x, y = max((_centre(_points(topology["arcs"], ring)) for ring in rings), key=lambda one: one[0])[1]
        found[shape["properties"]["name_en"]] = (round(x0 + kx * x, 2), round(y0 + ky * y, 2))
    return found


def _points(arcs, ring):
    points = []
    for number in ring:
        x = y = 0
        arc = [(x := x + dx, y := y + dy) for dx, dy in arcs[~number if number < 0 else number]]
        points += arc[::-1] if number < 0 else arc
    return points


def _centre(points):
    """Area of a ring and its centre of gravity."""
    pairs = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in zip(points, points[1:] + points[:1], strict=True)]
    twice = sum(cross for *_, cross in pairs) or 1
    return abs(twice), tuple(sum((a[i] + b[i]) * cross for a, b, cross in pairs) / (3 * twice) for i in (0, 1))


def _circles(places):
    rows = drawn_places(places, LEAST)
    named = rows.assign(place=rows["place"].fillna("a place without a name")).round({"lon": 2, "lat": 2})
    battles = sorted({int(year) for year in rows.loc[rows["coverage"] == "battles_only", "year"]})
    hollow = f"datum.country == 'Syria' && indexof({battles}, year) >= 0"
    return (
        alt.Chart(alt.InlineData(values=_by_year(named, ["place", "country", "lon", "lat"])))
        .transform_filter("show == 'places' && isValid(datum.deaths[year])")
        .transform_calculate(
            best="datum.deaths[year]",
            size=f"datum.best * {AREA} * ({_WIDE} ? 1 : {ON_A_PHONE})",
            words="format(datum.best, ',d')",
            counted=f"{hollow} ? 'battles only' : 'fighting and attacks'",
            fill=f"{hollow} ? 0.1 : 0.55",
        )
        .mark_circle(clip=True, color=theme.RED, stroke=theme.RED, strokeWidth=1.2)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size("size:Q", scale=None),
            fillOpacity=alt.FillOpacity("fill:Q", scale=None),
            tooltip=theme.tooltip(place="Place", words="Deaths", counted="Counted"),
        )
    )


def short_name(place: str) -> str:
    """'Kobani' of 'Kobani (Ayn al-Arab)'."""
    return place.split(" (")[0].split(",")[0].removesuffix(" suburb")


def labels(places: pd.DataFrame, year: int, wide: bool) -> list[dict]:
    """The places of most deaths in `year` with a place beside their circles for name and number that nothing else takes."""
    rows = drawn_places(places[places["year"] == year], LEAST).dropna(subset=["place"]).head(16)
    share, width = (1, theme.FULL) if wide else (0.5, theme.FULL / 2)
    spots = []
    for lon, lat, best in zip(rows["lon"], rows["lat"], rows["best"], strict=True):
        x, y = (share * one for one in pixels(lon, lat))
        spots.append((x, y, math.sqrt(best * AREA * (1 if wide else ON_A_PHONE)) / 2))
    written = [*COUNTRIES.values(), *(_RIVERS if wide else ())]
    taken = [
        (share * x - 40, share * y - 9, share * x + 40, share * y + 22) for x, y in (pixels(*at) for at in written)
    ]
    found = []
    for (x, y, r), place, best, lon, lat in zip(
        spots, rows["place"], rows["best"], rows["lon"], rows["lat"], strict=True
    ):
        text = f"{short_name(place)} {best:,.0f}"
        long = _LETTER * len(text)
        beside, over = r + 3, 0.7 * r + 9
        straight = [("left", beside, 0), ("right", -beside, 0), ("center", 0, -r - 9), ("center", 0, r + 9)]
        slanting = [(side, way * 0.7 * r, up * over) for side, way in (("left", 1), ("right", -1)) for up in (1, -1)]
        for side, dx, dy in [*straight, *slanting]:
            left = x + dx - {"left": 0, "right": long, "center": long / 2}[side]
            box = (left, y + dy - _LINE / 2, left + long, y + dy + _LINE / 2)
            inside = box[0] > 0 and box[2] < width and box[1] > 0 and box[3] < share * 430
            if (
                inside
                and not any(_meet(box, other) for other in taken)
                and not any(_covers(box, spot) for spot in spots if spot[:2] != (x, y) and spot[2] > 4)
            ):
                taken.append(box)
                found.append(
                    {
                        "text": text,
                        "lon": round(lon, 2),
                        "lat": round(lat, 2),
                        "side": side,
                        "dx": round(dx),
                        "dy": round(dy),
                        "wide": wide,
                    }
                )
                break
        if len(found) == MOST_LABELS[wide]:
            break
    return found


def _meet(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _covers(box, spot):
    """Whether the middle part of a circle lies under a box: at its rim letters can be read."""
    x, y, r = spot
    return math.hypot(x - min(max(x, box[0]), box[2]), y - min(max(y, box[1]), box[3])) < 0.8 * r


def _labels(places):
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    rows = [{"year": year, **one} for year in years for wide in (True, False) for one in labels(places, year, wide)]
    named = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter(f"show == 'places' && datum.year == year && datum.wide == ({_WIDE})")
        .encode(longitude="lon:Q", latitude="lat:Q", text="text:N")
    )
    place = {"align": alt.ExprRef("datum.side"), "dx": alt.ExprRef("datum.dx"), "dy": alt.ExprRef("datum.dy")}
    return _with_halo(named, clip=True, **place)


def _with_halo(chart, **look):
    look |= {"fontWeight": "bold", "fontSize": 12}
    return chart.mark_text(stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", aria=False, **look), chart.mark_text(
        **look
    )


def _says(places, cover):
    rows = [
        {"year": year, "show": show, "line": line, "note": note}
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for show, (line, note) in sentences(places, cover, year).items()
    ]
    chosen = "datum.year == year && datum.show == show"
    line = theme.status(pd.DataFrame(rows), y=-66).transform_filter(chosen).encode(text="line:N")
    look = {
        "align": "left",
        "baseline": "top",
        "color": theme.MUTED,
        "fontSize": 11.5,
        "lineBreak": "\n",
        "lineHeight": 14,
    }
    note = alt.Chart(pd.DataFrame(rows)).transform_filter(chosen).mark_text(**look)
    return line, note.encode(x=alt.value(0), y=alt.value(-47), text="note:N")


def sentences(places: pd.DataFrame, cover: pd.DataFrame, year: int) -> dict[str, tuple[str, str]]:
    """For each of SHOWN the line above the map and the lines under it: what is drawn, and what is not."""
    rows = {row["country"]: row for _, row in cover[cover["year"] == year].iterrows()}
    small = places[(places["year"] == year) & (places["best"] < LEAST)]["best"].sum()
    without = [f"{name}: no figures" for name, row in rows.items() if row["coverage"] == "none"]
    here = [row for row in rows.values() if row["coverage"] != "none"]
    whole = [row for row in here if row["coverage"] == "all_kinds"]
    no_shade = [f"{name}: no figures by governorate" for name, row in rows.items() if row["coverage"] != "all_kinds"]
    placed = ", ".join(f"{row['country']} {row['placed']:,} deaths" for row in here)
    shares = [
        _without(row, row["total"] - row["placed"], "have no place")
        if row["coverage"] == "all_kinds"
        else f"{row['country']}: battles only; those without a place are not known"
        for row in here
    ]
    return {
        "places": (
            f"{year}: {placed}",
            "\n".join([*shares, *without, f"Not drawn: places of fewer than {LEAST} deaths, {small:,} in all"]),
        ),
        "governorates": (
            f"{year}: " + ", ".join(f"{row['country']} {row['total']:,} deaths" for row in whole),
            "\n".join([*(_without(row, row["unfiled"], "are in no governorate") for row in whole), *no_shade]),
        ),
    }


def _without(row, number, lack):
    share = f"{number / row['total']:.0%}" if number * 200 >= row["total"] else "under 1%"
    return f"{row['country']}: {number:,} of {row['total']:,} deaths ({share}) {lack}"


def title(places: pd.DataFrame, governorates: pd.DataFrame, year: int, show: str) -> str:
    """Where most people died in `year`, in each country that is covered."""
    cover = {row["country"]: row for _, row in covered(places, governorates).query("year == @year").iterrows()}
    parts, lacking = [], []
    for country, row in cover.items():
        if row["coverage"] == "none" or (show == "governorates" and row["coverage"] != "all_kinds"):
            lacking.append(country)
            continue
        rows = places if show == "places" else governorates[governorates["located"]]
        top = rows[(rows["country"] == country) & (rows["year"] == year)].sort_values("best").iloc[-1]
        name = short_name(top["place"]) if show == "places" else f"{top['governorate']} governorate"
        only = ", battles only" if row["coverage"] == "battles_only" else ""
        parts.append(f"{name}{'' if parts else ' had the most known deaths'} in {country} ({top['best']:,}{only})")
    lack = f"; {lacking[0]} has no figures" + (" by governorate" if show == "governorates" else "") if lacking else ""
    return f"In {year} {' and '.join(parts)}{lack}"


def controls() -> dict[str, ipywidgets.Widget]:
    """The year, and whether places or governorates are drawn."""
    years = ipywidgets.IntSlider(value=DEFAULT_YEAR, min=FIRST_YEAR, max=LAST_YEAR, description="Year")
    shown = [(label, key) for key, label in SHOWN.items()]
    return {"year": years, "show": ipywidgets.RadioButtons(options=shown, value="places", description="Draw")}


def table(places: pd.DataFrame, governorates: pd.DataFrame) -> pd.DataFrame:
    """For each country and year the five places of most deaths, all other places together, and what has no place.

    Columns `Year`, `Country`, `Place`, `Deaths`, `Low`, `High`, `Civilians, at least`, `Counted`.
    """
    cover, rows = covered(places, governorates), []
    for _, one in cover[cover["coverage"] != "none"].iterrows():
        own = places[(places["country"] == one["country"]) & (places["year"] == one["year"])]
        own = own.sort_values(["best", "id"], ascending=[False, True])
        counted = "battles only" if one["coverage"] == "battles_only" else "all kinds"
        base = {"Year": str(one["year"]), "Country": one["country"], "Counted": counted}
        for _, row in own.head(5).iterrows():
            name = row["place"] if pd.notna(row["place"]) else "(no name)"
            rows.append(
                base
                | {
                    "Place": name,
                    "Deaths": row["best"],
                    "Low": row["low"],
                    "High": row["high"],
                    "Civilians, at least": row["civilians"],
                }
            )
        rows.append(base | {"Place": f"{len(own) - 5} other places", "Deaths": own["best"].iloc[5:].sum()})
        if one["coverage"] == "all_kinds":
            rows.append(base | {"Place": "without a place", "Deaths": one["total"] - one["placed"]})
    columns = ["Year", "Country", "Place", "Deaths", "Low", "High", "Civilians, at least", "Counted"]
    return pd.DataFrame(rows)[columns].astype({name: "Int64" for name in columns[3:7]})


def explorer(places: pd.DataFrame, governorates: pd.DataFrame) -> Explorer:
    """The figure `fig-where-people-died`; `places` is `violence_places`, `governorates` the table `violence_governorate`."""
    theme.drawn(drawn_places(places, LEAST), "fig-where-people-died", "violence_places")
    cover = covered(places, governorates)
    now = places[places["year"] == DEFAULT_YEAR].sort_values("best", ascending=False)
    first, second = (f"{short_name(row['place'])} ({row['best']:,})" for _, row in now.head(2).iterrows())
    return Explorer(
        chart(places, governorates),
        name="fig-where-people-died",
        controls=controls(),
        play="year",
        play_from=STORY_FROM,
        title=StateTitle(by=("year", "show"), sentence=lambda year, show: title(places, governorates, year, show)),
        description=f"Map of Iraq and Syria in {DEFAULT_YEAR}. The area of a circle shows the deaths that UCDP counted at a "
        f"place in events with ISIS, the dead of all sides. The largest circle is {first}, the second {second}; others "
        "follow the Euphrates down to Albu Kamal, and the Tigris. In other years circles in Syria are hollow, where only "
        "battles are counted, and a country without figures is grey. Above the map stand the deaths that have no place: "
        + "; ".join(sentences(places, cover, DEFAULT_YEAR)["places"][1].split("\n"))
        + ".",
        table=table(places, governorates),
        sources=data.sources_of(pd.concat([places, governorates])),
        as_of="2018 for Iraq, November 2019 for Syria",
    )
