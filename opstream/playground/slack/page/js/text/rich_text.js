// The rich_text block: sections, lists, code and quotes made of styled elements.
import { html } from "../../vendor/preact-htm.js";
import { Broadcast, ChannelName, Emoji, Group, Link, Moment, User } from "./spans.js";

const STYLES = [
  ["code", "code"],
  ["strike", "s"],
  ["underline", "u"],
  ["italic", "em"],
  ["bold", "strong"],
];

function styled(style, content) {
  if (!style) return content;
  return STYLES.reduce((inner, [name, Tag]) => (style[name] ? html`<${Tag}>${inner}<//>` : inner), content);
}

function withBreaks(text) {
  const lines = text.split("\n");
  return lines.length === 1 ? text : lines.map((line, at) => html`${at > 0 && html`<br />`}${line}`);
}

function Swatch({ value }) {
  const paint = (box) => box && (box.style.backgroundColor = value);
  return html`<span class="swatch" ref=${paint} aria-hidden="true"></span>${value}`;
}

const elements = {
  __proto__: null,
  text: (e) => styled(e.style, withBreaks(e.text)),
  link: (e) => html`<${Link} url=${e.url}>${styled(e.style, e.text || e.url)}<//>`,
  user: (e) => html`<${User} id=${e.user_id} />`,
  usergroup: (e) => html`<${Group} id=${e.usergroup_id} />`,
  channel: (e) => html`<${ChannelName} id=${e.channel_id} />`,
  emoji: (e) => html`<${Emoji} name=${e.name} />`,
  broadcast: (e) => html`<${Broadcast} name=${e.range} />`,
  date: (e) => html`<${Moment} ts=${e.timestamp} format=${e.format} url=${e.url} fallback=${e.fallback ?? ""} />`,
  color: (e) => html`<${Swatch} value=${e.value} />`,
};

const inside = (parts = []) => parts.map((e) => elements[e.type]?.(e) ?? e.text ?? "");
const plainOf = (parts = []) => parts.map((e) => e.text ?? e.url ?? "").join("");

function ListOf({ part }) {
  const Tag = part.style === "ordered" ? "ol" : "ul";
  const start = part.style === "ordered" && part.offset ? part.offset + 1 : undefined;
  const indent = Math.min(part.indent ?? 0, 8);
  return html`<${Tag} class=${`list indent-${indent} ${part.border ? "bordered" : ""}`} start=${start}>
    ${part.elements.map((item) => html`<li>${inside(item.elements)}</li>`)}
  <//>`;
}

const parts = {
  __proto__: null,
  rich_text_section: (part) => html`<div class="lines">${inside(part.elements)}</div>`,
  rich_text_list: (part) => html`<${ListOf} part=${part} />`,
  rich_text_preformatted: (part) => html`<pre><code>${plainOf(part.elements)}</code></pre>`,
  rich_text_quote: (part) => html`<blockquote>${inside(part.elements)}</blockquote>`,
};

export function RichText({ block }) {
  return html`<div class="rich-text">${(block.elements ?? []).map((part) => parts[part.type]?.(part) ?? null)}</div>`;
}
