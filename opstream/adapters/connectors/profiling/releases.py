"""Did a release break the service: by when the failures began, or by what they name."""

import re
from collections.abc import Sequence
from datetime import timedelta

from opstream.adapters.connectors.profiling.evidence import Evidence, Pattern
from opstream.adapters.connectors.profiling.words import cut

_DEPLOY = re.compile(r"\b(deploy\w*|releas(e|ed|ing)|rollout|new version|version \S+ start)", re.I)
_SAME_MOMENT = timedelta(minutes=2)


def blamed(evidence: Evidence, errors: Sequence[Pattern]) -> tuple[str, str] | None:
    """Return the service whose release is to blame, and why, or None.

    Args:
        errors: The failures in the logs, the loudest first.
    """
    return _began_with_release(errors, evidence) or _names_version(errors, evidence)


def _began_with_release(errors: Sequence[Pattern], evidence: Evidence) -> tuple[str, str] | None:
    """Compare times; without times nothing is claimed."""
    began = min((one.first for one in errors if one.first is not None), default=None)
    for deploy in evidence.patterns:
        if began is None or deploy.is_error or not _DEPLOY.search(deploy.template):
            continue
        if deploy.first is not None and deploy.first - _SAME_MOMENT <= began:
            return _named(deploy, evidence), (
                f"since a release at {deploy.first:%H:%M:%S} (“{cut(deploy.template, 80)}”): "
                f"the first error came at {began:%H:%M:%S}, “{cut(errors[0].template, 80)}” was "
                f"logged {errors[0].count:,} times"
            )
    return None


def _names_version(errors: Sequence[Pattern], evidence: Evidence) -> tuple[str, str] | None:
    version = evidence.setting.version
    if not version or not evidence.setting.previous_version:
        return None
    named = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w])")
    for one in errors:
        if named.search(one.template):
            return evidence.service, (
                f"and “{cut(one.template, 90)}”, logged {one.count:,} times, names the version "
                f"that runs now, {version}"
            )
    return None


def _named(pattern: Pattern, evidence: Evidence) -> str:
    """Return the other service that a log line names, or the service that logged it."""
    known = {one.service for one in evidence.spans} | set(evidence.settings)
    words = set(re.findall(r"[\w-]+", pattern.template))
    others = sorted(words & (known - {evidence.service, ""}))
    return others[0] if others and evidence.service not in words else evidence.service
