package dev.airlock.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.airlock.web.api.OpenApi;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@code openapi.yaml} promises, to be held against real requests and answers.
 *
 * <p>Clients pass over fields that they do not know. Here a field that the description does not
 * name is a fault, or nobody would notice that one was never described.
 */
final class Contract {

  /** Escapes, so that half a surrogate pair stays what it is. */
  private static final ObjectWriter WRITER =
      new ObjectMapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private static final String PLACE = "https://airlock/openapi.json";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String OPEN = "#/components/open/";
  private static final Pattern DESCRIBED = Pattern.compile("(/api/|/v2/|/openapi\\.yaml).*");
  private static final int MOST_FAULTS = 12;

  private static final Contract CURRENT = new Contract(parse(OpenApi.document()));

  private final JsonNode document;
  private final SchemaRegistry registry;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final List<Operation> operations = new ArrayList<>();
  private final Set<String> answered = ConcurrentHashMap.newKeySet();

  /** What may be done under a path. */
  record Operation(String method, String path, Pattern pattern, JsonNode node) {
    /** Such as {@code GET /api/v1/runs/{id}}. */
    String name() {
      return method + " " + path;
    }

    boolean isFor(String wanted, String place) {
      return method.equals(wanted) && pattern.matcher(place).matches();
    }
  }

  private Contract(ObjectNode whole) {
    document = whole;
    ObjectNode closed = whole.deepCopy();
    close((ObjectNode) closed.path("components"));
    registry =
        SchemaRegistry.withDialect(
            Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(PLACE, closed.toString())));
    whole
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            operations.add(
                                new Operation(
                                    method.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    pattern(path.getKey()),
                                    method.getValue()))));
  }

  /** That of the code under test. */
  static Contract current() {
    return CURRENT;
  }

  /** Whether a path is one of those that programs rely on; the rest are pages. */
  static boolean isDescribed(String path) {
    return DESCRIBED.matcher(path).matches();
  }

  /** The whole description. */
  JsonNode document() {
    return document;
  }

  List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** The names of the operations that have answered something else than a problem so far. */
  Set<String> answered() {
    return Set.copyOf(answered);
  }

  private static ObjectNode parse(String yaml) {
    try {
      return (ObjectNode) new YAMLMapper().readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new AssertionError("openapi.yaml is no YAML: " + e.getMessage(), e);
    }
  }

  private static Pattern pattern(String path) {
    String[] parts = path.split("\\{[^}]*}", -1);
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      pattern.append(i == 0 ? "" : "[^/]+").append(Pattern.quote(parts[i]));
    }
    return Pattern.compile(pattern.toString());
  }

  /** Names no field that is not described; members of an allOf see each other's through it. */
  private static void close(ObjectNode components) {
    ObjectNode schemas = (ObjectNode) components.path("schemas");
    ObjectNode open = schemas.deepCopy();
    schemas.properties().forEach(schema -> close(schema.getValue(), false));
    open.properties().forEach(schema -> close(schema.getValue(), true));
    components.set("open", open);
  }

  private static void close(JsonNode schema, boolean isMember) {
    if (!(schema instanceof ObjectNode node)) {
      return;
    }
    boolean isRecord = node.has("properties") || node.has("allOf");
    if (isRecord && !node.has("additionalProperties") && !isMember) {
      node.put("unevaluatedProperties", false);
    }
    node.path("properties").forEach(property -> close(property, false));
    close(node.path("items"), false);
    close(node.path("additionalProperties"), false);
    node.path("oneOf").forEach(option -> close(option, false));
    for (JsonNode member : node.path("allOf")) {
      if (member.has("$ref")) {
        ((ObjectNode) member).put("$ref", member.path("$ref").asText().replace(SCHEMAS, OPEN));
      } else {
        close(member, true);
      }
    }
  }

  /**
   * Makes sure that an answer is one of those that the description has for the request.
   *
   * @param place the path, with or without a query
   */
  void check(String method, String place, int status, String mediaType, String body) {
    String path = place.replaceFirst("\\?.*", "").replaceFirst("(?<=.)/$", "");
    if (!isDescribed(path)) {
      return;
    }
    String what = "%s %s answered %d".formatted(method, path, status);
    Optional<Operation> operation = find(method, path);
    if (operation.isEmpty()) {
      if (status < 400) {
        throw new AssertionError(what + ", which openapi.yaml does not describe.");
      }
      if (!body.isEmpty()) {
        checkSchema(what, path.startsWith("/v2/") ? "InferenceProblem" : "Problem", body);
      }
      return;
    }
    if (status < 400) {
      answered.add(operation.get().name());
    }
    JsonNode answers = operation.get().node().path("responses");
    JsonNode answer = answers.path(Integer.toString(status));
    if (answer.isMissingNode() && status >= 400) {
      answer = answers.path("default");
    }
    if (answer.isMissingNode()) {
      throw new AssertionError(
          what + ", which openapi.yaml does not have among its responses: " + names(answers));
    }
    JsonNode content = resolved(answer).path("content");
    String type = mediaType.replaceFirst(";.*", "").strip();
    if (content.isMissingNode()) {
      if (!body.isEmpty()) {
        throw new AssertionError(what + " with a body that openapi.yaml does not describe.");
      }
      return;
    }
    JsonNode described = content.path(type);
    if (described.isMissingNode()) {
      throw new AssertionError(
          "%s as '%s', openapi.yaml has %s.".formatted(what, type, names(content)));
    }
    if (type.endsWith("json")) {
      reference(described.path("schema")).ifPresent(name -> checkSchema(what, name, body));
    }
  }

  /** Makes sure that a body that was taken is one that the description allows. */
  void checkTaken(String method, String place, String body) {
    String path = place.replaceFirst("\\?.*", "");
    find(method, path)
        .flatMap(
            operation ->
                reference(
                    operation
                        .node()
                        .path("requestBody")
                        .path("content")
                        .path("application/json")
                        .path("schema")))
        .filter(name -> !body.isBlank())
        .ifPresent(
            name -> checkSchema("%s %s took a body".formatted(method, path), OPEN + name, body));
  }

  /**
   * The body with a field of a later release in each object of it that the description has fields
   * for; as it is where it is no JSON, or nothing is said of it.
   */
  String planted(String method, String place, String body) {
    Optional<String> name = find(method, place.replaceFirst("\\?.*", "")).flatMap(Contract::taken);
    JsonNode json;
    try {
      json = new JsonMapper().readTree(body);
    } catch (JsonProcessingException e) {
      return body;
    }
    if (name.isEmpty() || !json.isContainerNode()) {
      return body;
    }
    plant(json, document.at("/components/schemas/" + name.get()));
    try {
      return WRITER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was read can be written", e);
    }
  }

  private static Optional<String> taken(Operation operation) {
    JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
    return reference(schema.path("type").asText().equals("array") ? schema.path("items") : schema);
  }

  private void plant(JsonNode value, JsonNode schema) {
    JsonNode known =
        schema.has("$ref") ? document.at(schema.path("$ref").asText().substring(1)) : schema;
    if (value.isArray()) {
      value.forEach(item -> plant(item, known.has("items") ? known.path("items") : known));
    } else if (value instanceof ObjectNode object && known.has("properties")) {
      known
          .path("properties")
          .properties()
          .forEach(property -> plant(object.path(property.getKey()), property.getValue()));
      object.putObject("fieldOfTomorrow").putArray("is").add("new").addNull();
    }
  }

  private Optional<Operation> find(String method, String path) {
    return operations.stream()
        .filter(operation -> operation.isFor(method, path))
        .min(Comparator.comparing(operation -> operation.path().split("\\{").length));
  }

  private JsonNode resolved(JsonNode answer) {
    String reference = answer.path("$ref").asText();
    return reference.isEmpty() ? answer : document.at(reference.substring(1));
  }

  private static Optional<String> reference(JsonNode schema) {
    String reference = schema.path("$ref").asText();
    return reference.isEmpty()
        ? Optional.empty()
        : Optional.of(reference.substring(SCHEMAS.length()));
  }

  private void checkSchema(String what, String name, String body) {
    List<Error> faults = faults(name, body);
    if (!faults.isEmpty()) {
      throw new AssertionError(
          "%s, which is not as openapi.yaml describes %s:%n%s%n%s"
              .formatted(
                  what,
                  name,
                  faults.stream()
                      .limit(MOST_FAULTS)
                      .map(fault -> "  " + fault.getInstanceLocation() + ": " + fault.getMessage())
                      .collect(Collectors.joining("\n")),
                  body.length() > 2_000 ? body.substring(0, 2_000) + "…" : body));
    }
  }

  /** What is wrong with a document, held against one of the schemas. */
  List<Error> faults(String name, String body) {
    String place = name.startsWith("#") ? name : SCHEMAS + name;
    return schemas
        .computeIfAbsent(place, at -> registry.getSchema(SchemaLocation.of(PLACE + at)))
        .validate(
            dev.airlock.workflows.Json.read(body, JsonNode.class),
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  private static String names(JsonNode object) {
    List<String> names = new ArrayList<>();
    Iterator<String> each = object.fieldNames();
    each.forEachRemaining(names::add);
    return String.join(", ", names);
  }
}
