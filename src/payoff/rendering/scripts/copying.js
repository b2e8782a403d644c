"use strict";

// A setting as a spec: the whole text with the tried numbers in place, and in comments why an evaluation may say
// something else than the page. A threshold that these rows chose is never written into it: fixed, it would be judged
// as if they had not.

const Copying = (() => {
  const { VOLUME, THRESHOLD, ROOM } = { VOLUME: "decision.volume", THRESHOLD: "model.threshold", ROOM: "model.capacity" };

  const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const comment = (text) => `# ${text.replace(/\s+/g, " ").trim()}`;

  // What stands in a slot, where a number of it was moved; null where it stays.
  function written(data, slot, values) {
    const isRoom = slot.name === ROOM || slot.name === `${ROOM}.money`;
    const name = isRoom ? ROOM : slot.name;
    if (!values.has(name)) return null;
    const at = values.get(name);
    if (isRoom) return room(slot, at);
    const known = data.revaluing.dials.find((one) => one.name === name);
    const item = Assumptions.tried(known, at);
    if (slot.part === "whole") return slot.per ? `"${at} per ${slot.per}"` : String(at);
    // A range stays as its owner wrote it, unless the number lies beyond it; years of the volume are those of the page.
    if (slot.part === "per") return "year";
    if (slot.part === "likely") return String(at);
    return name === VOLUME || item[slot.part] !== known[slot.part] ? String(item[slot.part]) : null;
  }

  function room(slot, at) {
    if (slot.per !== null) return `"${slot.name === ROOM ? Math.floor(at) : at} per ${slot.per}"`;
    return Number.isInteger(at) ? at.toFixed(1) : String(at);
  }

  function body(data, values) {
    const placed = new Set();
    const parts = data.spec.pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const put = written(data, piece, values);
      if (put === null) return piece.was;
      placed.add(piece.name.startsWith(ROOM) ? ROOM : piece.name);
      return put;
    });
    return { text: parts.join(""), placed };
  }

  // ``moved`` is a Map of what was moved, ``shown`` what the page says and ``number`` writes one for people.
  function asSpec(data, moved, shown, number) {
    const { words, spec } = data;
    const values = new Map([...spec.assumed, ...moved].filter(([name]) => name !== THRESHOLD));
    const { text, placed } = body(data, values);
    const out = [moved.size ? words.copy_head : words.copy_as_judged];
    for (const [name, at] of moved) out.push(filled(words.copy_moved, { name: titled(data, name), at: number(at) }));
    if (moved.size) out.push(filled(words.copy_shown, { says: shown[0] }), ...shown.slice(1));
    out.push(...differences(data, moved));
    for (const [name, at] of values) {
      if (spec.pieces.length && !placed.has(name)) out.push(filled(words.copy_unplaced, { name: titled(data, name), at: number(at) }));
    }
    if (!spec.pieces.length) out.push(words.copy_no_text);
    out.push(filled(words.copy_run, { command: spec.command }));
    return `${[...out.map(comment), ...thresholds(data, moved)].join("\n")}\n\n${text}`;
  }

  const titled = (data, name) => data.words.titles[name] || name;

  function differences(data, moved) {
    const { words, spec } = data;
    const out = [];
    const money = [...moved.keys()].filter((name) => ![VOLUME, THRESHOLD, ROOM].includes(name));
    if (money.length) out.push(words.copy_owner);
    const decides = data.revaluing.dials.filter((one) => moved.has(one.name)).flatMap((one) => one.decides);
    const anew = [...new Set([...decides, ...(money.length ? spec.tuned.map((one) => one.name) : [])])];
    if (anew.length) out.push(filled(words.copy_anew, { policies: anew.join(", ") }));
    if (moved.has(ROOM)) out.push(words.copy_room);
    const same = moved.size > 0 && !anew.length && !moved.has(ROOM) && !moved.has(THRESHOLD);
    const isRoomy = spec.pieces.some((piece) => typeof piece !== "string" && piece.name.startsWith(ROOM));
    if (same && !(isRoomy && moved.has(VOLUME))) out.push(words.copy_same);
    return out;
  }

  // The threshold in use where an evaluation chooses anew, and one that was looked up on these rows: for other rows.
  function thresholds(data, moved) {
    const { words, spec, revaluing } = data;
    const out = [];
    const isMoney = [...moved.keys()].some((name) => ![VOLUME, THRESHOLD, ROOM].includes(name));
    const held = spec.tuned.find((one) => one.name === revaluing.of);
    if (moved.has(THRESHOLD)) out.push(words.copy_cut, moved.get(THRESHOLD));
    else if (isMoney && held && held.threshold !== null) out.push(words.copy_held, held.threshold);
    if (!out.length) return [];
    return [comment(out[0]), `#   policy: {threshold: ${out[1]}}`];
  }

  return { asSpec };
})();
