package dev.airlock.dsl;

import static dev.airlock.dsl.Shop.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamTest {

  @Test
  void shouldKeepValuesAsText() {
    assertEquals(
        List.of(
            new ParamSpec("t", ParamType.TEXT, "x", null, null),
            new ParamSpec("i", ParamType.INTEGER, "2", "1", "3"),
            new ParamSpec("d", ParamType.DECIMAL, "0.5", "0.0", null),
            new ParamSpec("b", ParamType.BOOLEAN, "true", null, null),
            new ParamSpec("p", ParamType.DURATION, "PT30M", null, "PT1H"),
            new ParamSpec("on", ParamType.DATE, "1997-12-31", null, null),
            new ParamSpec("u", ParamType.URI, "s3a://shop/orders.csv", null, null),
            new ParamSpec("needed", ParamType.INTEGER, null, null, null)),
        List.of(
            Param.text("t").orElse("x").spec(),
            Param.integer("i").between(1, 3).orElse(2).spec(),
            Param.decimal("d").orElse(0.5).atLeast(0.0).spec(),
            Param.bool("b").orElse(true).spec(),
            Param.duration("p").orElse(Duration.ofMinutes(30)).atMost(Duration.ofHours(1)).spec(),
            Param.date("on").orElse(LocalDate.parse("1997-12-31")).spec(),
            Param.uri("u").orElse(URI.create("s3a://shop/orders.csv")).spec(),
            Param.integer("needed").spec()));
  }

  @ParameterizedTest
  @CsvSource({
    "INTEGER, 1.5, '''1.5'' is no whole number.'",
    "INTEGER, '', ''''' is no whole number.'",
    "DECIMAL, NaN, '''NaN'' is no finite number.'",
    "DECIMAL, x, '''x'' is no finite number.'",
    "BOOLEAN, yes, '''yes'' is no ''true'' or ''false''.'",
    "DURATION, 30m, '''30m'' is no duration such as PT30M.'",
    "DATE, 1997-02-30, '''1997-02-30'' is no date such as 1997-12-31.'",
    "URI, a b, '''a b'' is no URI.'"
  })
  void shouldSayWhyAValueWontDo(ParamType type, String value, String fault) {
    assertEquals(Optional.of(fault), new ParamSpec("p", type, null, null, null).fault(value));
  }

  @Test
  void shouldCompareValuesByTheirOrderNotTheirText() {
    ParamSpec days = Param.integer("days").between(7, 365).spec();
    assertEquals(Optional.of("5 is below 7."), days.fault("5"));
    assertEquals(Optional.of("1000 is above 365."), days.fault("1000"));
    assertEquals(Optional.empty(), days.fault("30"));

    ParamSpec hold = Param.duration("hold").atMost(Duration.ofHours(1)).spec();
    assertEquals(Optional.empty(), hold.fault("PT59M"));
    assertEquals(Optional.of("PT61M is above PT1H."), hold.fault("PT61M"));
  }

  @Test
  void shouldReportDefaultsAndBoundsThatWontDo() {
    assertParam(
        "Its default won't do: 400 is above 365.", Param.integer("p").between(7, 365).orElse(400));
    assertParam("Its default won't do: 'a b' is no URI.", Param.uri("p").orElse("a b"));
    assertParam(
        "No value is at least 3 and at most 1.", Param.integer("p").between(3, 1).orElse(2));
    assertParam("Its bound NaN won't do.", Param.decimal("p").atLeast(Double.NaN).orElse(1.0));
  }

  @Test
  void shouldReportNamesThatWontDo() {
    assertProblem(
        "param 'horizonDays'",
        "no name for a param",
        "'horizon-days'",
        pipeline -> use(pipeline, "x", Param.text("horizonDays").orElse("")));
    assertProblem(
        "param 'as-of'",
        ":as_of is the run's logical date",
        "another",
        pipeline -> use(pipeline, "x", Param.text("as-of").orElse("")));
  }

  @Test
  void shouldRefuseAParamWithTwoDefinitions() {
    assertProblem(
        "param 'p'",
        "as INTEGER at least 1 or else 2 and, in stage 'b'",
        "Define it once",
        pipeline -> {
          use(pipeline, "a", Param.integer("p").atLeast(1).orElse(2));
          use(pipeline, "b", Param.integer("p").orElse(2));
        });
  }

  private static void assertParam(String what, Param<?> param) {
    assertProblem("param 'p'", what, "", pipeline -> use(pipeline, "x", param));
  }

  private static <T> void use(PipelineBuilder pipeline, String stage, Param<T> param) {
    pipeline.task(stage, Uses<T>::use, param);
  }

  private interface Uses<T> {
    String use(T value);
  }
}
