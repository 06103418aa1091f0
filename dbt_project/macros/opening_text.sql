{#- What the customer asked: the texts of `turns` at the positions that `openings` lists, joined. -#}
{% macro opening_text() -%}
    substring(
        array_to_string(
            arg_min(turns.text, turns.turn_index, {{ var('opening_messages') }})
            filter (where list_contains(openings.message_indexes, turns.turn_index)),
            chr(10)
        ),
        1,
        {{ var('opening_length') }}
    )
{%- endmacro %}
