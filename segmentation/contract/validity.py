"""Whether hold-outs were held out."""

from segmentation.contract.columns import AS_OF_DATE, CAMPAIGN_ID, NOTE
from segmentation.contract.model import Column, Table

CONTAMINATION = Table(
    "response",
    "contamination",
    "campaign that has started, and cell",
    (
        CAMPAIGN_ID,
        Column("cell", "VARCHAR", "Test cell; all for the campaign as a whole"),
        Column("control", "BIGINT", "Customers held out, of the cell or of all cells"),
        Column("contaminated", "BIGINT", "Of those, mailed anyway as far as is known: by_contact or by_quote"),
        Column("share", "DOUBLE", "contaminated / control"),
        Column("share_ci_low", "DOUBLE", "Lower end of the 95 % Wilson interval"),
        Column("share_ci_high", "DOUBLE", "Upper end of the 95 % Wilson interval"),
        Column(
            "by_contact",
            "BIGINT",
            "Of control, the contact has a day or a key code, unless the whole hold-out has",
        ),
        Column(
            "by_quote", "BIGINT", "Of control, quoted a key code of the mailed with an order or reply; a lower bound"
        ),
        Column(
            "mailed_elsewhere",
            "BIGINT",
            "Of control, mailed by another campaign of one channel and type in the same days; not in contaminated, as "
            "the mailed were so too (response.concurrent)",
        ),
        Column("treated", "BIGINT", "Customers to be mailed"),
        Column("unreached", "BIGINT", "Of treated, without a day of contact, where others of the campaign have one"),
        Column("unreached_share", "DOUBLE", "unreached / treated"),
        NOTE,
    ),
    key=("campaign_id", "cell"),
)

CONCURRENT = Table(
    "response",
    "concurrent",
    "campaign that has started, and other campaign whose response window overlaps",
    (
        CAMPAIGN_ID,
        Column("other_campaign_id", "VARCHAR", "The other campaign; see crm.campaigns"),
        Column("shared_days", "BIGINT", "Days that both windows have in common"),
        Column("is_same_kind", "BOOLEAN", "Both have one channel and type"),
        Column("treated_mailed", "BIGINT", "Customers mailed by both"),
        Column("treated_share", "DOUBLE", "treated_mailed over all mailed by the campaign"),
        Column("control_mailed", "BIGINT", "Customers held out of the campaign and mailed by the other"),
        Column("control_share", "DOUBLE", "control_mailed over all held out"),
        Column(
            "p_value",
            "DOUBLE",
            "Of both shares being one but for chance: score test, or Fisher's for few; households count as drawn",
        ),
        Column(
            "verdict",
            "VARCHAR",
            "pass, fail (p below 0.001: the arms differ by more than the mailing) or not known",
        ),
        NOTE,
    ),
    key=("campaign_id", "other_campaign_id"),
)

BOTH_ARMS = Table(
    "quality",
    "both_arms",
    "night and campaign that had customers in both arms then or the night before",
    (
        CAMPAIGN_ID,
        AS_OF_DATE,
        Column("customers", "BIGINT", "Customers who came both as treatment and as control, so that no row was loaded"),
    ),
    key=("campaign_id", "as_of_date"),
)

VALIDITY_TABLES = (CONTAMINATION, CONCURRENT)
