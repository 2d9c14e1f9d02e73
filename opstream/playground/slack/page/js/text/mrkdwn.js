// Slack's mrkdwn as a tree of plain data: `parse(text)` gives lines, `parseInline(text)` gives spans. Nothing is drawn here.
import { unescape } from "./encode.js";

const MARKS = { "*": "bold", _: "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}]/u;
const LIST = /^(\s*)([•◦▪]|-|\d{1,3}\.)\s+(.*)$/;
const URL_AT = /^https?:\/\/[^\s<>|"')\]]+/;
const text = (value) => ({ kind: "text", value: unescape(value) });

/** Return blocks: `{kind: pre|quote|list|lines, …}`, in order. */
export function parse(source = "") {
  const parts = source.split("```");
  const blocks = [];
  parts.forEach((part, at) => {
    const fenced = at % 2 === 1 && at < parts.length - 1;
    if (fenced) blocks.push({ kind: "pre", value: unescape(stripTags(part.replace(/^\n|\n$/g, ""))) });
    else if (at % 2 === 1) blocks.push(...parseLines("```" + part));
    else if (part) blocks.push(...parseLines(betweenFences(part, at > 0, at < parts.length - 1)));
  });
  return blocks;
}

const stripTags = (code) => code.replace(/<(?:[^|>]*\|)?([^>]*)>/g, "$1");

function betweenFences(part, after, before) {
  let trimmed = part;
  if (after) trimmed = trimmed.replace(/^\n/, "");
  if (before) trimmed = trimmed.replace(/\n$/, "");
  return trimmed;
}

function parseLines(source) {
  const blocks = [];
  if (source === "") return blocks;
  for (const line of source.split("\n")) {
    const read = readLine(line);
    const last = blocks.at(-1);
    if (last?.kind === read.kind) last.items.push(read.item);
    else blocks.push({ kind: read.kind, items: [read.item] });
  }
  return blocks;
}

function readLine(line) {
  const quote = /^(?:&gt;|>)(?:&gt;&gt;)? ?(.*)$/.exec(line);
  if (quote) return { kind: "quote", item: parseInline(quote[1]) };
  const list = LIST.exec(line);
  if (!list) return { kind: "lines", item: parseInline(line) };
  const [, indent, sign, rest] = list;
  const ordered = /\d/.test(sign);
  const item = { spans: parseInline(rest), ordered, number: ordered ? Number.parseInt(sign, 10) : 0 };
  return { kind: "list", item: { ...item, level: Math.min(3, Math.floor(indent.length / 2)) } };
}

/** Return spans of one line: text, code, bold, italic, strike, link, user, channel, broadcast, date, emoji. */
export function parseInline(source) {
  const spans = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) spans.push(text(plain));
    plain = "";
  };
  while (at < source.length) {
    const found = readSpan(source, at);
    if (found) {
      flush();
      spans.push(found.span);
      at += found.length;
    } else {
      plain += source[at];
      at += 1;
    }
  }
  flush();
  return spans;
}

function readSpan(source, at) {
  const sign = source[at];
  if (sign === "<") return readTag(source, at);
  if (sign === "`") return readCode(source, at);
  if (sign in MARKS) return readMarked(source, at);
  if (sign === ":") return readEmoji(source, at);
  if (sign === "h") return readBareUrl(source, at);
  return null;
}

function readCode(source, at) {
  const end = source.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  const value = unescape(stripTags(source.slice(at + 1, end)));
  return { span: { kind: "code", value }, length: end + 1 - at };
}

/** A mark opens after a boundary before a non-space, and closes after a non-space before a boundary. */
function readMarked(source, at) {
  const sign = source[at];
  if (isWord(source[at - 1]) || !source[at + 1] || /\s/.test(source[at + 1]) || source[at + 1] === sign) return null;
  for (let end = source.indexOf(sign, at + 2); end > 0; end = source.indexOf(sign, end + 1)) {
    if (/\s/.test(source[end - 1]) || isWord(source[end + 1])) continue;
    const items = parseInline(source.slice(at + 1, end));
    return { span: { kind: MARKS[sign], items }, length: end + 1 - at };
  }
  return null;
}

const isWord = (sign) => sign !== undefined && WORD.test(sign);

function readEmoji(source, at) {
  const found = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(source.slice(at, at + 60));
  return found && { span: { kind: "emoji", name: found[1] }, length: found[0].length };
}

function readBareUrl(source, at) {
  if (isWord(source[at - 1])) return null;
  const found = URL_AT.exec(source.slice(at, at + 2000));
  if (!found) return null;
  const url = found[0].replace(/(?:[.,;:!?*_~]|&gt;)+$/, "");
  return { span: { kind: "link", url: unescape(url), items: [text(url)] }, length: url.length };
}

function readTag(source, at) {
  const end = source.indexOf(">", at);
  const inside = end > 0 ? source.slice(at + 1, end) : "";
  if (!inside || inside.includes("\n")) return null;
  const bar = inside.indexOf("|");
  const [target, label] = bar < 0 ? [inside, ""] : [inside.slice(0, bar), inside.slice(bar + 1)];
  return { span: readTarget(target, label), length: end + 1 - at };
}

function readTarget(target, label) {
  if (/^@[UWB]\w+$/.test(target)) return { kind: "user", id: target.slice(1), label: unescape(label) };
  if (/^#[CGD]\w+$/.test(target)) return { kind: "channel", id: target.slice(1), label: unescape(label) };
  if (target.startsWith("!date^")) return readDate(target, label);
  if (target.startsWith("!subteam^")) return { kind: "group", id: target.slice(9), label: unescape(label).replace(/^@/, "") };
  if (target.startsWith("!")) return { kind: "broadcast", name: unescape(label) || target.slice(1) };
  return { kind: "link", url: unescape(target), items: label ? parseInline(label) : [text(target)] };
}

function readDate(target, label) {
  const [, ts, format, url] = target.split("^");
  return { kind: "date", ts, format: unescape(format ?? ""), url: url && unescape(url), fallback: unescape(label) };
}
