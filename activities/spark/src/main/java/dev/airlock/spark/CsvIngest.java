package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.io.UnpartitionedWriter;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a CSV file into a branch of its dataset's table: row by row, in one commit, so that of a
 * file that is broken nothing is ever seen.
 */
final class CsvIngest {

  private static final Logger LOG = LoggerFactory.getLogger(CsvIngest.class);
  private static final long FILE_SIZE = 128L << 20;

  private final PipelineResources resources;
  private final DatasetLedger ledger;

  CsvIngest(PipelineResources resources, DatasetLedger ledger) {
    this.resources = resources;
    this.ledger = ledger;
  }

  DatasetVersion run(SparkSession session, Attempt attempt, SourceSpec.Csv source)
      throws IOException, InterruptedException {
    CsvFile file = CsvFile.at(source.location().in(attempt.task().params()));
    CsvFaults faults = new CsvFaults();
    LOG.info("Reading {}.", file.location());
    try (DigestInputStream bytes =
        SourceDigest.reading(file.open(resources, attempt.task().codeDigest(), faults))) {
      Table table = Tables.of(session).prepared(attempt.dataset(), source.columns());
      List<DataFile> written =
          write(bytes, new CsvReader(file.name(), source.columns(), faults), table, source);
      ledger.read(attempt.runId(), attempt.stage(), attempt.number(), SourceDigest.finished(bytes));
      Branch branch = Branch.madeAnew(table, attempt);
      branch.overwrite(written, attempt);
      DatasetVersion version = branch.version(attempt.dataset(), source.columns());
      LOG.info("{}: {} rows are on the branch {}.", file.name(), version.rows(), version.branch());
      return version;
    }
  }

  private static List<DataFile> write(
      InputStream bytes, CsvReader reader, Table table, SourceSpec.Csv source)
      throws IOException, InterruptedException {
    RowWriter writer = new RowWriter(table, source.columns());
    try {
      reader.read(keptOpen(bytes), writer);
      return writer.complete();
    } catch (Throwable e) {
      writer.abort();
      throw e;
    }
  }

  /** The reader closes what it has read to its end, and the digest wants the rest. */
  private static InputStream keptOpen(InputStream bytes) {
    return new FilterInputStream(bytes) {
      @Override
      public void close() {
        // Whoever opened it closes it.
      }
    };
  }

  /** Writes rows to Parquet files that belong to no snapshot yet. */
  private static final class RowWriter implements CsvReader.RowSink {
    private final UnpartitionedWriter<Record> writer;
    private final GenericRecord template;
    private final int[] places;

    RowWriter(Table table, List<ColumnSpec> columns) {
      this.writer =
          new UnpartitionedWriter<>(
              table.spec(),
              FileFormat.PARQUET,
              new GenericFileWriterFactory.Builder(table)
                  .dataFileFormat(FileFormat.PARQUET)
                  .dataSchema(table.schema())
                  .build(),
              OutputFileFactory.builderFor(table, 0, 0).format(FileFormat.PARQUET).build(),
              table.io(),
              FILE_SIZE);
      this.template = GenericRecord.create(table.schema());
      List<String> fields = table.schema().columns().stream().map(field -> field.name()).toList();
      this.places = columns.stream().mapToInt(column -> fields.indexOf(column.name())).toArray();
    }

    @Override
    public void accept(@Nullable Object[] values) throws IOException {
      Record row = template.copy();
      for (int i = 0; i < values.length; i++) {
        row.set(places[i], values[i]);
      }
      writer.write(row);
    }

    List<DataFile> complete() throws IOException {
      return List.of(writer.complete().dataFiles());
    }

    void abort() throws IOException {
      writer.abort();
    }
  }
}
