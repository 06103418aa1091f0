with rules as (

    select
        rule,
        position
    from {{ ref('admission_rules') }}
    where stage = 'admission'

),

conversations as (

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

mandates as (

    select
        coalesce(bool_or(value = 'resolve'), false) as is_to_resolve,
        coalesce(bool_or(value = 'route'), false) as is_to_route
    from vocabulary
    where field = 'mandate'

),

topics as (

    select * from {{ ref('stg_landing__topics') }}

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

-- Who once said no is not learned from in any chat, whichever export says so.
opt_outs as (

    select distinct coalesce(subject_group, conversation_id) as subject_group
    from conversations
    where is_opted_out_of_training is not false

),

-- One column a rule, named as in the policy. Deny by default: every condition is written so that an
-- unknown value denies, and one that is neither true nor false denies below.
judged as (

    select
        conversations.conversation_id,
        case
            when topics.is_regulated is false and mandates.is_to_resolve then 'resolve'
            when mandates.is_to_route then 'route'
        end as mandate,
        conversations.is_redacted is not true as not_redacted,
        coalesce(conversations.region, '') = '' as no_region,
        coalesce(conversations.region, '') <> '' and regions.value is null as foreign_region,
        no_mix_sectors.value is not null as sector_kept_apart,
        coalesce(conversations.language, '') = '' as no_language,
        coalesce(conversations.language, '') <> ''
        and languages.value is null as language_not_served,
        coalesce(conversations.channel, '') = '' as no_channel,
        coalesce(conversations.channel, '') <> '' and channels.value is null as channel_unknown,
        coalesce(conversations.severity, '') = '' as no_severity,
        coalesce(conversations.severity, '') <> ''
        and severities.value is null as severity_unknown,
        coalesce(conversations.product_area, '') = '' as no_product_area,
        coalesce(conversations.product_area, '') <> ''
        and product_areas.value is null as product_area_unknown,
        coalesce(conversations.topic, '') = '' as no_topic,
        coalesce(conversations.topic, '') <> ''
        and coalesce(conversations.topic_set_by, 'model') = 'model' as topic_unlabeled,
        coalesce(conversations.product_area <> topics.product_area, false) as contradicting_tags,
        coalesce(conversations.basis, '') = '' as no_basis,
        coalesce(conversations.basis, '') <> ''
        and bases.value is null as basis_not_for_training,
        opt_outs.subject_group is not null as opted_out_of_training,
        coalesce(resolved.is_resolved, false) as is_resolved,
        coalesce(openings.has_template, false) as has_vetted_reply,
        resolved.is_closed is not true as not_resolved,
        resolved.is_reopened is not false as reopened,
        resolved.is_escalated is not false as escalated,
        resolved.has_agent_steps is not true as no_agent_steps,
        openings.conversation_id is null as no_customer_text,
        openings.conversation_id is not null and openings.reply_index is null as no_agent_reply,
        not mandates.is_to_route
        and not (topics.is_regulated is false and mandates.is_to_resolve) as no_mandate
    from conversations
    cross join mandates
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
    left join topics
        on conversations.topic = topics.topic
    left join bases
        on conversations.basis = bases.value
    left join opt_outs
        on
            coalesce(conversations.subject_group, conversations.conversation_id)
            = opt_outs.subject_group
    left join resolved
        on conversations.conversation_id = resolved.conversation_id
    left join openings
        on conversations.conversation_id = openings.conversation_id

),

broken as (

    select
        conversation_id,
        rule
    from judged
    unpivot include nulls (
        is_broken for rule in (
            not_redacted,
            no_region,
            foreign_region,
            sector_kept_apart,
            no_language,
            language_not_served,
            no_channel,
            channel_unknown,
            no_severity,
            severity_unknown,
            no_product_area,
            product_area_unknown,
            no_topic,
            topic_unlabeled,
            contradicting_tags,
            no_basis,
            basis_not_for_training,
            opted_out_of_training,
            not_resolved,
            reopened,
            escalated,
            no_agent_steps,
            no_customer_text,
            no_agent_reply,
            no_mandate
        )
    )
    where is_broken is not false

),

-- One that the policy doesn't list comes first: it denies, and the test of `drop_reason` names it.
-- Sorted as a list: an ordered aggregate of text takes twice as long.
dropped as (

    select
        broken.conversation_id,
        list_sort(
            list(struct_pack(place := coalesce(rules.position, 0), rule := broken.rule))
        ) as reasons
    from broken
    left join rules
        on broken.rule = rules.rule
    group by broken.conversation_id

),

final as (

    select
        judged.conversation_id,
        judged.mandate,
        judged.opted_out_of_training as is_opted_out,
        judged.is_resolved,
        judged.has_vetted_reply,
        dropped.reasons[1].rule as drop_reason,
        coalesce([reason.rule for reason in dropped.reasons], []) as drop_reasons -- noqa: RF01
    from judged
    left join dropped
        on judged.conversation_id = dropped.conversation_id

)

select * from final
