// The table of estimates: search, sort, copy. Rows of the page stand until the reader asks for something; every string
// goes in as text.
"use strict";
(() => {
  const part = name => document.getElementById(`estimates-${name}`);
  if (!part("data")) return;
  const held = JSON.parse(part("data").textContent);
  const {fields, numbers, columns, note, texts, words, language, rows: packed} = held;
  const rows = packed.map(row => row.map(cell => (typeof cell === "number" ? texts[cell] : cell)));
  const body = part("table").tBodies[0];
  const heads = [...part("table").tHead.rows[0].cells];
  const step = 100;
  const hay = rows.map(row => columns.map(({cell}) => row[cell]).concat(row[0], row[note]).join("\n").toLowerCase());
  let found = rows, shown = body.rows.length, sorted = null;

  const made = (name, text, kind) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  const small = text => {
    const element = made("small");
    element.append(made("bdi", text));
    return element;
  };

  const line = row => {
    const tr = made("tr");
    columns.forEach(({cell, by, numeric}, index) => {
      const held = made(index ? "td" : "th", "", numeric ? "num" : "");
      if (!index) held.scope = "row";
      const text = row[cell] && made(numeric ? "data" : "bdi", row[cell]);
      if (text && numeric) text.value = row[by];
      if (text) held.append(text);
      if (row[note] && index === columns.length - 1) held.append(small(row[note]));
      tr.append(held);
    });
    return tr;
  };

  const filled = text => text.replace(/\{(\w+)\}/g, (_, name) =>
    ({shown: Math.min(shown, found.length), found: found.length, all: rows.length})[name].toLocaleString(language));

  const say = text => { part("said").textContent = filled(text); };

  const tell = () => {
    part("more").hidden = shown >= found.length;
    say(!found.length ? words.none : found.length < rows.length ? words.match : words.said);
  };

  const draw = () => {
    shown = step;
    body.replaceChildren(...found.slice(0, shown).map(line));
    part("text").hidden = true;
    tell();
  };

  const collator = new Intl.Collator(language, {numeric: true});

  // Missing numbers and texts come last in either direction.
  const order = ({by, numeric}, down) => (a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === "" || y === "") return (x === "") - (y === "");
    return (numeric ? x - y : collator.compare(x, y)) * (down ? -1 : 1);
  };

  const search = () => {
    const asked = part("search").value.toLowerCase().split(/\s+/);
    found = rows.filter((_, index) => asked.every(word => hay[index].includes(word)));
    if (sorted) found.sort(order(columns[sorted.index], sorted.down));
    draw();
  };

  const sort = index => {
    const again = sorted && sorted.index === index;
    sorted = again && sorted.down ? null : {index, down: Boolean(again)};
    heads.forEach((head, at) => {
      const mine = sorted && sorted.index === at;
      head.setAttribute("aria-sort", mine ? (sorted.down ? "descending" : "ascending") : "none");
    });
    search();
  };

  // What a spreadsheet would take for a formula is preceded by an apostrophe, as in the command's CSV.
  const safe = text => (/^\s*[=+\-@]|^[\t\r]/.test(text) ? `'${text}` : text);
  const quoted = text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const csv = () => [fields, ...found]
    .map(row => fields.map((_, at) => quoted(numbers.includes(at) ? row[at] : safe(row[at]))).join(",") + "\r\n")
    .join("");

  const byHand = text => {
    part("text").value = text;
    part("text").hidden = false;
    part("text").focus();
    part("text").select();
    say(words.byHand);
  };

  const copy = () => {
    const text = csv();
    if (!navigator.clipboard) return byHand(text);
    return navigator.clipboard.writeText(text).then(() => say(words.copied), () => byHand(text));
  };

  const save = () => {
    const link = made("a");
    link.href = URL.createObjectURL(new Blob([csv()], {type: "text/csv"}));
    link.download = "estimates.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const more = () => {
    const first = shown;
    shown += step;
    body.append(...found.slice(first, shown).map(line));
    tell();
  };

  heads.forEach((head, index) => {
    const button = made("button", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => sort(index));
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
  });
  part("search").addEventListener("input", search);
  part("copy").addEventListener("click", copy);
  part("save").addEventListener("click", save);
  part("more").addEventListener("click", more);
  if (part("rest")) part("rest").hidden = true;
  part("finder").hidden = false;
  tell();
})();
