with conversations as (

    select * from {{ ref('stg_landing__conversations') }}

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

    select value from vocabulary
    where field = 'channel'

),

severities as (

    select value from vocabulary
    where field = 'severity'

),

bases as (

    select value from vocabulary
    where field = 'basis'

),

product_areas as (

    select value from vocabulary
    where field = 'product_area'

),

no_mix_sectors as (

    select value from vocabulary
    where field = 'no_mix_sector'

),

resolved as (

    select * from {{ ref('int_conversations_resolved') }}

),

openings as (

    select * from {{ ref('int_opening_messages') }}

),

-- Deny by default: every condition is written so that an unknown value denies. The order is fixed;
-- a chat is counted under the first reason that fits.
final as (

    select
        conversations.conversation_id,
        case
            when conversations.is_redacted is not true then 'not_redacted'
            when coalesce(conversations.region, '') = '' then 'no_region'
            when regions.value is null then 'foreign_region'
            when no_mix_sectors.value is not null then 'sector_kept_apart'
            when coalesce(conversations.language, '') = '' then 'no_language'
            when languages.value is null then 'language_not_served'
            when coalesce(conversations.channel, '') = '' then 'no_channel'
            when channels.value is null then 'channel_unknown'
            when coalesce(conversations.severity, '') = '' then 'no_severity'
            when severities.value is null then 'severity_unknown'
            when coalesce(conversations.product_area, '') = '' then 'no_product_area'
            when product_areas.value is null then 'product_area_unknown'
            when coalesce(conversations.topic, '') = '' then 'no_topic'
            when conversations.topic_set_by is null or conversations.topic_set_by = 'model'
                then 'topic_unlabeled'
            when coalesce(conversations.basis, '') = '' then 'no_basis'
            when bases.value is null then 'basis_not_for_training'
            when conversations.is_opted_out_of_training is not false
                then 'opted_out_of_training'
            when resolved.is_closed is not true then 'not_resolved'
            when resolved.is_reopened is not false then 'reopened'
            when resolved.is_escalated is not false then 'escalated'
            when resolved.has_agent_steps is not true then 'no_agent_steps'
            when openings.message is null then 'no_customer_text'
            when openings.reply is null then 'no_agent_reply'
        end as drop_reason
    from conversations
    left join regions
        on conversations.region = regions.value
    -- A chat that names no sector is judged by its product area.
    left join no_mix_sectors
        on coalesce(conversations.sector, lower(conversations.product_area)) = no_mix_sectors.value
    left join languages
        on conversations.language = languages.value
    left join channels
        on conversations.channel = channels.value
    left join severities
        on conversations.severity = severities.value
    left join product_areas
        on conversations.product_area = product_areas.value
    left join bases
        on conversations.basis = bases.value
    left join resolved
        on conversations.conversation_id = resolved.conversation_id
    left join openings
        on conversations.conversation_id = openings.conversation_id

)

select * from final
