package dev.airlock.programs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.airlock.dsl.Dataset;
import dev.airlock.dsl.Row;
import dev.airlock.dsl.graph.ValueSpec;
import dev.airlock.dsl.graph.ValueSpec.Form;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.StageOutput;
import dev.airlock.workflows.StageOutput.DatasetVersion;
import dev.airlock.workflows.StageOutput.StoredResult;
import dev.airlock.workflows.StageOutput.TaskResult;
import dev.airlock.workflows.StageTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** What a stage of one run is given: its values, worked out. */
final class Given {

  private static final ObjectMapper MAPPER = Json.mapper();

  private final StageTask task;
  private final Vault vault;
  private final World world;

  Given(StageTask task, Vault vault, World world) {
    this.task = task;
    this.vault = vault;
    this.world = world;
  }

  /** The value as a text; a result as its JSON. */
  String text(ValueSpec value) {
    if (value.literal() != null) {
      return value.literal();
    }
    if (value.param() != null) {
      return param(value.param());
    }
    if (value.secret() != null) {
      return vault.secret(value.secret()).reveal();
    }
    return value.stage() != null ? json(input(value.stage())) : json(value).toString();
  }

  /**
   * The value as a text; a result as the path of a file.
   *
   * @param folder where files of results are made
   */
  String text(ValueSpec value, Path folder) {
    if (value.stage() != null && value.form() == Form.FILE) {
      return file(value.stage(), folder).toString();
    }
    return text(value);
  }

  /** The value as JSON. */
  JsonNode json(ValueSpec value) {
    if (value.fields() != null) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      value.fields().forEach((name, field) -> object.set(name, json(field)));
      return object;
    }
    if (value.stage() != null || value.form() == Form.JSON) {
      try {
        return MAPPER.readTree(text(value));
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("Not JSON: " + text(value), e);
      }
    }
    return JsonNodeFactory.instance.textNode(text(value));
  }

  String param(String name) {
    String value = task.params().get(name);
    if (value == null) {
      throw new IllegalArgumentException("The run has no param '" + name + "'.");
    }
    return value;
  }

  private StageOutput input(String stage) {
    StageOutput output = task.inputs().get(stage);
    if (output == null) {
      throw new IllegalArgumentException("The stage '" + stage + "' has given nothing.");
    }
    return output;
  }

  private String json(StageOutput output) {
    if (output instanceof StoredResult stored) {
      return world.document(stored);
    }
    return output instanceof TaskResult result ? result.json() : Json.write(output);
  }

  private Path file(String stage, Path folder) {
    StageOutput output = input(stage);
    boolean rows = output instanceof DatasetVersion;
    Path file = folder.resolve(stage + (rows ? ".csv" : ".json"));
    if (!Files.exists(file)) {
      try {
        if (output instanceof DatasetVersion dataset) {
          write(dataset, file);
        } else {
          Files.writeString(file, json(output));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The result of '" + stage + "' can't be written down.", e);
      }
    }
    return file;
  }

  private void write(DatasetVersion version, Path file) throws IOException {
    List<String> columns = version.columns().stream().map(column -> column.name()).toList();
    Dataset dataset = world.dataset(version);
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader(columns.toArray(String[]::new)).get();
    try (Writer writer = Files.newBufferedWriter(file);
        CSVPrinter csv = new CSVPrinter(writer, format);
        Stream<Row> rows = dataset.rows()) {
      for (Iterator<Row> each = rows.iterator(); each.hasNext(); ) {
        Row row = each.next();
        for (String column : columns) {
          csv.print(row.get(column));
        }
        csv.println();
      }
    }
  }
}
