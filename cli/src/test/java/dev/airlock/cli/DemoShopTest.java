package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoShopTest {

  private static final LocalDate AS_OF = LocalDate.of(1998, 1, 31);
  private static final String ORDERS =
      """
      order_id,customer_id,ordered_on,items,amount
      1,00001,1998-01-31,1,10.00
      2,00001,1998-02-01,1,0.10
      3,00001,1998-05-01,1,0.20
      4,00001,1998-05-02,1,99.00
      5,00002,1997-02-01,1,5.00
      6,00002,1998-01-31,1,5.00
      7,00003,1998-02-01,1,5.00
      """;

  private final Path folder;

  DemoShopTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private void jar(String entry) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(ORDERS.getBytes(StandardCharsets.UTF_8));
    }
    try (OutputStream file = Files.newOutputStream(folder.resolve("examples.jar"));
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(entry));
      out.write(zipped.toByteArray());
      out.closeEntry();
    }
  }

  @Test
  void shouldKnowWhoBoughtWithinTheHorizonAndForHowMuch() throws IOException {
    jar("cdnow-orders.csv.gz");
    List<FeedbackFile.Row> rows =
        DemoShop.ofExamples(folder)
            .outcomes("m", "first", AS_OF, 90, DemoShop.moment(AS_OF.plusDays(90)));
    assertEquals(2, rows.size(), "customer 3 has not ordered by then");
    assertEquals(1, rows.get(0).item().path("label").asInt());
    assertEquals("0.30", rows.get(0).item().path("value").asText(), "the last day counts");
    assertEquals("1998-05-01T00:00:00Z", rows.get(0).item().path("at").asText());
    assertEquals(0, rows.get(1).item().path("label").asInt(), "the month end itself does not");
    assertEquals(
        UUID.nameUUIDFromBytes("m/first/1/1998-01-31".getBytes(StandardCharsets.UTF_8)).toString(),
        rows.get(0).item().path("predictionId").asText());
  }

  @Test
  void shouldSayWhereItLookedForTheOrders() throws IOException {
    jar("other.csv.gz");
    CommandException missing =
        assertThrows(CommandException.class, () -> DemoShop.ofExamples(folder));
    assertTrue(String.valueOf(missing.getMessage()).contains(folder.toString()));
  }
}
