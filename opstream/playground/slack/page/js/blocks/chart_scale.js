// The arithmetic of charts: round steps for an axis, and numbers people can read. Pure.
const STEPS = [1, 2, 2.5, 5, 10];

function roundStep(rough) {
  const size = 10 ** Math.floor(Math.log10(rough));
  return STEPS.find((step) => step * size >= rough) * size;
}

/** Return the values of gridlines from at or below the least (never above 0) to at or above the most. */
export function ticksFor(values, wanted = 4) {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const step = roundStep((most - least || 1) / wanted);
  const from = Math.floor(least / step);
  const to = Math.max(Math.ceil(most / step), from + 1);
  return Array.from({ length: to - from + 1 }, (_, at) => Number(((from + at) * step).toPrecision(12)));
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

export const shortNumber = (value) => (Math.abs(value) >= 10000 ? compact.format(value) : exact.format(value));
export const fullNumber = (value) => exact.format(value);

export const CHARACTER = 6.6;
export const LINE = 14;
export const SLANT = 60;
const LINES = 3;
const LEAST_BAND = 13;

function wrapped(label, room) {
  const lines = [];
  for (const word of label.split(" ")) {
    if (lines.length > 0 && lines.at(-1).length + 1 + word.length <= room) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

const inOneLine = (names, stride) => ({ lines: names.map((name) => [name]), stride, slanted: false, height: 26, reach: 0 });

function aslant(names, band) {
  const longest = Math.max(...names.map((name) => name.length)) * CHARACTER;
  const turn = (SLANT * Math.PI) / 180;
  const height = longest * Math.sin(turn) + 22;
  return { lines: names.map((name) => [name]), stride: 1, slanted: true, height, reach: longest * Math.cos(turn) + 8 - band / 2 };
}

/**
 * Return how to write the names below their bands: each in one line; whole, wrapped or aslant, where every name counts;
 * else every which fits. `reach` is how far the first name stands out to the left.
 */
export function labelling(names, band, every) {
  const room = Math.floor((band - 6) / CHARACTER);
  const longest = Math.max(...names.map((name) => name.length));
  const stride = Math.max(1, Math.ceil((longest * CHARACTER + 10) / band));
  if (stride === 1 || !every || band < LEAST_BAND) return inOneLine(names, stride);
  const lines = names.map((name) => wrapped(name, room));
  const rows = Math.max(...lines.map((each) => each.length));
  const fits = rows <= LINES && lines.flat().every((line) => line.length <= room);
  return fits ? { lines, stride: 1, slanted: false, height: 12 + rows * LINE, reach: 0 } : aslant(names, band);
}

/** Return rows `[category, value of series 1, …]`; null where a series has no value. */
export function rowsOf(categories, series) {
  const values = series.map((s) => new Map(s.data.map((point) => [point.label, point.value])));
  return categories.map((category) => [category, ...values.map((v) => v.get(category) ?? null)]);
}

export function categoriesOf(chart) {
  const listed = chart.axis_config?.categories;
  if (listed?.length) return listed;
  return [...new Set(chart.series.flatMap((s) => s.data.map((point) => point.label)))];
}
