"use strict";

// The verdict at other numbers, decisions held: the twin of payoff.verdicts.what_if, from the data that the page holds.
// ``tried`` is {values: Map of likely values by dial, cut: place or null, room: step or null}.

const WhatIf = (() => {
  const { along, dot, drawnAt, entry, symbolsAt, DRAWS, sum } = Assumptions;
  const { atCut, bestCut, confidenceAt, intervalAt, pickedAt, stderrOf } = Revaluing;
  const VOLUME = "decision.volume";
  const PER_YEAR = { day: 365.25, week: 52.18, month: 12, year: 1 };
  const FEWEST_EVENTS = 50;

  const periodOf = (unit) => unit.slice(unit.lastIndexOf(" per ") + 5);

  const isPossible = (dial, value) =>
    dial.low === null || dial.high === null ? value === dial.likely : dial.low <= value && value <= dial.high;

  // Rows are held to a declared cap at every assumption that its owner holds possible, and at no other.
  function arePossible(held, values) {
    const moved = held.dials.filter((dial) => dial.name !== VOLUME && values.has(dial.name));
    return moved.every((dial) => isPossible(dial, values.get(dial.name)));
  }

  function heldToCap(data, values) {
    const held = data.revaluing;
    if (arePossible(held, values)) return held;
    const { words } = data;
    const without = (gain) => gain.kind === "bernstein"
      ? { ...gain, kind: "none", tier: "C", method: words.no_interval, note: words.beyond_cap }
      : gain;
    return { ...held, gains: held.gains.map(without), looked: held.looked.map(without) };
  }

  // One setting with all that every number asks of it.
  function settingOf(data, tried) {
    const held = heldToCap(data, tried.values);
    const symbols = symbolsAt(held, tried.values);
    const draws = drawnAt(held, tried.values);
    const dial = held.dials.find((one) => one.name === VOLUME);
    const likely = dial ? dial.likely : null;
    return {
      data,
      held,
      tried,
      at: along(held, symbols),
      drawn: along(held, draws),
      draws,
      likely,
      volume: likely === null ? null : symbols.get(VOLUME),
      moreRoom: tried.room === null ? null : moreRoom(data, tried.room, likely),
    };
  }

  const factorOf = (then) => (then.likely === null ? 1 : then.likely / then.volume);
  const scaleOf = (then, per) => (!(per in PER_YEAR) || then.volume === null ? 1 : then.volume / PER_YEAR[per]);

  function moreRoom(data, room, volume) {
    const { room: rooms, value } = data.rooms;
    const [here, there] = [value[rooms.length >> 1], value[room]];
    return here === null || there === null ? null : (there - here) / (volume === null ? 1 : volume);
  }

  function found(then, gain) {
    const { words } = then.data;
    if (then.tried.cut !== null) return foundAtCut(then, gain);
    let value = gain.point === null ? null : dot(gain.point, then.at, 0);
    if (then.tried.room !== null) {
      const alone = [...then.tried.values.keys()].every((name) => name === VOLUME);
      value = value === null || then.moreRoom === null || !alone ? null : value + then.moreRoom;
      return { value, ends: null, method: words.by_room, tier: null, note: words.another_room, moments: null };
    }
    const ends = intervalAt(gain, then.at);
    const apart = ends !== null && value !== null && !(ends[0] <= value && value <= ends[1]);
    const lost = ends === null && gain.kind !== "none";
    const moved = [...then.tried.values.keys()].some((name) => name !== VOLUME);
    const notes = [
      apart && isTuned(gain, then.at) ? words.point_apart : "",
      lost ? words.cancelled : "",
      gain.tier === "A" && gain.kind !== "certain" && moved ? words.tail_held : "",
      gain.note || "",
    ];
    const note = notes.filter(Boolean).join("; ") || null;
    return { value, ends, method: gain.method, tier: gain.tier, note, moments: null };
  }

  // Whether the point is of other thresholds than the interval: more apart than the ten digits kept.
  function isTuned(gain, at) {
    const size = gain.mean.reduce((total, one, k) => total + Math.abs(one * entry(at[k], 0)), 0);
    return Math.abs(dot(gain.point, at, 0) - dot(gain.mean, at, 0)) > 1e-8 * size;
  }

  function foundAtCut(then, gain) {
    const { words } = then.data;
    const moments = atCut(then.held.cuts, gain, then.tried.cut);
    const value = dot(moments.mean, then.at, 0);
    let why = gain.elsewhere;
    if (why === null && (gain.events[then.tried.cut] || 0) < FEWEST_EVENTS) why = words.few_events;
    const half = why === null
      ? gain.quantile_elsewhere * stderrOf(moments.covariance, moments.units, then.at, 0)
      : null;
    return {
      value,
      ends: why === null ? [value - half, value + half] : null,
      method: why === null ? words.by_groups : words.no_interval,
      tier: null,
      note: why === null ? words.chosen_here : `${words.chosen_here}; ${why}`,
      moments: why === null ? moments : null,
    };
  }

  function costOf(gain, factor) {
    const fixed = gain.fixed_cost || 0;
    return (gain.cost || 0) - fixed + fixed * factor;
  }

  function scaled(one, cost, scale) {
    const [low, high] = one.ends === null ? [null, null] : one.ends;
    return [one.value, low, high].map((end) => (end === null ? null : (end - cost) * scale));
  }

  function gainsOf(then, finds) {
    const per = then.volume === null ? "decision" : "year";
    const unit = `${then.held.unit} per ${per}`;
    return then.held.gains.flatMap((gain) => {
      const one = finds.get(gain);
      return [["gain", 0], ["net_gain", costOf(gain, factorOf(then))]]
        .filter(([metric]) => metric === "gain" || gain.cost !== null)
        .map(([metric, cost]) => {
          const scale = scaleOf(then, per);
          const [value, low, high] = scaled(one, cost, scale);
          const { method, tier, note } = one;
          return { over: gain.over, metric, unit, value, low, high, method, tier, note, cost: cost * scale };
        });
    });
  }

  function probabilityOf(then, gain, one, hurdle, per) {
    if (hurdle.probability === null || one.ends === null) return null;
    const volumes = then.likely === null ? null : then.draws.get(VOLUME);
    const asked = Array.from({ length: DRAWS }, (_, j) => {
      const factor = volumes === null ? 1 : then.likely / entry(volumes, j);
      const periodic = per in PER_YEAR && then.likely !== null;
      const required = periodic ? ((hurdle.required * PER_YEAR[per]) / then.likely) * factor : hurdle.required;
      return required + (hurdle.metric === "net_gain" ? costOf(gain, factor) : 0);
    });
    // Where nothing is in doubt, one draw stands for all.
    const still = then.drawn.every((column) => typeof column === "number");
    const some = still && asked.every((each) => each === asked[0]) ? asked.slice(0, 1) : asked;
    const chances = one.moments === null
      ? confidenceAt(gain, then.drawn, some)
      : pickedAt(then.held.cuts, gain, one.moments, then.drawn, some);
    return chances === null ? null : sum(Array.from(chances)) / some.length;
  }

  function statusOf(probability, confidence) {
    if (probability > confidence) return "cleared";
    return probability < 1 - confidence ? "missed" : "undecided";
  }

  function hurdleOf(then, finds, hurdle) {
    const gain = [...then.held.looked, ...then.held.gains].find((one) => one.over === hurdle.over);
    const per = periodOf(hurdle.unit);
    if (!finds.has(gain)) finds.set(gain, found(then, gain));
    const one = finds.get(gain);
    const cost = hurdle.metric === "net_gain" ? costOf(gain, factorOf(then)) : 0;
    const [value, low, high] = scaled(one, cost, scaleOf(then, per));
    const probability = probabilityOf(then, gain, one, hurdle, per);
    let [status, reason] = ["not evaluated", hurdle.probability === null ? hurdle.reason : then.data.words.not_revalued];
    if (probability !== null) {
      [status, reason] = hurdle.reason === "pending"
        ? ["undecided", "pending"]
        : [statusOf(probability, hurdle.confidence), null];
    } else if (gain.kind === "certain" && hurdle.reason === "same_decisions" && one.tier !== null) {
      const cleared = hurdle.required < 0 && value !== null && value > hurdle.required;
      [status, reason] = [cleared ? "cleared" : "not evaluated", "same_decisions"];
    }
    if (!isMoved(then.tried)) reason = hurdle.reason;
    return { ...hurdle, status, gain: value, low, high, probability, reason, note: one.note };
  }

  const isMoved = (tried) => tried.values.size > 0 || tried.cut !== null || tried.room !== null;

  const holdsDecisions = (tried) => tried.cut === null && tried.room === null;

  // What it measures stands as it was, was judged anew, or is not revalued: then the status is null and the note says why.
  function railsOf(then) {
    const { data, held, tried } = then;
    const { words } = data;
    const withdrawn = (rail, note) => ({ ...rail, status: null, value: null, low: null, high: null, reason: null, note });
    const out = data.guardrails.map((rail, k) => {
      const kind = held.rails[k];
      const stands = !isMoved(tried) || rail.reason === "slice_too_small"
        || (kind !== "money" && (kind !== "decisions" || holdsDecisions(tried)));
      if (stands) return { ...rail, note: null };
      return withdrawn(rail, kind === "money" && holdsDecisions(tried) ? words.not_revalued : words.not_elsewhere);
    });
    if (tried.cut !== null) {
      for (const limit of data.limits_of.shares) {
        const found = Limits.atCut(data, limit, data.guardrails[limit.at], tried.cut, held.cuts.cuts.length);
        out[limit.at] = found ?? out[limit.at];
      }
    }
    if (!isMoved(tried) || !holdsDecisions(tried)) return out;
    const assumed = [...tried.values.keys()].some((name) => name !== VOLUME);
    for (const limit of data.limits_of.money) {
      const records = data.guardrails.slice(limit.first, limit.first + limit.places.length);
      const cost = limit.cost - limit.fixed_cost + limit.fixed_cost * factorOf(then);
      const scaled = (money) => (money - cost) * scaleOf(then, limit.per);
      const found = Limits.judged(data, limit, records, then.at, scaled, arePossible(held, tried.values));
      records.forEach((record, k) => {
        if (record.reason === "slice_too_small") return;
        const isHeld = assumed && ["moments", "picked"].includes(limit.places[k].kind);
        out[limit.first + k] = typeof found === "string"
          ? withdrawn(record, found)
          : { ...found[k], note: isHeld ? words.tail_held : null };
      });
    }
    return out;
  }

  function overallOf(hurdles, rails) {
    if (!hurdles.length) return null;
    const needed = [
      ...hurdles.filter((one) => one.needed_to_ship),
      ...rails.filter((one) => one.status !== null && one.reason !== "slice_too_small"),
    ].map((one) => one.status);
    if (needed.includes("missed")) return "reject";
    const overall = needed.every((one) => one === "cleared") ? "ship" : "hold";
    return rails.some((one) => one.status === null) ? null : overall;
  }

  function retunedOf(then) {
    if (then.held.cuts === null) return null;
    const place = bestCut(then.held.cuts, then.at);
    const per = then.volume === null ? "decision" : "year";
    const gains = then.held.gains.map((gain) => [
      gain.over,
      dot(atCut(then.held.cuts, gain, place).mean, then.at, 0) * scaleOf(then, per),
    ]);
    return { threshold: then.held.cuts.cuts[place], gains: new Map(gains), unit: `${then.held.unit} per ${per}` };
  }

  function at(data, tried) {
    const then = settingOf(data, tried);
    const finds = new Map(then.held.gains.map((gain) => [gain, found(then, gain)]));
    const hurdles = data.hurdles.map((hurdle) => hurdleOf(then, finds, hurdle));
    const guardrails = railsOf(then);
    return {
      overall: overallOf(hurdles, guardrails),
      gains: gainsOf(then, finds),
      hurdles,
      guardrails,
      retuned: retunedOf(then),
    };
  }

  return { at, isMoved };
})();
