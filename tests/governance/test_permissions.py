import pytest

from opstream.domain.person import Person, Role
from opstream.errors import NotAllowed
from opstream.governance import permissions
from opstream.governance.permissions import About, Rules

RULES = Rules(
    workflows={"pay_*": {Role.OPERATOR: frozenset({"U1", "@pay"})}},
    operations={"estate.rollback*": Role.APPROVER},
)
DEPLOY = ("start a workflow", About("deploy"), RULES)
PAY = ("start a workflow", About("pay_out"), RULES)


def somebody(*roles, id="U9", groups=()):
    return Person(id, "Somebody", frozenset(roles), groups=frozenset(groups))


@pytest.mark.parametrize(
    "person",
    [somebody(id="U1"), somebody(groups=["@pay"]), somebody(Role.ADMIN)],
)
def test_a_role_in_a_workflow_is_for_those_who_are_named_there_and_admins(person):
    permissions.require(person, Role.OPERATOR, *PAY)


def test_who_holds_the_role_elsewhere_is_refused_there_and_told_why():
    permissions.require(somebody(Role.APPROVER), Role.OPERATOR, *DEPLOY)
    with pytest.raises(NotAllowed, match=r"of `pay_out` you need the role `operator`.*names"):
        permissions.require(somebody(Role.APPROVER), Role.OPERATOR, *PAY)


def test_an_operation_may_take_a_higher_role():
    about = About("deploy", ("estate.scale", "estate.rollback_now"))

    permissions.require(somebody(Role.APPROVER), Role.OPERATOR, "start a workflow", about, RULES)
    with pytest.raises(NotAllowed, match=r"`approver`, because it calls `estate.rollback_now`"):
        permissions.require(
            somebody(Role.OPERATOR), Role.OPERATOR, "start a workflow", about, RULES
        )
