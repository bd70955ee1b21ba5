-- grain: one row per sample-ratio test that failed, of campaigns that have started
-- inputs: response.sample_ratio, response.campaigns
select
    sample_ratio.campaign_id,
    coalesce(campaigns.name, sample_ratio.campaign_id) as name,
    sample_ratio.cell,
    sample_ratio.treated,
    sample_ratio.control,
    sample_ratio.expected_share,
    sample_ratio.p_value
from response.sample_ratio
join response.campaigns using (campaign_id)
where sample_ratio.verdict = 'fail'
order by campaigns.starts_on desc, sample_ratio.campaign_id, sample_ratio.cell <> 'all', sample_ratio.cell
