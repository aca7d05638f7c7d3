-- what waits for its approval is no target, and neither it nor a trial is ever scored
select *
from {{ ref('fct_scorecard') }}
where (approval_state in ('unapproved', 'void', 'refused') and status <> 'no_target')
    or (score is not null and (not is_binding or status not in ('green', 'amber', 'red')))
    or (is_binding and (is_pilot or approval_state not in ('approved', 'not_required')))
