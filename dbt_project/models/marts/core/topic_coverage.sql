with conversations as (

    select * from {{ ref('stg_landing__conversations') }}
    where topic is not null and region is not null and language is not null and channel is not null

),

admission as (

    select * from {{ ref('int_admission') }}

),

labels as (

    select * from {{ ref('int_labels_standing') }}

),

topics as (

    select * from {{ ref('stg_landing__topics') }}

),

vocabulary as (

    select * from {{ ref('stg_landing__vocabulary') }}

),

regions as (

    select value from vocabulary
    where field = 'region'

),

languages as (

    select value from vocabulary
    where field = 'language'

),

channels as (

    select distinct channel from conversations

),

-- Cells that should be covered: topics of the playbook in each language served, on each channel
-- in use. They have a row even where there is no chat.
wanted as (

    select
        topics.topic,
        regions.value as region,
        languages.value as language,
        channels.channel
    from topics
    cross join regions
    cross join languages
    cross join channels

),

seen as (

    select
        conversations.topic,
        conversations.region,
        conversations.language,
        conversations.channel,
        count(*) as chats,
        count(*) filter (where admission.is_resolved) as resolved_chats,
        count(*) filter (where admission.drop_reason is null) as training_examples,
        count(*) filter (
            where admission.drop_reason is null and admission.has_vetted_reply
        ) as vetted_replies,
        count(*) filter (
            where admission.drop_reason is null and labels.has_negative_label
        ) as flagged_replies,
        avg(conversations.csat) filter (where admission.drop_reason is null) as mean_csat
    from conversations
    inner join admission
        on conversations.conversation_id = admission.conversation_id
    left join labels
        on conversations.conversation_id = labels.conversation_id
    group by
        conversations.topic,
        conversations.region,
        conversations.language,
        conversations.channel

),

cells as (

    select
        topic,
        region,
        language,
        channel
    from wanted
    union
    select
        topic,
        region,
        language,
        channel
    from seen

),

final as (

    select
        concat_ws('|', cells.topic, cells.region, cells.language, cells.channel) as cell_id,
        cells.topic,
        cells.region,
        cells.language,
        cells.channel,
        topics.tier,
        topics.is_regulated,
        coalesce(seen.chats, 0)::bigint as chats,
        coalesce(seen.resolved_chats, 0)::bigint as resolved_chats,
        coalesce(seen.training_examples, 0)::bigint as training_examples,
        seen.vetted_replies / nullif(seen.training_examples, 0) as vetted_share,
        1 - seen.flagged_replies / nullif(seen.training_examples, 0) as unflagged_share,
        seen.mean_csat,
        case topics.tier
            when 'low' then {{ var('coverage_floor_low') }}
            when 'medium' then {{ var('coverage_floor_medium') }}
            when 'high' then {{ var('coverage_floor_high') }}
            else {{ var('coverage_floor_outside') }}
        end::bigint as examples_wanted,
        greatest(examples_wanted - coalesce(seen.training_examples, 0), 0)::bigint as deficit
    from cells
    left join seen
        on
            cells.topic = seen.topic
            and cells.region = seen.region
            and cells.language = seen.language
            and cells.channel = seen.channel
    left join topics
        on cells.topic = topics.topic

)

select * from final
order by cell_id
