"""What a reader sees of a page, measured in the browser: text that is cut or covered, elements, focus, headings."""

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Rectangles of text that a reader sees. A part that scrolls by itself shows what it cuts, so it is left out there;
# letters of one line may touch the next by a few pixels (line boxes overlap where a font is taller than its line).
OVERLAPS = """() => {
  const bad = [], found = [], root = document.documentElement, touch = 3;
  const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement, said = node.textContent.trim();
    if (!said || !seen(parent) || parent.closest("svg, script, style, .skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const scrolls = parent.closest(".wide");
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      if (!scrolls && (box.left < -1 || box.right > root.clientWidth + 1)) bad.push("beyond the edge: " + said);
      found.push({box, said, top: box.top, scrolls});
    }
  }
  found.sort((a, b) => a.top - b.top);
  found.forEach((one, i) => {
    for (let j = i + 1; j < found.length && found[j].top < one.box.bottom - touch; j++) {
      const b = found[j].box, across = Math.min(one.box.right, b.right) - Math.max(one.box.left, b.left);
      const down = Math.min(one.box.bottom, b.bottom) - Math.max(one.box.top, b.top);
      if (across > touch && down > 0.45 * Math.min(one.box.height, b.height))
        bad.push(`overlap: ${one.said.slice(0, 60)} | ${found[j].said.slice(0, 60)}`);
    }
  });
  if (root.scrollWidth > innerWidth) bad.push(`the page scrolls sideways: ${root.scrollWidth} of ${innerWidth}`);
  return bad.slice(0, 20);
}"""

# Text of charts, in their own coordinates; letters grow by a pixel or two where a page is zoomed or printed.
CHARTS = """() => {
  const bad = [];
  for (const chart of document.querySelectorAll("svg.chart")) {
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    const texts = [...chart.querySelectorAll("text")].map(t => ({box: t.getBBox(), said: t.textContent}));
    texts.forEach(({box, said}, i) => {
      if (box.x < -3 || box.y < -3 || box.x + box.width > width + 3 || box.y + box.height > height + 3)
        bad.push("clipped: " + said);
      for (const other of texts.slice(i + 1)) {
        const b = other.box;
        const across = Math.min(box.x + box.width, b.x + b.width) - Math.max(box.x, b.x);
        const down = Math.min(box.y + box.height, b.y + b.height) - Math.max(box.y, b.y);
        if (across > 1 && down > 4) bad.push("overlap: " + said + " | " + other.said);
      }
    });
  }
  return bad;
}"""

# How many lines, labels and titles a chart has depends on how long its strings are: there, each kind counts once.
CENSUS = """(of) => {
  const kind = each => `${each.localName}[${[...each.attributes].map(one => one.name).sort().join(" ")}]`;
  const drawn = [...of.querySelectorAll("svg.chart *")].map(each => "in a chart: " + kind(each));
  return [...[...of.querySelectorAll("*:not(svg.chart *)")].map(kind), ...new Set(drawn)];
}"""

LEADS = """() => [...document.querySelectorAll("*")].flatMap(
  each => [...each.attributes].filter(one => /^(.*:)?(href|src|action|formaction|data|srcdoc)$/.test(one.name))
  .map(one => one.value))"""

FOCUSED = """() => {
  const each = document.activeElement, box = each.getBoundingClientRect(), style = getComputedStyle(each);
  const order = [...document.querySelectorAll("*")].indexOf(each);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const ring = drawn || style.outlineStyle === "auto" || style.boxShadow !== "none";
  const middle = document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2, box.top + box.height / 2);
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const tall = box.height > innerHeight / 2;
  return {name: each.localName + " " + each.textContent.trim().slice(0, 40), order, ring, inside,
          covered: !tall && !!middle && !each.contains(middle) && !middle.contains(each)};
}"""

HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter(each => each.checkVisibility()).map(each => [Number(each.localName[1]), each.textContent.trim()])"""


# Contrast of every colour of text with what lies behind it, also in charts, where axe-core does not look.
CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true}), known = new Map();
  const light = colour => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      const part = c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
      known.set(colour, a < 255 ? null : 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b));
    }
    return known.get(colour);
  };
  const behind = each => {
    for (let e = each; e; e = e.parentElement) {
      const found = light(getComputedStyle(e).backgroundColor);
      if (found !== null) return found;
    }
    return 1;
  };
  const bad = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const each = node.parentElement, style = getComputedStyle(each);
    if (!node.textContent.trim() || !each.checkVisibility() || each.closest("script, style")) continue;
    const colour = each.closest("svg") ? style.fill : style.webkitTextFillColor;
    const front = light(colour), back = each.matches(".sign") ? light(style.color) : behind(each);
    if (front === null) continue;
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) bad.add(`${ratio.toFixed(2)}: ${each.localName}.${each.getAttribute("class")} ${colour}`);
  }
  return [...bad];
}"""


def faults_of_layout(page: "Page") -> list[str]:
    """Return what is cut, covered or beyond the edge, in the page and in its charts."""
    page.evaluate("scrollTo(0, 0)")  # contents that stay on top lie over what is scrolled below them
    return [*page.evaluate(OVERLAPS), *page.evaluate(CHARTS)]


def census(page: "Page") -> Counter[str]:
    """Return how many elements of each kind, with which attributes, the page holds."""
    return Counter(page.evaluate(f"({CENSUS})(document)"))


def leads(page: "Page") -> set[str]:
    """Return every place that an attribute leads to."""
    return set(page.evaluate(LEADS))


def tabbed(page: "Page", most: int = 400) -> list[dict[str, Any]]:
    """Press Tab through the whole page and return what had the focus, in order."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["name"].startswith("body") or (found and focused["order"] <= found[0]["order"]):
            break
        found.append(focused)
    return found


def headings(page: "Page") -> list[tuple[int, str]]:
    """Return level and text of every heading that is shown, in order."""
    return [(level, text) for level, text in page.evaluate(HEADINGS)]


def faint(page: "Page") -> list[str]:
    """Return the kinds of text that stand out by less than 4.5 to 1 (WCAG 2.2, AA)."""
    return list(page.evaluate(CONTRASTS))
