-- grain: one row per customer selected for a campaign
-- inputs: campaign_outcomes, earlier_spend, customer_attributes, known_groups, campaign_receipts
-- What each did in the window, and what was known of each before. Customers who have objected to marketing are in no
-- segment; others of whom no purchase was known are in $never_bought.
select
    outcomes.* exclude (is_unscored),
    case when not is_unscored then coalesce(known_groups.segment, $never_bought) end as segment,
    known_groups.cluster,
    coalesce(earlier_spend, 0) as earlier_spend,
    ((outcomes.arm = 'treatment') <> (receipts.customer_id is not null))::double as received,
    attributes.* exclude (customer_id)
from campaign_outcomes as outcomes
left join known_groups using (customer_id)
left join earlier_spend using (customer_id)
left join campaign_receipts as receipts using (customer_id)
left join customer_attributes as attributes using (customer_id)
