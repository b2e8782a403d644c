"use strict";

// Guardrails at other numbers, as payoff.verdicts.rails_then and payoff.verdicts.guardrails judge them.

const Limits = (() => {
  const { dot } = Assumptions;
  const { betaPpf } = Distributions;
  const { boundsAt, isResolved } = Revaluing;
  const NINETY_FIVE = 0.975;

  const tailOf = (confidence) => (1 - Math.max(2 * confidence - 1, 1e-9)) / 2;

  const gainOf = (limit, place) => ({
    ...place,
    support: { counts: place.counts, parts: limit.parts, exact: limit.exact, shift: place.shift },
  });

  // One place at one setting: its value, and its bounds at any one-sided confidence.
  // Quantiles of a tuned threshold stand in the order of these confidences.
  function measured(limit, place, at, scaled, confidences) {
    const gain = gainOf(limit, place);
    const bounds = (confidence) => {
      const known = place.quantiles[confidences.indexOf(confidence)];
      const ends = boundsAt(gain, at, tailOf(confidence), known);
      return ends === null ? [null, null] : ends.map(scaled);
    };
    const value = place.kind === "certain" ? 0 : place.point === null ? null : dot(place.point, at, 0);
    return { value: value === null ? null : scaled(value), bounds };
  }

  function isBeyond(limit, [low, high]) {
    return (limit.at_least !== null && high !== null && high < limit.at_least)
      || (limit.at_most !== null && low !== null && low > limit.at_most);
  }

  function isWithin(limit, [low, high]) {
    return (limit.at_least === null || (low !== null && low >= limit.at_least))
      && (limit.at_most === null || (high !== null && high <= limit.at_most));
  }

  // Holm's step down: of m places not yet refuted all are whose bound at 1 - (1 - confidence) / m lies beyond the limit.
  function refuted(limit, places, records) {
    const found = places.map(() => false);
    const { confidence } = records[0];
    let open = places.map((_, k) => k).filter((k) => records[k].reason !== "slice_too_small" || records[k].slice === null);
    while (open.length) {
      const asked = open.length === 1 ? confidence : 1 - (1 - confidence) / open.length;
      const beyond = open.filter((k) => isBeyond(limit, places[k].bounds(asked)));
      if (!beyond.length) break;
      for (const k of beyond) found[k] = true;
      open = open.filter((k) => !found[k]);
    }
    return found;
  }

  function statusOf(limit, place, record, isRefuted) {
    if (isRefuted) return ["missed", null];
    if (record.evidence === "not refuted") return ["cleared", null];
    return isWithin(limit, place.bounds(record.confidence)) ? ["cleared", null] : ["undecided", "sampling"];
  }

  // Every place of one guardrail as it would be judged, or a text why it is not revalued.
  function judged(data, limit, records, at, scaled, isPossible) {
    const { words } = data;
    if (!isPossible && limit.places.some((place) => place.kind === "bernstein")) return words.beyond_cap;
    const lost = limit.places.some((place) => place.kind !== "none" && !isResolved(gainOf(limit, place), at));
    if (lost) return words.cancelled;
    const confidences = [records[0].confidence, NINETY_FIVE];
    const places = limit.places.map((place) => measured(limit, place, at, scaled, confidences));
    const missed = refuted(limit, places, records);
    return places.map((place, k) => {
      const record = records[k];
      const stands = record.reason === "slice_too_small" || limit.places[k].kind === "none" || place.value === null;
      if (stands) return record;
      const [status, reason] = statusOf(limit, place, record, missed[k]);
      const [low, high] = place.bounds(NINETY_FIVE);
      return { ...record, status, reason, value: place.value, low, high };
    });
  }

  // ---- a share of the rows, at another cut

  function clopperPearsonLower(hits, rows, confidence) {
    if (hits <= 0) return 0;
    return hits >= rows ? (1 - confidence) ** (1 / hits) : betaPpf(1 - confidence, hits, rows - hits + 1);
  }

  // The error counts once for each cut on offer: any may have been picked. Null where the share is of no rows.
  function atCut(data, limit, record, cut, cuts) {
    const [hits, rows] = [limit.hits[cut], limit.out_of[cut]];
    if (rows <= 0) return null;
    const bounds = (confidence) => [
      clopperPearsonLower(hits, rows, confidence),
      hits >= rows ? 1 : 1 - clopperPearsonLower(rows - hits, rows, confidence),
    ];
    const picked = { ...record, confidence: 1 - (1 - record.confidence) / cuts };
    const [isRefuted] = refuted(limit, [{ bounds }], [picked]);
    const [status, reason] = statusOf(limit, { bounds }, picked, isRefuted);
    const [low, high] = bounds(NINETY_FIVE);
    return { ...record, status, reason, value: hits / rows, low, high, note: data.words.picked_share };
  }

  return { atCut, judged };
})();
