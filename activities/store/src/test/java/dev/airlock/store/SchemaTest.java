package dev.airlock.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The migrated schema and everything that the application's role may do, against a golden file. To
 * write that anew after a wanted change: {@code -Dairlock.golden=write}.
 */
final class SchemaTest {

  private static final Path GOLDEN =
      Path.of("src/test/resources/dev/airlock/store/schema.txt").toAbsolutePath();

  private static final String LINES =
      """
      select line from (
        select 1 as part, table_name as name, ordinal_position::int as place,
               format('%s.%s %s%s', table_name, column_name, data_type,
                      case is_nullable when 'NO' then ' not null' else '' end) as line
        from information_schema.columns
        where table_schema = 'airlock' and table_name <> 'flyway_schema_history'
        union all
        select 2, c.conrelid::regclass::text, 0,
               format('%s: %s', c.conrelid::regclass, pg_get_constraintdef(c.oid))
        from pg_constraint c
        where c.connamespace = 'airlock'::regnamespace and c.contype in ('p', 'u', 'f', 'c')
          and c.conrelid::regclass::text <> 'flyway_schema_history'
        union all
        select 3, c.relname, 0, format('trigger on %s: %s', c.relname, t.tgname)
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'airlock'::regnamespace
        union all
        select 4, table_name, 0,
               format('airlock_app may %s %s', lower(privilege_type), table_name)
        from information_schema.table_privileges
        where grantee = 'airlock_app' and table_schema = 'airlock'
        union all
        select 5, p.table_name, 0,
               format('airlock_app may %s %s: %s', lower(p.privilege_type), p.table_name,
                      string_agg(p.column_name, ', ' order by p.column_name))
        from information_schema.column_privileges p
        where p.grantee = 'airlock_app' and p.table_schema = 'airlock'
          and not exists (
            select from information_schema.table_privileges t
            where t.grantee = p.grantee and t.table_schema = p.table_schema
              and t.table_name = p.table_name and t.privilege_type = p.privilege_type)
        group by p.table_name, p.privilege_type
        union all
        select 6, p.proname, 0,
               format('airlock_app may execute %s(%s)%s', p.proname,
                      pg_get_function_identity_arguments(p.oid),
                      case when p.prosecdef then ', as the owner' else '' end)
        from pg_proc p
        where p.pronamespace = 'airlock'::regnamespace
          and has_function_privilege('airlock_app', p.oid, 'execute')
        union all
        select 7, n.nspname, 0,
               format('airlock_app may create in schema %s', n.nspname)
        from pg_namespace n
        where has_schema_privilege('airlock_app', n.oid, 'create')
          and n.nspname !~ '^pg_'
      ) as lines
      order by part, name, place, line
      """;

  @Test
  void shouldBeTheGoldenSchemaAfterMigrating() throws IOException {
    String schema = schema();
    if ("write".equals(System.getProperty("airlock.golden"))) {
      Files.writeString(GOLDEN, schema);
    }

    assertEquals(Files.readString(GOLDEN), schema);
  }

  private static String schema() {
    try (TestDatabase database = TestDatabase.fresh()) {
      return database
          .owner()
          .withHandle(handle -> handle.createQuery(LINES).mapTo(String.class).list())
          .stream()
          .map(line -> line + "\n")
          .collect(Collectors.joining());
    }
  }
}
