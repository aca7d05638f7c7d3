{# A schema is named as it is configured, without dbt's prefix: readers address kpi.fct_scorecard. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
