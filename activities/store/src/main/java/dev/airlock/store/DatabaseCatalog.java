package dev.airlock.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** What PostgreSQL knows of the tables of a schema, for whoever takes all of them along. */
final class DatabaseCatalog {

  private DatabaseCatalog() {}

  /** A name as SQL takes any. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The tables of a schema, by name, without the migrations' own. */
  static List<String> tables(Handle handle, String schema) {
    return handle
        .createQuery(
            """
            select relname from pg_class
            where relnamespace = to_regnamespace(:schema) and relkind = 'r'
              and relname <> 'flyway_schema_history'
            order by relname
            """)
        .bind("schema", schema)
        .mapTo(String.class)
        .list();
  }

  /** The columns that are kept, in order; those that PostgreSQL computes are not. */
  static List<String> columns(Handle handle, String schema, String table) {
    return handle
        .createQuery(
            """
            select attname from pg_attribute
            where attrelid = :table::regclass and attnum > 0 and not attisdropped
              and attgenerated = ''
            order by attnum
            """)
        .bind("table", quoted(schema) + "." + quoted(table))
        .mapTo(String.class)
        .list();
  }

  /** The statement that makes a table as it is: its columns and its primary key. */
  static String definition(Handle handle, String schema, String table) {
    return handle
        .createQuery(
            """
            select format('create table %s (%s)', :table, string_agg(part, ', ' order by place))
            from (
              select attnum as place,
                     format('%I %s%s', attname, format_type(atttypid, atttypmod),
                            case when attnotnull then ' not null' else '' end) as part
              from pg_attribute
              where attrelid = :table::regclass and attnum > 0 and not attisdropped
              union all
              select 10000, pg_get_constraintdef(oid)
              from pg_constraint where conrelid = :table::regclass and contype = 'p') as parts
            """)
        .bind("table", quoted(schema) + "." + quoted(table))
        .mapTo(String.class)
        .one();
  }

  /** Where the sequences of a schema stand; those never used are left out. */
  static List<DumpedDatabase.Sequence> sequences(Handle handle, String schema) {
    return handle
        .createQuery(
            """
            select sequencename, last_value from pg_sequences
            where schemaname = :schema and last_value is not null
            order by sequencename
            """)
        .bind("schema", schema)
        .map(
            (row, context) ->
                new DumpedDatabase.Sequence(
                    row.getString("sequencename"), row.getLong("last_value"), true))
        .list();
  }

  /**
   * The tables of a schema, each after those that it refers to.
   *
   * @throws IllegalStateException where tables refer to each other
   */
  static List<String> inOrderOfReferences(Handle handle, String schema) {
    Set<String> tables = new LinkedHashSet<>(tables(handle, schema));
    List<Reference> references = references(handle, schema);
    List<String> ordered = new ArrayList<>();
    while (!tables.isEmpty()) {
      List<String> ready =
          tables.stream()
              .filter(
                  table ->
                      references.stream()
                          .filter(reference -> reference.holder().equals(table))
                          .allMatch(reference -> ordered.contains(reference.target())))
              .toList();
      if (ready.isEmpty()) {
        throw new IllegalStateException(
            "These tables refer to each other, and can't be filled one after the other: " + tables);
      }
      ordered.addAll(ready);
      tables.removeAll(ready);
    }
    return ordered;
  }

  /** One table's foreign key to another. */
  private record Reference(String holder, String target) {}

  private static List<Reference> references(Handle handle, String schema) {
    return handle
        .createQuery(
            """
            select holder.relname as holder, target.relname as target
            from pg_constraint
            join pg_class as holder on holder.oid = conrelid
            join pg_class as target on target.oid = confrelid
            where contype = 'f' and connamespace = to_regnamespace(:schema) and conrelid <> confrelid
            """)
        .bind("schema", schema)
        .map((row, context) -> new Reference(row.getString("holder"), row.getString("target")))
        .list();
  }

  /** The statements that switch each trigger of a schema back to how it is now. */
  static List<String> triggersAsTheyAre(Handle handle, String schema) {
    return handle
        .createQuery(
            """
            select format('alter table %I.%I %s trigger %I', :schema, relname,
                          case tgenabled when 'D' then 'disable' when 'A' then 'enable always'
                                         when 'R' then 'enable replica' else 'enable' end, tgname)
            from pg_trigger join pg_class on pg_class.oid = tgrelid
            where relnamespace = to_regnamespace(:schema) and not tgisinternal
            """)
        .bind("schema", schema)
        .mapTo(String.class)
        .list();
  }
}
