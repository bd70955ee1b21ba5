-- grain: one customer
-- parameters: $seed, $customers, $first_day, $last_day, $until, $yearly_growth
-- Customers arrive evenly over a year, and more of them every year. How much one orders, and how long, are drawn when
-- she arrives, and stand in columns that begin with _.
with drawn as (
    select range as number, uniform(range, $seed, 1) as arrival, uniform(range, $seed, 2) as life,
        normal(range, $seed, 3) as eagerness, normal(range, $seed, 5) as purse, uniform(range, $seed, 7) as consent
    from range($customers)
),
arrived as (
    select *, date_diff('day', $first_day::date, $last_day::date) as days,
        power(1 + $yearly_growth, date_diff('day', $first_day::date, $last_day::date) / 365.25) as grown
    from drawn
)
select 'C' || number as customer_id, 'H' || number * 4 // 5 as household_id,
    'Name' || hash(number, $seed, 8) % 20000 as last_name,
    (1 + hash(number, $seed, 9) % 200) || ' Street ' || hash(number, $seed, 10) % 5000 as address_line,
    lpad((hash(number, $seed, 11) % 100000)::varchar, 5, '0') as postcode, 'Town ' || hash(number, $seed, 12) % 900 as city,
    $first_day::date + (days * ln(1 + arrival * (grown - 1)) / ln(grown))::int as created_on,
    consent > 0.03 as mail_consent,
    number as _number, least(3650, 30 - 900 * ln(life)) as _life_days,
    1 + floor(least(2000, exp(1.8 + 1.2 * eagerness))) as _orders, 3.4 + 0.6 * purse as _log_amount
from arrived
where created_on <= $until::date
