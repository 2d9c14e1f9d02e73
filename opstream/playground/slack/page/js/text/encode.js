// Slack's encoding of text, back to plain words.
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Return encoded text as plain words, for the live region and for titles. */
export function inWords(text = "", { people, channels }) {
  const named = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${people[id]?.real_name ?? id}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, label) => `#${channels.find((c) => c.id === id)?.name ?? label ?? id}`)
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<!(here|channel|everyone)[^>]*>/g, "@$1")
    .replace(/<[^|>]+\|([^>]*)>/g, "$1")
    .replace(/<([^>]+)>/g, "$1");
  return unescape(named);
}
