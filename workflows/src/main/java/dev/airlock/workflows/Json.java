package dev.airlock.workflows;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.airlock.dsl.graph.Condition;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.Work;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The one JSON of Airlock: graphs, results and evidence, in PostgreSQL, in Temporal and under
 * digests.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      // The fast writer is Jackson's own: the JDK's way to print a double, and so every digest,
      // changed with JDK 19.
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build())
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .addMixIn(Work.class, WorkKinds.class)
          .addMixIn(SourceSpec.class, SourceKinds.class)
          .addMixIn(Expectation.class, ExpectationKinds.class)
          .addMixIn(Condition.class, ConditionKinds.class)
          .build();

  private Json() {}

  /** A mapper of one's own that reads and writes this JSON. */
  public static ObjectMapper mapper() {
    return MAPPER.copy();
  }

  /**
   * The value as JSON: equal values give equal text, since records keep the order of their
   * components.
   */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot be written as JSON: " + value.getClass().getName(), e);
    }
  }

  /**
   * The value that {@link #write} wrote.
   *
   * @throws IllegalArgumentException where the text is not that of a {@code type}
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Not the JSON of a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The value that {@link #write} wrote, of a type with arguments, such as a list of records.
   *
   * @throws IllegalArgumentException where the text is not that of a {@code type}
   */
  public static Object read(String json, Type type) {
    try {
      return MAPPER.readValue(json, MAPPER.constructType(type));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Not the JSON of a " + type.getTypeName() + ": " + e.getOriginalMessage(), e);
    }
  }

  /** The digest that names a graph: SHA-256 of its JSON, in lower-case hex. */
  public static String digest(Graph graph) {
    return digest(write(graph).getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256, in lower-case hex. */
  public static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** What reckons SHA-256 of bytes that come bit by bit. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Work.Ingest.class, name = "ingest"),
    @JsonSubTypes.Type(value = Work.Validate.class, name = "validate"),
    @JsonSubTypes.Type(value = Work.Transform.class, name = "transform"),
    @JsonSubTypes.Type(value = Work.Train.class, name = "train"),
    @JsonSubTypes.Type(value = Work.Evaluate.class, name = "evaluate"),
    @JsonSubTypes.Type(value = Work.Register.class, name = "register"),
    @JsonSubTypes.Type(value = Work.Approval.class, name = "approval"),
    @JsonSubTypes.Type(value = Work.Deploy.class, name = "deploy"),
    @JsonSubTypes.Type(value = Work.Monitor.class, name = "monitor"),
    @JsonSubTypes.Type(value = Work.Task.class, name = "task"),
    @JsonSubTypes.Type(value = Work.Program.class, name = "process"),
    @JsonSubTypes.Type(value = Work.Http.class, name = "http"),
    @JsonSubTypes.Type(value = Work.Statement.class, name = "sql"),
    @JsonSubTypes.Type(value = Work.SparkJar.class, name = "spark"),
    @JsonSubTypes.Type(value = Work.FirstOf.class, name = "first-of"),
    @JsonSubTypes.Type(value = Work.SubPipeline.class, name = "sub-pipeline"),
    @JsonSubTypes.Type(value = Work.Sensor.class, name = "sensor"),
    @JsonSubTypes.Type(value = Work.AwaitEvent.class, name = "event"),
    @JsonSubTypes.Type(value = Work.Map.class, name = "map")
  })
  private interface WorkKinds {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "format")
  @JsonSubTypes(@JsonSubTypes.Type(value = SourceSpec.Csv.class, name = "csv"))
  private interface SourceKinds {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Condition.OfMetric.class, name = "metric"),
    @JsonSubTypes.Type(value = Condition.OfSignal.class, name = "signal")
  })
  private interface ConditionKinds {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "expect")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Expectation.NotNull.class, name = "not-null"),
    @JsonSubTypes.Type(value = Expectation.Between.class, name = "between"),
    @JsonSubTypes.Type(value = Expectation.Unique.class, name = "unique"),
    @JsonSubTypes.Type(value = Expectation.RowsAtLeast.class, name = "rows-at-least"),
    @JsonSubTypes.Type(value = Expectation.RowsAtMost.class, name = "rows-at-most"),
    @JsonSubTypes.Type(value = Expectation.HasColumns.class, name = "has-columns")
  })
  private interface ExpectationKinds {}
}
