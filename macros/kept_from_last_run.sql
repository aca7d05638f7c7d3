{# A column name that tells which text makes a table: its own, by the digest given, and those of all models that some
   models are made from. Where any of them changes, the name does. #}
{% macro built_by(digest, models) %}
    {% set texts = [digest] %}
    {% if execute %}
        {% set ids = [] %}
        {% for id, node in graph.nodes.items() if node.resource_type == 'model' and node.name in models %}
            {% do ids.append(id) %}
        {% endfor %}
        {% for id in ids %}  {# it grows while it is read: the parents of parents as well #}
            {% for parent in graph.nodes[id].depends_on.nodes if parent in graph.nodes and parent not in ids %}
                {% do ids.append(parent) %}
            {% endfor %}
        {% endfor %}
        {% for id in ids | sort if graph.nodes[id].resource_type == 'model' %}
            {% do texts.append(graph.nodes[id].checksum.checksum) %}
        {% endfor %}
    {% endif %}
    {% do return('built__' ~ local_md5(texts | join(' '))[:12]) %}
{% endmacro %}

{# Whether the model's own table, as the last run left it, was made by the same text: it has this column. Nothing is
   kept with --full-refresh. #}
{% macro kept_from_last_run(built) %}
    {% set names = [] %}
    {% if execute and not flags.FULL_REFRESH %}
        {% set table = load_relation(this) %}
        {% if table and table.is_table %}
            {% for column in adapter.get_columns_in_relation(table) %}
                {% do names.append(column.name) %}
            {% endfor %}
        {% endif %}
    {% endif %}
    {% do return(built in names) %}
{% endmacro %}
