// The markdown block as a tree of plain data: headings, lists, tasks, tables, code, quotes, rules and spans.
const FENCE = /^\s{0,3}(```+|~~~+)\s*([\w+-]*)/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const DIVIDER_ROW = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const LONGEST = 20000;

/** Return blocks `{kind, …}`: heading, paragraph, list, table, code, quote, rule. */
export function parseMarkdown(source = "") {
  return readBlocks(source.slice(0, LONGEST).split("\n"));
}

function readBlocks(lines) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === "") {
      at += 1;
      continue;
    }
    const { block, next } = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines, at) {
  const line = lines[at];
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = HEADING.exec(line);
  if (heading) return { block: { kind: "heading", level: heading[1].length, items: inline(heading[2]) }, next: at + 1 };
  if (RULE.test(line)) return { block: { kind: "rule" }, next: at + 1 };
  if (/^\s{0,3}>/.test(line)) return readQuote(lines, at);
  if (ITEM.test(line)) return readList(lines, at);
  if (line.includes("|") && DIVIDER_ROW.test(lines[at + 1] ?? "")) return readTable(lines, at);
  return readParagraph(lines, at);
}

function readFence(lines, at) {
  const [, fence] = FENCE.exec(lines[at]);
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  return { block: { kind: "code", value: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

function readQuote(lines, at) {
  let end = at;
  while (end < lines.length && /^\s{0,3}>/.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^\s{0,3}> ?/, ""));
  return { block: { kind: "quote", blocks: readBlocks(inner) }, next: end };
}

function readTable(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|") && lines[end].trim()) end += 1;
  const align = cells(lines[at + 1]).map((mark) => {
    if (/^:-+:$/.test(mark)) return "center";
    return mark.endsWith(":") ? "right" : "left";
  });
  const [head, , ...rows] = lines.slice(at, end).map((line) => cells(line).map(inline));
  return { block: { kind: "table", align, head, rows }, next: end };
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, "|"));

function readParagraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) end += 1;
  return { block: { kind: "paragraph", items: inline(lines.slice(at, end).join("\n")) }, next: end };
}

const startsBlock = (line) => [FENCE, HEADING, RULE, ITEM, /^\s{0,3}>/].some((start) => start.test(line));

/** A list with its nested lists: deeper indentation belongs to the item above it. */
function readList(lines, at) {
  const [, indent, sign] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(sign);
  const list = { kind: "list", ordered, start: ordered ? Number.parseInt(sign, 10) : 1, items: [] };
  let next = at;
  while (next < lines.length) {
    const found = ITEM.exec(lines[next]);
    if (!found || found[1].length < indent.length || (found[1].length === indent.length && /\d/.test(found[2]) !== ordered)) break;
    const read = readItem(lines, next, found);
    list.items.push(read.item);
    next = read.next;
  }
  return { block: list, next };
}

function readItem(lines, at, [, indent, , first]) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const item = { items: inline(task ? task[2] : first), task: task ? task[1] !== " " : null, blocks: [] };
  let end = at + 1;
  while (end < lines.length && deeper(lines, end, indent.length)) end += 1;
  const inner = lines.slice(at + 1, end);
  const shift = Math.min(...inner.filter((l) => l.trim()).map((l) => l.search(/\S/)));
  item.blocks = readBlocks(inner.map((line) => line.slice(shift)));
  return { item, next: end };
}

function deeper(lines, at, indent) {
  if (lines[at].trim() === "") return at + 1 < lines.length && lines[at + 1].search(/\S/) > indent;
  return lines[at].search(/\S/) > indent;
}

const SPANS = [
  [/^\\([\\`*_{}[\]()#+.!|~<>-])/, (m) => ({ kind: "text", value: m[1] })],
  [/^(`+)([^`][\s\S]*?)\1(?!`)/, (m) => ({ kind: "code", value: m[2].trim() })],
  [/^!\[([^\]]*)\]\((https:[^\s)]+)[^)]*\)/, (m) => ({ kind: "image", alt: m[1], url: m[2] })],
  [/^\[([^\]]+)\]\(([^\s)]+)(?:\s+"[^"]*")?\)/, (m) => ({ kind: "link", url: m[2], items: inline(m[1]) })],
  [/^<@([UWB]\w+)(?:\|[^>]*)?>/, (m) => ({ kind: "user", id: m[1] })],
  [/^<#([CGD]\w+)(?:\|([^>]*))?>/, (m) => ({ kind: "channel", id: m[1], label: m[2] })],
  [/^<!date\^(\d+)\^([^|>^]+)(?:\^[^|>]*)?\|([^>]*)>/, (m) => ({ kind: "date", ts: m[1], format: m[2], fallback: m[3] })],
  [/^<(https?:[^>|\s]+)(?:\|([^>]*))?>/, (m) => ({ kind: "link", url: m[1], items: inline(m[2] ?? m[1]) })],
  [/^(\*\*|__)(?=\S)([\s\S]*?\S)\1/, (m) => ({ kind: "bold", items: inline(m[2]) })],
  [/^~~(?=\S)([\s\S]*?\S)~~/, (m) => ({ kind: "strike", items: inline(m[1]) })],
  [/^\*(?=[^\s*])([^*]*?[^\s*])\*(?!\*)/, (m) => ({ kind: "italic", items: inline(m[1]) })],
  [/^_(?=[^\s_])([^_]*?[^\s_])_(?![\w_])/, (m) => ({ kind: "italic", items: inline(m[1]) })],
  [/^:([a-z0-9_+'-]+):/, (m) => ({ kind: "emoji", name: m[1] })],
  [/^https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?*]/, (m) => ({ kind: "link", url: m[0], items: [{ kind: "text", value: m[0] }] })],
  [/^(?: {2,}|\\)?\n/, () => ({ kind: "break" })],
];
const STARTERS = /[\\`![<*_~:h \n]/;

function inline(source) {
  const spans = [];
  let plain = "";
  for (let at = 0; at < source.length; ) {
    const found = STARTERS.test(source[at]) && readSpan(source, at);
    if (!found) {
      plain += source[at];
      at += 1;
      continue;
    }
    if (plain) spans.push({ kind: "text", value: plain });
    plain = "";
    spans.push(found.span);
    at += found.length;
  }
  return plain ? [...spans, { kind: "text", value: plain }] : spans;
}

function readSpan(source, at) {
  const rest = source.slice(at);
  const insideWord = at > 0 && /\w/.test(source[at - 1]);
  if (insideWord && (rest[0] === "_" || rest[0] === "h")) return null;
  for (const [pattern, make] of SPANS) {
    const found = pattern.exec(rest);
    if (found) return { span: make(found), length: found[0].length };
  }
  return null;
}
