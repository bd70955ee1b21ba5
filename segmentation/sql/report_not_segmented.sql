-- grain: one row: customers who are in no segment
-- inputs: segments.history, segments.unscored
select
    (
        select count(*) from segments.history where as_of_date = $as_of_date and segment = 'never bought'
    ) as never_bought,
    (select count(*) from segments.unscored) as objected
