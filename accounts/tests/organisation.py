"""A made-up organisation of forty people, as the two lists that bring it in."""

UNIT_HEAD = "code,name,type,parent_code,valid_from,valid_to"
PEOPLE_HEAD = "email,name,title,org_unit_code,reports_to_email,role,fte_percent"


def org_unit_list():
    """Parts before what they are part of: the order does not matter."""
    rows = [f"DIV{n},Division {n},division,OFFICE,2024-01-01," for n in range(1, 4)]
    rows += [
        "UNIT,Delivery Unit,office,OFFICE,2024-01-01,",
        "OFFICE,Head office,office,SYS,2024-01-01,",
    ]
    return "\n".join([UNIT_HEAD, *rows, "SYS,Whole system,system,,2024-01-01,"]).encode()


def people_list():
    """Thirty-two officers below three chiefs, four of the Unit, the leader last."""
    rows = [
        f"officer{n}@forty.test,Officer {n},Officer,DIV{n % 3 + 1},chief{n % 3 + 1}@forty.test,,"
        for n in range(1, 33)
    ]
    rows += [
        f"chief{n}@forty.test,Chief {n},Chief,DIV{n},leader@forty.test,goal_leader,100"
        for n in range(1, 4)
    ]
    rows += [
        f"consultant{n}@forty.test,Consultant {n},Consultant,UNIT,delivery@forty.test,consultant,{n}0"
        for n in range(5, 8)
    ]
    rows += [
        "delivery@forty.test,Dee Delivery,Delivery Leader,UNIT,leader@forty.test,delivery_leader,"
    ]
    rows += ["leader@forty.test,Lee Leader,Superintendent,OFFICE,,system_leader,"]
    return "\n".join([PEOPLE_HEAD, *rows]).encode()
