package dev.airlock.web.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.airlock.web.api.OpenApi;
import dev.airlock.web.ui.ApiPage.Answer;
import dev.airlock.web.ui.ApiPage.Content;
import dev.airlock.web.ui.ApiPage.Field;
import dev.airlock.web.ui.ApiPage.Operation;
import dev.airlock.web.ui.ApiPage.Schema;
import dev.airlock.web.ui.ApiPage.Tag;
import dev.airlock.web.ui.ApiPage.Word;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The REST routes, as {@code openapi.yaml} describes them. The document is read once. */
public final class ApiPages {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");
  private static final String REF = "$ref";

  private final Frame frame;
  private final ApiPage page;
  private final JsonNode document;

  public ApiPages(Frame frame) {
    this.frame = frame;
    try {
      document = new YAMLMapper().readTree(OpenApi.document());
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml can't be read", e);
    }
    page = new ApiPage(Chrome.NONE, says(document.path("info")), tags(), schemas());
  }

  /** {@code GET /api}. */
  public void show(Context ctx) {
    frame.render(ctx, "api", page.within(frame.chrome(ctx, "API", "", Crumb.here("API"))));
  }

  private static String says(JsonNode node) {
    return node.path("description").asText("").strip();
  }

  private List<Tag> tags() {
    List<Tag> tags = new ArrayList<>();
    for (JsonNode tag : document.path("tags")) {
      String name = tag.path("name").asText();
      tags.add(new Tag(name, says(tag), operations(name)));
    }
    return tags;
  }

  private List<Operation> operations(String tag) {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        JsonNode operation = method.getValue();
        if (METHODS.contains(method.getKey())
            && tag.equals(operation.path("tags").path(0).asText())) {
          operations.add(operation(method.getKey(), path.getKey(), operation));
        }
      }
    }
    return operations;
  }

  private Operation operation(String method, String path, JsonNode operation) {
    List<Field> parameters = new ArrayList<>();
    for (JsonNode each : operation.path("parameters")) {
      JsonNode parameter = resolved(each);
      parameters.add(
          new Field(
              parameter.path("name").asText(),
              parameter.path("in").asText(),
              type(parameter.path("schema")),
              parameter.path("required").asBoolean(),
              says(parameter)));
    }
    List<Answer> answers = new ArrayList<>();
    for (Map.Entry<String, JsonNode> answer : operation.path("responses").properties()) {
      JsonNode response = resolved(answer.getValue());
      answers.add(
          new Answer(
              answer.getKey().equals("default") ? "else" : answer.getKey(),
              says(response),
              content(response)));
    }
    return new Operation(
        operation.path("operationId").asText(),
        method.toUpperCase(Locale.ROOT),
        path,
        operation.path("summary").asText(),
        says(operation),
        operation.path("x-permission").asText(""),
        parameters,
        content(resolved(operation.path("requestBody"))),
        answers);
  }

  private List<Content> content(JsonNode of) {
    List<Content> contents = new ArrayList<>();
    for (Map.Entry<String, JsonNode> content : of.path("content").properties()) {
      contents.add(new Content(content.getKey(), type(content.getValue().path("schema"))));
    }
    return contents;
  }

  private JsonNode resolved(JsonNode node) {
    String reference = node.path(REF).asText("");
    return reference.isEmpty() ? node : document.at(reference.substring(1));
  }

  private List<Schema> schemas() {
    List<Schema> schemas = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry :
        document.path("components").path("schemas").properties()) {
      JsonNode schema = entry.getValue();
      List<Field> fields = fields(schema);
      schemas.add(
          new Schema(
              entry.getKey(),
              says(schema),
              fields.isEmpty() || schema.has("allOf") ? type(schema) : List.of(),
              fields));
    }
    return schemas;
  }

  /** Its own fields, and those that it has besides what it refers to. */
  private static List<Field> fields(JsonNode schema) {
    List<Field> fields = new ArrayList<>();
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
      fields.add(
          new Field(
              field.getKey(),
              "",
              type(field.getValue()),
              required.contains(field.getKey()),
              says(field.getValue())));
    }
    schema.path("allOf").forEach(part -> fields.addAll(fields(part)));
    return fields;
  }

  /** "list of Run", "text, date-time, or null", "one of a, b". */
  private static List<Word> type(JsonNode schema) {
    List<Word> words = new ArrayList<>();
    if (schema.has(REF)) {
      String name = schema.path(REF).asText().replaceFirst(".*/", "");
      words.add(new Word(name, "#schema-" + name));
    } else if (schema.has("allOf")) {
      joined(schema.path("allOf"), " and ", words);
    } else if (schema.has("oneOf") || schema.has("anyOf")) {
      joined(schema.has("oneOf") ? schema.path("oneOf") : schema.path("anyOf"), " or ", words);
    } else if (schema.has("const")) {
      words.add(word(schema.path("const").asText()));
    } else if (schema.has("enum")) {
      List<String> values = new ArrayList<>();
      schema.path("enum").forEach(value -> values.add(value.asText()));
      words.add(word("one of " + String.join(", ", values)));
    } else {
      plain(schema, words);
    }
    return words;
  }

  private static void joined(JsonNode parts, String by, List<Word> words) {
    for (JsonNode part : parts) {
      if (part.has("properties") && !words.isEmpty()) {
        words.add(word(by + "the fields below"));
      } else {
        if (!words.isEmpty()) {
          words.add(word(by));
        }
        words.addAll(type(part));
      }
    }
  }

  private static void plain(JsonNode schema, List<Word> words) {
    List<String> types = new ArrayList<>();
    if (schema.path("type").isArray()) {
      schema.path("type").forEach(type -> types.add(type.asText()));
    } else if (schema.has("type")) {
      types.add(schema.path("type").asText());
    }
    boolean isNullable = types.remove("null");
    if (types.contains("array")) {
      words.add(word("list of "));
      words.addAll(type(schema.path("items")));
    } else if (schema.path("additionalProperties").isObject()) {
      words.add(word("object whose values are "));
      words.addAll(type(schema.path("additionalProperties")));
    } else {
      words.add(word(types.isEmpty() ? "any JSON" : String.join(" or ", types) + limits(schema)));
    }
    if (isNullable) {
      words.add(word(", or null"));
    }
  }

  private static String limits(JsonNode schema) {
    StringBuilder limits = new StringBuilder();
    for (String[] limit :
        new String[][] {
          {"format", ", "},
          {"minimum", ", at least "},
          {"maximum", ", at most "},
          {"maxLength", ", characters at most "},
          {"default", ", otherwise "}
        }) {
      if (schema.has(limit[0])) {
        limits.append(limit[1]).append(schema.path(limit[0]).asText());
      }
    }
    return limits.toString();
  }

  private static Word word(String text) {
    return new Word(text, null);
  }
}
