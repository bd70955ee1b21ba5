-- grain: one row per measure and bin; bin 0 is all customers
-- inputs: segments.value_check
select
    as_of_date,
    calibrated_to,
    measure,
    bin,
    customers,
    expected,
    last_year,
    actual,
    model_rmse,
    last_year_rmse,
    note
from segments.value_check
order by measure desc, bin
