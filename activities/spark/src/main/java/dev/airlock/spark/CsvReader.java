package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a CSV file (RFC 4180, UTF-8, with a header) one by one, and says where it is
 * broken.
 */
final class CsvReader {

  private static final int ROWS_BETWEEN_CHECKS = 1_000;

  /** What the decoder puts where bytes are no UTF-8. */
  private static final char BROKEN = '\ufffd';

  private static final String NOT_UTF_8 = "bytes that are none";
  private static final String UTF_8 = "text in UTF-8";
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final String file;
  private final List<ColumnSpec> columns;
  private final CsvFaults faults;

  /**
   * A reader of one file.
   *
   * @param file its name, for faults
   * @param columns those that are read, by their names in the header
   */
  CsvReader(String file, List<ColumnSpec> columns, CsvFaults faults) {
    this.file = file;
    this.columns = columns;
    this.faults = faults;
  }

  /**
   * Reads the file to its end.
   *
   * @param rows is given the values of each row in the order of the columns, as long as there was
   *     no fault; the array is used again
   * @return how many rows there were
   * @throws io.temporal.failure.ApplicationFailure bad data, with up to ten faults
   * @throws InterruptedException where this thread was interrupted
   */
  long read(InputStream bytes, RowSink rows) throws IOException, InterruptedException {
    return read(bytes, rows, Long.MAX_VALUE);
  }

  /**
   * As {@link #read(InputStream, RowSink)}, of a file's beginning.
   *
   * @param most how many rows
   */
  long read(InputStream bytes, RowSink rows, long most) throws IOException, InterruptedException {
    try (CSVParser parser =
        CSVParser.parse(new InputStreamReader(bytes, StandardCharsets.UTF_8), format())) {
      Records records = new Records(parser);
      Header header = header(records.next());
      long count = 0;
      @Nullable Object[] values = new Object[columns.size()];
      for (CSVRecord row = records.next(); row != null && count < most; row = records.next()) {
        if (isBlank(row, header.width)) {
          continue;
        }
        if (++count % ROWS_BETWEEN_CHECKS == 0 && Thread.interrupted()) {
          throw new InterruptedException("Reading " + file + " was interrupted.");
        }
        fill(values, row, header, records.row);
        if (faults.isEmpty()) {
          rows.accept(values);
        }
      }
      if (count == 0) {
        faults.add(CsvFault.ofFile(file, "rows below the header", "none"));
      }
      faults.throwIfAny();
      return count;
    }
  }

  private static CSVFormat format() {
    return CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false).get();
  }

  private Header header(@Nullable CSVRecord record) {
    if (record == null) {
      throw faults.last(CsvFault.ofFile(file, "a header and rows", "an empty file"));
    }
    List<String> names = new ArrayList<>(record.toList());
    if (names.get(0).startsWith(BYTE_ORDER_MARK)) {
      names.set(0, names.get(0).substring(1));
    }
    if (names.stream().anyMatch(name -> name.indexOf(BROKEN) >= 0)) {
      throw faults.last(new CsvFault(file, 1L, null, UTF_8, NOT_UTF_8));
    }
    int[] places = new int[columns.size()];
    for (int i = 0; i < places.length; i++) {
      String column = columns.get(i).name();
      places[i] = names.indexOf(column);
      if (places[i] < 0) {
        faults.add(
            new CsvFault(file, 1L, null, "a column " + column, "only " + String.join(", ", names)));
      } else if (places[i] != names.lastIndexOf(column)) {
        faults.add(new CsvFault(file, 1L, column, "the column once", "it twice"));
      }
    }
    faults.throwIfAny();
    return new Header(names.size(), places);
  }

  /** An empty line is no row, unless an empty field is a row's whole content. */
  private static boolean isBlank(CSVRecord row, int width) {
    return width > 1 && row.size() == 1 && row.get(0).isEmpty();
  }

  private void fill(@Nullable Object[] values, CSVRecord row, Header header, long number) {
    if (row.size() != header.width) {
      faults.add(
          new CsvFault(
              file,
              number,
              null,
              "%d fields, as in the header".formatted(header.width),
              Integer.toString(row.size())));
      return;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = value(columns.get(i), row.get(header.places[i]), number);
    }
  }

  private @Nullable Object value(ColumnSpec column, String text, long number) {
    if (text.indexOf(BROKEN) >= 0) {
      faults.add(new CsvFault(file, number, column.name(), UTF_8, NOT_UTF_8));
      return null;
    }
    if (text.isEmpty() && column.type() != ColumnType.TEXT) {
      return null;
    }
    Optional<Object> value = FieldParser.parse(column.type(), text);
    if (value.isEmpty()) {
      String expected = FieldParser.expectation(column.type());
      String found = PersonalColumns.isPersonal(column) ? "something else" : CsvFault.quote(text);
      faults.add(new CsvFault(file, number, column.name(), expected, found));
    }
    return value.orElse(null);
  }

  /** Takes rows. */
  @FunctionalInterface
  interface RowSink {
    void accept(@Nullable Object[] values) throws IOException;
  }

  /** How wide rows are, and where in them the columns are found. */
  private static final class Header {
    final int width;
    final int[] places;

    Header(int width, int[] places) {
      this.width = width;
      this.places = Arrays.copyOf(places, places.length);
    }
  }

  /** The parser's records; what it throws becomes faults. */
  private final class Records {
    private final CSVParser parser;
    private final Iterator<CSVRecord> iterator;
    private long row;

    Records(CSVParser parser) {
      this.parser = parser;
      this.iterator = parser.iterator();
    }

    @Nullable CSVRecord next() throws IOException {
      row = parser.getCurrentLineNumber() + 1;
      try {
        return iterator.hasNext() ? iterator.next() : null;
      } catch (UncheckedIOException e) {
        throw faults.last(broken(Objects.requireNonNull(e.getCause(), "the cause")));
      }
    }

    private CsvFault broken(IOException cause) throws IOException {
      if (cause instanceof EOFException) {
        return new CsvFault(
            file, row, null, "the rest of the gzip file", "its end; it was cut off");
      }
      if (cause instanceof ZipException) {
        return new CsvFault(
            file, row, null, "a sound gzip file", "a damaged one (" + cause.getMessage() + ")");
      }
      if (cause instanceof CSVException) {
        boolean unclosed = String.valueOf(cause.getMessage()).contains("EOF");
        return unclosed
            ? new CsvFault(
                file, row, null, "a closing quote for each opening one", "the end of the file")
            : new CsvFault(
                file, row, null, "a comma or the row's end after a closing quote", "more text");
      }
      throw cause;
    }
  }
}
