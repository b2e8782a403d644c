"use strict";

// Normal, t and beta probabilities and quantiles, by the algorithms of payoff.stats.distributions.
// A tail of the beta is its density at the point (Loader's form, which does not cancel) times the integral of a factor
// that decays from 1 (double exponential quadrature); Newton's steps on the log of a tail give quantiles.

const Distributions = (() => {
  const STEP = 0.0625;
  const NODES = [];
  const WEIGHTS = [];
  for (let k = 0; -3.75 + k * STEP < 6.5; k += 1) {
    const point = -3.75 + k * STEP;
    const node = Math.exp(point - Math.exp(-point));
    NODES.push(node);
    WEIGHTS.push(STEP * node * (1 + Math.exp(-point)));
  }
  // A factor below this adds nothing: it only falls.
  const NOTHING = -60;
  const LARGE = 16;
  const NEAR = 1e-7;
  const MOST_STEPS = 200;
  const FAR_LOGIT = 700;
  const MANY = 20000;

  // Wichura (1988), algorithm AS 241: coefficients from the highest power down.
  const CENTRE = [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987,
    13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ];
  const CENTRE_UNDER = [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597,
    5394.196021424751, 687.1870074920579, 42.31333070160091, 1.0,
  ];
  const MIDDLE = [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684,
    3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ];
  const MIDDLE_UNDER = [
    1.0507500716444169e-09, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008,
    0.6897673349851, 1.6763848301838038, 2.053191626637759, 1.0,
  ];
  const FAR = [
    2.0103343992922881e-07, 2.7115555687434876e-05, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ];
  const FAR_UNDER = [
    2.0442631033899397e-15, 1.421511758316446e-07, 1.8463183175100548e-05, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1.0,
  ];

  function polynomial(coefficients, x) {
    let found = 0;
    for (const one of coefficients) found = found * x + one;
    return found;
  }

  // 1 - erf: below 2 by a series of positive terms, above by a continued fraction.
  function erfc(x) {
    if (x < 0) return 2 - erfc(-x);
    if (x === Infinity) return 0;
    if (x < 2) {
      let term = x;
      let sum = x;
      for (let n = 1; term > sum * 1e-17; n += 1) {
        term *= (2 * x * x) / (2 * n + 1);
        sum += term;
      }
      return 1 - ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum;
    }
    let tail = 0;
    for (let n = 60 + Math.ceil(200 / (x * x)); n >= 1; n -= 1) tail = n / 2 / (x + tail);
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
  }

  function normalCdf(x) {
    return 0.5 * erfc(x * -Math.SQRT1_2);
  }

  function normalPpf(p) {
    if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
    const q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      const r = 0.180625 - q * q;
      return (polynomial(CENTRE, r) * q) / polynomial(CENTRE_UNDER, r);
    }
    const r = Math.sqrt(-Math.log(q <= 0 ? p : 1 - p));
    const found = r <= 5
      ? polynomial(MIDDLE, r - 1.6) / polynomial(MIDDLE_UNDER, r - 1.6)
      : polynomial(FAR, r - 5) / polynomial(FAR_UNDER, r - 5);
    return q < 0 ? -found : found;
  }

  // log Gamma(z) less Stirling's (z - 1/2) log z - z + log(2 pi) / 2; small z are taken up to where the series holds.
  function stirling(z) {
    let lift = 0;
    let at = z;
    while (at < LARGE) {
      lift -= Math.log(at);
      at += 1;
    }
    const r = 1 / (at * at);
    const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / at;
    if (at === z) return series;
    const half = 0.5 * Math.log(2 * Math.PI);
    return series + lift + ((at - 0.5) * Math.log(at) - at + half) - ((z - 0.5) * Math.log(z) - z + half);
  }

  // count log(count / mean) + mean - count, without cancellation where they are close.
  function deviance(count, mean) {
    const v = (count - mean) / (count + mean);
    if (Math.abs(v) >= 0.1) return count * Math.log(count / mean) + mean - count;
    let series = 0;
    for (let odd = 21; odd > 1; odd -= 2) series = (series + 1 / odd) * v * v;
    return (count - mean) * v + 2 * count * v * series;
  }

  // x^a y^b / B(a, b).
  function density(a, b, x, y) {
    const n = a + b;
    const correction = stirling(n) - stirling(a) - stirling(b);
    const exponent = correction - deviance(a, n * x) - deviance(b, n * y);
    return Math.sqrt(((a / n) * b) / (2 * Math.PI)) * Math.exp(exponent);
  }

  // I_x(a, b) for a >= 1 and 0 < x <= a / (a + b).
  function tail(a, b, x, y) {
    const n = a + b;
    const slope = Math.max(a - n * x, 0);
    const scale = 2 / (slope + Math.sqrt(slope * slope + 2 * n * x * y));
    const small = x <= 0.5;
    let integral = 0;
    for (let k = 0; k < NODES.length; k += 1) {
      const s = scale * NODES[k];
      const moved = Math.log1p((small ? x : y) * Math.expm1(small ? -s : Math.min(s, 690)));
      const fall = Math.min((small ? -a : b) * s - n * moved, 0);
      if (fall < NOTHING) break;
      integral += Math.exp(fall) * WEIGHTS[k];
    }
    return Math.min(density(a, b, x, y) * scale * integral, 1);
  }

  function lifted(a, b, x, y) {
    const first = a < 1 ? density(a, b, x, y) / a : 0;
    return Math.min(first + tail(a < 1 ? a + 1 : a, b, x, y), 1);
  }

  // [I_x(a, b), its complement]; x + y = 1, both given so that neither is rounded away.
  function tails(a, b, x, y) {
    const below = x * b <= y * a;
    const near = below ? x : y;
    let inside = Number.isNaN(x) ? NaN : 0;
    if (near > 0) inside = below ? lifted(a, b, x, y) : lifted(b, a, y, x);
    return below ? [inside, 1 - inside] : [1 - inside, inside];
  }

  function tCdf(x, df) {
    if (df === Infinity) return normalCdf(x);
    const root = Math.min(Math.abs(x) / Math.sqrt(df), 1e150);
    const ratio = root * root;
    const beyond = 0.5 * tails(df / 2, 0.5, 1 / (1 + ratio), ratio / (1 + ratio))[0];
    return x > 0 ? 1 - beyond : beyond;
  }

  // One Newton step towards the root of the log of the smaller tail, and the residual there.
  function newton(logit, p, q, a, b) {
    const x = 1 / (1 + Math.exp(-logit));
    const y = 1 / (1 + Math.exp(logit));
    const low = p <= q;
    const held = tails(a, b, x, y)[low ? 0 : 1];
    if (held <= 0) return [0.5 * (Math.log(a / b) - logit), -Infinity];
    const residual = Math.log(held) - Math.log(low ? p : q);
    const slope = Math.max(density(a, b, x, y) / held, 1 / FAR_LOGIT);
    return [((low ? -1 : 1) * residual) / slope, residual];
  }

  // The logit of the quantile of the beta; p + q = 1, both given so that neither is rounded away.
  function betaLogit(p, q, a, b) {
    const deviate = (p < q ? 1 : -1) * normalPpf(Math.min(p, q));
    let logit = Math.log(a / b) + deviate * Math.sqrt(1 / a + 1 / b);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const [moved, residual] = newton(logit, p, q, a, b);
      logit = Math.max(-FAR_LOGIT, Math.min(FAR_LOGIT, logit + moved));
      if (!(Math.abs(residual) > NEAR)) break;
    }
    return logit;
  }

  function betaPpf(p, a, b) {
    const q = 1 - p;
    if (!(p >= 0 && q >= 0 && a > 0 && b > 0)) return NaN;
    if (p === 0 || q === 0) return p === 0 ? 0 : 1;
    return 1 / (1 + Math.exp(-betaLogit(p, q, a, b)));
  }

  // Student's quantile below the median: Hill's expansion of the normal one for many degrees of freedom.
  function tPpf(p, df) {
    if (!(df >= MANY)) {
      return -Math.sqrt(df) * Math.exp(-0.5 * betaLogit(2 * p, Math.abs(2 * p - 1), df / 2, 0.5));
    }
    const z = normalPpf(p);
    const square = z * z;
    const first = (square + 1) / 4;
    const second = ((5 * square + 16) * square + 3) / 96;
    const third = (((3 * square + 19) * square + 17) * square - 15) / 384;
    const fourth = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160;
    return z + (z / df) * (first + (second + (third + fourth / df) / df) / df);
  }

  return { normalCdf, normalPpf, tCdf, tPpf, betaPpf };
})();
