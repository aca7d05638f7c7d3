-- a status that says something needs a finished period, a number and a target
select *
from {{ ref('fct_scorecard') }}
where status in ('green', 'amber', 'red')
    and (actual is null or target_value is null or not is_complete)
