package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RowSample;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who somebody is leaves the worker as a mask only. */
final class PersonalColumnsTest {

  private static final List<ColumnSpec> CUSTOMERS =
      List.of(
          new ColumnSpec("customer_id", ColumnType.INTEGER, true),
          new ColumnSpec("email", ColumnType.TEXT),
          new ColumnSpec("product_name", ColumnType.TEXT, false),
          new ColumnSpec("spent", ColumnType.DECIMAL));

  private static final String ROWS =
      """
      customer_id,email,product_name,spent
      7,ann@example.org,kettle,10
      8,bob@example.org,lamp,20
      7, Ann@Example.org,lamp,30
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "email, true",
    "customerEmail, true",
    "e_mail, true",
    "PHONE_NUMBER, true",
    "first-name, true",
    "shipping_address, true",
    "zip, true",
    "birth_date, true",
    "emails_sent_rate, false",
    "amount, false",
    "shipment, false",
    "telemetry, false",
    "rename, false"
  })
  void shouldKnowPersonalColumnsByTheirWords(String name, boolean personal) {
    assertEquals(personal, PersonalColumns.isPersonal(new ColumnSpec(name, ColumnType.TEXT)), name);
  }

  @Test
  void shouldMaskTheSamePersonAlikeAndOnlyUnderTheSameKey() {
    Mask other = new Mask("another key of 16".getBytes(StandardCharsets.UTF_8));

    assertEquals(World.MASK.of("ann@example.org"), World.MASK.of(" Ann@Example.ORG "));
    assertNotEquals(World.MASK.of("ann@example.org"), World.MASK.of("bob@example.org"));
    assertNotEquals(World.MASK.of("ann@example.org"), other.of("ann@example.org"));
    assertTrue(World.MASK.of(7L).matches("mask:[0-9a-f]{8}"));
    assertThrows(IllegalArgumentException.class, () -> new Mask(new byte[15]));
  }

  @Test
  void shouldKeepTheFirstRowsOfEachDatasetWithMasksForPersonalValues() {
    World world = new World("sample-ingest");
    DatasetVersion customers = ingest(world, ROWS);

    RowSample sample = sample(world, customers);

    assertEquals(3, sample.rowCount());
    assertEquals(
        List.of("customer_id", "email"),
        sample.columns().stream()
            .filter(RowSample.Column::masked)
            .map(RowSample.Column::name)
            .toList());
    assertEquals(World.MASK.of("ann@example.org"), sample.rows().get(0).get(1));
    assertEquals(sample.rows().get(0).get(0), sample.rows().get(2).get(0));
    assertEquals("kettle", sample.rows().get(0).get(2));
    assertEquals(10.0, sample.rows().get(0).get(3));
    assertFalse(Json.write(sample).contains("example.org"));
    assertEquals(sample, Json.read(Json.write(sample), RowSample.class));
  }

  @Test
  void shouldFollowPersonalValuesThroughSql() {
    World world = new World("sample-lineage");
    DatasetVersion customers = ingest(world, ROWS);

    Map<String, Boolean> masked =
        masked(
            world,
            customers,
            """
            WITH named AS (SELECT lower(email) AS contact, customer_id AS id, * FROM customers),
                 twice AS (SELECT contact AS first, spent FROM named
                           UNION ALL SELECT product_name, 0.0 FROM named)
            SELECT n.contact, n.id, n.product_name, max(n.email) AS any_of,
                   count(n.email) AS email_count, sum(n.spent) AS spent,
                   first(t.first) AS either, length(min(n.email)) AS long,
                   CASE WHEN min(n.email) > 'b' THEN 'late' ELSE 'early' END AS half,
                   row_number() OVER (PARTITION BY n.contact ORDER BY n.id) AS place
            FROM named n JOIN twice t ON t.first = n.contact
            GROUP BY n.contact, n.id, n.product_name
            """);

    assertEquals(
        Map.of(
            "contact",
            true,
            "id",
            true,
            "product_name",
            false,
            "any_of",
            true,
            "email_count",
            false,
            "spent",
            false,
            "either",
            true,
            "long",
            false,
            "half",
            false,
            "place",
            false),
        masked);
  }

  @Test
  void shouldFollowPersonalValuesThroughWhateverKeepsThem() {
    World world = new World("sample-arrays");
    DatasetVersion customers = ingest(world, ROWS);

    assertEquals(
        Map.of(
            "everybody", true,
            "pairs", true,
            "opener", true,
            "middle", true,
            "second", true,
            "sizes", false,
            "people", false,
            "about", false,
            "spread", false,
            "things", false),
        masked(
            world,
            customers,
            """
            SELECT array_join(collect_list(email), ',') AS everybody,
                   to_json(collect_list(struct(spent, email))) AS pairs,
                   first_value(email) AS opener,
                   percentile(customer_id, 0.5) AS middle,
                   element_at(collect_set(lower(email)), 1) AS second,
                   size(collect_set(email)) AS sizes,
                   count(DISTINCT email) AS people,
                   approx_count_distinct(email) AS about,
                   stddev_samp(customer_id) AS spread,
                   array_join(collect_list(product_name), ',') AS things
            FROM customers
            """));
    assertEquals(
        Map.of("email", true, "place", false),
        masked(
            world,
            customers,
            """
            SELECT explode(collect_set(email)) AS email, count(*) AS place FROM customers
            """));
    assertEquals(
        Map.of("before", true, "nth", true, "place", false, "share", false),
        masked(
            world,
            customers,
            """
            SELECT lag(email) OVER (ORDER BY spent) AS before,
                   nth_value(email, 1) OVER (ORDER BY spent) AS nth,
                   rank() OVER (ORDER BY email) AS place,
                   sum(spent) OVER (ORDER BY email) AS share
            FROM customers
            """));
    assertEquals(
        Map.of("contact", true, "product_name", false, "spent", false),
        masked(
            world,
            customers,
            """
            SELECT contact, product_name, sum(spent) AS spent
            FROM (SELECT lower(email) AS contact, product_name, spent FROM customers)
            GROUP BY contact, product_name WITH ROLLUP
            """));
    assertEquals(
        Map.of("which", false, "what", true),
        masked(
            world,
            customers,
            """
            SELECT which, what FROM (SELECT lower(email) AS a, product_name AS b FROM customers)
            UNPIVOT (what FOR which IN (a, b))
            """));
  }

  @Test
  void shouldNotQuotePersonalValuesInFaults() {
    World world = new World("sample-faults");

    ApplicationFailure failure =
        assertThrows(
            ApplicationFailure.class,
            () -> ingest(world, "customer_id,email,product_name,spent\nann@example.org,x,y,1\n"));

    assertFalse(failure.getOriginalMessage().contains("ann@"), failure.getOriginalMessage());
    assertTrue(failure.getOriginalMessage().contains("row 2, column customer_id"));
  }

  private DatasetVersion ingest(World world, String rows) {
    Path file = World.file(folder, "customers.csv", rows);
    return world.datasets.ingest(
        world.task(
            World.newRun(),
            World.stage(
                "customers",
                new Work.Ingest(new SourceSpec.Csv(Setting.of(file.toString()), CUSTOMERS))),
            Map.of()));
  }

  private static Map<String, Boolean> masked(World world, DatasetVersion input, String sql) {
    DatasetVersion result =
        world.datasets.transform(
            world.task(
                World.newRun(),
                World.stage("made", new Work.Transform(sql), "customers"),
                Map.of("customers", input)));
    return sample(world, result).columns().stream()
        .collect(Collectors.toMap(RowSample.Column::name, RowSample.Column::masked));
  }

  private static RowSample sample(World world, DatasetVersion version) {
    return Objects.requireNonNull(world.ledger.samples.get(version.snapshotId()));
  }
}
