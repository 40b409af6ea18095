package dev.airlock.dsl;

import static dev.airlock.dsl.Shop.assertProblem;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TaskTest {

  @Test
  void shouldRefuseALambdaByName() {
    assertProblem(
        "stage 'send-mail'",
        "The task is the lambda lambda$",
        "Tasks::sendMail",
        pipeline -> pipeline.task("send-mail", (ShopTasks tasks) -> tasks.none()));
  }

  @Test
  void shouldRefuseMethodsOfClasses() {
    assertProblem(
        "stage 'length'",
        "java.lang.String.length is not an instance method of an interface",
        "Declare it in an interface",
        pipeline -> pipeline.task("length", String::length));
    assertProblem(
        "stage 'parse'",
        "dev.airlock.dsl.TaskTest.parse is not an instance method of an interface",
        "Declare it in an interface",
        pipeline -> pipeline.task("parse", TaskTest::parse));
  }

  @Test
  void shouldRefuseAnObjectOfAClass() {
    assertProblem(
        "stage 'count'",
        "is an object of dev.airlock.dsl.TaskTest$Counting, not a method reference",
        "Tasks::count",
        pipeline -> pipeline.task("count", new Counting()));
  }

  @Test
  void shouldRefuseAStageAfterAParam() {
    assertProblem(
        "stage 'two'",
        "a stage after a param",
        "then params",
        pipeline -> {
          Stage<String> none = pipeline.task("none", ShopTasks::none);
          pipeline.task("two", ShopTasks::two, Param.text("a").orElse(""), none);
        });
  }

  @Test
  void shouldKeepShortTasksShort() {
    assertProblem(
        "stage 'none'",
        "timeout is PT3S",
        "PT2S",
        pipeline ->
            pipeline.task("none", ShopTasks::none).shortTask().timeout(Duration.ofSeconds(3)));
  }

  @Test
  void shouldRefuseParamsThatAreNoArguments() {
    assertProblem(
        "stage 'none'",
        "is a task",
        "as arguments",
        pipeline -> pipeline.task("none", ShopTasks::none).with(Param.text("a").orElse("")));
  }

  private static Integer parse(String text) {
    return Integer.valueOf(text);
  }

  private static final class Counting implements TaskMethod.Of0<ShopTasks, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public Long call(ShopTasks tasks) {
      return 1L;
    }
  }
}
