"""Who may approve, what was signed, and what needs an approval: KPI150 to KPI155, KPI162, KPI163, KPI167 and
KPI193.

The private halves of these keys are gone: where the event that SIGNED is of changes, make a new key and sign it anew.
"""

from __future__ import annotations

from finding_case import ORGANISATION, WEST, Append, Case, Swap, Write, case

AUTHORITY = "metrics/approvers/authority.yml"
SIGNERS = "metrics/approvers/allowed_signers"
SIGNATURE = "metrics/approvals/sales_west_2017/2.p1001.sig"

_POLICY = """\
required_from: 2017-01-01
authorities:
  - role: cfo
    units: [company]
"""
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF6MBG9d57qCS4YobNERz7z9yYY1h2xyX2Ztcf1CXgDI"
_OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFljx/SBYv9Ik5hvH/2yAws5TFpOqMjSsCSFXOqa+zlI"
_LINE = f'p1001 namespaces="kpi-agreement" {_KEY}\n'
# Over the second event of the base project's agreement.
SIGNED = """\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgXowEb13nuoJLhihs0RHPvP3Jhj
WHbHJfZm1x/UJeAMgAAAANa3BpLWFncmVlbWVudAAAAAAAAAAGc2hhNTEyAAAAUwAAAAtz
c2gtZWQyNTUxOQAAAECwM3+DbLoZ4DWwyqlZQPPKVf3kGe9zmVZNu4J02tNj+KcBF9onVg
Dvnv2SDzWQ0hRWbLyJOo6HmEKTK0Vpb/EH
-----END SSH SIGNATURE-----
"""
_OF_SOMETHING_ELSE = """\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgXowEb13nuoJLhihs0RHPvP3Jhj
WHbHJfZm1x/UJeAMgAAAANa3BpLWFncmVlbWVudAAAAAAAAAAGc2hhNTEyAAAAUwAAAAtz
c2gtZWQyNTUxOQAAAEAn5bFbHvrzf08If/5onhkv6GUxPk1cuYMrcWRGldZ/d8gQXfSLUb
K4VbDw5oPimGpVtf0G3oiS1mrgY9ypztQG
-----END SSH SIGNATURE-----
"""


# What amends the base project's agreement, and an amendment after it.
AMENDED_TARGETS = """\
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.6
        target: {grain: month, value: "23000.00", comparison: at_least}
"""
LATER = """\
  - event: amended
    agreement: sales_west_2017
    decided_on: 2017-08-20
    valid_from: 2017-09-01
    reason: {kind: external_shock, text: Another competitor came}
    proposed_by: finance_controller
    approved_by: cfo
    targets:
      - kpi: revenue
        slice: {region: West}
        weight: 0.6
        target: {grain: month, value: "20000.00", comparison: at_least}
"""


def _company(line: str = _LINE, policy: str = _POLICY, roles: str = "cfo") -> tuple[Swap | Write, ...]:
    people = Swap(ORGANISATION, "people:\n", f"people:\n  p1001: [{roles}]\n")
    return (people, Write(AUTHORITY, policy), Write(SIGNERS, line))


CASES: tuple[Case, ...] = (
    case("approved_event", "", *_company(), Write(SIGNATURE, SIGNED)),
    case("unapproved_event", "KPI154", *_company()),
    case("approval_of_something_else", "KPI152", *_company(), Write(SIGNATURE, _OF_SOMETHING_ELSE)),
    case(
        "approval_of_an_event_that_changed",
        "KPI152",
        *_company(),
        Write(SIGNATURE, SIGNED),
        Swap(WEST, '"23000.00"', '"22000.00"'),
    ),
    case("approval_without_the_role", "KPI153", *_company(roles="head_of_sales"), Write(SIGNATURE, SIGNED)),
    case(
        "approval_by_the_proposer",
        "KPI153 KPI193",
        *_company(roles="cfo, finance_controller"),
        Write(SIGNATURE, SIGNED),
    ),
    case("one_person_who_proposes_and_approves", "KPI154 KPI193", *_company(roles="cfo, finance_controller")),
    case(
        "one_person_who_proposed_before_the_policy",
        "",
        *_company(roles="cfo, finance_controller", policy=_POLICY.replace("2017-01-01", "2017-06-21")),
    ),
    case(
        "one_person_with_both_roles_on_other_days",
        "KPI154",
        *_company(
            roles="cfo, finance_controller",
            policy=_POLICY + "appointments:\n  - {role: cfo, person: p1001, valid_from: 2017-06-21}\n",
        ),
    ),
    case(
        "approval_by_a_lapsed_key",
        "KPI153",
        *_company(_LINE.replace('t" ', 't",valid-before="20170531Z" ')),
        Write(SIGNATURE, SIGNED),
    ),
    case("approval_by_an_unknown_key", "KPI155", *_company(_LINE.replace(_KEY, _OTHER)), Write(SIGNATURE, SIGNED)),
    case(
        "approval_without_authority",
        "KPI153",
        *_company(policy=_POLICY.replace("cfo", "head_of_sales")),
        Write(SIGNATURE, SIGNED),
    ),
    case(
        "approval_of_no_event",
        "KPI154 KPI151",
        *_company(),
        Write("metrics/approvals/sales_west_2017/3.p1001.sig", SIGNED),
    ),
    case("signature_astray", "KPI016", *_company(), Write("metrics/approvals/2.p1001.sig", SIGNED)),
    case("signer_for_any_namespace", "KPI154 KPI150", *_company(f"p1001 {_KEY}\n")),
    case("signer_with_a_local_time", "KPI154 KPI150", *_company(_LINE.replace('t" ', 't",valid-before="20180101" '))),
    case("signer_by_a_pattern", "KPI154 KPI150", *_company(_LINE.replace("p1001", "*"))),
    case(
        "signer_with_an_authority_of_certificates",
        "KPI154 KPI150",
        *_company(_LINE.replace("namespaces", "cert-authority,namespaces")),
    ),
    case("signer_without_a_key", "KPI154 KPI150", *_company('p1001 namespaces="kpi-agreement"\n')),
    case("signer_with_a_broken_key", "KPI154 KPI150", *_company(_LINE.replace("C3NzaC1", "C3NzaC2"))),
    case("signers_with_one_key", "KPI154 KPI150", *_company(_LINE + _LINE.replace("p1001", "p1007"))),
    case("signer_who_is_nobody", "KPI154 KPI023", *_company(_LINE.replace("p1001", "p1010"))),
    case("authority_for_an_unknown_role", "KPI154 KPI023", *_company(policy=_POLICY.replace("cfo", "ceo"))),
    case("authority_for_an_unknown_unit", "KPI154 KPI023", *_company(policy=_POLICY.replace("company", "compani"))),
    case(
        "authority_that_ends_before_it_begins",
        "KPI154 KPI032",
        *_company(policy=_POLICY + "    valid_from: 2017-02-01\n    valid_to: 2017-01-01\n"),
    ),
    case(
        "appointment_of_nobody",
        "KPI154 KPI023",
        *_company(policy=_POLICY + "appointments:\n  - role: cfo\n    person: p1011\n"),
    ),
    case(
        "closes_that_nobody_can_sign",
        "KPI154 KPI167",
        *_company(policy=_POLICY + "close_signatures_from: 2018-01-01\n"),
    ),
    case("signers_in_a_folder", "KPI154 KPI163 KPI016", *_company()[:2], Write(f"{SIGNERS}/p1001", _LINE)),
    case(
        "event_after_a_retirement_that_waits",
        "KPI154 KPI162 KPI154",
        *_company(),
        Swap(WEST, "event: amended", "event: retired"),
        Swap(WEST, AMENDED_TARGETS, "    targets: []\n"),
        Append(WEST, LATER),
    ),
    case(
        "event_after_an_end_that_waits",
        "KPI154 KPI162 KPI154",
        *_company(),
        Swap(WEST, "    valid_from: 2017-07-01\n", "    valid_from: 2017-07-01\n    valid_to: 2017-07-31\n"),
        Append(WEST, LATER),
    ),
    case(
        "event_after_a_far_day_that_waits",
        "KPI154 KPI162 KPI154",
        *_company(),
        Swap(WEST, "decided_on: 2017-06-20", "decided_on: 2099-06-20"),
        Append(WEST, LATER),
    ),
)
