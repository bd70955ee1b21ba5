"""What keeps an erased person out of the next load: SQL over the rows of a source, text in, text out.

Both read `ops.erasures` and `ops.erasure_salt` of the warehouse being built.
"""

from segmentation.contract.model import Table
from segmentation.contract.ops import ERASURE_SALT, ERASURES
from segmentation.contract.sql import literal
from segmentation.erasure.identifiers import HASHED, Kind, hashed
from segmentation.erasure.rows import NAMED_WITHOUT_ID, fields

NEAR = 8
BY_KIND = {kind.name: kind for kind in HASHED}


def is_erased(table: Table) -> str:
    """Condition, never NULL, over typed rows of an input table: the row is of a person who was erased.

    A row is known by its customer_id; an order line by its order, unless the order is another customer's by now; a
    suppression without customer_id by its e-mail address or its name and postcode, unless a customer has them by now,
    for whom the rule must hold. `crm.customers` and `crm.orders` are therefore loaded first.
    """
    columns = set(table.column_names)
    if "customer_id" not in columns:
        if "order_id" not in columns:
            return "false"
        return f"({_is_known(BY_KIND['order_id'])} and not {_is_in('order_id', 'select order_id from crm.orders')})"
    by_id = _is_known(BY_KIND["customer_id"])
    by_name = [_nobody_elses(kind) for kind in NAMED_WITHOUT_ID if set(kind.columns) <= columns]
    return f"({by_id} or (customer_id is null and ({' or '.join(by_name)})))" if by_name else by_id


def _is_known(kind: Kind) -> str:
    salted = f"(select salt from {ERASURE_SALT.full_name})"
    hashes = f"select hash from {ERASURES.full_name} where kind = {literal(kind.name)}"
    return _is_in(hashed(kind.name, kind.value, salted), hashes)


def _nobody_elses(kind: Kind) -> str:
    return f"({_is_known(kind)} and not {_is_in(kind.value, f'select {kind.value} from crm.customers')})"


def _is_in(value: str, listed: str) -> str:
    return f"coalesce({value} in (select * from ({listed}) as listed(value) where value is not null), false)"


def without_erased(raw: str) -> str:
    """Expression for `raw` of a rejected row, a column: NULL where a field of it names a person who was erased.

    A family name and a postcode are taken together where they stand at most `NEAR` fields apart.
    """
    by_field = [
        f"list_transform(fields, lambda field: {hashed(kind, value)})"
        for kind, value in (("customer_id", "field"), ("order_id", "field"), ("email", "lower(field)"))
    ]
    name_and_postcode = hashed("name and postcode", "lower(family) || '|' || lower(postcode)")
    by_pair = f"""flatten(list_transform(fields, lambda family, place: list_transform(
                list_filter(fields[greatest(place - {NEAR}, 1) : place + {NEAR}],
                    lambda postcode: regexp_matches(postcode, '[0-9]')),
                lambda postcode: {name_and_postcode})))"""
    return f"""case when exists (
        select 1
        from (
            select unnest(list_concat({", ".join([*by_field, by_pair])})) as hash
            from (select {fields(raw)} as fields, salt from {ERASURE_SALT.full_name})
        )
        join {ERASURES.full_name} using (hash)
    ) then null else {raw} end"""
