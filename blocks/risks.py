"""How dangerous a yes is, in a sign and a word, and how it is asked for accordingly."""

from blocks import ids, kit
from blocks.kit import Element
from blocks.proposals import AT_ONCE, in_short
from blocks.wording import line
from opstream.domain.approval import CRITICAL, HARMLESS, ProposedCall

_RISKS = {
    "low": "🟢 Low",
    "medium": "🟠 Medium",
    "high": "🔴 High",
    CRITICAL: "⛔ Critical",
}


def risk(word: str) -> str:
    """Return a risk as a sign and a word."""
    return _RISKS.get(word.strip().lower(), f"⚪ {line(word, 60).capitalize() or 'Not stated'}")


def approve(word: str, title: str, call: ProposedCall | None, value: str) -> Element:
    """Return the button that says yes: at once, after a second look, or with a word to be typed.

    Args:
        word: The risk.
        title: What is asked, for what calls nothing.
        call: What a yes does.
        value: What the button carries.
    """
    told = word.strip().lower()
    if told == CRITICAL:
        return kit.button("Approve …", ids.APPROVAL_TYPE, value, style="primary")
    if told in HARMLESS:
        return kit.button("Approve", ids.APPROVAL_GRANT, value, style="primary")
    what = in_short(call) if call else title
    ask = kit.confirm(f"{risk(word)} risk: approve?", f"{AT_ONCE}\n{what}", "Approve", "Not yet")
    return kit.button("Approve", ids.APPROVAL_GRANT, value, style="primary", confirm=ask)
