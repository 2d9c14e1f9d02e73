// What the composer may complete at the caret: commands, people, channels, emoji. Pure.
import { emojiOf, findEmoji } from "../text/emoji.js";
import { nameOf } from "../state/authors.js";

const MOST = 8;

function allCommands(app) {
  const listed = app.completions ?? [];
  const hasVerbs = (command) => listed.some((c) => c.text === command || c.text.startsWith(`${command} `));
  const bare = (app.commands ?? [])
    .filter((c) => !hasVerbs(c.command))
    .map((c) => ({ text: c.command, usage: `${c.command} ${c.usage_hint ?? ""}`.trim(), description: c.description ?? "" }));
  return [...bare, ...listed];
}

const lower = (text) => text.toLowerCase();
const lastWord = (text) => text.split(" ").at(-1);

/** `/st` finds `/opstream status` as well: the words after a slash need not begin with the command's name. */
function fits(command, typed) {
  const text = lower(command.text);
  if (text.startsWith(typed)) return true;
  return !typed.includes(" ") && typed.length > 1 && lastWord(text).startsWith(typed.slice(1));
}

function commandItem(command, app) {
  const usage = command.usage?.startsWith("/") ? command.usage : `${command.text.split(" ")[0]} ${command.usage ?? ""}`.trim();
  return { key: command.text, title: command.usage ? usage : command.text, hint: command.description, insert: `${command.text} `, source: app.name };
}

function commandMenu(text, app) {
  const typed = lower(text).replace(/\s+/g, " ");
  const all = allCommands(app);
  const found = all.filter((c) => fits(c, typed) && lower(c.text) !== typed.trimEnd());
  const first = found.filter((c) => lower(c.text).startsWith(typed));
  const rest = found.filter((c) => !first.includes(c));
  const items = [...first, ...rest].map((c) => commandItem(c, app));
  const roots = (app.commands ?? []).map((c) => ({ text: c.command }));
  const whole = [...all, ...roots].some((c) => lower(c.text) === typed.trimEnd());
  return { kind: "command", from: 0, items, preselect: !whole, label: "Commands" };
}

/** Return the usage of the longest command that is typed in full, to be shown while its inputs are typed. */
export function usageOf(text, app) {
  const typed = lower(text);
  const typedInFull = allCommands(app).filter((c) => `${typed} `.startsWith(`${lower(c.text)} `));
  const longest = typedInFull.sort((a, b) => b.text.length - a.text.length)[0];
  return longest ? commandItem(longest, app) : null;
}

function rank(name, typed) {
  if (lower(name).startsWith(typed)) return 0;
  return lower(name).includes(` ${typed}`) ? 1 : 2;
}

const BROADCASTS = [
  { id: "here", name: "here", real_name: "here", title: "Notify everyone who is active" },
  { id: "channel", name: "channel", real_name: "channel", title: "Notify everyone in this channel" },
];

function peopleMenu(typed, from, people, groups) {
  const handles = Object.values(groups).map((g) => ({ id: g.id, name: g.handle, real_name: g.name, title: "Group" }));
  const everyone = [...Object.values(people), ...handles, ...BROADCASTS];
  const score = (p) => Math.min(rank(nameOf(p), typed), rank(p.name ?? "", typed));
  const items = everyone
    .filter((p) => p.name && score(p) < 2)
    .sort((a, b) => score(a) - score(b))
    .map((p) => ({ key: p.id, title: nameOf(p), hint: p.title ?? (p.is_bot ? "App" : ""), aside: `@${p.name}`, insert: `@${p.name} `, person: people[p.id] }));
  return { kind: "person", from, items: items.slice(0, MOST), preselect: true, label: "People" };
}

function channelMenu(typed, from, channels) {
  const items = channels
    .filter((c) => c.kind !== "im" && rank(c.name, typed) < 2)
    .map((c) => ({ key: c.id, title: `#${c.name}`, hint: c.topic, insert: `#${c.name} ` }));
  return { kind: "channel", from, items: items.slice(0, MOST), preselect: true, label: "Channels" };
}

function emojiMenu(typed, from) {
  const items = findEmoji(typed, MOST).map((name) => ({ key: name, title: `${emojiOf(name)} :${name}:`, insert: `:${name}: ` }));
  return { kind: "emoji", from, items, preselect: true, label: "Emoji" };
}

/** Return `{kind, from, items, preselect, label}` for the word before the caret, or null; without `app` there are no commands. */
export function menuFor(text, caret, { app, people, channels, groups }) {
  const before = text.slice(0, caret);
  if (app && before.startsWith("/") && !before.includes("\n") && caret === text.length) return commandMenu(before, app);
  const found = /(?:^|[\s(])([@#:])([\w.+-]*)$/.exec(before);
  if (!found) return null;
  const [, sign, typed] = found;
  const from = caret - typed.length - 1;
  if (sign === "@") return peopleMenu(lower(typed), from, people, groups);
  if (sign === "#") return channelMenu(lower(typed), from, channels);
  return typed.length > 1 ? emojiMenu(lower(typed), from) : null;
}
