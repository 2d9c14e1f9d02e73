// Who wrote a message, and what to call them.
import { WORKSPACE_BOT } from "./frames.js";

const WORKSPACE = { id: WORKSPACE_BOT, real_name: "Workspace", name: "workspace", color: "#5b6472", initials: "", is_bot: true };

/** Return who wrote `message`; a bot may post under a name of its own. */
export function authorOf(message, people) {
  if (message.user === WORKSPACE_BOT) return people.USLACKBOT ?? WORKSPACE;
  const known = people[message.user] ?? people[message.bot_id];
  const person = known ?? { id: message.user ?? message.bot_id ?? "", real_name: "Someone who left", color: "#5b6472" };
  return message.username ? { ...person, real_name: message.username, initials: undefined } : person;
}

export const nameOf = (person) => person?.real_name || person?.name || "Unknown";
