// Slack's mrkdwn and text objects, drawn.
import { html, useMemo } from "../../vendor/preact-htm.js";
import { unescape } from "./encode.js";
import { parse, parseInline } from "./mrkdwn.js";
import { Spans } from "./spans.js";

const lines = (items) =>
  items.map((spans, at) => html`${at > 0 && html`<br />`}<${Spans} items=${spans} />`);

function ListOf({ items }) {
  const Tag = items[0].ordered ? "ol" : "ul";
  return html`<${Tag} class="list" start=${items[0].ordered ? items[0].number : undefined}>
    ${items.map((item) => html`<li class=${`level-${item.level}`}><${Spans} items=${item.spans} /></li>`)}
  <//>`;
}

/** Neighbouring items of one kind of list, as lists of their own. */
function runs(items) {
  const found = [];
  for (const item of items) {
    const last = found.at(-1);
    if (last && last[0].ordered === item.ordered) last.push(item);
    else found.push([item]);
  }
  return found;
}

const kinds = {
  pre: ({ value }) => html`<pre><code>${value}</code></pre>`,
  quote: ({ items }) => html`<blockquote>${lines(items)}</blockquote>`,
  list: ({ items }) => runs(items).map((run) => html`<${ListOf} items=${run} />`),
  lines: ({ items }) => html`<div class="lines">${lines(items)}</div>`,
};

/** Message text in Slack's mrkdwn. */
export function Mrkdwn({ text }) {
  const blocks = useMemo(() => parse(text), [text]);
  return blocks.map((block, at) => html`<${kinds[block.kind]} key=${at} ...${block} />`);
}

/** mrkdwn inside a line: labels of choices, descriptions. */
export function InlineMrkdwn({ text }) {
  const rows = useMemo(() => text.split("\n").map(parseInline), [text]);
  return lines(rows);
}

const EMOJI = /(:[a-z0-9_+'-]+:)/;

/** plain_text: nothing but emoji is special. */
export function Plain({ text, emoji = true }) {
  if (!emoji || !text.includes(":")) return unescape(text);
  const items = text.split(EMOJI).map((part) => {
    const name = EMOJI.test(part) && part.slice(1, -1);
    return name ? { kind: "emoji", name } : { kind: "text", value: unescape(part) };
  });
  return html`<${Spans} items=${items} />`;
}

/** A text object of either type, as a block of its own or inside a line. */
export function Text({ of, inline = false }) {
  if (!of) return null;
  if (of.type !== "mrkdwn") return html`<${Plain} text=${of.text ?? ""} emoji=${of.emoji !== false} />`;
  return inline ? html`<${InlineMrkdwn} text=${of.text} />` : html`<${Mrkdwn} text=${of.text} />`;
}
