"use strict";

// Tier F, the mean of contributions that take only a few declared values, as payoff.stats.support computes it.

const DeclaredSupport = (() => {
  const { normalCdf, normalPpf, betaPpf } = Distributions;
  const { dot, sum } = Assumptions;
  const FEWEST_ROWS = 10;
  const EQUAL = 1e-9;
  const HALVINGS = 80;
  const SLACK = 35;
  const GRID = Array.from({ length: 257 }, (_, k) => (8 * k) / 256);

  function likelihoodHolds(counts, values) {
    return counts.every((count, k) =>
      count >= FEWEST_ROWS || !(values[k] < 0 || (values[k] > 0 && count > 0)));
  }

  function halfStep(counts, values) {
    const ordered = values.filter((_, k) => counts[k] >= FEWEST_ROWS).sort((one, other) => one - other);
    const least = EQUAL * Math.max(0, ...values.map(Math.abs));
    let step = Infinity;
    for (let k = 1; k < ordered.length; k += 1) {
      const apart = ordered[k] - ordered[k - 1];
      if (apart > least) step = Math.min(step, apart);
    }
    return (step === Infinity ? 0 : step) / (2 * sum(counts));
  }

  function likelihoodRoot(counts, values, hurdle) {
    const total = sum(counts);
    const seen = counts.flatMap((count, k) => (count > 0 ? [[count, values[k] - hurdle]] : []));
    const reach = hurdle - Math.min(...values);
    if (reach <= 0 && seen.some(([, rise]) => rise > 0)) return Infinity;
    let low = 0;
    let high = reach > 0 ? 1 / reach : 0;
    for (let k = 0; k < HALVINGS; k += 1) {
      const middle = (low + high) / 2;
      let slope = 0;
      for (const [count, rise] of seen) slope += ((count / total) * rise) / (1 + middle * rise);
      if (slope > 0) low = middle;
      else high = middle;
    }
    let ratio = 0;
    for (const [count, rise] of seen) ratio += count * Math.log1p(low * rise);
    return Math.sqrt(Math.max(2 * ratio, 0));
  }

  function tilted(counts, rise, slack) {
    const spread = Math.max(Math.max(0, ...rise), Number.MIN_VALUE * 2 ** 52);
    const tilt = rise.map((one) => 1 / (one / spread + Math.exp(slack)));
    const mass = sum(tilt.map((one, k) => one * counts[k]));
    const total = sum(counts);
    let mean = 0;
    let cost = 0;
    tilt.forEach((one, k) => {
      mean += (rise[k] * one * counts[k]) / mass;
      cost += Math.log((one / mass) * total) * counts[k];
    });
    return [mean, -2 * cost];
  }

  function likelihoodLower(counts, values, deviate) {
    const least = Math.min(...values);
    const rise = values.map((value, k) => (counts[k] > 0 ? value - least : 0));
    let low = -SLACK;
    let high = SLACK;
    for (let k = 0; k < HALVINGS; k += 1) {
      const middle = (low + high) / 2;
      if (tilted(counts, rise, middle)[1] > deviate ** 2) low = middle;
      else high = middle;
    }
    const [mean, ratio] = tilted(counts, rise, high);
    const left = Math.exp(-Math.max(deviate ** 2 - ratio, 0) / (2 * sum(counts)));
    return least + left * mean;
  }

  // Least and most share of each cell at one-sided deviates, joined by Bonferroni over ``cells``; kept, for they rest on
  // counts alone.
  const kept = new Map();
  function shares(counts, cells, deviates) {
    const key = JSON.stringify([counts, cells, deviates.length, deviates[deviates.length - 1]]);
    if (!kept.has(key)) {
      const total = sum(counts);
      kept.set(key, deviates.map((deviate) => {
        const beyond = normalCdf(-deviate) / Math.max(cells.length, 1);
        return cells.map((k) => {
          const n = counts[k];
          return [
            n === 0 ? 0 : betaPpf(beyond, Math.max(n, 1), total - n + 1),
            n === total ? 1 : 1 - betaPpf(beyond, Math.max(total - n, 1), n + 1),
          ];
        });
      }));
    }
    return kept.get(key);
  }

  function exactLower(ends, cells, values) {
    let bound = 0;
    cells.forEach((k, place) => {
      bound += values[k] > 0 ? values[k] * ends[place][0] : values[k] * ends[place][1];
    });
    return Math.max(bound, Math.min(...values));
  }

  function exactDeviate(onGrid, cells, values, hurdle) {
    const bound = onGrid.map((ends) => exactLower(ends, cells, values));
    const reached = bound.filter((one) => one > hurdle).length;
    if (reached === 0) return 0;
    const after = Math.min(Math.max(reached, 1), GRID.length - 1);
    const [high, low] = [bound[after - 1], bound[after]];
    const step = high > low ? (high - hurdle) / (high - low) : 0;
    return GRID[after - 1] + Math.min(Math.max(step, 0), 1) * (GRID[1] - GRID[0]);
  }

  // How much a gain is more than the mean over the cells, under a capacity.
  const beyond = (support, at, j) => (support.shift.length ? dot(support.shift, at, j) : 0);

  const cellsUsed = (several) =>
    several.length ? several[0].map((_, k) => k).filter((k) => several.some((values) => values[k] !== 0)) : [];

  function supportConfidence(support, at, hurdles) {
    const { counts } = support;
    const total = sum(counts);
    const found = new Array(hurdles.length);
    const exact = new Map([[1, []], [-1, []]]);
    hurdles.forEach((asked, j) => {
      const hurdle = asked - beyond(support, at, j);
      const values = support.parts.map((row) => dot(row, at, j));
      const observed = sum(values.map((value, k) => value * counts[k])) / total;
      const sign = observed >= hurdle ? 1 : -1;
      const signed = values.map((value) => sign * value);
      const outside = hurdle < Math.min(...values) || hurdle > Math.max(...values);
      if (outside) found[j] = hurdle < Math.min(...values) ? 1 : 0;
      if (support.exact || !likelihoodHolds(counts, signed)) {
        exact.get(sign).push({ j, signed, hurdle: sign * hurdle, outside });
      } else if (!outside) {
        const half = sign * hurdle > Math.min(...signed) ? halfStep(counts, values) : 0;
        const nearer = Math.min(sign * hurdle + half, sign * observed);
        found[j] = normalCdf(sign * likelihoodRoot(counts, signed, nearer));
      }
    });
    for (const [sign, several] of exact) {
      const cells = cellsUsed(several.map((one) => one.signed));
      for (const one of several.filter(({ outside }) => !outside)) {
        const deviate = exactDeviate(shares(counts, cells, GRID), cells, one.signed, one.hurdle);
        found[one.j] = normalCdf(sign * deviate);
      }
    }
    return found;
  }

  function supportLower(support, values, deviate) {
    const { counts } = support;
    if (!support.exact && likelihoodHolds(counts, values)) {
      const outer = likelihoodLower(counts, values, deviate) - halfStep(counts, values);
      return Math.max(outer, Math.min(...values));
    }
    const cells = cellsUsed([values]);
    return exactLower(shares(counts, cells, [deviate])[0], cells, values);
  }

  // Each bound is missed with a probability of ``tail``.
  function supportBounds(support, at, tail) {
    const values = support.parts.map((row) => dot(row, at, 0));
    const deviate = -normalPpf(tail);
    const more = beyond(support, at, 0);
    return [supportLower(support, values, deviate) + more, more - supportLower(support, values.map((one) => -one), deviate)];
  }

  return { supportBounds, supportConfidence };
})();
