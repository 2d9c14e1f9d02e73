"""Erases people from what is kept about people themselves: absences, roles, preferences, and their notices."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update

from opstream.adapters.store import results, usage
from opstream.adapters.store.session import Session
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import (
    DelegationRow,
    NoticeRow,
    PreferenceRow,
    RoleRow,
    WatchRow,
)

_DELEGATIONS, _NOTICES, _PREFERENCES, _ROLES, _WATCHES = (
    table(one) for one in (DelegationRow, NoticeRow, PreferenceRow, RoleRow, WatchRow)
)
_WHO: BindParameter[str] = bindparam("who")
_REMOVE = {
    one.name: compiled(delete(one).where(of == _WHO))
    for one, of in (
        (_DELEGATIONS, _DELEGATIONS.c.person),
        (_PREFERENCES, _PREFERENCES.c.owner),
        (_ROLES, _ROLES.c.person),
        (_WATCHES, _WATCHES.c.person),
    )
}
_NOBODY_DECIDES = compiled(
    update(_DELEGATIONS)
    .where(_DELEGATIONS.c.delegate == _WHO)
    .values(delegate=bindparam("nobody"), delegate_name=bindparam("nobody"))
)
_GAVE = compiled(
    update(_ROLES)
    .where(_ROLES.c.by_id == _WHO)
    .values(by_id=bindparam("by_id"), by_name=bindparam("by_name"))
)
_TOLD = compiled(delete(_NOTICES).where(_NOTICES.c.target.like(bindparam("theirs"))))
_NAMED = compiled(
    select(_NOTICES.c.key, _NOTICES.c.target, _NOTICES.c.body).where(
        or_(_NOTICES.c.body.like(bindparam("pattern")), _NOTICES.c.key.like(bindparam("pattern")))
    )
)
_SAVE = compiled(
    update(_NOTICES)
    .where(_NOTICES.c.key == bindparam("the_key"), _NOTICES.c.target == bindparam("the_target"))
    .values(key=bindparam("clean"), body=bindparam("body"))
)


def forget(
    session: Session,
    person: str,
    pseudonym: tuple[str, str],
    out_of: Callable[[Any], Any],
) -> Mapping[str, int]:
    """Erase a person; return how many rows were changed, by table.

    Args:
        person: Their id.
        pseudonym: What stands in the place of their id and of their name.
        out_of: Returns JSON without the id and the names.
    """
    counts = {
        name: session.execute(statement, {"who": person}).rowcount
        for name, statement in _REMOVE.items()
    }
    nobody = {"who": person, "nobody": ""}
    counts[_DELEGATIONS.name] += session.execute(_NOBODY_DECIDES, nobody).rowcount
    gave = {"who": person, "by_id": pseudonym[0], "by_name": pseudonym[1]}
    counts[_ROLES.name] += session.execute(_GAVE, gave).rowcount
    told = session.execute(_TOLD, {"theirs": f"{person}>%"}).rowcount
    counts[_NOTICES.name] = told + _out_of_notices(session, person, out_of)
    counts[usage.USAGE.name] = usage.forget(session, person, pseudonym[0])
    results.forget(session)
    return counts


def _out_of_notices(session: Session, person: str, out_of: Callable[[Any], Any]) -> int:
    answer = session.execute(_NAMED, {"pattern": f"%{person}%"})
    found = []
    while row := answer.fetchone():
        found.append(row)
    for key, target, body in found:
        clean = json.dumps(out_of(json.loads(body)), ensure_ascii=False)
        row = {"the_key": key, "the_target": target, "clean": out_of(key), "body": clean}
        session.execute(_SAVE, row)
    return len(found)
