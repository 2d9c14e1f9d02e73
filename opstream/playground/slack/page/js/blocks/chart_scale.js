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

/** Return every which label fits, when each takes about `widest` pixels. */
export function labelStride(count, width, widest) {
  return Math.max(1, Math.ceil((count * (widest + 10)) / Math.max(width, 1)));
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
