"""What the articles behind kpiledger ask of KPI work, line by line, and what of it answers each line.

The rules of a line are those whose file says that the line asks for them. Beside them stand other findings, commands,
tables, columns and pages; a test holds that each of them is there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seed:
    """A line in our own words, how it is answered, and by what else than the rules."""

    asks: str
    answered: str
    findings: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()  # a table, or `table.column`
    pages: tuple[str, ...] = ()  # from the top of the project


PARTS = {
    "A": "KPIs and the conversation between a manager and who is held to them (Danish)",
    "B": "When KPIs collide (Norwegian)",
    "C": "Objectives and key results where leadership is not agreed (Norwegian)",
    "D": "Why objectives and key results matter to leadership (Norwegian)",
    "E": "KPIs that let people take charge, or do not (Dutch)",
}

SEEDS: dict[str, Seed] = {
    "A1": Seed(
        "What we do is an activity, what we want is a goal, and a KPI is the number that best tells whether we get "
        "there. "
        "It names the goal that it serves.",
        "A KPI file says `objective` or `supports`, and what it names must exist.",
        findings=("KPI250",),
        tables=("fct_objective",),
        pages=("docs/reference/kpi.md",),
    ),
    "A2": Seed(
        "A KPI says whether it counts work done or the effect that was wanted, and effects come first for everybody.",
        "`effect` is `output` or `outcome` in every KPI file; a holder's set is looked at by weight.",
        tables=("dim_kpi.effect",),
    ),
    "A3": Seed(
        "An objective has two to five results in numbers; few of all metrics are KPIs; a scorecard gathers them.",
        "Objectives and their key results stand in metrics/objectives; a figure that nobody is held to is a "
        "measure of a "
        "fact or a KPI without a target.",
        findings=("KPI251", "KPI253"),
        tables=("fct_objective", "fct_scorecard"),
    ),
    "A4": Seed(
        "Three to five KPIs for a person or role, and those that decide.",
        "Counted for each day on which somebody is held; audit question 9 counts the whole history.",
        commands=("audit",),
    ),
    "A5": Seed(
        "Somebody owns each KPI, and it is known where its data come from.",
        "`owner` of a KPI is a role, `source` of a fact a described system; `kpi trace` goes from a number to the "
        "rows of "
        "its sources.",
        findings=("KPI023",),
        commands=("trace",),
    ),
    "A6": Seed(
        "Some KPIs lead and are looked at by day or week, others confirm by month or quarter; everybody has both.",
        "`timing` and `cadence` of a KPI file.",
        findings=("KPI083",),
        tables=("dim_kpi.timing", "dim_kpi.cadence"),
    ),
    "A7": Seed(
        "How much stands beside how well.",
        "`aspect` is `quantity` or `quality`, and `counter_kpis` pair them.",
        findings=("KPI080",),
    ),
    "A8": Seed(
        "What takes a joint effort is a team's; a single person has one or two drivers, and sees how they roll up.",
        "`level` and `rolls_up_to` of a KPI file; the sum of the people is held against the team in each run.",
        findings=("KPI258",),
        tables=("fct_roll_up",),
    ),
    "A9": Seed(
        "Whoever is held to a result controls 70 percent of it; else the team or department is.",
        "`influence` of each target.",
        tables=("fct_kpi_target.influence",),
    ),
    "A10": Seed(
        "Before a KPI is locked: measured monthly, of strategic value, influenced enough, balanced by a counter-KPI?",
        "Asked by `kpi check` when it is written, and by `kpi close` for each KPI of a period, with the same "
        "limits; what "
        "is accepted in spite of it carries a reason.",
        findings=("KPI080",),
        commands=("close",),
        pages=("docs/guide/period-close.md",),
    ),
    "A11": Seed(
        "Data come from systems, web analytics, surveys, the warehouse, or a person who typed them, which is said.",
        "Each source is described, whatever it is; files that somebody drops are declared by `drop`, and audit "
        "question 17 "
        "lists every table and file by hand.",
        commands=("audit",),
        pages=("docs/guide/sources.md",),
    ),
    "A12": Seed(
        "Faulty data are found before a KPI is locked: by tests, samples and totals held against the source.",
        "Registration rules, reconciliation and spot checks; a close asks for all three.",
        commands=("close", "spot-check"),
        tables=("fct_check_result", "fct_reconciliation", "fct_spot_check"),
        pages=("docs/guide/registration-rules.md", "docs/guide/reconciliation.md", "docs/guide/spot-checks.md"),
    ),
    "A13": Seed(
        "Teams register alike: by written rules, checked for each team.",
        "Each rule says a sentence and is counted by team; `same_across` finds the team that differs clearly.",
        findings=("KPI178",),
        tables=("fct_registration_issue",),
        pages=("docs/guide/registration-rules.md",),
    ),
    "A14": Seed(
        "Compared is the same period last year or a rolling average, and nothing that somebody chose.",
        "Every value has the same period last year, like with like, and its rolling mean; targets may be relative "
        "to it.",
        findings=("KPI144",),
        tables=("fct_scorecard.same_period_last_year", "fct_scorecard.rolling_mean"),
        pages=("docs/guide/signals-and-projections.md",),
    ),
    "A15": Seed(
        "A baseline says which months are normal, which are left out and why, and from which source.",
        "`baseline` of a target has all of it and is recorded with the target; audit question 8 computes it again.",
        findings=("KPI058",),
        commands=("audit",),
        tables=("fct_kpi_target.baseline_value",),
        pages=("docs/guide/signals-and-projections.md",),
    ),
    "A16": Seed(
        "A rhythm: a quarter of an hour a week, an hour a month, a conversation a quarter, in everybody's calendar.",
        "`kpi export ics` writes the invitations of each agreement in force.",
        commands=("export ics",),
        tables=("fct_review_due",),
    ),
    "A17": Seed(
        "A page helps to decide: few pictures, colours that mean something, target beside actual, trend and year "
        "to date, "
        "always current.",
        "The pages of a run are made anew with each run; the company has at most as many KPIs as a screen shows.",
        commands=("pages", "run"),
        tables=("fct_scorecard.status",),
        pages=("docs/guide/page-of-a-run.md",),
    ),
    "A18": Seed(
        "When scope, market or resources change, targets follow, with day and reason; every agreement is looked at "
        "half "
        "way.",
        "`amended` events with a `reason` of one of ten kinds; the middle of each agreement is a review item.",
        tables=("fct_review_due", "dim_agreement_version.reason_kind"),
        pages=("docs/guide/agreements.md",),
    ),
    "A19": Seed(
        "What is to be done if something happens is agreed beforehand; what was learned and what was promised "
        "before stays.",
        "`triggers` of an agreement are asked in each run, a fired one is recorded, and the amendment names it; every "
        "version of an agreement stays readable. A baseline names the `post_mortem` it learned from, which question 8 "
        "shows beside the months left out.",
        findings=("KPI261", "KPI265"),
        commands=("decide", "history"),
        tables=("fct_review_due", "fct_decision"),
    ),
    "A20": Seed(
        "The conversation has one page with status, data, notes and new targets, and decisions are kept with it.",
        "`kpi brief` makes the page of a holder and period, `kpi decide` records a decision that later pages show.",
        commands=("brief", "decide"),
        tables=("fct_decision",),
    ),
    "A21": Seed(
        "To be caught: too many KPIs, targets out of reach, gaming, changed conditions, and people who wear out.",
        "The rules below look for each of them; `goals` of an agreement file are for well-being and learning.",
        findings=("KPI080", "KPI084"),
        commands=("conflicts",),
        tables=("fct_review_due",),
        pages=("docs/guide/signals-and-projections.md",),
    ),
    "A22": Seed(
        "Results feed ratings and pay: weights, versions and proofs must be exact.",
        "Weights make a score for each agreement; what was promised, approved, computed and closed is recorded, "
        "and can "
        "be proved without this program.",
        findings=("KPI056",),
        commands=("verify", "evidence"),
        tables=("fct_agreement_score",),
        pages=("docs/guide/evidence.md", "docs/guide/approvals.md"),
    ),
    "B1": Seed(
        "Conflicts are built in: which targets work against each other, which matter most, where is it narrow?",
        "Declared ones, those of formulas, targets and weights, and those seen in figures, on one map.",
        findings=("KPI270",),
        commands=("conflicts",),
        tables=("fct_conflict",),
        pages=("docs/guide/conflicts.md",),
    ),
    "B2": Seed(
        "Departments share KPIs beside their own, with stated weights.",
        "A set without one is found; `kpi conflicts` suggests which KPI two sides could share.",
        commands=("conflicts",),
    ),
    "B3": Seed(
        "Those whose results move each other talk regularly, over the same data.",
        "The map of departments shows who moves whom; invitations and the page of each conversation come from the same "
        "published figures.",
        commands=("conflicts", "export ics", "brief"),
        tables=("fct_conflict",),
    ),
    "B4": Seed(
        "Are our targets still right, and do they serve the whole? What was not changed for long is asked about.",
        "A KPI is due for review after two years; `reviewed` in its file says that it was looked at.",
        tables=("fct_review_due",),
    ),
    "C1": Seed(
        "Begin with some areas, show results, then widen; say what for, and who has signed.",
        "`pilot` of an agreement or objective: computed, shown and binding nobody, with areas, a purpose and an end; "
        "`signed_by` of an objective, with those who have not.",
        findings=("KPI145", "KPI259"),
        commands=("alignment",),
        tables=("fct_objective",),
    ),
    "D1": Seed(
        "Vision, mission and values, objectives, key results, KPIs: one line without a gap.",
        "`kpi alignment` shows the line and what hangs loose.",
        findings=("KPI250", "KPI252", "KPI254"),
        commands=("alignment",),
        tables=("fct_objective",),
    ),
    "D2": Seed(
        "To be caught: nothing to do with strategy, nobody carries it out, nobody looks, nobody owns it, from "
        "above only, "
        "tasks in the place of results.",
        "A key result has a KPI and says how far it goes; check-ins say how sure its owner is, and overdue ones "
        "are listed.",
        findings=("KPI251", "KPI023"),
        commands=("checkin", "alignment"),
        tables=("fct_objective",),
    ),
    "E1": Seed(
        "The customer's way through the company comes first, departments hang under it, and each stage has KPIs.",
        "metrics/chain.yml has the stages and what the customer asks at each; KPIs lie in folders of stages.",
        findings=("KPI024", "KPI029"),
        tables=("dim_kpi.chain_stage",),
        pages=("docs/reference/chain.md",),
    ),
    "E2": Seed(
        "One glance tells whether the chain works; from there it goes to each department, team and person.",
        "The first page of a run is the chain; each unit, role and person has a scorecard of what they are held to.",
        commands=("pages",),
        tables=("fct_scorecard.holder", "dim_unit"),
    ),
    "E3": Seed(
        "As in a car: not the speed alone but how far it still goes.",
        "What the year will be at this pace, with an interval, and the pace that is still needed.",
        tables=("fct_scorecard.projection", "fct_scorecard.pace_needed"),
        pages=("docs/guide/signals-and-projections.md",),
    ),
    "E4": Seed(
        "KPIs are for a conversation and not for an account: insight and next steps first, and noise is no red light.",
        "A value says whether it is a signal or noise; the page of a conversation begins with what went well, where to "
        "steer, and what could be better.",
        commands=("brief",),
        tables=("fct_scorecard.signal", "fct_scorecard.signal_effect"),
        pages=("docs/guide/signals-and-projections.md",),
    ),
    "E5": Seed(
        "The classics: low stock against empty shelves, calls handled against problems solved.",
        "Found in formulas and in figures, before and after anybody is held to them.",
        commands=("conflicts",),
        tables=("fct_conflict",),
        pages=("docs/guide/conflicts.md",),
    ),
}
