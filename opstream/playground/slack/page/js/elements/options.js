// What a select offers, whichever its type: `[{label, hint, part, group}]`, and where its choice is kept.
import { html, useContext, useEffect, useState } from "../../vendor/preact-htm.js";
import { unescape } from "../text/encode.js";
import { World } from "../text/spans.js";
import { nameOf } from "../state/authors.js";
import { useSuggest } from "./surface.js";

const KEYS = {
  static_select: "selected_option",
  external_select: "selected_option",
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
};

export const isMulti = (element) => element.type.startsWith("multi_");
export const keyOf = (element) => (isMulti(element) ? `${KEYS[element.type.slice(6)]}s` : KEYS[element.type]);

/** The value of an entry: an option object for static lists, an id for people and channels. */
export const idOf = (content) => (typeof content === "object" ? content.value : content);

const fromOption = (group) => (option) => ({
  id: option.value,
  label: unescape(option.text.text),
  hint: option.description?.text ?? "",
  content: option,
  group,
});

function fromElement(element) {
  if (element.option_groups) return element.option_groups.flatMap((g) => g.options.map(fromOption(g.label.text)));
  return (element.options ?? []).map(fromOption(""));
}

const person = (p) => ({ id: p.id, label: nameOf(p), hint: p.title ?? (p.is_bot ? "App" : ""), content: p.id, group: "" });
const channel = (c) => ({ id: c.id, label: `#${c.name}`, hint: c.topic ?? "", content: c.id, group: "" });
const direct = (people) => (c) => ({ ...person(people[c.user] ?? { id: c.user }), id: c.id, content: c.id });

function conversations(element, { people, channels }) {
  const wanted = element.filter?.include ?? ["im", "public", "private", "mpim"];
  const rooms = wanted.some((kind) => kind !== "im" && kind !== "mpim") ? channels.filter((c) => c.kind !== "im").map(channel) : [];
  const ims = wanted.includes("im") ? channels.filter((c) => c.kind === "im").map(direct(people)) : [];
  return [...rooms, ...ims];
}

/** Return every entry the element offers before anything is typed. */
export function entriesOf(element, world) {
  const type = element.type.replace(/^multi_/, "");
  if (type === "users_select") return Object.values(world.people).map(person);
  if (type === "channels_select") return world.channels.filter((c) => c.kind !== "im").map(channel);
  if (type === "conversations_select") return conversations(element, world);
  return fromElement(element);
}

const matches = (entry, words) => words.every((word) => `${entry.label} ${entry.hint}`.toLowerCase().includes(word));

function useAsked(element, slot, typed) {
  const suggest = useSuggest();
  const [found, setFound] = useState([]);
  const asks = element.type.endsWith("external_select") && typed.length >= (element.min_query_length ?? 3);
  useEffect(() => {
    if (!asks) return undefined;
    let current = true;
    suggest({ block_id: slot.blockId, action_id: element.action_id, value: typed }).then((reply) => {
      if (current && reply.ok) setFound(fromElement(reply));
    });
    return () => (current = false);
  }, [asks, typed]);
  return found;
}

/** Return the entries that fit what is typed. */
export function useEntries(element, slot, typed) {
  const world = useContext(World);
  const asked = useAsked(element, slot, typed);
  if (element.type.endsWith("external_select")) return asked;
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return entriesOf(element, world).filter((entry) => matches(entry, words));
}

/** Return the words for chosen contents. */
export function useLabels(element, contents) {
  const world = useContext(World);
  const known = new Map(entriesOf(element, world).map((entry) => [entry.id, entry.label]));
  return contents.map((c) => known.get(idOf(c)) ?? (typeof c === "object" ? unescape(c.text.text) : c));
}

export const NoEntries = () => html`<p class="menu-none">Nothing fits what you typed.</p>`;
