"""The report as a document: true, escaped, self-contained, well built."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import fake_parts
import fakes
import pytest

from payoff.rendering.languages import language
from payoff.rendering.markdown import to_markdown
from payoff.rendering.model_card import to_model_card
from payoff.rendering.page import SCRIPTS, scripts_of
from payoff.rendering.report import to_html

ONE_MEGABYTE = 1_000_000
VOID = {"meta", "link", "br", "img", "input", "hr"}
BUILDS = [fakes.bank, fakes.without_hurdles, fakes.one_class, fakes.partial, fakes.hostile]


class Page(HTMLParser):
    """Collects elements, ids, links and the numbers of the decision note; refuses unbalanced tags."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.stray: list[str] = []
        self.data: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "data":
            self.data.append((str(dict(attrs)["value"]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if "script" in tags:
            return
        self.text.append(data)
        if "data" in tags:
            value, text = self.data[-1]
            self.data[-1] = (value, text + data)
        elif any(attributes.get("id") == "decision" for _, attributes in self.open) and re.search(
            r"\d", data
        ):
            inside = {"bdi", "svg"} & set(tags)
            said = any(attributes.get("class") == "derived" for _, attributes in self.open)
            if not inside and not said and "95% interval" not in data:
                self.stray.append(data)

    def all(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.elements if name in attributes]


def numbers_in(document: Any) -> set[float]:
    if isinstance(document, dict):
        return set().union(*(numbers_in(each) for each in document.values()))
    if isinstance(document, list):
        return set().union(*(numbers_in(each) for each in document), set())
    return (
        {float(document)} if isinstance(document, (int, float)) and not isinstance(document, bool) else set()
    )


def read_back(text: str) -> float | None:
    found = re.search(r"\d[\d,]*(\.\d+)?", text)
    if found is None or text[0] in "<>":
        return None
    value = float(found[0].replace(",", "")) / (100.0 if "%" in text else 1.0)
    return -value if "−" in text else value


@pytest.mark.parametrize("build", BUILDS)
def test_every_number_of_the_page_is_a_number_of_the_json_and_reads_like_it(build: Any) -> None:
    result = build()
    known = numbers_in(json.loads(result.to_json()))
    page = Page(to_html(result))
    assert page.data
    for value, text in page.data:
        assert float(value) in known
        read = read_back(text)
        digits = 0.006 * abs(float(value)) + 5e-4  # three digits, or three decimals of a ratio
        beside = max(abs(each) for each in known if abs(each) < 1e6) * 0.006
        assert read is None or abs(read - float(value)) <= max(digits, min(beside, 5e3))


@pytest.mark.parametrize("build", BUILDS)
def test_no_number_stands_in_the_decision_note_outside_a_marked_one(build: Any) -> None:
    assert Page(to_html(build())).stray == []


def test_each_hurdle_row_holds_its_own_numbers() -> None:
    result = fakes.bank()
    table = to_html(result).split("Those that must be cleared to use it are marked.")[1].split("</table>")[0]
    rows = table.split('<tr role="row">')[2:]
    for row, hurdle in zip(rows, result.verdict.hurdles, strict=True):
        held = [float(value) for value in re.findall(r'<data value="([^"]+)"', row)]
        assert hurdle.probability is not None
        assert held == [
            float(f"{each:.10g}")
            for each in (
                hurdle.gain,
                hurdle.low,
                hurdle.high,
                hurdle.required,
                hurdle.probability,
                hurdle.confidence,
            )
            if each is not None
        ]


def test_hostile_strings_appear_literally_and_make_no_element() -> None:
    plain, attacked = Page(to_html(fakes.bank())), Page(to_html(fakes.hostile()))
    assert fake_parts.HOSTILE in " ".join(attacked.text)
    tags = [tag for tag, _ in attacked.elements]
    assert set(tags) <= {tag for tag, _ in plain.elements}
    assert not set(tags) & {"img", "iframe", "object", "form"}
    for own in ("script", "input", "button", "textarea"):
        assert tags.count(own) == [tag for tag, _ in plain.elements].count(own)
    names = {name for _, attributes in attacked.elements for name in attributes}
    assert not any(name.startswith("on") for name in names)


@pytest.mark.parametrize(
    "payload",
    [
        '" onmouseover="alert(1)',
        "{{ 7*7 }}",
        "{% raw %}",
        "]]>",
        "<!--",
        "&lt;b&gt;",
        "\x00\x1b[2J",
        "\u202eabc",
        "'\"`",
    ],
)
def test_other_payloads_make_no_element_either(payload: str) -> None:
    page = Page(to_html(fakes.hostile(payload)))
    plain = [tag for tag, _ in Page(to_html(fakes.bank())).elements]
    assert not {tag for tag, _ in page.elements} & {"img", "b"}
    assert [tag for tag, _ in page.elements].count("script") == plain.count("script")
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "49 " not in page.text[:40]
    assert not set("".join(page.text)) & {"\x00", "\x1b", "\u202e"}


@pytest.mark.parametrize("build", BUILDS)
def test_ids_are_unique_and_links_lead_somewhere(build: Any) -> None:
    page = Page(to_html(build()))
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert all(link in ("data:,", *(f"#{each}" for each in ids)) for link in page.all("href"))
    for named in page.all("aria-labelledby"):
        assert set(named.split()) <= set(ids)


@pytest.mark.parametrize("build", BUILDS)
def test_the_page_asks_for_nothing_and_runs_its_own_scripts_alone(build: Any) -> None:
    text = to_html(build())
    page = Page(text)
    own = [attributes for tag, attributes in page.elements if tag == "script" and "type" not in attributes]
    assert len(own) == len(SCRIPTS)
    held = [attributes.get("type") for tag, attributes in page.elements if tag == "script"]
    assert set(held) <= {None, "application/json"}
    assert not page.all("src")
    assert not page.all("style")
    style = text.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert len(text.encode()) < ONE_MEGABYTE


def hashed(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_names_the_hash_of_the_style_sheet_and_of_each_script() -> None:
    text = to_html(fakes.bank())
    style = text.split("<style>")[1].split("</style>")[0]
    digest = hashed(style)
    scripts = " ".join(f"'sha256-{hashed(script)}'" for script in scripts_of(SCRIPTS))
    page = Page(text)
    policy = next(
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and "http-equiv" in attributes
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src {scripts}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_every_selector_stands_under_payoff() -> None:
    style = to_html(fakes.bank()).split("<style>")[1].split("</style>")[0]
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    for found in re.findall(r"([^{};]+)\{", style):
        head = found.strip()
        if not head.startswith("@"):
            assert all(selector.strip().startswith(".payoff") for selector in head.split(",")), head


@pytest.mark.parametrize("build", BUILDS)
def test_headings_tables_and_language_serve_a_screen_reader(build: Any) -> None:
    text = to_html(build())
    page = Page(text)
    assert page.elements[0] == ("html", {"lang": "en", "class": "payoff"})
    assert text.count("<table") == text.count("<caption>")
    for tag, attributes in page.elements:
        assert tag != "th" or attributes.get("scope") in ("col", "row")
    assert text.count("<main>") == 1
    assert 'class="skip" href="#decision"' in text


def test_the_three_readers_find_their_part() -> None:
    result = fakes.bank()
    text = to_html(result)
    assert text.index('id="decision"') < text.index('id="technical"') < text.index('id="register"')
    said = " ".join(Page(text).text)
    for words in (
        "What is asked of you",
        "what would change the answer",
        "Claimed value",
        "no owner",
        "PAY331",
    ):
        assert words in said
    for each in (result.hash, result.spec_hash, result.data.hash, result.spec_text, result.notes[0]):
        assert each in said
    assert "/home/somebody" not in said


def test_without_a_hurdle_the_page_says_loudly_that_nothing_was_judged() -> None:
    said = " ".join(Page(to_html(fakes.without_hurdles())).text)
    assert "No hurdle, no verdict." in said
    assert "No verdict" in said


def test_a_partial_result_says_so_first() -> None:
    text = to_html(fakes.partial())
    assert text.index("Partial.") < text.index('class="facts"')


@pytest.mark.parametrize("tell", [to_html, to_markdown, to_model_card])
def test_a_partial_result_does_not_blame_a_missing_hurdle(tell: Any) -> None:
    """The errors in the rows are why nothing was judged: the spec may well name hurdles."""
    told = tell(fakes.partial())
    assert "without a hurdle" not in told
    assert "No hurdle" not in told
    assert "data stopped the evaluation" in told


def test_one_class_reads_as_not_evaluated_and_never_as_zero() -> None:
    said = " ".join(Page(to_html(fakes.one_class())).text)
    assert "not evaluated" in said
    assert "None" not in said
    assert "EUR 0" not in said


def test_a_huge_result_stays_under_a_megabyte() -> None:
    result = fakes.bank()
    jobs = {f"job number {index}": (1.0 + index, 0.5, 100) for index in range(900)}
    huge = replace(
        result,
        estimates=(*result.estimates, *fake_parts.slices("work", jobs)),
        spec_text=result.spec_text * 2_000,
    )
    assert len(to_html(huge).encode()) < ONE_MEGABYTE


def test_print_rules_hide_what_paper_cannot_use() -> None:
    style = to_html(fakes.bank()).split("@media print")[1]
    assert re.search(r"\.payoff \.skip, \.payoff nav \{ display: none; \}", style)
    assert "break-before: page" in style


def test_the_room_brings_no_library_until_it_is_used() -> None:
    code = "import sys, payoff.rendering; sys.exit(any(name in sys.modules for name in ('jinja2', 'rich')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_amount_of_the_page_can_break_between_unit_and_number() -> None:
    for code in ("en", "de"):
        page = to_html(fakes.bank(), language=language(code))
        page = re.sub(r"<(svg|script|style|pre|code)\b.*?</\1>", "", page, flags=re.DOTALL)
        assert re.findall(r"EUR \d[^<]{0,20}|\d EUR\b[^<]{0,20}", page) == []
        assert re.search("EUR\u00a0\\d" if code == "en" else "\\d\u00a0EUR", page)


def test_every_cell_of_a_wide_table_carries_the_head_of_its_column() -> None:
    page = to_html(fakes.bank())
    tables = re.findall(r'<div class="wide"[^>]*><table class="[^"]*stack".*?</table>', page, re.DOTALL)
    assert len(tables) > 5
    for table in tables:
        head, _, body = table.partition("<tbody>")
        heads = [
            re.sub(r"<[^>]*>", "", each) for each in re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)
        ]
        for row in re.findall(r"<tr\b.*?</tr>", body, re.DOTALL):
            assert re.findall(r'<td data-label="([^"]*)"', row) == heads[1:]


def test_a_comparison_is_told_once_for_all_its_units_and_its_method_below() -> None:
    result = fakes.bank()
    page = to_html(result)
    part = page.split(">Paired comparisons<")[1].split("<h2")[0]
    paired = [one for one in result.estimates if one.over is not None and one.slice is None]
    assert part.count('<tr><th scope="row"') <= len(
        {(one.of, one.over, one.metric, one.method) for one in paired}
    )
    shown = re.findall(r'<data value="([^"]*)"', part)
    assert sorted(map(float, shown)) == pytest.approx(
        sorted(one.value for one in paired if one.value is not None)
    )
    for method in {one.method for one in paired}:
        assert f"<bdi>{method}</bdi>" in part
    links = set(re.findall(r'href="#(comparison-method-\d+)"', part))
    assert links == set(re.findall(r'id="(comparison-method-\d+)"', part))
