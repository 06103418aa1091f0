-- Every admitted chat is exactly one training example and nothing else is (R3).
with examples as (

    select example_id from {{ ref('training_examples') }}

),

admitted as (

    select conversation_id from {{ ref('int_admission') }}
    where drop_reason is null

)

(
    select example_id from examples
    except
    select conversation_id from admitted
)
union all
(
    select conversation_id from admitted
    except
    select example_id from examples
)
