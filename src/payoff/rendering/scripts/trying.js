"use strict";

// The part of the page in which numbers can be moved. Without this script it stays hidden, and the page is complete.
// Names and texts of the user are only ever set as text.

(() => {
  const section = document.getElementById("what-if");
  if (section === null) return;
  const data = JSON.parse(document.getElementById("what-if-data").textContent);
  const { words, language: { decimal } } = data;
  const { VOLUME, THRESHOLD, CAPACITY } = { VOLUME: "decision.volume", THRESHOLD: "model.threshold", CAPACITY: "model.capacity" };
  const PREFIX = "#what-if?";
  const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
  const { largest: LARGEST, least_volume: LEAST } = data.limits;
  const nothing = { values: new Map(), cut: null, room: null };

  // ---- texts

  const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

  function node(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const decimalsOf = (values, digits) => {
    const most = Math.max(...values.map((one) => Math.abs(one ?? 0)));
    return most > 0 ? Math.min(10, Math.max(0, digits - 1 - Math.floor(Math.log10(most)))) : 0;
  };

  // Beyond, separators no longer help the eye, and the digits take more room than there is.
  const WORDED = 1e15;
  const POWERS = { notation: "scientific", maximumFractionDigits: 3 };

  function plain(value, places) {
    if (Math.abs(value) >= WORDED) return Math.abs(value).toLocaleString(data.language.code, POWERS);
    const fraction = { minimumFractionDigits: places, maximumFractionDigits: places };
    return Math.abs(value).toLocaleString(data.language.code, fraction);
  }

  const minus = (value, places) => (value < 0 && Number(value.toFixed(places)) !== 0 ? "−" : "");

  // An amount in its unit, to four digits of the largest that it stands beside.
  function money(value, unit, beside = []) {
    const per = unit.slice(unit.lastIndexOf(" per ") + 5);
    return `${bare(value, unit, beside)} ${data.language.periods[per]}`;
  }

  function bare(value, unit, beside) {
    const head = unit.slice(0, unit.lastIndexOf(" per "));
    const places = decimalsOf([value, ...beside], 4);
    const text = plain(value, places);
    const isFirst = data.language.unit_first && /^[A-Z]{3}$|^[^\w\s]$/.test(head);
    return minus(value, places) + (isFirst ? `${head}\u00a0${text}` : `${text}\u00a0${head}`);
  }

  // A confidence is never certain, and never reads like another one that it is held against.
  function percent(share, beside = null) {
    if (share > 0.999) return `>${plain(99.9, 1)}${data.language.percent}`;
    if (share < 0.001) return `<${plain(0.1, 1)}${data.language.percent}`;
    let places = Number.isInteger(Math.round(share * 1000) / 10) ? 0 : 1;
    while (beside !== null && beside !== share && places < 4 && plain(share * 100, places) === plain(beside * 100, places)) {
      places += 1;
    }
    return `${plain(share * 100, places)}${data.language.percent}`;
  }

  const digits = { maximumSignificantDigits: 10, useGrouping: false };
  const number = (value) => value.toLocaleString(data.language.code, Math.abs(value) < WORDED ? digits : POWERS);

  function datum(value, text) {
    const made = node("data", "", text);
    made.value = String(value);
    return made;
  }

  function badge(status) {
    const { word, sign, tone } = words.statuses[status];
    const mark = node("span", "", sign);
    mark.setAttribute("aria-hidden", "true");
    return node("span", `badge ${tone}`, mark, ` ${word}`);
  }

  // ---- the sliders

  const dials = [...section.querySelectorAll(".dial")].map((element) => ({
    key: element.dataset.key,
    stops: JSON.parse(element.dataset.stops),
    tag: element.querySelector(".tag"),
    range: element.querySelector("input[type=range]"),
    exact: element.querySelector(".exact"),
    output: element.querySelector("output"),
    refused: element.querySelector(".refused"),
    first: 0,
    at: 0,
  }));

  // Values are kept apart from the range, which would round them.
  for (const dial of dials) {
    const known = data.revaluing.dials.find((one) => one.name === dial.key);
    dial.first = dial.stops.length ? Number(dial.range.value) : known.likely;
    dial.at = dial.first;
  }

  const valueOf = (dial) => (dial.stops.length ? dial.stops[dial.at] : dial.at);

  // What stands in the field is what the figures are of, or it is said that it is not.
  function refuse(dial, isRefused) {
    const parts = { at: number(valueOf(dial)), least: number(LEAST), most: number(LARGEST), decimal };
    const reason = Entering.isGrouped(dial.exact.value, decimal) ? "refused_grouped"
      : dial.key === VOLUME ? "refused_volume" : "refused";
    dial.exact.setAttribute("aria-invalid", String(isRefused));
    dial.refused.hidden = !isRefused;
    dial.refused.textContent = isRefused ? filled(words[reason], { ...parts, example: Entering.typed(1234.5, decimal) }) : "";
  }

  function show(dial, isTyped = false) {
    refuse(dial, false);
    const text = number(valueOf(dial));
    dial.range.value = String(dial.at);
    dial.range.setAttribute("aria-valuetext", dial.at === dial.first ? filled(words.first, { at: text }) : text);
    dial.output.textContent = text;
    if (!isTyped) dial.exact.value = Entering.typed(valueOf(dial), decimal);
    dial.tag.hidden = dial.at === dial.first;
  }

  // A slider stops at round numbers, and holds at the one that was judged.
  function rounded(dial, at) {
    if (dial.stops.length) return Math.round(at);
    const [least, most] = [Number(dial.range.min), Number(dial.range.max)];
    const step = 10 ** Math.floor(Math.log10((most - least) / 100));
    if (Math.abs(at - dial.first) < step / 2) return dial.first;
    return Number((Math.round(at / step) * step).toPrecision(12));
  }

  function triedNow() {
    const tried = { values: new Map(), cut: null, room: null };
    for (const dial of dials.filter((one) => one.at !== one.first)) {
      if (dial.key === THRESHOLD) tried.cut = dial.at;
      else if (dial.key === CAPACITY) tried.room = dial.at;
      else tried.values.set(dial.key, valueOf(dial));
    }
    return tried;
  }

  // ---- the state in the address

  function toFragment() {
    const moved = dials.filter((dial) => dial.at !== dial.first);
    const parts = moved.map((dial) => `${encodeURIComponent(dial.key)}=${String(valueOf(dial))}`);
    return parts.length ? PREFIX + parts.join("&") : "";
  }

  // What an address asks for: settings by dial, and what of it cannot be taken, with why.
  function fromFragment(fragment) {
    const found = new Map();
    const left = [];
    if (!fragment.startsWith(PREFIX)) return { found, left };
    for (const part of fragment.slice(PREFIX.length).split("&").filter(Boolean)) {
      const cut = part.indexOf("=");
      const text = part.slice(cut + 1);
      const key = decoded(cut < 0 ? part : part.slice(0, cut));
      const dial = dials.find((one) => one.key === key);
      const at = dial && NUMBER.test(text) ? placeOf(dial, Number(text)) : null;
      if (at !== null) found.set(dial, at);
      else left.push(filled(!dial ? words.left_name : !NUMBER.test(text) ? words.left_text : words.left_range, { part: decoded(part) }));
    }
    return { found, left };
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  // The position of a value; null where it is none.
  function placeOf(dial, value) {
    if (!(Math.abs(value) <= LARGEST) || (dial.key === VOLUME && value < LEAST)) return null;
    if (!dial.stops.length) return value;
    const place = dial.stops.findIndex((stop) => Math.abs(stop - value) <= 1e-9 * Math.abs(stop));
    return place < 0 ? null : place;
  }

  // The address that these numbers are of. Where it reads otherwise, somebody asked for other numbers, and the browser
  // is about to say so: what waits is not written over that.
  let known = location.hash;

  function remember() {
    const here = toFragment();
    if (here !== "" || location.hash.startsWith(PREFIX)) write(here || "#what-if");
    known = location.hash;
  }

  function write(fragment) {
    try {
      history.replaceState(null, "", fragment);
    } catch {
      location.hash = fragment;
    }
  }

  // ---- what comes of it

  function interval(one) {
    if (one.low === null) return node("small", "", words.withdrawn);
    const ends = [one.low, one.high].map((end) => datum(end, bare(end, one.unit, [one.low, one.high])));
    const [before, between] = filled(words.interval, { low: "\u0000", high: "\u0000" }).split("\u0000");
    return node("small", "", before, ends[0], between, ends[1]);
  }

  function amount(one, value = one.value) {
    if (value === null) return [words.unknown];
    const told = [datum(value, money(value, one.unit, [one.low, one.high])), interval(one)];
    const isApart = one.low !== null && (value < one.low || value > one.high);
    return isApart ? [...told, node("small", "flag doubt", words.apart)] : told;
  }

  function fill(id, rows) {
    const body = document.getElementById(id).tBodies[0];
    rows.forEach((cells, row) => cells.forEach((cell, column) =>
      body.rows[row].cells[column + 1].replaceChildren(...cell)));
  }

  function hurdleRow(one, before, tried) {
    const asked = node("small", "", filled(words.asked, { asked: percent(one.confidence) }));
    const reached = one.probability === null
      ? [node("small", "", words.reasons[one.reason] || one.reason || one.note || words.unknown)]
      : [datum(one.probability, percent(one.probability, one.confidence)), asked];
    const then = [badge(one.status), one.gain === null ? "" : node("small", "", ...amount({ ...one, value: one.gain })), ...picked(tried)];
    return [[badge(before.status)], then, [datum(one.required, money(one.required, one.unit))], reached];
  }

  function says(then, tried) {
    if (!WhatIf.isMoved(tried)) return words.as_judged;
    const out = [];
    if (then.overall !== null) out.push(filled(words.then, { overall: words.overalls[then.overall].word }));
    else if (then.hurdles.length) out.push(words.then_open);
    for (const one of then.hurdles) {
      const parts = { name: one.name, status: words.statuses[one.status].word };
      if (one.probability === null) out.push(filled(words.hurdle_open, parts));
      else {
        const chances = { chance: percent(one.probability, one.confidence), asked: percent(one.confidence) };
        out.push(filled(words.hurdle, { ...parts, ...chances }));
      }
    }
    const shown = then.gains.find((one) => one.over === data.today) || then.gains[0];
    if (!then.hurdles.length && shown && shown.value !== null) {
      const value = money(shown.value, shown.unit, [shown.low, shown.high]);
      out.push(filled(words.gain, { metric: words.metrics[shown.metric], over: shown.over, value }));
    }
    return out.join(" ");
  }

  function notesOf(then, tried) {
    const out = [];
    for (const dial of data.revaluing.dials.filter((one) => tried.values.has(one.name))) {
      const at = tried.values.get(dial.name);
      const ranged = dial.low !== null && dial.high !== null;
      if (ranged && (at < dial.low || at > dial.high)) out.push(filled(words.outside, { name: dial.name }));
      if (dial.decides.length) {
        out.push(filled(words.held, { name: dial.name, policies: dial.decides.join(", ") }));
      }
    }
    const byPeriod = data.revaluing.gains.some((one) => one.by_period);
    if (tried.values.has(VOLUME) && byPeriod) out.push(words.same_share);
    if (tried.cut !== null) out.push(filled(words.moved_cut, { cuts: data.revaluing.cuts.cuts.length }));
    const open = then.guardrails.filter((one) => one.status === null).map((one) => one.name);
    if (open.length) out.push(filled(words.open_rails, { names: [...new Set(open)].join(", ") }));
    const anew = anewOf(tried);
    out.push(...anew.map((one) => railOf(one, then)).filter(Boolean));
    const places = anew.reduce((total, one) => total + one.count, 0);
    if (!open.length && then.guardrails.length > places) out.push(words.rails_stand);
    if (then.retuned !== null) {
      const note = filled(words.retuned, { threshold: number(then.retuned.threshold) });
      out.push([note, then.retuned]);
    }
    return out;
  }

  // How the numbers were made: for who asks.
  function methodsOf(then, tried) {
    const out = tried.cut === null && tried.room === null ? [words.exact] : [];
    const remarks = new Map();
    for (const one of then.gains) {
      const remark = [one.method, one.note].filter(Boolean).join("; ");
      remarks.set(remark, (remarks.get(remark) || new Set()).add(one.over));
    }
    for (const [remark, over] of remarks) {
      out.push(filled(words.remark, { over: [...over].join(", "), remark }));
    }
    return out;
  }

  // Guardrails that are judged anew: of money by the policy in use, of shares at another cut.
  function anewOf(tried) {
    const { money, shares } = data.limits_of;
    if (tried.cut !== null) return shares.map((one) => ({ first: one.at, count: 1 }));
    return tried.room === null ? money.map((one) => ({ first: one.first, count: one.places.length })) : [];
  }

  // A guardrail that was judged anew, in a sentence; of several places how many are what.
  function railOf({ first, count }, then) {
    const [before, now] = [data.guardrails, then.guardrails].map((every) =>
      every.slice(first, first + count).map((one) => one.status));
    if (now.includes(null)) return "";
    const parts = { name: data.guardrails[first].name, now: tally(now), before: tally(before) };
    return filled(parts.now === parts.before ? words.rail : words.rail_moved, parts);
  }

  function tally(statuses) {
    if (statuses.length === 1) return words.statuses[statuses[0]].word;
    const kinds = Object.keys(words.statuses).filter((kind) => statuses.includes(kind));
    return kinds.map((kind) => `${statuses.filter((one) => one === kind).length} ${words.statuses[kind].word}`).join(", ");
  }

  const picked = (tried) => (tried.cut === null ? [] : [node("small", "flag doubt", words.chosen_here)]);

  function retunedCell(then, one) {
    if (then.retuned === null) return [];
    const value = then.retuned.gains.get(one.over) - one.cost;
    return [[datum(value, money(value, one.unit, [one.low, one.high])), node("small", "", words.point)]];
  }

  let judged = null;
  function update() {
    const tried = triedNow();
    judged ??= WhatIf.at(data, nothing);
    const then = WhatIf.isMoved(tried) ? WhatIf.at(data, tried) : judged;
    section.classList.toggle("moved", WhatIf.isMoved(tried));
    document.getElementById("what-if-says").textContent = says(then, tried);
    if (then.hurdles.length) fill("what-if-hurdles", then.hurdles.map((one, k) => hurdleRow(one, judged.hurdles[k], tried)));
    fill("what-if-gains", then.gains.map((one, k) => [
      amount(judged.gains[k]),
      [...amount(one), ...picked(tried)],
      ...retunedCell(then, one),
    ]));
    const items = notesOf(then, tried).map((note) => {
      if (typeof note === "string") return node("li", "", note);
      const item = node("li", "retuned", note[0]);
      item.dataset.threshold = String(note[1].threshold);
      return item;
    });
    document.getElementById("what-if-notes").replaceChildren(...items);
    const methods = methodsOf(then, tried).map((text) => node("li", "", text));
    document.getElementById("what-if-methods").replaceChildren(...methods);
    section.dataset.shown = toFragment();
  }

  let waiting = false;
  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (location.hash !== known) return;
      update();
      remember();
    });
  }

  function set(dial, at, isTyped = false) {
    document.getElementById("what-if-left").hidden = true;
    dial.at = at;
    show(dial, isTyped);
    later();
  }

  function restore() {
    known = location.hash;
    const { found, left } = fromFragment(location.hash);
    const said = document.getElementById("what-if-left");
    said.hidden = left.length === 0;
    said.textContent = left.length ? filled(words.left, { parts: left.join("; ") }) : "";
    for (const dial of dials) {
      dial.at = found.has(dial) ? found.get(dial) : dial.first;
      show(dial);
    }
    update();
    if (location.hash.startsWith(PREFIX)) section.scrollIntoView();
  }

  // A link to another part of the page is no wish for other numbers.
  function followed() {
    if (location.hash.startsWith(PREFIX)) restore();
    else known = location.hash;
  }

  // ---- this setting as a spec

  function asSpec() {
    const tried = triedNow();
    const moved = new Map(dials.filter((dial) => dial.at !== dial.first).map((dial) => [dial.key, valueOf(dial)]));
    const then = WhatIf.at(data, tried);
    const notes = [...notesOf(then, tried).filter((note) => typeof note === "string"), ...methodsOf(then, tried)];
    const shown = [says(then, tried), ...notes];
    return Copying.asSpec(data, moved, shown, number);
  }

  async function copy() {
    const text = document.getElementById("what-if-text");
    const said = document.getElementById("what-if-copied");
    document.getElementById("what-if-spec").hidden = false;
    text.value = asSpec();
    text.focus();
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = words.copied;
    } catch {
      said.textContent = words.copy_by_hand;
    }
  }

  // ---- begin

  for (const dial of dials) {
    dial.range.addEventListener("input", () => set(dial, rounded(dial, Number(dial.range.value))));
    dial.exact.addEventListener("input", () => {
      const typed = Entering.read(dial.exact.value, decimal);
      const at = typed === null ? null : placeOf(dial, typed);
      if (at !== null) set(dial, at, true);
      else refuse(dial, dial.exact.value.trim() !== "");
    });
    dial.exact.addEventListener("blur", () => show(dial));
    show(dial);
  }
  document.getElementById("what-if-reset").addEventListener("click", () => dials.forEach((dial) => set(dial, dial.first)));
  document.getElementById("what-if-copy").addEventListener("click", copy);
  window.addEventListener("hashchange", followed);
  for (const hidden of document.querySelectorAll("[data-live]")) hidden.hidden = false;
  section.hidden = false;
  // After the first paint: what it costs must not delay the answer above.
  setTimeout(restore, 0);
})();
