// Times as people read them, in the time zone of the browser; and Slack's `<!date^…>` formats.
const HOUR = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const HOUR_SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const MONTH = new Intl.DateTimeFormat("en", { month: "long" });
const SHORT_MONTH = new Intl.DateTimeFormat("en", { month: "short" });
const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long" });
const SECONDS_A_DAY = 86400;
const OLD_SECONDS = 30 * SECONDS_A_DAY;

export const toDate = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => HOUR.format(toDate(ts));
export const dayKey = (ts) => toDate(ts).toDateString();

function ordinal(day) {
  if (day > 10 && day < 14) return `${day}th`;
  return day + (["th", "st", "nd", "rd"][day % 10] ?? "th");
}

function nearWord(date, now) {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / (SECONDS_A_DAY * 1000));
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const two = (number) => String(number).padStart(2, "0");
const plain = (d) => `${MONTH.format(d)} ${ordinal(d.getDate())}, ${d.getFullYear()}`;
const short = (d) => `${SHORT_MONTH.format(d)} ${d.getDate()}, ${d.getFullYear()}`;
const long = (d) => `${WEEKDAY.format(d)}, ${plain(d)}`;
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Return "Today", "Yesterday" or the long date, for a day divider. */
export function dayName(ts, now = new Date()) {
  const date = toDate(ts);
  const near = nearWord(date, now);
  if (near) return capital(near);
  const named = `${WEEKDAY.format(date)}, ${MONTH.format(date)} ${ordinal(date.getDate())}`;
  return date.getFullYear() === now.getFullYear() ? named : `${named}, ${date.getFullYear()}`;
}

/** Return "just now", "5 minutes ago", "in 2 hours", or the date when it is more than a month away. */
export function ago(ts, now = Date.now()) {
  const seconds = Math.round(now / 1000 - Number(ts));
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  if (size > OLD_SECONDS) return `on ${short(toDate(ts))}`;
  const [unit, length] = [["day", SECONDS_A_DAY], ["hour", 3600], ["minute", 60]].find(([, l]) => size >= l * 0.75) ?? [
    "minute",
    60,
  ];
  const count = Math.max(1, Math.round(size / length));
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

export function fullMoment(ts) {
  return `${long(toDate(ts))} at ${HOUR_SECONDS.format(toDate(ts))}`;
}

const tokens = {
  date_num: (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`,
  date_slash: (d) => `${two(d.getMonth() + 1)}/${two(d.getDate())}/${d.getFullYear()}`,
  date: plain,
  date_short: short,
  date_long: long,
  date_long_full: long,
  date_pretty: (d, now) => nearWord(d, now) ?? plain(d),
  date_short_pretty: (d, now) => nearWord(d, now) ?? short(d),
  date_long_pretty: (d, now) => nearWord(d, now) ?? long(d),
  day_divider_pretty: (d, now) => nearWord(d, now) ?? long(d),
  time: (d) => HOUR.format(d),
  time_secs: (d) => HOUR_SECONDS.format(d),
  ago: (d, now) => ago(d.getTime() / 1000, now.getTime()),
};

/**
 * Fill the tokens of a `<!date^ts^format>`; an unknown token stays as it is.
 * Source: docs.slack.dev, Formatting message text, "Date formatting".
 */
export function formatDate(ts, format, now = new Date()) {
  const date = toDate(ts);
  if (Number.isNaN(date.getTime())) return null;
  const filled = format.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.(date, now) ?? whole);
  return /^\{\w*pretty\}/.test(format) ? capital(filled) : filled;
}
