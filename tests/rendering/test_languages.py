"""A second language is a file: complete, with the same places, and it never touches what a user wrote."""

import re
import tomllib
from dataclasses import replace
from importlib.resources import files

import fakes
import pytest

from payoff.errors.usage import UnknownLanguage
from payoff.record import Result
from payoff.rendering.charts.drawing import alone
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.charts.marks import retold
from payoff.rendering.charts.spoken import in_clauses, spoken
from payoff.rendering.charts.style import PLAIN
from payoff.rendering.languages import ENGLISH, codes, language
from payoff.rendering.languages.own import voice_of
from payoff.rendering.languages.templates import texts_of
from payoff.rendering.languages.voice import Voice, places
from payoff.rendering.markdown import to_markdown
from payoff.rendering.model_card import to_model_card
from payoff.rendering.report import to_html
from payoff.rendering.terminal import to_text

OTHERS = [code for code in codes() if code != "en"]
GERMAN = language("de")
TEMPLATES = sorted(
    each.name
    for each in files("payoff.rendering").joinpath("templates").iterdir()
    if each.name.endswith(".j2")
)


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_has_the_places_of_its_english(code: str) -> None:
    for english, said in language(code).messages.items():
        assert sorted(places(english)) == sorted(places(said)), english
        assert len(set(places(english))) == len(places(english)), f"a place twice: {english}"
        assert said
        assert said.strip() == said, english


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_stands_twice_in_a_file(code: str) -> None:
    text = files("payoff.rendering.languages").joinpath(f"{code}.toml").read_text(encoding="utf-8")
    every = [key for part in tomllib.loads(text)["texts"].values() for key in part]
    assert sorted(key for key in set(every) if every.count(key) > 1) == []


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_of_a_template_is_in_the_catalogue(name: str, code: str) -> None:
    source = files("payoff.rendering").joinpath("templates", name).read_text(encoding="utf-8")
    voice = Voice(language(code))
    assert [text for text in texts_of(source) if voice.unknown(text)] == []


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownLanguage, match=r"found 'dee' \(did you mean de\?\), expected one of en, de"):
        language("dee")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("EUR 1,305 per year", "1.305 EUR pro Jahr"),
        ("−EUR 0.50 per decision", "−0,50 EUR pro Entscheidung"),
        ("EUR 1,300 to EUR 3,400", "1.300 EUR bis 3.400 EUR"),
        ("between EUR 21,000 and EUR 403,000 per year", "zwischen 21.000 EUR und 403.000 EUR pro Jahr"),
        ("at most EUR 3", "höchstens 3 EUR"),
        ("74.2%", "74,2\u00a0%"),
        (">99.9%", ">99,9\u00a0%"),
        ("1,234,567.891", "1.234.567,891"),
        ("2010-01-04", "04.01.2010"),
        ("not evaluated", "nicht ausgewertet"),
        ("90.5 minutes", "90,5 minutes"),
    ],
)
def test_numbers_amounts_and_dates_read_as_in_the_language(english: str, german: str) -> None:
    voice = Voice(GERMAN, units=frozenset(("EUR", "minutes")))
    assert voice(english) == german
    assert Voice(ENGLISH)(english) == english


def test_one_and_many_are_told_apart() -> None:
    voice = Voice(GERMAN)
    assert voice("1 deciding event, 50 are needed") == "1 entscheidendes Ereignis, 50 sind nötig"
    assert voice("12 deciding events, 50 are needed") == "12 entscheidende Ereignisse, 50 sind nötig"


def test_a_text_that_is_not_in_the_catalogue_stays_as_it_is() -> None:
    voice = Voice(GERMAN)
    assert voice("nobody ever wrote this") == "nobody ever wrote this"
    assert voice.unknown("nobody ever wrote this") == ("nobody ever wrote this",)


@pytest.mark.parametrize(
    "name", ["{rows} %s {#n}", "%(name)s", "{", "}{", "{{ 7*7 }}", "\\1 \\g<0>", "a; b. C", ": over"]
)
def test_what_looks_like_a_place_in_a_users_string_is_never_filled(name: str) -> None:
    voice = Voice(GERMAN, own=frozenset((name,)))
    assert voice(f"over {name} (today)") == f"gegenüber {name} (heute)"
    assert voice(f"Metrics of {name}") == f"Kennzahlen von {name}"


@pytest.mark.parametrize(
    "name", ["Value", "Recall", "cleared", "no verdict", "not evaluated", "1,234.5", "yes", "2010-01-04"]
)
def test_a_users_string_is_told_as_it_stands_even_where_the_catalogue_knows_it(name: str) -> None:
    result = fakes.bank()
    result = replace(
        result,
        assumptions=(
            replace(result.assumptions[0], name=name, owner=name, source=name),
            *result.assumptions[1:],
        ),
        decision={**result.decision, "name": name},
    )
    told = to_html(result, language=GERMAN)
    assert f'<p class="subject"><bdi>{name}</bdi></p>' in told
    assert f'<th scope="row"><bdi>{name}</bdi>' in told


def test_the_page_says_which_language_it_is_in() -> None:
    assert '<html lang="de"' in to_html(fakes.bank(), language=GERMAN)
    assert '<html lang="en"' in to_html(fakes.bank())


@pytest.mark.parametrize("build", [fakes.bank, fakes.without_hurdles, fakes.one_class, fakes.partial])
def test_the_numbers_of_a_page_are_the_same_in_every_language(build: object) -> None:
    def exact(page: str) -> list[str]:
        return re.findall(r'<data value="([^"]*)"', page)

    result = build()  # type: ignore[operator]
    assert exact(to_html(result, language=GERMAN)) == exact(to_html(result))
    kept = re.compile(r' (?:id|class|href|d|points)="[^"]*"')
    assert kept.findall(outside_drawings(to_html(result, language=GERMAN))) == kept.findall(
        outside_drawings(to_html(result))
    )


def outside_drawings(page: str) -> str:
    """A page without what is inside its charts: texts of another length are broken into other lines there."""
    return re.sub(r"(<svg[^>]*>).*?</svg>", r"\1</svg>", page, flags=re.DOTALL)


def test_hostile_strings_are_as_harmless_in_every_language() -> None:
    def elements(page: str) -> list[str]:
        return re.findall(r"<[a-z][a-z0-9]*(?: on\w+)?", page)

    told, english = (to_html(fakes.hostile(), language=one) for one in (GERMAN, ENGLISH))
    assert elements(outside_drawings(told)) == elements(outside_drawings(english))
    assert set(elements(told)) == set(elements(english))
    assert "<script>alert" not in to_markdown(fakes.hostile(), language=GERMAN)


@pytest.mark.parametrize(("name", "head"), [("gain", "Mehrwert"), ("status", "Stand"), ("hurdle", "Hürde")])
def test_a_users_string_takes_no_heads_translation_away(name: str, head: str) -> None:
    result = fakes.bank()
    mine = replace(result, assumptions=(replace(result.assumptions[0], name=name), *result.assumptions[1:]))
    lines = to_text(mine, 200, language=GERMAN).splitlines()
    heads = lines[lines.index("Hürden (* nötig zum Einsatz)") + 1].split()
    assert head in heads
    assert name not in heads


def test_text_and_markdown_are_told_as_well() -> None:
    result = fakes.bank()
    assert "Hürden (* nötig zum Einsatz)" in to_text(result, 100, language=GERMAN)
    assert "| Hürde | Stand | Mehrwert |" in to_markdown(result, language=GERMAN)
    assert to_model_card(result, GERMAN).startswith(to_model_card(result).split("---")[0] + "---")


def test_markdown_has_the_same_structure_in_every_language() -> None:
    def shape(text: str) -> list[tuple[str, int]]:
        return [(re.match(r"(#+ |[|-] |)", line)[0], line.count("|")) for line in text.splitlines()]  # type: ignore[index]

    for result in (fakes.bank(), fakes.hostile()):
        assert shape(to_markdown(result, language=GERMAN)) == shape(to_markdown(result))


def test_the_voice_of_a_result_knows_its_own_strings_and_units() -> None:
    voice = voice_of(fakes.bank(), GERMAN)
    assert {"term-deposit-v3", "margin", "roll-out", "60 and over"} <= voice.own
    assert "positive" not in voice.own
    assert voice.units == {"EUR"}


@pytest.mark.parametrize("build", [fakes.bank, fakes.without_hurdles, fakes.one_class])
def test_every_text_of_a_chart_is_in_the_catalogue_clause_by_clause(build: "type[Result]") -> None:
    result = build()
    voice = voice_of(result, GERMAN)
    unknown: list[str] = []

    def heard(text: str) -> str:
        unknown.extend(voice.unknown(text))
        return voice(text)

    for charts in gallery(result).values():
        for chart in charts:
            retold(chart, heard)
            in_clauses(chart.message, heard)
    assert unknown == []


def test_a_chart_is_told_before_it_is_broken_into_lines_and_its_numbers_stay() -> None:
    result = fakes.bank()
    chart = gallery(result)["value_curve"][0]
    told, style = spoken(chart, PLAIN, voice_of(result, GERMAN))
    drawn = alone(told, style)
    assert told.numbers == chart.numbers
    assert told.message.startswith("Die Kurve ist am höchsten bei 0,133: 186.000 EUR pro Jahr.")
    assert "Keine Schwelle erreicht all channels." in told.message
    assert ">0,2</text>" in drawn
    assert "flacher Bereich" in drawn
    page = to_html(result, language=GERMAN)
    assert told.message in page
    assert "The curve is" not in page


def test_what_a_language_has_no_words_for_is_marked_as_english() -> None:
    bank = fakes.bank()
    check = replace(
        bank.data.checks[0], severity="warning", found="nobody ever said this", fix="nothing to do"
    )
    told = replace(bank, data=replace(bank.data, checks=(check,)))
    page = to_html(told, language=GERMAN)
    assert page.count('<bdi lang="en">nobody ever said this</bdi>') == 2
    assert "<bdi>nichts zu tun</bdi>" in page
    assert 'lang="en">' not in to_html(bank, language=GERMAN)
    assert "<bdi>nobody ever said this</bdi>" in to_html(told)
