// One message: who, when, what, reactions, and the line to its thread.
import { html, useContext, useRef, useState } from "../../vendor/preact-htm.js";
import { Blocks } from "../blocks/blocks.js";
import { SurfaceOf } from "../elements/surface.js";
import { dismissEphemeral, openEntity, openThread } from "../state/actions.js";
import { Mrkdwn } from "../text/mrkdwn_view.js";
import { World } from "../text/spans.js";
import { ago, clock, fullMoment } from "../text/time.js";
import { Icon } from "./icons.js";
import { memo } from "./memo.js";
import { authorOf, nameOf } from "../state/authors.js";
import { Avatar } from "./people.js";
import { Reactions } from "./reactions.js";
import { Words } from "./status.js";
import { Toolbar } from "./toolbar.js";

function Time({ ts, short }) {
  return html`<time class="stamp" datetime=${new Date(Number(ts) * 1000).toISOString()} title=${fullMoment(ts)}>
    ${short ? clock(ts).replace(/\s?[AP]M$/i, "") : clock(ts)}
  </time>`;
}

function Head({ message, author }) {
  return html`<div class="message-head">
    <span class="author">${nameOf(author)}</span>
    ${author.is_bot && html`<span class="badge">APP</span>`}
    <${Time} ts=${message.ts} />
  </div>`;
}

/** Slack shows the blocks when there are any; the text is then for notifications. */
function Body({ message, channel, inThread }) {
  const { blocks, text, edited, attachments } = message;
  const thread = message.thread_ts ?? (inThread ? message.ts : undefined);
  const base = { channel, message_ts: message.ts, thread_ts: thread, ...(message.is_ephemeral && { ephemeral: true }) };
  const mark = edited && html`<span class="edited" title=${fullMoment(edited.ts ?? message.ts)}> (edited)</span>`;
  return html`<div class="message-body">
    ${blocks?.length
      ? html`<${SurfaceOf} base=${base} blocks=${blocks}><${Blocks} blocks=${blocks} /><//>`
      : html`<div class="message-text"><${Mrkdwn} text=${text ?? ""} /></div>`}
    ${attachments?.map((a) => html`<${Attachment} attachment=${a} base=${base} />`)}
    ${mark}
  </div>`;
}

function Attachment({ attachment, base }) {
  const blocks = attachment.blocks ?? [];
  const words = attachment.text ?? attachment.fallback;
  return html`<div class="legacy-attachment">
    ${blocks.length > 0
      ? html`<${SurfaceOf} base=${base} blocks=${blocks}><${Blocks} blocks=${blocks} /><//>`
      : words && html`<${Mrkdwn} text=${words} />`}
    ${attachment.work_object && html`<button type="button" class="link-button" data-testid="open-entity" aria-haspopup="dialog"
      onClick=${() => openEntity(base.channel, base.message_ts, attachment.from_url)}>Show details</button>`}
  </div>`;
}

function ThreadLine({ channel, ts, count, latest, users, unread }) {
  const { people } = useContext(World);
  const faces = users.split(" ").filter(Boolean).slice(0, 4).map((id) => authorOf({ user: id }, people));
  return html`<button type="button" class="thread-line" data-testid="thread-line" onClick=${() => openThread(channel, ts)}>
    ${faces.map((person) => html`<${Avatar} person=${person} size="small" />`)}
    <span class="thread-count">${count} ${count === 1 ? "reply" : "replies"}</span>
    ${unread > 0 && html`<span class="pill">${unread} new</span>`}
    <span class="thread-latest">${latest && `Last reply ${ago(latest)}`}</span>
    <${Icon} name="chevronRight" size=${16} />
  </button>`;
}

function Private({ channel, message }) {
  return html`<div class="only-you"><${Icon} name="eye" size=${14} /> Only visible to you
    <span aria-hidden="true">·</span>
    <button type="button" class="link-button" onClick=${() => dismissEphemeral(channel, message)}>Dismiss message</button>
  </div>`;
}

function useHot() {
  const [hot, setHot] = useState(false);
  const box = useRef();
  const leave = () => box.current?.contains(document.activeElement) || setHot(false);
  const blurred = (event) => {
    const row = box.current; // gone when the row itself was taken away
    if (row && !row.contains(event.relatedTarget) && !row.matches(":hover")) setHot(false);
  };
  return [hot, { ref: box, onMouseEnter: () => setHot(true), onMouseLeave: leave, onFocusIn: () => setHot(true), onFocusOut: blurred }];
}

function Side({ message, author, compact }) {
  return html`<div class="message-side">
    ${compact ? html`<${Time} ts=${message.ts} short />` : html`<${Avatar} person=${author} />`}
  </div>`;
}

function classesOf(message, compact, forMe, marked) {
  const flags = [marked && "marked", compact && "compact", message.is_ephemeral && "ephemeral", forMe && "for-me"];
  return ["message", ...flags].filter(Boolean).join(" ");
}

function MessageRow({ channel, message, compact, count = 0, latest = "", users = "", unread = 0, status, inThread = false, canFocus = false, marked = false }) {
  const { people, me } = useContext(World);
  const [hot, hotProps] = useHot();
  const author = authorOf(message, people);
  const forMe = message.user !== me?.id && (message.text ?? "").includes(`<@${me?.id}>`);
  return html`<div ...${hotProps} class=${classesOf(message, compact, forMe, marked)} role="article" tabindex=${canFocus ? 0 : -1}
    data-testid="message" data-ts=${message.ts} data-user=${message.user ?? message.bot_id} data-ephemeral=${message.is_ephemeral ? "true" : undefined}
    aria-label=${`${nameOf(author)}, ${clock(message.ts)}`}>
    <${Side} message=${message} author=${author} compact=${compact} />
    <div class="message-main">
      ${message.is_ephemeral && html`<${Private} channel=${channel} message=${message} />`}
      ${!compact && html`<${Head} message=${message} author=${author} />`}
      <${Body} message=${message} channel=${channel} inThread=${inThread} />
      <${Reactions} channel=${channel} message=${message} />
      ${status && html`<p class="thread-status"><${Words} text=${status} /></p>`}
      ${count > 0 && !inThread && html`<${ThreadLine} ...${{ channel, ts: message.ts, count, latest, users, unread }} />`}
    </div>
    ${hot && !message.is_ephemeral && html`<${Toolbar} channel=${channel} message=${message} inThread=${inThread} />`}
  </div>`;
}

export const Message = memo(MessageRow);
