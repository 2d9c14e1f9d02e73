"""What people say, and the command that it means: a table to add a line to.

Each line is a pattern for a whole sentence, small or big letters, and what would be written after
`/opstream`; a third part says what it means outside a run's thread, where that differs. What changes something
stands here only in words that leave no doubt.
"""

import re
from dataclasses import dataclass

IT = r"(?: (?:it|this|that|this one|the run|this run|that run))"
ID = r"(?:r(?=[a-z0-9]*\d)[a-z0-9]+|r[a-z0-9]{9})"
"""How the id of a run, or its beginning, looks."""

_MAYBE = IT + "?"
_RUN = rf"(?:the )?(?:run )?`?({ID})`?"
_SHOW = r"(?:(?:show|list|give|get|see|tell|let me see|i want to see)(?: (?:me|us))?(?: (?:all|of|about))*(?: (?:the|my|our|your))?)"
_WHAT = r"(?:what is|what's|whats|what are|what)"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern and its command.

    Args:
        said: What it means; the groups of the pattern stand in it by their numbers.
        elsewhere: What it means outside a run's thread, '' when it is the same.
    """

    pattern: re.Pattern[str]
    said: str
    elsewhere: str = ""


def _phrases(*lines: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(Phrase(re.compile(one, re.IGNORECASE), *rest) for one, *rest in lines)


STEERING = _phrases(
    (rf"(?:pause|hold|wait with){_MAYBE}", "pause"),
    (rf"(?:pause|hold) {_RUN}", r"pause \1"),
    (rf"(?:resume|continue|go on|carry on|unpause|keep going)(?: with)?{_MAYBE}", "resume"),
    (r"let it go on|let it continue", "resume"),
    (rf"(?:resume|continue|unpause) {_RUN}", r"resume \1"),
    (rf"(?:cancel|abort){_MAYBE}|stop{IT}", "cancel"),
    (rf"(?:end|kill|terminate|call off){IT}|call it off", "cancel"),
    (rf"(?:cancel|stop|abort|end|kill) {_RUN}", r"cancel \1"),
    (rf"(?:retry|try|run|do|start){_MAYBE} (?:again|once more)", "retry"),
    (rf"(?:retry|rerun|repeat){_MAYBE}", "retry"),
    (rf"(?:retry|rerun) {_RUN}", r"retry \1"),
    (
        r"start(?: it)? over|(?:start|run|do|retry)(?: it)? from the (?:beginning|start|top)",
        "retry from=start",
    ),
    (
        r"(?:i will|i'll|let me) take (?:it )?over|(?:i take|i'll take) (?:it|this)(?: over)?",
        "take",
    ),
    (rf"take over|take(?: over)?{IT}(?: over)?|it's mine now|i am on it|i'm on it", "take"),
)

DECIDING = _phrases(
    (rf"(?:i )?approved?{_MAYBE}", "approve it"),
    (r"(?:yes|yep|yeah|sure|fine|looks good)?[,.!]* ?(?:please )?(?:go ahead|do it)", "approve it"),
    (rf"(?:yes|yep|yeah|sure|fine|looks good)[,.!]* (?:i )?approved?{_MAYBE}", "approve it"),
    (
        rf"(?:deny|reject|decline|refuse){IT}[,:]? (?:because of|because|since|as) (.+)",
        r"deny it \1",
    ),
    (rf"(?:deny|reject|decline|refuse){IT}: (.+)", r"deny it \1"),
)

WATCHING = _phrases(
    (rf"(?:watch|follow|subscribe to){IT}|keep me posted|tell me how it goes", "watch"),
    (rf"stop (?:watching|following){_MAYBE}|(?:unwatch|unfollow|mute){IT}", "unwatch"),
    (r"(?:stop watching|unwatch|unfollow) ([\w-]+)", r"unwatch \1"),
    (r"(?:what|which runs) do i (?:watch|follow)|what am i watching", "prefs"),
)

ASKING = _phrases(
    (rf"{_WHAT} (?:is )?(?:running|active|going on|under way|in progress)(?: (?:now|right now|at the moment))?", "list"),
    (r"(?:is )?(?:anything|something|anyone) (?:running|going on|active)", "list"),
    (r"what are you (?:doing|working on)|what runs(?: right now)?", "list"),
    (rf"{_SHOW}(?: (?:active|running|current))* runs", "list"),
    (rf"{_SHOW} details(?: of{IT})?|(?:more )?details", "details"),
    (rf"(?:{_SHOW} )?details (?:of|for|about) {_RUN}", r"details \1"),
    (r"what did (?:it|you|the run|that) find(?: out)?|what came out(?: of it)?", "details"),
    (rf"{_SHOW} (?:results?|findings|outcome|report)|{_WHAT} the (?:results?|outcome|findings)", "details"),
    (rf"{_SHOW} logs?(?: of{IT})?", "logs"),
    (rf"(?:{_SHOW} )?logs? (?:of|for) {_RUN}", r"logs \1"),
    (rf"{_SHOW} (?:whole|full|complete|entire) (?:log|story|history)(?: of{IT})?", "logs all=yes"),
    (r"(?:tell me )?everything that happened|what happened (?:from the beginning|in full)", "logs all=yes"),
    (r"what happened(?: here| so far)?|what did (?:it|you) do|who did what", "logs"),
    (rf"who (?:has )?(?:approved|denied|decided|said (?:yes|no)(?: to)?)(?: on)?{_MAYBE}", "logs"),
    (rf"(?:who|why)(?: has| was| did)? (?:it |this |the run )?(?:paused?|cancel(?:led)?|stop(?:ped)?|started?){_MAYBE}", "logs"),
    (rf"why (?:did|has|is){_MAYBE} (?:fail(?:ed)?|not work(?:ed)?|broken?|stuck)|why did not it work", "status", "history failed mine"),
    (r"why did (?!(?:you|we|i)\b).+ (?:fail|break|stop)(?: last night| yesterday| today)?", "history failed"),
    (r"what went wrong|what is wrong|what's wrong|what failed", "status", "history failed mine"),
    (rf"(?:{_WHAT}|{_SHOW})(?: the)? (?:status|state|progress)(?: of{IT})?", "status"),
    (rf"(?:{_WHAT}|{_SHOW})?(?: the)? ?status (?:of|for) {_RUN}", r"status \1"),
    (r"(?:how is|how's|how does)(?: it| this| that| the run)? (?:going|doing|go)|how far (?:is it|are we|are you)|where are we|any news|any progress", "status"),
    (rf"how long(?: will (?:it|this|that) take| does (?:it|this|that) take| is left| to go)?|when (?:is|will){_MAYBE} (?:be )?(?:done|ready|finished?|over)", "status"),
    (r"how much time is left|is (?:it|this) (?:done|ready|finished|over)(?: yet)?|are you (?:done|finished)(?: yet)?", "status"),
    (r"what (?:is it|are you) waiting for|why is it waiting|who must (?:decide|approve)|who (?:can|may) (?:decide|approve)(?: (?:it|this|that))?", "status"),
    (rf"{_WHAT} (?:waits?|waiting) for (?:me|my (?:yes|approval|decision))|(?:is |does )?(?:anything|something) wait(?:s|ing)? for me", "approvals"),
    (rf"{_SHOW}(?: (?:open|pending))* approvals|(?:what|which) (?:must|should|can|do) i (?:have to )?(?:approve|decide)(?: on)?", "approvals"),
    (r"what can (?:i|we) (?:start|run|do)|what can be started|what workflows (?:are there|do you have|exist)", "workflows"),
    (rf"{_SHOW} (workflows|tools|history|schedules|approvals)", r"\1"),
    (r"what (?:has )?failed (?:today|lately|recently|yesterday|last night)|did anything fail|which runs failed", "history failed"),
    (rf"{_SHOW}(?: (?:failed|broken)) runs", "history failed"),
    (r"what (?:ran|has run|did you do) (?:today|lately|recently|yesterday|last night)", "history"),
    (rf"{_SHOW}(?: (?:ended|finished|past|old|last|latest)) runs", "history"),
    (r"(?:when (?:does|will)|what time does) .+ (?:run|start|begin)(?: next| again)?|when is the next run(?: of .+)?", "schedules"),
    (r"what is (?:planned|scheduled)|what runs (?:next|by itself)|what comes next", "schedules"),
    (r"(?:which|what) tools (?:are there|do you (?:have|use))|are (?:all|the) tools (?:ok|up|healthy|fine)", "tools"),
    (r"how (?:well )?(?:are we|is it all|does it all|are things) (?:doing|going|running|run)|(?:show|give)(?: me)?(?: the)? (?:stats|statistics|numbers|figures)", "stats"),
    (r"what do (?:you|we) (?:know|remember) (?:about|of) (.+)|do you (?:know|remember) (?:anything|something) about (.+)", r"recall \1\2"),
    (r"what did we (?:say|decide|agree)(?: on)? about (.+)", r"recall \1"),
    (rf"who (?:may|can|is allowed to) (?:do )?what|what (?:may|am) i (?:allowed to )?do|{_SHOW} roles?", "role"),
    (rf"(?:{_SHOW}|change|edit|open)(?: my)? (?:preferences|prefs|settings|notifications|notification settings)", "prefs"),
    (rf"what have i done|{_SHOW} my (?:deeds|actions)|what did i do", "audit mine"),
    (r"what can you do(?: for me)?|what do you do|how do you work|who are you|what are you", "help"),
    (r"help me|i need help|i am (?:lost|stuck)|what (?:can|do|should) i (?:say|ask|write)(?: to you)?|how does this work", "help"),
)  # fmt: skip

REQUESTS = (*STEERING, *WATCHING, *ASKING)
PHRASES = (*DECIDING, *REQUESTS)
