"use strict";

// Settings and draws of the assumptions, as payoff.doubt computes them, by symbol; and the vector along the terms that
// gains are sums along. A symbol, or a column of that vector, is one number or one for each draw.

const Assumptions = (() => {
  const { normalCdf, normalPpf } = Distributions;
  const DRAWS = 2000;
  const P95 = 1.6448536269514722;

  const sum = (values) => values.reduce((total, one) => total + one, 0);
  const entry = (column, j) => (typeof column === "number" ? column : column[j]);

  function points(dimension) {
    let root = 2;
    for (let k = 0; k < 60; k += 1) root = (1 + root) ** (1 / (dimension + 1));
    return Array.from({ length: dimension }, (_, j) => {
      const step = root ** -(j + 1);
      return Float64Array.from({ length: DRAWS }, (__, k) => (0.5 + (k + 1) * step) % 1);
    });
  }

  let normalTable = null;
  function table() {
    if (normalTable === null) {
      const nodes = Float64Array.from({ length: 20001 }, (_, k) => -8.5 + (17 * k) / 20000);
      normalTable = { nodes, shares: nodes.map(normalCdf) };
    }
    return normalTable;
  }

  // Linear between nodes, as numpy.interp.
  function interpolated(x, from, to) {
    if (x >= from[from.length - 1]) return to[to.length - 1];
    if (x < from[0]) return to[0];
    let low = 0;
    let high = from.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (from[middle] <= x) low = middle;
      else high = middle;
    }
    return ((to[high] - to[low]) / (from[high] - from[low])) * (x - from[low]) + to[low];
  }

  function tied(uniforms, triangle) {
    const { nodes, shares } = table();
    const normals = uniforms.map((column) => column.map((u) => interpolated(u, shares, nodes)));
    let place = 0;
    return uniforms.map((column, row) => {
      const weights = triangle.slice(place, place + row + 1);
      place += row + 1;
      return column.map((_, j) =>
        interpolated(sum(weights.map((weight, k) => weight * normals[k][j])), nodes, shares));
    });
  }

  // Another likely value; one outside its range widens the range to it.
  function tried(dial, at) {
    if (dial.low === null || dial.high === null) return { ...dial, likely: at };
    return { ...dial, likely: at, low: Math.min(dial.low, at), high: Math.max(dial.high, at) };
  }

  function quantile(item, u) {
    const { low, likely: mode, high, shape } = item;
    if (low === null || high === null || low >= high) return mode;
    if (shape === "uniform") return low + u * (high - low);
    if (shape === "p90") {
      const z = normalPpf(Math.min(Math.max(u, 1e-12), 1 - 1e-12)) / P95;
      return mode + (z < 0 ? (mode - low) * z : (high - mode) * z);
    }
    return u < (mode - low) / (high - low)
      ? low + Math.sqrt(u * (high - low) * (mode - low))
      : high - Math.sqrt((1 - u) * (high - low) * (high - mode));
  }

  // Weights of low and high of a three-point rule with the shape's mean and, where it can, its variance.
  function threePoints(item) {
    if (item.low === null || item.high === null || item.low >= item.high) return [0, 0];
    const below = item.likely - item.low;
    const above = item.high - item.likely;
    let mean = (above - below) / 3;
    let square = (below ** 2 + above ** 2 - below * above) / 6;
    if (item.shape !== "triangle") {
      const grid = Array.from({ length: 4000 }, (_, k) => quantile(item, (k + 0.5) / 4000) - item.likely);
      mean = sum(grid) / 4000;
      square = sum(grid.map((one) => one * one)) / 4000;
    }
    if (below === 0 || square < mean * above) return [0, mean / above];
    if (above === 0 || square < -mean * below) return [-mean / below, 0];
    return [
      (square - mean * above) / (below * (below + above)),
      (square + mean * below) / (above * (below + above)),
    ];
  }

  function switches(dial, at) {
    return [dial.low, dial.high].map((stop) => Number(at === stop && stop !== dial.likely));
  }

  function symbolsAt(held, values) {
    const out = new Map();
    for (const dial of held.dials) {
      const at = values.has(dial.name) ? values.get(dial.name) : dial.likely;
      if (dial.stops.length) {
        const [low, high] = switches(dial, at);
        out.set(`${dial.name}@low`, low).set(`${dial.name}@high`, high);
      } else out.set(dial.name, at);
    }
    return out;
  }

  function drawnAt(held, values) {
    let uniforms = points(Math.max(1, held.columns.length));
    if (held.factor.length) uniforms = tied(uniforms, held.factor);
    const out = symbolsAt(held, values);
    held.columns.forEach((names, column) => {
      for (const name of names) {
        const dial = held.dials.find((one) => one.name === name);
        const item = tried(dial, values.has(name) ? values.get(name) : dial.likely);
        const u = uniforms[column];
        if (!dial.stops.length) {
          out.set(name, u.map((one) => quantile(item, one)));
          continue;
        }
        const [low, high] = threePoints(item);
        const [stands, standsHigh] = switches(dial, item.likely);
        const isHigh = (one) => one >= 1 - high;
        out.set(`${name}@low`, u.map((one) => (isHigh(one) ? 0 : one < low ? 1 : stands)));
        out.set(`${name}@high`, u.map((one) => (isHigh(one) ? 1 : one < low ? 0 : standsHigh)));
      }
    });
    return out;
  }

  function product(powers, symbols, j) {
    let out = 1;
    for (const [symbol, power] of powers) {
      const value = entry(symbols.get(symbol), j);
      for (let k = 0; k < Math.abs(power); k += 1) out = power > 0 ? out * value : out / value;
    }
    return out;
  }

  function along(held, symbols) {
    const likely = symbolsAt(held, new Map());
    const columns = held.terms.map((powers) => {
      const base = product(powers, likely, 0);
      const moves = powers.some(([symbol]) => typeof symbols.get(symbol) !== "number");
      if (!moves) return product(powers, symbols, 0) - base;
      return Float64Array.from({ length: DRAWS }, (_, j) => product(powers, symbols, j) - base);
    });
    return [1, ...columns];
  }

  const dot = (row, at, j) => {
    let total = 0;
    for (let k = 0; k < row.length; k += 1) total += row[k] * entry(at[k], j);
    return total;
  };

  return { DRAWS, along, dot, drawnAt, entry, sum, symbolsAt, tried };
})();
