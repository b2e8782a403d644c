"use strict";

// A stored gain at other assumptions, as payoff.doubt.revalued and payoff.stats compute it: interval and confidence by
// the method that judged it, and a gain at another threshold from sums by group.

const Revaluing = (() => {
  const { normalCdf, normalPpf, tCdf, tPpf } = Distributions;
  const { dot, entry, sum } = Assumptions;
  const { supportBounds, supportConfidence } = DeclaredSupport;
  const TAIL = 0.025;
  const BILLIONTH = 1e-9;
  const SLIP = 0.001;
  const RESOLVED = 1e-6;

  // ---- moments

  // c' C c of a lower triangle, row by row.
  function quadratic(triangle, at, j) {
    let total = 0;
    let place = 0;
    for (let row = 0; row < at.length; row += 1) {
      const first = entry(at[row], j);
      for (let column = 0; column < row; column += 1) {
        total += 2 * triangle[place] * first * entry(at[column], j);
        place += 1;
      }
      total += triangle[place] * first * first;
      place += 1;
    }
    return total;
  }

  const stderrOf = (triangle, units, at, j) => Math.sqrt(Math.max(quadratic(triangle, at, j), 0) / units);

  function isResolved(gain, at) {
    if (gain.kind === "certain" || gain.kind === "support") return true;
    let size = 0;
    for (let row = 0, place = 0; row < at.length; row += 1) {
      place += row;
      size += gain.covariance[place] * at[row] ** 2;
      place += 1;
    }
    return size === 0 || quadratic(gain.covariance, at, 0) > RESOLVED * size;
  }

  function studentised(gap, stderr) {
    if (stderr > 0) return gap / stderr;
    return gap === 0 ? 0 : Math.sign(gap) * Infinity;
  }

  function hallStatistic(gap, stderr, skewness, units) {
    const t = studentised(gap, stderr);
    if (!Number.isFinite(t) || stderr <= 0) return t;
    const a = skewness / (3 * Math.sqrt(units));
    return t * (1 + a * t * (1 + (a * t) / 3)) + a / 2;
  }

  function hallInverse(statistic, skewness, units) {
    const a = skewness / (3 * Math.sqrt(units));
    const shifted = statistic - a / 2;
    const root = Math.cbrt(1 + 3 * a * shifted);
    return (3 * shifted) / (root * root + root + 1);
  }

  function widened(statistic, freedom, factor) {
    const beyond = Math.min(0.5, factor * tCdf(-Math.abs(statistic), freedom));
    return statistic >= 0 ? 1 - beyond : beyond;
  }

  // ---- a declared cap, and every look

  function bernsteinBounds(mean, variance, gain, tail) {
    const log = Math.log(2 / tail);
    const slack = (7 * (gain.most - gain.least)) / (3 * (gain.units - 1));
    const half = Math.sqrt((2 * variance * log) / gain.units) + slack * log;
    const cut = (end) => Math.min(Math.max(end, gain.least), gain.most);
    return [cut(mean - half), cut(mean + half)];
  }

  function bernsteinConfidence(mean, variance, gain, hurdle) {
    if (hurdle < gain.least) return 1;
    if (hurdle > gain.most) return 0;
    const gap = mean - hurdle;
    const slack = (7 * (gain.most - gain.least)) / (3 * (gain.units - 1));
    const spread = Math.sqrt((2 * variance) / gain.units);
    const root = Math.sqrt(spread ** 2 + 4 * slack * Math.abs(gap));
    const u = spread + root > 0 ? (2 * Math.abs(gap)) / (spread + root) : 0;
    const beyond = Math.min(0.5, 2 * Math.exp(-(u ** 2)));
    return gap >= 0 ? 1 - beyond : beyond;
  }

  function sequenceConfidence(gap, stderr, gain) {
    const away = Math.abs(studentised(gap, stderr));
    const scale = gain.units * gain.rho * gain.rho;
    const reach = Math.expm1((away * away * scale) / (2 * (scale + 1)));
    const beyond = Math.min(0.5, Math.sqrt(scale + 1) / (2 * reach));
    return gap >= 0 ? 1 - beyond : beyond;
  }

  // ---- a tuned threshold

  function decoded(steps) {
    let at = 0;
    return steps.map((step) => {
      at += step;
      return at * BILLIONTH;
    });
  }

  // P(max over the cuts > at), between that of one cut and ``rules`` times it.
  function tailOfMaximum(maxima, rules, at) {
    let low = 0;
    let high = maxima.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (maxima[middle] <= at) low = middle + 1;
      else high = middle;
    }
    const drawn = (1 + maxima.length - low) / (maxima.length + 1);
    const single = normalCdf(-at);
    return Math.min(Math.max(drawn, single), Math.min(1, rules * single));
  }

  function asNormal(statistic, freedom) {
    const deviate = -normalPpf(tCdf(-Math.abs(statistic), freedom));
    return statistic < 0 || Object.is(statistic, -0) ? -deviate : deviate;
  }

  function bandConfidence(gain, at, hurdles) {
    const { band, units, degrees_of_freedom: freedom } = gain;
    const maxima = decoded(band.maxima);
    const short = decoded(band.shortlist);
    const rules = band.mean.length;
    const whole = (z) => tailOfMaximum(maxima, rules, z);
    const picked = (z) => {
      const first = whole(z);
      if (band.kept === null || first < SLIP) return first;
      return Math.max(tailOfMaximum(short, band.kept, z), SLIP) + SLIP;
    };
    const classes = [...new Set(band.widening)];
    return hurdles.map((hurdle, j) => {
      const best = new Map(classes.map((factor) => [factor, -Infinity]));
      let deployed = 0;
      for (let rule = 0; rule < rules; rule += 1) {
        const stderr = stderrOf(band.covariance[rule], units, at, j);
        const gap = dot(band.mean[rule], at, j) - hurdle;
        const statistic = hallStatistic(gap, stderr, band.skewness[rule], units);
        if (statistic > best.get(band.widening[rule])) best.set(band.widening[rule], statistic);
        if (rule === band.rule) deployed = statistic;
      }
      let missing = 0;
      for (const [factor, statistic] of best) {
        missing = Math.max(missing, factor * whole(-asNormal(statistic, freedom)));
      }
      const clearing = band.widening[band.rule] * picked(asNormal(deployed, freedom));
      if (clearing < 0.5) return 1 - clearing;
      return missing < 0.5 ? missing : 0.5;
    });
  }

  // ---- a gain at the policy in use

  // Quantiles cost most, and rest on no setting.
  const kept = new Map();
  function quantileOf(tail, freedom) {
    const key = `${tail} ${freedom}`;
    if (!kept.has(key)) kept.set(key, -tPpf(tail, freedom));
    return kept.get(key);
  }

  // The 95% interval per decision at one vector along the terms; null where there is none.
  const intervalAt = (gain, at) => boundsAt(gain, at, TAIL, gain.quantile);

  // Bounds that are each missed with a probability of ``tail``; the quantile of a tuned threshold must be known.
  function boundsAt(gain, at, tail, known) {
    if (gain.kind === "certain") return [0, 0];
    if (gain.kind === "none" || !isResolved(gain, at)) return null;
    if (gain.kind === "support") return supportBounds(gain.support, at, tail);
    const mean = dot(gain.mean, at, 0);
    const stderr = stderrOf(gain.covariance, gain.units, at, 0);
    if (gain.kind === "bernstein") return bernsteinBounds(mean, stderr ** 2 * gain.units, gain, tail);
    const skewness = gain.kind === "sequence" ? 0 : gain.skewness;
    const quantile = known ?? quantileOf(tail / gain.widening, gain.degrees_of_freedom);
    return [quantile, -quantile].map((q) => mean - stderr * hallInverse(q, skewness, gain.units));
  }

  // Confidences that a gain per decision exceeds each of many hurdles, at draws along the terms; null where there is none.
  function confidenceAt(gain, at, hurdles) {
    if (gain.kind === "support") return supportConfidence(gain.support, at, hurdles);
    if (gain.kind === "band") return bandConfidence(gain, at, hurdles);
    if (!["moments", "bernstein", "sequence"].includes(gain.kind)) return null;
    return hurdles.map((hurdle, j) => {
      const mean = dot(gain.mean, at, j);
      const stderr = stderrOf(gain.covariance, gain.units, at, j);
      if (gain.kind === "bernstein") return bernsteinConfidence(mean, stderr ** 2 * gain.units, gain, hurdle);
      if (gain.kind === "sequence") return sequenceConfidence(mean - hurdle, stderr, gain);
      const statistic = hallStatistic(mean - hurdle, stderr, gain.skewness, gain.units);
      return widened(statistic, gain.degrees_of_freedom, gain.widening);
    });
  }

  // ---- another threshold, from sums by group

  // Mean along the terms, and the jackknife's error as a lower triangle with groups as units.
  function atCut(cuts, gain, place) {
    const mean = cuts.mean[place].map((one, term) => one - gain.instead[term]);
    return { mean, covariance: gain.at_cuts[place] || null, units: cuts.groups };
  }

  // Confidences at a cut that may have been picked for its looks: the error counts once for each cut on offer.
  function pickedAt(cuts, gain, found, at, hurdles) {
    return hurdles.map((hurdle, j) => {
      const stderr = stderrOf(found.covariance, found.units, at, j);
      const t = studentised(dot(found.mean, at, j) - hurdle, stderr);
      return widened(t, found.units - 1, cuts.cuts.length * gain.widening);
    });
  }

  // The published cut that is worth most on these rows; of equals the highest.
  function bestCut(cuts, at) {
    const worth = cuts.mean.map((row) => dot(row, at, 0));
    return worth.lastIndexOf(Math.max(...worth));
  }

  return { atCut, bestCut, boundsAt, confidenceAt, intervalAt, isResolved, pickedAt, stderrOf };
})();
