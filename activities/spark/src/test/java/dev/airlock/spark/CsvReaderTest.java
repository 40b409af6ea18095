package dev.airlock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.workflows.StageFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a file, and how it is said where one is broken. */
final class CsvReaderTest {

  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("id", ColumnType.INTEGER),
          new ColumnSpec("on", ColumnType.DATE),
          new ColumnSpec("amount", ColumnType.DECIMAL));

  private static final PipelineResources EMPTY_JAR =
      (digest, name) -> {
        throw new FileNotFoundException(name);
      };

  @TempDir private Path folder;

  @Test
  void shouldReadTypedValuesByTheirNamesInTheHeader() throws Exception {
    List<ColumnSpec> columns = new ArrayList<>(COLUMNS);
    columns.add(new ColumnSpec("at", ColumnType.TIMESTAMP));
    columns.add(new ColumnSpec("note", ColumnType.TEXT));
    List<List<Object>> rows =
        read(
            columns,
            """
            note,unused,at,amount,on,id
            "a ""b"", c",x,1997-12-31T14:03:00+02:00,1e2,1997-02-28, -7
            ,x,1997-12-31T14:03:00,,,
            """);
    assertEquals(
        List.of(
            Arrays.asList(
                -7L,
                LocalDate.of(1997, 2, 28),
                100.0,
                OffsetDateTime.parse("1997-12-31T12:03:00Z"),
                "a \"b\", c"),
            Arrays.asList(null, null, null, OffsetDateTime.parse("1997-12-31T14:03:00Z"), "")),
        rows);
  }

  @Test
  void shouldReadAFileFromAWindowsMachine() throws Exception {
    assertEquals(
        List.of(List.of(1L, LocalDate.of(1997, 1, 1), 2.5)),
        read(COLUMNS, "\ufeffid,on,amount\r\n1,1997-01-01,2.5\r\n\r\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          1,1997-02-30,5           | o.csv, row 3, column on: expected a date like 1997-12-31, found "1997-02-30".
          1,31.12.1997,5           | o.csv, row 3, column on: expected a date like 1997-12-31, found "31.12.1997".
          1,19970-01-01,5          | o.csv, row 3, column on: expected a date like 1997-12-31, found "19970-01-01".
          1.5,1997-01-01,5         | o.csv, row 3, column id: expected a whole number, found "1.5".
          99999999999999999999,,5  | o.csv, row 3, column id: expected a whole number, found "99999999999999999999".
          1,1997-01-01,NaN         | o.csv, row 3, column amount: expected a number like 12.50, found "NaN".
          1,1997-01-01,1d          | o.csv, row 3, column amount: expected a number like 12.50, found "1d".
          1,1997-01-01,1e999       | o.csv, row 3, column amount: expected a number like 12.50, found "1e999".
          1,1997-01-01,"12,50"     | o.csv, row 3, column amount: expected a number like 12.50, found "12,50".
          1,1997-01-01             | o.csv, row 3: expected 3 fields, as in the header, found 2.
          1,1997-01-01,5,6         | o.csv, row 3: expected 3 fields, as in the header, found 4.
          1,"1997-01-01,5          | o.csv, row 3: expected a closing quote for each opening one, found the end of the file.
          1,"1997"-01-01,5         | o.csv, row 3: expected a comma or the row's end after a closing quote, found more text.
          """)
  void shouldNameRowAndColumnWhenARowIsBroken(String row, String sentence) {
    ApplicationFailure failure = failure("id,on,amount\n1,1997-01-01,5\n" + row + "\n");
    assertEquals(StageFailure.BAD_DATA, failure.getType());
    assertEquals(sentence, failure.getOriginalMessage());
    assertTrue(failure.isNonRetryable());
  }

  @Test
  void shouldCountTheLinesOfQuotedLineBreaks() {
    assertEquals(
        "o.csv, row 5, column id: expected a whole number, found \"x\".",
        failure("id,on,amount,note\n1,,,\"two\nlines\"\n\nx,,,\n").getOriginalMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          ''                       | o.csv: expected a header and rows, found an empty file.
          id,on,amount             | o.csv: expected rows below the header, found none.
          id,on                    | o.csv, row 1: expected a column amount, found only id, on.
          id,on,amount,id          | o.csv, row 1, column id: expected the column once, found it twice.
          """)
  void shouldSayWhatTheHeaderLacks(String header, String sentence) {
    assertEquals(sentence, failure(header).getOriginalMessage());
  }

  @Test
  void shouldNameTheRowWhenBytesAreNotUtf8() {
    ApplicationFailure failure =
        failure("id,on,amount\n1,,\n2,,é\n".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        "o.csv, row 3, column amount: expected text in UTF-8, found bytes that are none.",
        failure.getOriginalMessage());
    assertEquals(
        "o.csv, row 1: expected text in UTF-8, found bytes that are none.",
        failure("id,on,amount\n1,,\n".getBytes(Charset.forName("UTF-16"))).getOriginalMessage());
  }

  @Test
  void shouldStopAfterTenFaults() {
    ApplicationFailure failure = failure("id,on,amount\n" + "x,y,z\n".repeat(1000));
    assertEquals(
        "o.csv, row 2, column id: expected a whole number, found \"x\". Reading stopped after 10 faults.",
        failure.getOriginalMessage());
    List<?> details = failure.getDetails().get(0, List.class);
    assertEquals(10, details.size());
    assertEquals("o.csv, row 5, column id: expected a whole number, found \"x\".", details.get(9));
  }

  @Test
  void shouldCountFurtherFaults() {
    assertEquals(
        "o.csv, row 2, column id: expected a whole number, found \"x\". 1 more fault was found.",
        failure("id,on,amount\nx,,\n1,,\ny,,\n").getOriginalMessage());
  }

  @Test
  void shouldRefuseAFileThatIsNoGzip() {
    assertEquals(
        "o.csv.gz: expected a gzip file, since its name ends in .gz, found a file that is none and starts with \"id,on,amount\".",
        openFailure("o.csv.gz", "id,on,amount".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldRefuseAGzipFileThatDoesNotSaySo() throws IOException {
    assertEquals(
        "o.csv: expected plain text, since its name does not end in .gz, found a file that is gzip-compressed.",
        openFailure("o.csv", gzip("id,on,amount\n1,,\n")));
  }

  @Test
  void shouldNameTheRowWhereAGzipFileWasCutOff() throws IOException {
    byte[] whole = gzip("id,on,amount\n" + "1,1997-01-01,5\n".repeat(10));
    String sentence = openFailure("o.csv.gz", Arrays.copyOf(whole, whole.length - 12));
    assertTrue(
        sentence.matches(
            "o\\.csv\\.gz, row \\d+: expected the rest of the gzip file, found its end; it was cut off\\."),
        sentence);
    whole[whole.length - 6] ^= 1;
    assertTrue(openFailure("o.csv.gz", whole).contains("expected a sound gzip file"));
  }

  @Test
  void shouldNameTheFileThatIsNotThere() {
    assertEquals(
        "/no/such/orders.csv: expected a file on the worker's machine, found none.",
        openFailure("/no/such/orders.csv"));
    assertEquals(
        "/no/such/orders.csv: expected a file on the worker's machine, found none.",
        openFailure("file:///no/such/orders.csv"));
    assertEquals(
        "data/orders.csv: expected a file in the pipeline's jar, since it is no absolute path, found no such file there.",
        openFailure("data/orders.csv"));
    assertEquals(
        "%s: expected a file, found something that is none.".formatted(folder),
        openFailure(folder.toString()));
    assertEquals(
        "https://example.com/o.csv: expected a path, a file: URI or a file in the pipeline's jar, found https:.",
        openFailure("https://example.com/o.csv"));
  }

  @Test
  void shouldStopWhenInterrupted() {
    byte[] bytes = ("id,on,amount\n" + "1,,\n".repeat(5000)).getBytes(StandardCharsets.UTF_8);
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class,
        () ->
            new CsvReader("o.csv", COLUMNS, new CsvFaults())
                .read(new ByteArrayInputStream(bytes), row -> {}));
  }

  private String openFailure(String name, byte[] bytes) {
    try {
      return openFailure(Files.write(folder.resolve(name), bytes).toString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String openFailure(String location) {
    CsvFile file = CsvFile.at(location);
    CsvFaults faults = new CsvFaults();
    return assertThrows(
            ApplicationFailure.class,
            () -> {
              try (InputStream bytes = file.open(EMPTY_JAR, "digest", faults)) {
                new CsvReader(file.name(), COLUMNS, faults).read(bytes, row -> {});
              }
            })
        .getOriginalMessage();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static List<List<Object>> read(List<ColumnSpec> columns, String text) throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    new CsvReader("o.csv", columns, new CsvFaults())
        .read(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            row -> rows.add(Arrays.asList(row.clone())));
    return rows;
  }

  private static ApplicationFailure failure(String text) {
    return failure(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ApplicationFailure failure(byte[] bytes) {
    return assertThrows(
        ApplicationFailure.class,
        () ->
            new CsvReader("o.csv", COLUMNS, new CsvFaults())
                .read(new ByteArrayInputStream(bytes), row -> {}));
  }
}
