// Spans of text drawn: people, channels, links, dates and emoji; shared by mrkdwn, markdown and rich_text.
import { html, createContext, useContext, useEffect, useReducer } from "../../vendor/preact-htm.js";
import { emojiOf } from "./emoji.js";
import { formatDate, fullMoment } from "./time.js";

/** What text needs to know of the world: `{people, channels, groups, me, onChannel}`. */
export const World = createContext({ people: {}, channels: [], me: null, onChannel: () => {} });

const SAFE = /^(https?:|mailto:|tel:)/i;
const PICTURE = /^(https:|data:image\/|\/(?!\/))/i;
const TICK_MS = 30000;

export function Emoji({ name }) {
  const sign = emojiOf(name);
  if (!sign) return `:${name}:`;
  return html`<span class="emoji" role="img" aria-label=${name.replaceAll("_", " ")} title=${`:${name}:`}>${sign}</span>`;
}

/** Return the address of a picture the page may show, or undefined. */
export const pictureOf = (image) => [image?.image_url, image?.slack_file?.url].find((url) => PICTURE.test(url ?? ""));

/** Return where in this page a permalink (`/archives/C…/p1763…`) leads, or null. */
function placeOf(url) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(new URL(url, location.href).pathname);
  if (!found || new URL(url, location.href).host !== location.host) return null;
  const thread = new URL(url, location.href).searchParams.get("thread_ts");
  return `#/${found[1]}/${found[2]}.${found[3]}${thread ? `/${thread}` : ""}`;
}

/** A link that leaves the page, or leads to a message of it; what is not web, mail or telephone stays text. */
export function Link({ url, children, ...rest }) {
  if (!SAFE.test(url ?? "") || !URL.canParse(url)) return html`<span>${children}</span>`;
  const here = placeOf(url);
  if (here) return html`<a href=${here} ...${rest}>${children}</a>`;
  return html`<a href=${url} target="_blank" rel="noopener noreferrer" ...${rest}>${children}</a>`;
}

export function User({ id, label }) {
  const { people, me } = useContext(World);
  const name = people[id]?.real_name ?? (label || id);
  return html`<span class=${`mention ${id === me?.id ? "mention-me" : ""}`} data-user=${id}>@${name}</span>`;
}

export function ChannelName({ id, label }) {
  const { channels, onChannel } = useContext(World);
  const known = channels.find((c) => c.id === id && c.kind !== "im");
  if (!known) return html`<span class="mention">#${label || id}</span>`;
  return html`<button type="button" class="mention mention-link" onClick=${() => onChannel(id)}>#${known.name}</button>`;
}

export function Group({ id, label }) {
  const { groups } = useContext(World);
  return html`<span class="mention">@${groups?.[id]?.handle ?? (label || id)}</span>`;
}

export const Broadcast = ({ name }) => html`<span class="mention mention-me">@${name}</span>`;

/** A moment in the reader's own time; formats with {ago} or "today" keep up with the clock. */
export function Moment({ ts, format, url, fallback }) {
  const [, again] = useReducer((n) => n + 1, 0);
  useEffect(() => {
    if (!/\{ago\}|pretty\}/.test(format)) return undefined;
    const timer = setInterval(again, TICK_MS);
    return () => clearInterval(timer);
  }, [format]);
  const words = formatDate(ts, format);
  if (words === null) return fallback;
  const moment = new Date(Number(ts) * 1000).toISOString();
  const drawn = html`<time datetime=${moment} title=${fullMoment(ts)}>${words}</time>`;
  return url ? html`<${Link} url=${url}>${drawn}<//>` : drawn;
}

const wrap = (Tag) => ({ items }) => html`<${Tag}><${Spans} items=${items} /><//>`;

const kinds = {
  text: ({ value }) => value,
  code: ({ value }) => html`<code>${value}</code>`,
  bold: wrap("strong"),
  italic: wrap("em"),
  strike: wrap("s"),
  link: ({ url, items }) => html`<${Link} url=${url}><${Spans} items=${items} /><//>`,
  image: ({ url, alt }) => html`<img class="inline-image" src=${url} alt=${alt} loading="lazy" />`,
  user: User,
  channel: ChannelName,
  group: Group,
  broadcast: Broadcast,
  date: Moment,
  emoji: Emoji,
  break: () => html`<br />`,
};

export function Spans({ items }) {
  return items.map((span, at) => {
    if (span.kind === "text") return span.value;
    return html`<${kinds[span.kind]} key=${at} ...${span} />`;
  });
}
