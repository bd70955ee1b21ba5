-- grain: one row per e-mail address that $pattern does not find plainly valid
-- inputs: crm.customers
select distinct trim(email) as written
from crm.customers
where contains(email, '@') and not regexp_full_match(trim(email), $pattern)
order by written
