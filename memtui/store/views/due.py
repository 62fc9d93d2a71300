"""Which kept memories are up for review, as SQL: see ``review`` for what it means."""

import json
from collections.abc import Mapping
from typing import Final

from memtui.model import ObservationType

# Only kept rows are read, so the ages of all the others cost nothing.
DUE: Final = """
    select id, days, by_date, faded, gone from (
        select k.id, k.days, k.at, k.review_by <= :now as by_date,
            k.review_by is null and k.days >= l.value as faded,
            case when k.review_by is not null then null
                when k.missing >= k.named and k.named > 0
                then (select json_group_array(g.path) from gone_file g
                    where g.memory = k.id)
                when k.lost >= k.held and k.held > 0
                then (select json_group_array(s.symbol) from named_symbol s
                    where s.memory = k.id) end as gone
        from (
            select c.id, c.at, c.type, c.review_by, json_array_length(c.files) as named,
                (select count(*) from gone_file g where g.memory = c.id
                    and g.noticed_at > coalesce(c.confirmed_at, 0)) as missing,
                (select count(*) from named_symbol s where s.memory = c.id) as held,
                (select count(*) from named_symbol s where s.memory = c.id
                    and s.gone_at > coalesce(c.confirmed_at, 0)) as lost,
                coalesce((select max(s.ended_at) from session s
                    where s.project_id = c.project_id), c.at) / 86400000
                - max(c.at, coalesce(c.confirmed_at, 0)) / 86400000 as days
            from curation c
            where c.state = 'kept' and c.superseded_by = '' and {where}
        ) k
        left join json_each(:lines) l on l.key = k.type
    )
    where by_date or faded or gone is not null
"""


def fading_lines(types: Mapping[str, ObservationType]) -> str:
    """The age in days from which each type that fades is up for review, as JSON."""
    known = {name: one.fades_after for name, one in types.items()}
    return json.dumps({name: days for name, days in known.items() if days is not None})
