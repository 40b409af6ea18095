package dev.airlock.spark;

import static org.apache.spark.sql.functions.xxhash64;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.StageFailure;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageTask;
import dev.airlock.workflows.TrialResult;
import java.io.IOException;
import java.io.InputStream;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a trial reads: of what runs have left, or, where a stage has never run, of what it
 * makes of a sample itself. They are views of the trial's own, dropped when it is closed.
 */
final class TrialInputs implements AutoCloseable {

  /** Smaller inputs are read so much further, so that joins find something. */
  private static final int FURTHER = 100;

  private final SparkSession session;
  private final PipelineResources resources;
  private final TrialPlan plan;
  private final Map<String, Sample> samples = new HashMap<>();
  private final List<TrialResult.Input> read = new ArrayList<>();
  private final List<String> views = new ArrayList<>();

  TrialInputs(SparkSession session, PipelineResources resources, TrialPlan plan) {
    this.session = session;
    this.resources = resources;
    this.plan = plan;
  }

  /**
   * Some rows of what a stage gives.
   *
   * @param version what they are of; of no snapshot where the trial made them itself
   */
  record Sample(Dataset<Row> rows, DatasetVersion version) {}

  /** The rows of one stage, the first ones. */
  Sample of(String stage) {
    return of(stage, plan.sample(), false);
  }

  /** Rows of one stage from all over it, the same each time. */
  Sample spread(String stage) {
    return of(stage, plan.sample(), true);
  }

  /** The rows of a version that a stage gave, from all over it. */
  Sample spread(String stage, DatasetVersion version) {
    return samples.computeIfAbsent(stage, name -> stored(name, version, plan.sample(), true));
  }

  /**
   * The rows of several stages, to be read together. The largest is sampled; the others are read
   * much further, since what belongs together would seldom meet in samples of both.
   */
  Map<String, Sample> together(List<String> stages) {
    String largest =
        stages.stream()
            .max(Comparator.comparingLong(stage -> size(stage)))
            .orElseThrow(() -> new IllegalArgumentException("A query has inputs."));
    Map<String, Sample> together = new LinkedHashMap<>();
    for (String stage : stages) {
      int most = stage.equals(largest) ? plan.sample() : plan.sample() * FURTHER;
      together.put(stage, of(stage, most, false));
    }
    return together;
  }

  /** The query that gives a sample's rows. */
  String query(String stage, Sample sample) {
    String view = "airlock_trial_%d_%s".formatted(plan.id(), TableName.underscored(stage));
    if (!views.contains(view)) {
      sample.rows().createOrReplaceTempView(view);
      views.add(view);
    }
    return "SELECT * FROM " + Columns.quote(view);
  }

  /** What was read, in the order in which it was. */
  List<TrialResult.Input> read() {
    return List.copyOf(read);
  }

  @Override
  public void close() {
    views.forEach(view -> session.catalog().dropTempView(view));
  }

  private long size(String stage) {
    return plan.given(stage)
        .filter(DatasetVersion.class::isInstance)
        .map(version -> ((DatasetVersion) version).rows())
        .orElse(-1L);
  }

  private Sample of(String stage, int most, boolean spread) {
    Sample known = samples.get(stage);
    if (known != null) {
      return known;
    }
    Optional<StageOutput> given = plan.given(stage);
    Sample sample;
    if (given.isEmpty()) {
      sample = tried(stage, most);
    } else if (given.get() instanceof DatasetVersion version) {
      sample = stored(stage, version, most, spread);
    } else {
      throw StageFailure.of(
          StageFailure.BAD_PIPELINE,
          "%s: expected the stage %s to give a dataset.".formatted(plan.stage().name(), stage));
    }
    samples.put(stage, sample);
    return sample;
  }

  private Sample stored(String stage, DatasetVersion version, int most, boolean spread) {
    Dataset<Row> all = Stored.rows(session, version);
    Dataset<Row> some = version.rows() <= most ? all : spread ? spread(all, most) : all.limit(most);
    read.add(
        new TrialResult.Input(
            stage,
            "snapshot %d of %s".formatted(version.snapshotId(), version.dataset()),
            version.rows(),
            Math.min(most, version.rows())));
    return new Sample(some, version);
  }

  private static Dataset<Row> spread(Dataset<Row> rows, int most) {
    Column[] all = Stream.of(rows.columns()).map(Columns::quoted).toArray(Column[]::new);
    return rows.orderBy(xxhash64(all)).limit(most);
  }

  /** What the stage would give, since it never has. */
  private Sample tried(String name, int most) {
    Graph graph = plan.graph();
    StageSpec stage = graph.stage(name).orElseThrow();
    if (stage.work() instanceof Work.Ingest) {
      return ingested(name, most);
    }
    if (stage.work() instanceof Work.Validate) {
      Sample checked = of(stage.inputs().get(0), most, false);
      return new Sample(checked.rows(), checked.version());
    }
    if (stage.work() instanceof Work.Transform transform) {
      return transformed(stage, transform);
    }
    throw StageFailure.of(
        StageFailure.BAD_PIPELINE,
        "%s reads what %s gives, and no run has got through %s yet, which can't be tried on the way. Run the pipeline once, or name a run with --run."
            .formatted(plan.stage().name(), name, name));
  }

  /** What a query makes of samples of what it reads. */
  Sample transformed(StageSpec stage, Work.Transform transform) {
    Map<String, Sample> inputs = together(stage.inputs());
    Map<String, String> queries = new LinkedHashMap<>();
    List<ColumnSpec> columns = new ArrayList<>();
    inputs.forEach(
        (input, sample) -> {
          queries.put(input, query(input, sample));
          columns.addAll(sample.version().columns());
        });
    SqlTransform.Result result =
        SqlTransform.select(session, task(stage), plan.graph(), transform.sql(), queries, columns);
    return new Sample(result.rows(), unstored(stage.name(), -1, result.columns()));
  }

  /** The columns of all that a query reads. */
  List<ColumnSpec> columns(StageSpec stage) {
    return together(stage.inputs()).values().stream()
        .flatMap(sample -> sample.version().columns().stream())
        .toList();
  }

  private Sample ingested(String name, int most) {
    StageSpec stage = plan.graph().stage(name).orElseThrow();
    SourceSpec.Csv source = (SourceSpec.Csv) ((Work.Ingest) stage.work()).source();
    CsvFile file = CsvFile.at(source.location().in(plan.task().params()));
    CsvFaults faults = new CsvFaults();
    List<Row> rows = new ArrayList<>();
    try (InputStream bytes = file.open(resources, plan.task().codeDigest(), faults)) {
      new CsvReader(file.name(), source.columns(), faults)
          .read(bytes, values -> rows.add(row(values)), most);
    } catch (IOException e) {
      throw StageFailure.of(
          StageFailure.BAD_DATA, "%s can't be read: %s".formatted(file.name(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.util.concurrent.CancellationException("The trial was interrupted.");
    }
    read.add(new TrialResult.Input(name, "the beginning of " + file.name(), -1, rows.size()));
    return new Sample(
        session.createDataFrame(rows, Columns.sparkSchema(source.columns())),
        unstored(name, rows.size(), source.columns()));
  }

  private static Row row(@Nullable Object[] values) {
    @Nullable Object[] row = values.clone();
    for (int i = 0; i < row.length; i++) {
      if (row[i] instanceof OffsetDateTime moment) {
        row[i] = moment.toInstant();
      }
    }
    return RowFactory.create(row);
  }

  private DatasetVersion unstored(String stage, long rows, List<ColumnSpec> columns) {
    return new DatasetVersion(
        Objects.requireNonNull(plan.task().pipeline()) + "." + stage, 0, rows, null, columns);
  }

  private StageTask task(StageSpec stage) {
    StageTask task = plan.task();
    return new StageTask(
        task.runId(),
        task.pipeline(),
        task.version(),
        task.codeDigest(),
        task.logicalDate(),
        task.params(),
        task.requestedBy(),
        stage,
        Map.of());
  }
}
